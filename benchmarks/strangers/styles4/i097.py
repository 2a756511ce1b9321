# Mi primera red neuronal SIN librerias :)
# solo listas de python, dos capas, tanh + salida lineal
import math
import random


class Red:
    def __init__(self, entradas, ocultas, salidas, semilla=1):
        random.seed(semilla)
        self.w1 = [[random.uniform(-1, 1) for _ in range(entradas)] for _ in range(ocultas)]
        self.b1 = [0.1] * ocultas
        self.w2 = [[random.uniform(-1, 1) for _ in range(ocultas)] for _ in range(salidas)]
        self.b2 = [0.0] * salidas

    def adelante(self, x):
        self.x = list(x)
        self.h = []
        for fila, b in zip(self.w1, self.b1):
            suma = b
            for w, xi in zip(fila, self.x):
                suma += w * xi
            self.h.append(math.tanh(suma))
        self.y = []
        for fila, b in zip(self.w2, self.b2):
            self.y.append(b + sum(w * h for w, h in zip(fila, self.h)))
        return self.y

    def perdida(self, objetivo):
        return 0.5 * sum((y - t) ** 2 for y, t in zip(self.y, objetivo))

    def atras(self, objetivo):
        """calcula los gradientes y los guarda en dw1, db1, dw2, db2"""
        delta2 = [y - t for y, t in zip(self.y, objetivo)]
        self.db2 = delta2[:]
        self.dw2 = [[d * h for h in self.h] for d in delta2]
        delta1 = []
        for j in range(len(self.h)):
            e = sum(delta2[k] * self.w2[k][j] for k in range(len(delta2)))
            delta1.append(e * self.h[j] * (1 - self.h[j]))
        self.db1 = delta1[:]
        self.dw1 = [[d * xi for xi in self.x] for d in delta1]

    def actualizar(self, lr):
        for w, dw in ((self.w1, self.dw1), (self.w2, self.dw2)):
            for i in range(len(w)):
                for j in range(len(w[i])):
                    w[i][j] -= lr * dw[i][j]
        for b, db in ((self.b1, self.db1), (self.b2, self.db2)):
            for i in range(len(b)):
                b[i] -= lr * db[i]


if __name__ == '__main__':
    datos = [([0, 0], [0]), ([0, 1], [1]), ([1, 0], [1]), ([1, 1], [0])]
    red = Red(2, 4, 1)
    for epoca in range(3000):
        total = 0
        for x, t in datos:
            red.adelante(x)
            total += red.perdida(t)
            red.atras(t)
            red.actualizar(0.1)
        if epoca % 500 == 0:
            print(epoca, total)
