import numpy as np
from dataclasses import dataclass


@dataclass
class MFConfig:
    n_factors: int = 3
    l2: float = 0.1
    lr: float = 0.02


class MatrixFactorization:
    """Explicit-feedback recommender; R is users x items, mask says which cells are rated."""

    def __init__(self, n_users, n_items, cfg=None):
        self.cfg = cfg or MFConfig()
        f = self.cfg.n_factors
        self.P = np.random.normal(scale=0.5, size=(n_users, f))
        self.Q = np.random.normal(scale=0.5, size=(n_items, f))
        self.bu = np.zeros(n_users)
        self.bi = np.zeros(n_items)
        self.mu = 0.0

    def predict(self):
        return self.mu + self.bu[:, None] + self.bi[None, :] + self.P @ self.Q.T

    def loss(self, R, mask):
        E = (self.predict() - R) * mask
        reg = (self.P ** 2).sum() + (self.Q ** 2).sum() + (self.bu ** 2).sum() + (self.bi ** 2).sum()
        return 0.5 * (E ** 2).sum() + 0.5 * self.cfg.l2 * reg

    def gradients(self, R, mask):
        E = (self.predict() - R) * mask
        l2 = self.cfg.l2
        return {
            'P': E @ self.Q + l2 * self.P,
            'Q': E.T @ self.P + l2 * self.Q,
            'bu': E.sum(axis=1) + l2 * self.bu,
            'bi': (self.predict() - R).sum(axis=0) + l2 * self.bi,
            'mu': E.sum(),
        }

    def fit(self, R, mask, epochs=50):
        for _ in range(epochs):
            g = self.gradients(R, mask)
            for name, val in g.items():
                setattr(self, name, getattr(self, name) - self.cfg.lr * val)
        return self.loss(R, mask)


if __name__ == '__main__':
    R = np.random.randint(1, 6, size=(8, 5)).astype(float)
    mask = (np.random.rand(8, 5) < 0.6).astype(float)
    print(MatrixFactorization(8, 5).fit(R, mask))
