from dataclasses import dataclass, field
import numpy as np


@dataclass
class HuberRegressor:
    """Linear model, Huber loss, elastic-net penalty. sklearn-like interface."""
    delta: float = 1.0
    l1: float = 0.0
    l2: float = 0.01
    lr: float = 0.05
    max_iter: int = 200
    coef_: np.ndarray = field(default=None, repr=False)
    intercept_: float = 0.0

    def predict(self, X):
        return X @ self.coef_ + self.intercept_

    def loss(self, X, y):
        r = self.predict(X) - y
        small = np.abs(r) <= self.delta
        per = np.where(small, 0.5 * r ** 2, self.delta * (np.abs(r) - 0.5 * self.delta))
        return per.mean() + self.l1 * np.abs(self.coef_).sum() + 0.5 * self.l2 * self.coef_ @ self.coef_

    def grad(self, X, y):
        r = self.predict(X) - y
        psi = np.clip(r, -self.delta, self.delta) / len(y)
        g_coef = X.T @ psi + self.l1 * np.sign(self.coef_) + self.l2 * self.coef_
        return g_coef, psi.sum()

    def fit(self, X, y):
        self.coef_ = np.zeros(X.shape[1])
        self.intercept_ = float(np.median(y))
        for _ in range(self.max_iter):
            gc, gi = self.grad(X, y)
            self.coef_ = self.coef_ - self.lr * gc
            self.intercept_ -= self.lr * gi
        return self
