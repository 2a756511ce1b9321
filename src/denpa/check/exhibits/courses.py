"""Layers as courses have them written: examples in columns, gradients stage by stage, losses of
probabilities; with the mistakes that are asked about most.
"""

import numpy as np


class ColumnNet:
    def __init__(self, W1, b1, W2, b2):
        self.params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
        self.grads, self.keep_prob = {}, 0.5

    def forward(self, X, Y):
        p = self.params
        self.X, self.Y, self.Z1 = X, Y, p["W1"] @ X + p["b1"]
        self.D1 = np.random.rand(*self.Z1.shape) < self.keep_prob
        self.A1 = np.maximum(self.Z1, 0) * self.D1 / self.keep_prob
        Z2 = p["W2"] @ self.A1 + p["b2"]
        self.A2 = 1 / (1 + np.exp(-Z2))
        return np.sum(np.logaddexp(0, Z2) - Y * Z2) / X.shape[1]

    def backward(self, dout=1):
        m = self.X.shape[1]
        dZ2 = self.A2 - self.Y
        self.grads["W2"] = dZ2 @ self.A1.T / m
        self.grads["b2"] = dZ2.sum(axis=1, keepdims=True) / m
        dA1 = self.params["W2"].T @ dZ2
        dA1 = dA1 * self.D1 / self.keep_prob
        dZ1 = dA1 * (self.Z1 > 0)
        self.grads["W1"] = dZ1 @ self.X.T / m
        self.grads["b1"] = dZ1.sum(axis=1, keepdims=True) / m
        return self.params["W1"].T @ dZ1 / m


class StagedBatchNorm:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta
        self.dgamma = self.dbeta = None

    def forward(self, x):
        self.xmu = x - x.mean(axis=0)
        self.sqrtvar = np.sqrt((self.xmu**2).mean(axis=0) + 1e-7)
        self.xhat = self.xmu / self.sqrtvar
        return self.gamma * self.xhat + self.beta

    def backward(self, dout):
        n = len(dout)
        self.dbeta = dout.sum(axis=0)
        self.dgamma = (dout * self.xhat).sum(axis=0)
        dxhat = dout * self.gamma
        divar = (dxhat * self.xmu).sum(axis=0)
        dxmu = dxhat / self.sqrtvar
        dsqrtvar = -divar / self.sqrtvar**2
        dvar = 0.5 * dsqrtvar / self.sqrtvar
        dsq = np.ones_like(dout) * dvar / n
        dxmu += 2 * self.xmu * dsq
        dmu = -dxmu.sum(axis=0)
        dx = dxmu + np.ones_like(dout) * dmu / n
        return dx


class BinaryCrossEntropy:
    def forward(self, p, t):
        self.p, self.t = p, t
        return -np.mean(t * np.log(p) + (1 - t) * np.log(1 - p))

    def backward(self, dout=1):
        dp = dout * (-self.t / self.p + (1 - self.t) / (1 - self.p)) / self.t.size
        return dp


class CrossEntropyError:
    def forward(self, y, t):
        self.y, self.t = y, t
        return -np.sum(t * np.log(y)) / len(y)

    def backward(self, dout=1):
        dy = dout * -self.t / self.y / len(self.y)
        return dy


class TwoBranches:
    def __init__(self, Wa, Wb):
        self.Wa, self.Wb, self.k = Wa, Wb, Wa.shape[1]
        self.dWa = self.dWb = None

    def forward(self, x):
        self.x, self.h = x, np.tanh(x @ self.Wb)
        return np.concatenate([x @ self.Wa, self.h], axis=1)

    def backward(self, dout):
        da, dh = dout[:, : self.k], dout[:, self.k :]
        dz = dh * (1 - self.h**2)
        self.dWa = self.x.T @ da
        self.dWb = self.x.T @ dz
        dx = da @ self.Wa.T + dz @ self.Wb.T
        return dx


class SoftmaxRegression:
    def __init__(self, W):
        self.W, self.reg = W, 0.1
        self.dW = None

    def forward(self, x, t):
        self.x, self.t, z = x, t, x @ self.W
        self.e = np.exp(z - z.max(axis=1, keepdims=True))
        self.p = self.e / self.e.sum(axis=1, keepdims=True)
        return -np.log(self.p[np.arange(len(t)), t]).mean() + self.reg * np.sum(self.W**2)

    def backward(self, dout=1):
        d = self.p.copy()
        d[np.arange(len(d)), self.t] -= 1
        d /= len(d)
        self.dW = self.x.T @ d
        self.dW += 2 * self.reg * self.W
        dx = d @ self.W.T
        return dx


class LinearRegression:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.dW = self.db = None

    def forward(self, x, t):
        self.x, self.t, self.y = x, t, x @ self.W + self.b
        return np.sum((self.y - t) ** 2) / len(x)

    def backward(self, dout=1):
        n = len(self.x)
        d = 2 * (self.y - self.t)
        self.dW = self.x.T @ d / n
        self.db = d.sum(axis=0) / n
        dx = d @ self.W.T / n
        return dx
