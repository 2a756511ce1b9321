"""Radialbasisfunktionen-Netz (Hausaufgabe Neuroinformatik, Blatt 6)

    y(x) = sum_k w_k * exp(-|x - c_k|^2 / (2 s_k^2)) + w_0

Alle Parameter (Gewichte, Zentren, Breiten) werden per Gradientenabstieg gelernt.
Fehler: E = 1/2 * sum_n (y(x_n) - t_n)^2
"""
import numpy as np


class RBFNetz:
    def __init__(self, zentren, breite=1.0):
        self.c = np.array(zentren, dtype=float)          # K x D
        K = self.c.shape[0]
        self.s = np.full(K, float(breite))
        self.w = np.random.normal(size=K)
        self.w0 = 0.0

    def phi(self, X):
        abstand2 = ((X[:, None, :] - self.c[None, :, :]) ** 2).sum(axis=2)
        return np.exp(-abstand2 / (2 * self.s ** 2)), abstand2

    def ausgabe(self, X):
        P, _ = self.phi(X)
        return P @ self.w + self.w0

    def fehler(self, X, t):
        return 0.5 * np.sum((self.ausgabe(X) - t) ** 2)

    def gradient(self, X, t):
        P, d2 = self.phi(X)
        e = P @ self.w + self.w0 - t
        g_w = P.T @ e
        g_w0 = e.sum()
        q = e[:, None] * P * self.w                      # N x K
        diff = X[:, None, :] - self.c[None, :, :]
        g_c = np.einsum('nk,nkd->kd', q, diff) / self.s[:, None] ** 2
        g_s = (q * d2).sum(axis=0) / self.s ** 3
        return {'w': g_w, 'w0': g_w0, 'c': g_c, 's': g_s}

    def lerne(self, X, t, eta=0.01, schritte=100):
        for _ in range(schritte):
            g = self.gradient(X, t)
            for name in g:
                setattr(self, name, getattr(self, name) - eta * g[name])
        return self.fehler(X, t)


if __name__ == '__main__':
    X = np.linspace(-3, 3, 40)[:, None]
    t = np.sin(X[:, 0])
    netz = RBFNetz(np.linspace(-3, 3, 7)[:, None])
    print('Fehler vorher:', netz.fehler(X, t))
    print('Fehler nachher:', netz.lerne(X, t, schritte=500))
