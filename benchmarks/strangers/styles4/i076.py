# Rede neural que aprende a tabuada do XOR — post do blog, parte 2
import numpy as np


class RedeNeural:
    def __init__(self, n_entrada=2, n_oculta=4, n_saida=1, taxa=0.5):
        self.taxa = taxa
        self.pesos1 = np.random.uniform(-1, 1, (n_entrada, n_oculta))
        self.pesos2 = np.random.uniform(-1, 1, (n_oculta, n_saida))
        self.vies1 = np.zeros((1, n_oculta))
        self.vies2 = np.zeros((1, n_saida))

    def ativacao(self, s):
        return 1 / (1 + np.exp(-s))

    def derivada(self, a):
        """recebe a ativação já calculada"""
        return a * (1 - a)

    def feedforward(self, X):
        self.oculta = self.ativacao(X @ self.pesos1 + self.vies1)
        self.saida = self.ativacao(self.oculta @ self.pesos2 + self.vies2)
        return self.saida

    def erro(self, X, y):
        return np.sum((y - self.feedforward(X)) ** 2) / 2

    def backprop(self, X, y):
        erro = y - self.feedforward(X)
        delta2 = erro * self.derivada(self.saida)
        delta1 = (delta2 @ self.pesos2.T) * self.derivada(self.oculta)
        # soma porque erro = y - saida (sinal já invertido)
        self.pesos2 += self.taxa * self.oculta.T @ delta2
        self.vies2 += self.taxa * delta2.sum(axis=0, keepdims=True)
        self.pesos1 += self.taxa * X.T @ delta1
        self.vies1 += self.taxa * delta1.sum(axis=0, keepdims=True)


X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
y = np.array([[0], [1], [1], [0]], dtype=float)
rede = RedeNeural()
for i in range(3000):
    rede.backprop(X, y)
print("erro final:", rede.erro(X, y))
print(rede.feedforward(X).round(2))
