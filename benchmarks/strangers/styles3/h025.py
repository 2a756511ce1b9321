# Trabalho 2 - Redes Neurais - Rede MLP com L camadas (Turma B)
# Cada COLUNA de X é um exemplo.
import numpy as np


class RedeMLP:
    def __init__(self, camadas, lambd=0.0, semente=10):
        """camadas: lista, p.ex. [2, 4, 3]; última camada softmax, ocultas tanh"""
        gerador = np.random.RandomState(semente)
        self.L = len(camadas) - 1
        self.lambd = lambd
        self.pesos, self.vieses = [], []
        for ent, sai in zip(camadas[:-1], camadas[1:]):
            self.pesos.append(gerador.randn(sai, ent) * np.sqrt(1.0 / ent))
            self.vieses.append(np.zeros((sai, 1)))

    def propaga(self, X):
        self.ativ = [X]
        A = X
        for l in range(self.L):
            Z = self.pesos[l] @ A + self.vieses[l]
            if l == self.L - 1:
                e = np.exp(Z - Z.max(axis=0, keepdims=True))
                A = e / e.sum(axis=0, keepdims=True)
            else:
                A = np.tanh(Z)
            self.ativ.append(A)
        return A

    def custo(self, X, Y):
        m = X.shape[1]
        A = self.propaga(X)
        J = -np.sum(Y * np.log(A)) / m
        J += self.lambd / (2 * m) * sum(np.sum(W ** 2) for W in self.pesos)
        return J

    def retropropaga(self, Y):
        """Y: one-hot (classes, m). Devolve as listas (dW, db)."""
        m = Y.shape[1]
        dW, db = [None] * self.L, [None] * self.L
        delta = self.ativ[-1] - Y
        for l in range(self.L - 1, -1, -1):
            dW[l] = (delta @ self.ativ[l].T + self.lambd * self.pesos[l]) / m
            db[l] = delta.mean(axis=1, keepdims=True)
            if l > 0:
                delta = (self.pesos[l].T @ delta) * (1 - self.ativ[l] ** 2)
        return dW, db

    def treina(self, X, Y, taxa=0.5, epocas=1000):
        for ep in range(epocas):
            custo = self.custo(X, Y)
            dW, db = self.retropropaga(Y)
            for l in range(self.L):
                self.pesos[l] -= taxa * dW[l]
                self.vieses[l] -= taxa * db[l]
            if ep % 100 == 0:
                print(f'época {ep:5d}  custo {custo:.5f}')
