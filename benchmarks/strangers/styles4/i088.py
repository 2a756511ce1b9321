"""RBF-Netz: y = sum_k w_k * exp(-|x - c_k|^2 / (2 s_k^2)) + w_0"""
import numpy as np


class RBFNetz:
    def __init__(self, n_zentren, dim, seed=42):
        r = np.random.RandomState(seed)
        self.zentren = r.uniform(-1, 1, (n_zentren, dim))
        self.breite = np.full(n_zentren, 0.8)
        self.w = r.randn(n_zentren)
        self.w0 = 0.0

    def ausgabe(self, X):
        self.X = X
        self.diff = X[:, None, :] - self.zentren[None, :, :]      # (n, k, d)
        self.r2 = (self.diff ** 2).sum(axis=2)
        self.phi = np.exp(-self.r2 / (2 * self.breite ** 2))
        return self.phi @ self.w + self.w0

    def fehler(self, X, t):
        return 0.5 * np.mean((self.ausgabe(X) - t) ** 2)

    def gradienten(self, X, t):
        e = (self.ausgabe(X) - t) / len(t)
        g = {}
        g['w0'] = e.sum()
        g['w'] = self.phi.T @ e
        dphi = e[:, None] * self.w * self.phi
        g['zentren'] = np.einsum('nk,nkd->kd', dphi, self.diff) / self.breite[:, None] ** 2
        g['breite'] = (dphi * self.r2).sum(axis=0) / self.breite ** 2
        return g

    def lernschritt(self, X, t, eta=0.1):
        g = self.gradienten(X, t)
        for name, wert in g.items():
            setattr(self, name, getattr(self, name) - eta * wert)


if __name__ == '__main__':
    X = np.random.uniform(-1, 1, (200, 2))
    t = np.sin(3 * X[:, 0]) * X[:, 1]
    netz = RBFNetz(15, 2)
    for i in range(2000):
        netz.lernschritt(X, t, 0.3)
        if i % 400 == 0:
            print(i, netz.fehler(X, t))
