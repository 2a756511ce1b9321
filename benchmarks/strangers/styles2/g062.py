import numpy as np


class RBFNet:
    """Radial basis function network, phi_j(x) = exp(-beta_j |x - c_j|^2)"""

    def __init__(self, n_centers, dim, rng):
        self.centers = rng.normal(size=(n_centers, dim))
        self.log_beta = np.zeros(n_centers)
        self.w = rng.normal(size=n_centers)

    def _phi(self, X):
        self.diff = X[:, None, :] - self.centers[None, :, :]   # (N, M, D)
        self.sq = (self.diff ** 2).sum(axis=2)
        return np.exp(-np.exp(self.log_beta) * self.sq)

    def predict(self, X):
        return self._phi(X) @ self.w

    def mse(self, X, y):
        return np.mean((self.predict(X) - y) ** 2)

    def gradients(self, X, y):
        phi = self._phi(X)
        d = 2 * (phi @ self.w - y) / len(y)
        beta = np.exp(self.log_beta)
        dphi = d[:, None] * self.w[None, :]
        common = dphi * phi
        return {
            'w': phi.T @ d,
            'centers': (common[:, :, None] * 2 * beta[None, :, None] * self.diff).sum(axis=0),
            'log_beta': -(common * self.sq).sum(axis=0) * beta,
        }
