# Tape-basierter Autograd, ganz ohne Objekte pro Operation: ein Band (Liste) merkt
# sich Funktionen, die beim Rückwärtslauf in umgekehrter Reihenfolge aufgerufen werden
import numpy as np


class Band:
    def __init__(self):
        self.eintraege = []

    def merke(self, f):
        self.eintraege.append(f)

    def abspielen(self):
        while self.eintraege:
            self.eintraege.pop()()


class Var:
    def __init__(self, wert):
        self.wert = np.asarray(wert, float)
        self.g = np.zeros(self.wert.shape)


def matmul(band, A, B):
    C = Var(A.wert @ B.wert)

    def r():
        A.g += C.g @ B.wert.T
        B.g += A.wert.T @ C.g
    band.merke(r)
    return C


def plus_bias(band, A, b):
    C = Var(A.wert + b.wert)

    def r():
        A.g += C.g
        b.g += C.g.sum(axis=0)
    band.merke(r)
    return C


def sinus(band, A):
    C = Var(np.sin(A.wert))

    def r():
        A.g += np.cos(A.wert) * C.g
    band.merke(r)
    return C


def verlust_und_gradienten(W1, b1, W2, b2, x, t):
    """SIREN-artiges Netz: sin-Schicht, lineare Schicht, mittlerer quadratischer Fehler"""
    band = Band()
    p = [Var(a) for a in (W1, b1, W2, b2)]
    h = sinus(band, plus_bias(band, matmul(band, Var(x), p[0]), p[1]))
    y = plus_bias(band, matmul(band, h, p[2]), p[3])
    diff = y.wert - t
    y.g += 2 * diff / diff.size
    band.abspielen()
    return np.mean(diff ** 2), [v.g for v in p]


if __name__ == "__main__":
    r = np.random.default_rng(0)
    P = [r.uniform(-3, 3, (1, 16)), np.zeros(16), r.normal(0, .3, (16, 1)), np.zeros(1)]
    x = np.linspace(-1, 1, 40)[:, None]
    t = x ** 2 * np.sin(5 * x)
    for i in range(1000):
        L, G = verlust_und_gradienten(*P, x, t)
        P = [a - 0.05 * g for a, g in zip(P, G)]
    print(L)
