# Red neuronal sin librerías - proyecto del bachillerato
import math
import random


class RedNeuronal:
    """Perceptrón multicapa: entradas -> ocultas (sigmoide) -> salidas (lineales).
    Error = 1/2 * suma (salida - objetivo)^2
    """

    def __init__(self, entradas, ocultas, salidas, tasa=0.5):
        self.tasa = tasa
        self.W1 = [[random.gauss(0, 1) for _ in range(entradas)] for _ in range(ocultas)]
        self.b1 = [0.0 for _ in range(ocultas)]
        self.W2 = [[random.gauss(0, 1) for _ in range(ocultas)] for _ in range(salidas)]
        self.b2 = [0.0 for _ in range(salidas)]

    @staticmethod
    def sigmoide(z):
        return 1 / (1 + math.exp(-z))

    def propagar(self, x):
        self.x = list(x)
        self.h = [self.sigmoide(sum(w * v for w, v in zip(fila, x)) + b)
                  for fila, b in zip(self.W1, self.b1)]
        self.y = [sum(w * v for w, v in zip(fila, self.h)) + b
                  for fila, b in zip(self.W2, self.b2)]
        return self.y

    def retropropagar(self, objetivo):
        # capa de salida
        delta2 = [y - t for y, t in zip(self.y, objetivo)]
        for k, d in enumerate(delta2):
            for j in range(len(self.h)):
                self.W2[k][j] -= self.tasa * d * self.h[j]
            self.b2[k] -= self.tasa * d

        # capa oculta
        delta1 = []
        for j, h in enumerate(self.h):
            e = sum(delta2[k] * self.W2[k][j] for k in range(len(delta2)))
            delta1.append(e * h * (1 - h))
        for j, d in enumerate(delta1):
            for i in range(len(self.x)):
                self.W1[j][i] -= self.tasa * d * self.x[i]
            self.b1[j] -= self.tasa * d

    def error(self, x, objetivo):
        return 0.5 * sum((a - t) ** 2 for a, t in zip(self.propagar(x), objetivo))


if __name__ == '__main__':
    random.seed(4)
    red = RedNeuronal(2, 3, 1)
    datos = [((0, 0), (0,)), ((0, 1), (1,)), ((1, 0), (1,)), ((1, 1), (0,))]
    for epoca in range(3000):
        for x, t in datos:
            red.propagar(x)
            red.retropropagar(t)
    for x, t in datos:
        print(x, '->', red.propagar(x))
