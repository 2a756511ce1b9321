"""Ein einzelnes Neuron in reinem Python (Kapitel 1 meiner KI-Notizen)."""
from math import exp, log


class Neuron:
    def __init__(self, gewichte=None, bias=0.0):
        self.gewichte = list(gewichte) if gewichte is not None else [0.5, -0.5]
        self.bias = bias

    def vorhersage(self, eingabe):
        z = self.bias
        for w, x in zip(self.gewichte, eingabe):
            z += w * x
        return 1 / (1 + exp(-z))

    def verlust(self, daten, ziele):
        """mittlere Kreuzentropie"""
        s = 0.0
        for x, t in zip(daten, ziele):
            p = self.vorhersage(x)
            s -= t * log(p) + (1 - t) * log(1 - p)
        return s / len(daten)

    def gradient(self, daten, ziele):
        gw = [0.0] * len(self.gewichte)
        gb = 0.0
        n = len(daten)
        for x, t in zip(daten, ziele):
            fehler = self.vorhersage(x) - t
            for i, xi in enumerate(x):
                gw[i] += fehler * xi / n
            gb += fehler / n
        return gw, gb

    def trainiere(self, daten, ziele, rate=0.5, runden=1000):
        for _ in range(runden):
            gw, gb = self.gradient(daten, ziele)
            self.gewichte = [w - rate * g for w, g in zip(self.gewichte, gw)]
            self.bias -= rate * gb


if __name__ == "__main__":
    n = Neuron([0.1, 0.1])
    X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    n.trainiere(X, [0, 1, 1, 1])
    print([round(n.vorhersage(x), 2) for x in X])
