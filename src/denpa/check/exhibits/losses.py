"""Losses: the output is one number, the gradient starts here."""

import numpy as np


class SoftmaxWithLoss:
    def forward(self, x, t):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.p, self.t = e / e.sum(axis=1, keepdims=True), t
        return -np.sum(t * np.log(self.p)) / len(x)

    def backward(self, dout=1):
        dx = dout * (self.p - self.t) / len(self.t)
        return dx


class SoftmaxWithLabels:
    def forward(self, x, t):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        self.t = t
        shifted = x - x.max(axis=1, keepdims=True)
        log_p = shifted - np.log(e.sum(axis=1, keepdims=True))
        return -log_p[np.arange(len(t)), t].mean()

    def backward(self, dout=1):
        dx = self.p.copy()
        dx[np.arange(len(self.t)), self.t] -= 1
        return dx / len(self.t)


class LabelSmoothing:
    def forward(self, x, t):
        z = x - x.max(axis=1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        self.p = np.exp(log_p)
        self.t, self.s = t, 0.9 * t + 0.1 / t.shape[1]
        return -np.sum(self.s * log_p) / len(x)

    def backward(self, dout=1):
        dx = dout * (self.p - self.s) / len(self.s)
        return dx


class SigmoidWithLoss:
    def forward(self, x, t):
        self.p, self.t = 1 / (1 + np.exp(-x)), t
        return np.mean(np.logaddexp(0, x) - t * x)

    def backward(self, dout=1):
        dx = dout * (self.p - self.t) / self.t.size
        return dx


class SaturatedLoss:
    def forward(self, x, t):
        self.p, self.t = 1 / (1 + np.exp(-x)), t
        return np.mean(np.logaddexp(0, x) - t * x)

    def backward(self, dout=1):
        dx = dout * (self.p - self.t) / self.t.size
        return dx


class MeanSquaredError:
    def forward(self, x, t):
        self.d = x - t
        return np.mean(self.d**2)

    def backward(self, dout=1):
        dx = dout * 2 * self.d / self.d.size
        return dx


class Huber:
    def forward(self, x, t):
        self.x, self.d = x, x - t
        near = np.abs(self.d) < 1
        return np.mean(np.where(near, 0.5 * self.d**2, np.abs(self.d) - 0.5))

    def backward(self, dout=1):
        dx = dout * np.clip(self.d, -1, 1) / self.d.size
        return dx


class Hinge:
    def forward(self, x, t):
        self.t, rows = t, np.arange(len(t))
        self.margins = np.maximum(0, x - x[rows, t][:, np.newaxis] + 1)
        self.margins[rows, t] = 0
        return self.margins.sum() / len(t)

    def backward(self, dout=1):
        rows, over = np.arange(len(self.t)), self.margins > 0
        dx = over.astype(float)
        dx[rows, self.t] -= over.sum(axis=1)
        return dx / len(self.t)


class KLDivergence:
    def forward(self, x, t):
        z = x - x.max(axis=1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        self.p, self.t = np.exp(log_p), t
        return np.sum(t * (np.log(t) - log_p)) / len(x)

    def backward(self, dout=1):
        dx = dout * (self.p - self.t) / len(self.t)
        return dx


class PenalisedLoss:
    def __init__(self, W):
        self.W = W
        self.dW = None

    def forward(self, x, t):
        self.x, self.d = x, x @ self.W - t
        return 0.5 * np.sum(self.d**2) + 0.05 * np.sum(self.W**2)

    def backward(self, dout=1):
        self.dW = self.x.T @ self.d + 0.1 * self.W
        dx = self.d @ self.W.T
        return dx


class LogisticRegression:
    def __init__(self, w, b):
        self.w, self.b, self.l2 = w, b, 0.3
        self.dw = self.db = None

    def forward(self, x, t):
        self.x, self.t = x, t
        z = x @ self.w + self.b
        self.p = 1 / (1 + np.exp(-z))
        return np.mean(np.logaddexp(0, z) - t * z) + 0.5 * self.l2 * np.sum(self.w**2)

    def backward(self, dout=1):
        d = (self.p - self.t) / len(self.t)
        self.dw = self.x.T @ d + self.l2 * self.w
        self.db = d.sum(axis=0)
        dx = d @ self.w.T
        return dx


class Lasso:
    def __init__(self, W):
        self.W = W
        self.dW = None

    def forward(self, x, t):
        self.x, self.d = x, x @ self.W - t
        return 0.5 * np.sum(self.d**2) / len(x) + 0.2 * np.abs(self.W).sum()

    def backward(self, dout=1):
        d = self.d
        self.dW = self.x.T @ d / len(d) + 0.2 * np.sign(self.W)
        dx = d @ self.W.T / len(d)
        return dx
