# -*- coding: utf-8 -*-
"""Convolução transposta ("deconvolução") usada no gerador da DCGAN do TCC."""
import numpy as np


class Camada(object):
    treinavel = False

    def propagar(self, entrada):
        raise NotImplementedError

    def retropropagar(self, gradiente):
        raise NotImplementedError


class ConvTransposta(Camada):
    treinavel = True

    def __init__(self, canais_ent, canais_sai, tam_filtro=3, passo=2, taxa=0.01):
        escala = np.sqrt(2.0 / (canais_ent * tam_filtro ** 2))
        self.filtros = np.random.randn(canais_ent, canais_sai, tam_filtro, tam_filtro) * escala
        self.vies = np.zeros(canais_sai)
        self.passo = passo
        self.taxa = taxa

    def propagar(self, entrada):
        self.entrada = entrada
        n, _, a, l = entrada.shape
        ci, co, f, _ = self.filtros.shape
        s = self.passo
        saida = np.zeros((n, co, (a - 1) * s + f, (l - 1) * s + f))
        for i in range(a):
            for j in range(l):
                bloco = np.tensordot(entrada[:, :, i, j], self.filtros, axes=(1, 0))
                saida[:, :, i * s:i * s + f, j * s:j * s + f] += bloco
        return saida + self.vies[None, :, None, None]

    def retropropagar(self, gradiente):
        n, ci, a, l = self.entrada.shape
        f, s = self.filtros.shape[2], self.passo
        self.d_filtros = np.zeros_like(self.filtros)
        self.d_vies = gradiente.sum(axis=(0, 2, 3))
        d_entrada = np.zeros_like(self.entrada, dtype=float)
        for i in range(a):
            for j in range(l):
                g = gradiente[:, :, i * s:i * s + f, j * s:j * s + f]
                d_entrada[:, :, i, j] = np.einsum('ncxy,dcxy->nd', g, self.filtros)
                self.d_filtros += np.einsum('nd,ncxy->dcxy', self.entrada[:, :, i, j], g)
        return d_entrada

    def atualizar(self):
        self.filtros -= self.taxa * self.d_filtros
        self.vies -= self.taxa * self.d_vies
