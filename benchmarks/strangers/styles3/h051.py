# -*- coding: utf-8 -*-
# Práctica 3 - Inteligencia Artificial (3º de Grado)
# Red neuronal multicapa SIN librerías: sólo listas de Python.
import math
import random


class RedNeuronal(object):

    def __init__(self, capas=(2, 3, 1), semilla=7):
        azar = random.Random(semilla)
        self.capas = list(capas)
        self.pesos = []      # pesos[k][j][i]: de la neurona i (capa k) a la j (capa k+1)
        self.sesgos = []
        for k in range(len(self.capas) - 1):
            n_ent, n_sal = self.capas[k], self.capas[k + 1]
            self.pesos.append([[azar.uniform(-1, 1) for _ in range(n_ent)] for _ in range(n_sal)])
            self.sesgos.append([azar.uniform(-1, 1) for _ in range(n_sal)])
        self.activ = None

    @staticmethod
    def sigmoide(z):
        return 1.0 / (1.0 + math.exp(-z))

    def propagar(self, entrada):
        """ Devuelve la salida de la red (lista) para un solo ejemplo. """
        self.activ = [list(entrada)]
        for W, b in zip(self.pesos, self.sesgos):
            ant = self.activ[-1]
            sig = []
            for fila, s in zip(W, b):
                z = s
                for w, a in zip(fila, ant):
                    z += w * a
                sig.append(self.sigmoide(z))
            self.activ.append(sig)
        return self.activ[-1]

    def coste(self, entrada, deseada):
        salida = self.propagar(entrada)
        return 0.5 * sum((s - d) ** 2 for s, d in zip(salida, deseada))

    def retropropagar(self, entrada, deseada):
        """ Devuelve (gradiente_pesos, gradiente_sesgos), mismas formas que pesos y sesgos. """
        salida = self.propagar(entrada)
        delta = [(s - d) * s * (1 - s) for s, d in zip(salida, deseada)]
        grad_p = [None] * len(self.pesos)
        grad_s = [None] * len(self.pesos)
        for k in reversed(range(len(self.pesos))):
            ant = self.activ[k]
            grad_p[k] = [[dj * ai for ai in ant] for dj in delta]
            grad_s[k] = list(delta)
            if k > 0:
                nuevo = []
                for i in range(len(ant)):
                    e = 0.0
                    for j in range(len(delta)):
                        e += self.pesos[k][j][i] * delta[j]
                    nuevo.append(e * ant[i] * (1 - ant[i]))
                delta = nuevo
        return grad_p, grad_s

    def entrenar(self, datos, eta=0.5, epocas=2000):
        for _ in range(epocas):
            for x, y in datos:
                gp, gs = self.retropropagar(x, y)
                for k in range(len(self.pesos)):
                    for j in range(len(self.pesos[k])):
                        self.sesgos[k][j] -= eta * gs[k][j]
                        for i in range(len(self.pesos[k][j])):
                            self.pesos[k][j][i] -= eta * gp[k][j][i]


if __name__ == '__main__':
    xor = [([0, 0], [0]), ([0, 1], [1]), ([1, 0], [1]), ([1, 1], [0])]
    red = RedNeuronal((2, 4, 1))
    red.entrenar(xor)
    for x, y in xor:
        print(x, y, red.propagar(x))
