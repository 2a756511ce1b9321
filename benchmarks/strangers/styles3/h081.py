# GAN aus dem Nichts, Teil 2: der Diskriminator (LSGAN-Variante abschaltbar)
import numpy as np


class Diskriminator:
    def __init__(self, eingang=2, verborgen=8, leck=0.2, lsgan=False):
        zufall = np.random.RandomState(99)
        self.W1 = zufall.randn(eingang, verborgen) * 0.5
        self.b1 = np.zeros((1, verborgen))
        self.W2 = zufall.randn(verborgen, 1) * 0.5
        self.b2 = np.zeros((1, 1))
        self.leck = leck
        self.lsgan = lsgan

    def bewerten(self, x):
        a = x @ self.W1 + self.b1
        h = np.where(a > 0, a, self.leck * a)
        return h @ self.W2 + self.b2, (x, a, h)

    def _ein_zweig(self, x, ziel):
        s, (x, a, h) = self.bewerten(x)
        n = len(x)
        if self.lsgan:
            verlust = 0.5 * np.mean((s - ziel) ** 2)
            ds = (s - ziel) / n
        else:
            verlust = np.mean(np.logaddexp(0, s) - ziel * s)
            ds = (1 / (1 + np.exp(-s)) - ziel) / n
        da = ds @ self.W2.T * np.where(a > 0, 1.0, self.leck)
        g = [x.T @ da, da.sum(0, keepdims=True), h.T @ ds, ds.sum(0, keepdims=True)]
        return verlust, g, da @ self.W1.T

    def verlust_und_gradient(self, echt, gefaelscht):
        """-> (Verlust, [dW1, db1, dW2, db2])"""
        v1, g1, _ = self._ein_zweig(echt, 1.0)
        v0, g0, _ = self._ein_zweig(gefaelscht, 0.0)
        return v1 + v0, [p + q for p, q in zip(g1, g0)]

    def gradient_fuer_generator(self, gefaelscht):
        # nicht sättigender Generator-Verlust
        v, _, dx = self._ein_zweig(gefaelscht, 1.0)
        return v, dx
