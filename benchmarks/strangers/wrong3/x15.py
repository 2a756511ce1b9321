"""
Autoencoder com pesos amarrados (tied weights)
Disciplina de Aprendizado Profundo - lista 2, exercício 4
"""
import numpy as np


def sig(a):
    return 1 / (1 + np.exp(-a))


class AutoencoderAmarrado:
    # o decodificador usa W transposta
    def __init__(self, n_visivel, n_oculto):
        np.random.seed(3)
        self.W = np.random.uniform(-1, 1, (n_visivel, n_oculto))
        self.b = np.zeros(n_oculto)
        self.c = np.zeros(n_visivel)

    def codificar(self, X):
        return sig(X.dot(self.W) + self.b)

    def decodificar(self, H):
        return sig(H.dot(self.W.T) + self.c)

    def perda(self, X):
        R = self.decodificar(self.codificar(X))
        return ((R - X) ** 2).sum() / (2 * len(X))

    def gradientes(self, X):
        H = self.codificar(X)
        R = self.decodificar(H)

        # delta da saída
        dR = (R - X) / len(X) * R * (1 - R)
        grad_c = dR.sum(0)

        # delta da camada oculta
        dH = dR.dot(self.W) * H * (1 - H)
        grad_b = dH.sum(0)
        grad_W = X.T.dot(dH)

        return {'W': grad_W, 'b': grad_b, 'c': grad_c}

    def treinar(self, X, taxa=0.5, epocas=200):
        for ep in range(epocas):
            g = self.gradientes(X)
            self.W -= taxa * g['W']
            self.b -= taxa * g['b']
            self.c -= taxa * g['c']
            if ep % 50 == 0:
                print('época', ep, 'perda', self.perda(X))


if __name__ == '__main__':
    X = np.random.rand(20, 6)
    ae = AutoencoderAmarrado(6, 3)
    ae.treinar(X)
