# Factorization machine - second place in our class Kaggle, cleaned up notebook
import numpy as np


class FM:
    def __init__(self, n_features, k=4, reg_w=0.01, reg_v=0.01, seed=2020):
        rng = np.random.RandomState(seed)
        self.w0 = np.zeros(1)
        self.w = rng.normal(0, 0.1, n_features)
        self.V = rng.normal(0, 0.1, (n_features, k))
        self.reg_w, self.reg_v = reg_w, reg_v

    def decision_function(self, X):
        lin = X @ self.w + self.w0
        s1 = X @ self.V
        s2 = (X ** 2) @ (self.V ** 2)
        return lin + 0.5 * (s1 ** 2 - s2).sum(axis=1)

    def logloss(self, X, y):
        """y in {0, 1}"""
        f = self.decision_function(X)
        data = np.mean(np.logaddexp(0, f) - y * f)
        return data + 0.5 * self.reg_w * (self.w ** 2).sum() + 0.5 * self.reg_v * (self.V ** 2).sum()

    def compute_gradients(self, X, y):
        f = self.decision_function(X)
        err = (1 / (1 + np.exp(-f)) - y) / X.shape[0]
        gw0 = np.array([err.sum()])
        gw = X.T @ err + self.reg_w * self.w
        XV = X @ self.V
        gV = X.T @ (err[:, None] * XV) - self.V * ((X ** 2).T @ err)[:, None]
        gV += self.reg_v * self.V
        return gw0, gw, gV

    def partial_fit(self, X, y, lr=0.1):
        gw0, gw, gV = self.compute_gradients(X, y)
        self.w0 -= lr * gw0
        self.w -= lr * gw
        self.V -= lr * gV
        return self
