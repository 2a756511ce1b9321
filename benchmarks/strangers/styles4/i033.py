"""LambdaRank's older brother: RankNet on one query.

The cost is summed over ordered pairs (i, j) where document i is more relevant
than document j, C = log(1 + exp(-sigma (s_i - s_j))), divided by the number of pairs.
"""
import numpy as np


class RankNet:
    def __init__(self, n_features=5, n_hidden=4, sigma=1.0, random_state=0):
        rng = np.random.RandomState(random_state)
        self.coefs_ = [rng.randn(n_features, n_hidden) * 0.4, rng.randn(n_hidden) * 0.4]
        self.intercept_ = rng.randn(n_hidden) * 0.1
        self.sigma = sigma

    def score(self, X):
        self._X = X
        self._H = np.log1p(np.exp(X @ self.coefs_[0] + self.intercept_))   # softplus
        return self._H @ self.coefs_[1]

    def loss(self, X, relevance):
        s = self.score(X)
        better = relevance[:, None] > relevance[None, :]
        diff = self.sigma * (s[:, None] - s[None, :])
        return np.sum(np.logaddexp(0, -diff)[better]) / max(better.sum(), 1)

    def compute_gradients(self, X, relevance):
        s = self.score(X)
        better = relevance[:, None] > relevance[None, :]
        diff = self.sigma * (s[:, None] - s[None, :])
        lam = -self.sigma / (1 + np.exp(diff)) * better / max(better.sum(), 1)
        ds = lam.sum(axis=1) - lam.sum(axis=0)
        g_out = self._H.T @ ds
        dpre = np.outer(ds, self.coefs_[1]) * (1 - np.exp(-self._H))
        return [self._X.T @ dpre, g_out], dpre.sum(axis=0)

    def fit(self, queries, n_epochs=20, lr=0.5):
        for _ in range(n_epochs):
            for X, rel in queries:
                (g0, g1), gi = self.compute_gradients(X, rel)
                self.coefs_[0] -= lr * g0
                self.coefs_[1] -= lr * g1
                self.intercept_ -= lr * gi
        return self


if __name__ == "__main__":
    rng = np.random.RandomState(1)
    qs = []
    for _ in range(10):
        X = rng.randn(6, 5)
        qs.append((X, np.digitize(X[:, 0], [-0.5, 0.5])))
    net = RankNet().fit(qs)
    print(np.mean([net.loss(*q) for q in qs]))
