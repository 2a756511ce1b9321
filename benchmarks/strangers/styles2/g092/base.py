import numpy as np


class ModeloLineal:
    """Clase base. beta[0] es el término independiente y no se penaliza."""

    def __init__(self, lam=0.0):
        self.lam = lam
        self.beta = None

    def _eta(self, X):
        return self.beta[0] + X @ self.beta[1:]

    def enlace_inverso(self, eta):
        return eta

    def _log_verosimilitud(self, eta, y):
        return -0.5 * (y - eta) ** 2

    def perdida(self, X, y):
        eta = self._eta(X)
        return -self._log_verosimilitud(eta, y).mean() + 0.5 * self.lam * (self.beta[1:] ** 2).sum()

    def gradiente(self, X, y):
        # para enlaces canónicos siempre es (mu - y)
        r = (self.enlace_inverso(self._eta(X)) - y) / len(y)
        g = np.empty_like(self.beta)
        g[0] = r.sum()
        g[1:] = X.T @ r + self.lam * self.beta[1:]
        return g
