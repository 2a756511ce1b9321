import numpy as np

class FM:
    """Factorization machine for binary labels in {-1, +1}"""

    def __init__(self, n_features, k=5, seed=2019):
        np.random.seed(seed)
        self.w0 = 0.
        self.w = np.zeros(n_features)
        self.V = np.random.normal(0, .1, (n_features, k))

    def decision(self, X):
        inter = 0.5 * np.sum((X @ self.V) ** 2 - (X ** 2) @ (self.V ** 2), axis=1)
        return self.w0 + X @ self.w + inter

    def logloss(self, X, y):
        return np.mean(np.log1p(np.exp(-y * self.decision(X))))

    def grad(self, X, y):
        d = -y / (1 + np.exp(y * self.decision(X))) / len(y)
        g_w0 = d.sum()
        g_w = X.T @ d
        g_V = X.T @ (d[:, None] * (X @ self.V)) - ((X ** 2).T @ d)[:, None] * self.V
        return g_w0, g_w, g_V
