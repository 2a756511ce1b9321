import numpy as np


class Autocodificador:
    """Autocodificador con pesos atados: codifica con W, decodifica con W^T.

    Las columnas de X son los ejemplos.
    """

    def __init__(self, n_visible, n_oculta):
        self.W = 0.3 * np.random.randn(n_oculta, n_visible)
        self.b = np.zeros((n_oculta, 1))
        self.c = np.zeros((n_visible, 1))

    @staticmethod
    def _sig(z):
        return 1.0 / (1.0 + np.exp(-z))

    def codificar(self, X):
        return self._sig(self.W @ X + self.b)

    def decodificar(self, H):
        return self._sig(self.W.T @ H + self.c)

    def costo(self, X):
        H = self.codificar(X)
        R = self.decodificar(H)
        return 0.5 * np.sum((R - X) ** 2) / X.shape[1]

    def gradientes(self, X):
        m = X.shape[1]
        H = self.codificar(X)
        R = self.decodificar(H)
        d_sal = (R - X) * R * (1 - R) / m
        d_oc = (self.W @ d_sal) * H * (1 - H)
        dW = d_oc @ X.T
        db = d_oc.sum(axis=1, keepdims=True)
        dc = d_sal.sum(axis=1, keepdims=True)
        return dW, db, dc

    def ajustar(self, X, epocas=100, alfa=0.5):
        for e in range(epocas):
            dW, db, dc = self.gradientes(X)
            self.W -= alfa * dW
            self.b -= alfa * db
            self.c -= alfa * dc
            if e % 20 == 0:
                print('época %d  costo %.5f' % (e, self.costo(X)))
        return self


if __name__ == '__main__':
    datos = np.eye(8)
    Autocodificador(8, 3).ajustar(datos, 1000, 5.0)
