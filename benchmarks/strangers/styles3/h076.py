# -*- coding: utf-8 -*-
# Rede RBF treinada por gradiente: ajusta pesos, centros E larguras.
import numpy as np


class RedeRBF:
    def __init__(self, n_entradas, n_centros, semente=0):
        rs = np.random.RandomState(semente)
        self.centros = rs.uniform(-1, 1, (n_centros, n_entradas))
        self.larguras = rs.uniform(0.5, 1.5, n_centros)
        self.pesos = rs.uniform(-1, 1, n_centros)
        self.bias = 0.0

    def saida(self, X):
        self.X = X
        self.dif = X[:, np.newaxis, :] - self.centros[np.newaxis, :, :]
        self.dist2 = np.sum(self.dif ** 2, axis=2)
        self.phi = np.exp(-self.dist2 / (2 * self.larguras ** 2))
        return self.phi.dot(self.pesos) + self.bias

    def erro(self, X, alvo):
        """Erro quadrático médio"""
        return np.mean((self.saida(X) - alvo) ** 2)

    def gradiente(self, X, alvo):
        """Retorna (d_pesos, d_bias, d_centros, d_larguras)"""
        e = 2.0 * (self.saida(X) - alvo) / len(alvo)
        d_pesos = self.phi.T.dot(e)
        d_bias = e.sum()
        d_phi = np.outer(e, self.pesos) * self.phi
        d_centros = np.einsum('nk,nkd->kd', d_phi, self.dif) / self.larguras[:, None] ** 2
        d_larguras = np.sum(d_phi * self.dist2, axis=0) / self.larguras ** 3
        return d_pesos, d_bias, d_centros, d_larguras

    def ajustar(self, X, alvo, eta=0.1, iteracoes=500):
        historico = []
        for _ in range(iteracoes):
            dp, db, dc, dl = self.gradiente(X, alvo)
            self.pesos -= eta * dp
            self.bias -= eta * db
            self.centros -= eta * dc
            self.larguras -= eta * dl
            historico.append(self.erro(X, alvo))
        return historico


if __name__ == '__main__':
    x = np.linspace(-2, 2, 60)[:, None]
    rede = RedeRBF(1, 8)
    h = rede.ajustar(x, np.sin(2 * x[:, 0]))
    print('erro final: %.4f' % h[-1])
