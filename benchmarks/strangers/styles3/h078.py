# CTR prediction, script exported from a Kaggle kernel
import numpy as np

SEED = 2019
K = 3           # latent factors
L2 = 1e-3


class FM:
    def __init__(self, n_feat, k=K):
        rs = np.random.RandomState(SEED)
        self.w0 = np.zeros(1)
        self.w = rs.normal(0, .1, n_feat)
        self.V = rs.normal(0, .1, (n_feat, k))

    def predict_raw(self, X):
        XV = X @ self.V
        pair = 0.5 * ((XV ** 2) - (X ** 2) @ (self.V ** 2)).sum(1)
        return self.w0[0] + X @ self.w + pair

    def logloss(self, X, y):
        """y in {0, 1}"""
        f = self.predict_raw(X)
        ll = np.mean(np.logaddexp(0, f) - y * f)
        return ll + 0.5 * L2 * (np.sum(self.w ** 2) + np.sum(self.V ** 2))

    def compute_grad(self, X, y):
        f = self.predict_raw(X)
        d = (1 / (1 + np.exp(-f)) - y) / len(y)
        XV = X @ self.V
        gV = X.T @ (d[:, None] * XV) - self.V * ((X ** 2).T @ d)[:, None]
        return dict(w0=np.array([d.sum()]), w=X.T @ d + L2 * self.w, V=gV + L2 * self.V)

    def partial_fit(self, X, y, lr=.1):
        for name, g in self.compute_grad(X, y).items():
            p = getattr(self, name)
            p -= lr * g
        return self


rs = np.random.RandomState(SEED)
train_X = (rs.rand(64, 10) > .7).astype(float)
train_y = (train_X[:, 0] * train_X[:, 3] > 0).astype(float)
fm = FM(train_X.shape[1])
for epoch in range(5):
    fm.partial_fit(train_X, train_y)
print('train logloss:', fm.logloss(train_X, train_y))
