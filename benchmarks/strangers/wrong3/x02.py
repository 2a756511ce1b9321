# Práctica 3 - Redes neuronales
# Perceptrón multicapa con una capa oculta, error cuadrático
import numpy as np


def sigmoide(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoide_derivada(z):
    s = sigmoide(z)
    return s * (1 - s)


class RedNeuronal:
    def __init__(self, n_entrada, n_oculta, n_salida, semilla=7):
        gen = np.random.default_rng(semilla)
        self.pesos1 = gen.normal(size=(n_entrada, n_oculta))
        self.sesgo1 = gen.normal(size=(1, n_oculta)) * 0.1
        self.pesos2 = gen.normal(size=(n_oculta, n_salida))
        self.sesgo2 = gen.normal(size=(1, n_salida)) * 0.1

    def propagar(self, X):
        self.X = X
        self.z1 = X @ self.pesos1 + self.sesgo1
        self.a1 = sigmoide(self.z1)
        self.z2 = self.a1 @ self.pesos2 + self.sesgo2
        self.a2 = sigmoide(self.z2)
        return self.a2

    def coste(self, X, Y):
        salida = self.propagar(X)
        return 0.5 * np.sum((salida - Y) ** 2) / X.shape[0]

    def retropropagar(self, X, Y):
        """Devuelve los gradientes del coste respecto de pesos y sesgos."""
        m = X.shape[0]
        self.propagar(X)
        delta2 = (self.a2 - Y) / m * sigmoide_derivada(self.z2)
        g_pesos2 = self.a1.T @ delta2
        g_sesgo2 = delta2.sum(axis=0, keepdims=True)
        delta1 = (delta2 @ self.pesos2.T) * sigmoide_derivada(self.a1)
        g_pesos1 = self.X.T @ delta1
        g_sesgo1 = delta1.sum(axis=0, keepdims=True)
        return g_pesos1, g_sesgo1, g_pesos2, g_sesgo2

    def entrenar(self, X, Y, tasa=0.5, epocas=1000):
        for e in range(epocas):
            g1, gs1, g2, gs2 = self.retropropagar(X, Y)
            self.pesos1 -= tasa * g1
            self.sesgo1 -= tasa * gs1
            self.pesos2 -= tasa * g2
            self.sesgo2 -= tasa * gs2
            if e % 200 == 0:
                print(f"época {e}: coste = {self.coste(X, Y):.5f}")


if __name__ == "__main__":
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
    Y = np.array([[0], [1], [1], [0]], dtype=float)
    red = RedNeuronal(2, 4, 1)
    red.entrenar(X, Y, tasa=2.0)
    print(red.propagar(X).round(2))
