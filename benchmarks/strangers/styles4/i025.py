# FM (因子分解机) 点击率预估, 二分类
# y(x) = w0 + <w, x> + 1/2 * sum_f [ (sum_i v_if x_i)^2 - sum_i v_if^2 x_i^2 ]
import numpy as np


class FactorizationMachine:
    def __init__(self, n_feature, k=4, reg=0.01):
        self.w0 = np.zeros(1)
        self.w = np.random.normal(0, 0.1, n_feature)
        self.V = np.random.normal(0, 0.3, (n_feature, k))
        self.reg = reg

    def logit(self, X):
        XV = X @ self.V
        inter = 0.5 * np.sum(XV ** 2 - (X ** 2) @ (self.V ** 2), axis=1)
        return self.w0 + X @ self.w + inter

    def loss(self, X, y):
        z = self.logit(X)
        ce = np.mean(np.logaddexp(0, z) - y * z)
        return ce + 0.5 * self.reg * (np.sum(self.w ** 2) + np.sum(self.V ** 2))

    def grad(self, X, y):
        """返回 (dw0, dw, dV)"""
        n = X.shape[0]
        p = 1 / (1 + np.exp(-self.logit(X)))
        e = (p - y) / n
        dw0 = np.array([e.sum()])
        dw = X.T @ e + self.reg * self.w
        XV = X @ self.V
        dV = X.T @ (e[:, None] * XV)
        dV -= ((X ** 2).T @ e)[:, None] * self.V
        dV += self.reg * self.V
        return dw0, dw, dV

    def fit(self, X, y, lr=0.5, epoch=200):
        for _ in range(epoch):
            a, b, c = self.grad(X, y)
            self.w0 -= lr * a
            self.w -= lr * b
            self.V -= lr * c
        return self


if __name__ == '__main__':
    np.random.seed(2020)
    X = (np.random.rand(200, 8) < 0.3).astype(float)
    y = ((X[:, 0] * X[:, 1] + X[:, 2] * X[:, 3]) > 0).astype(float)
    fm = FactorizationMachine(8).fit(X, y)
    print('logloss:', fm.loss(X, y))
