"""Whole networks in one class, and ways around a layer."""

import numpy as np


class TwoLayerNet:
    def __init__(self, W1, b1, W2, b2):
        self.params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
        self.grads = {}

    def forward(self, x, t):
        p = self.params
        self.x, self.t, self.z1 = x, t, x @ p["W1"] + p["b1"]
        self.h = 1 / (1 + np.exp(-self.z1))
        z2 = self.h @ p["W2"] + p["b2"]
        e = np.exp(z2 - z2.max(axis=1, keepdims=True))
        self.y = e / e.sum(axis=1, keepdims=True)
        return -np.sum(t * np.log(self.y)) / len(x)

    def backward(self, dout=1):
        h = self.h
        dz2 = (self.y - self.t) / len(self.t)
        self.grads["W2"] = h.T @ dz2
        self.grads["b2"] = dz2.sum(axis=0)
        dh = dz2 @ self.params["W2"].T
        dz1 = dh * h * (1 - h)
        self.grads["W1"] = self.x.T @ dz1
        self.grads["b1"] = dz1.sum(axis=0)
        return dz1 @ self.params["W1"].T


class ResidualBlock:
    def __init__(self, W1, b1, W2, b2):
        self.W1, self.b1, self.W2, self.b2 = W1, b1, W2, b2
        self.dW1 = self.db1 = self.dW2 = self.db2 = None

    def forward(self, x):
        self.x, self.z = x, x @ self.W1 + self.b1
        self.h = np.tanh(self.z)
        return self.h @ self.W2 + self.b2 + x

    def backward(self, dout):
        self.dW2 = self.h.T @ dout
        self.db2 = dout.sum(axis=0)
        dh = dout @ self.W2.T
        dz = dh * (1 - self.h**2)
        self.dW1 = self.x.T @ dz
        self.db1 = dz.sum(axis=0)
        dx = dz @ self.W1.T + dout
        return dx


class Residual:
    def __init__(self, W):
        self.W = W
        self.dW = None

    def forward(self, x):
        self.x, self.z = x, x @ self.W
        return np.maximum(self.z, 0) + x

    def backward(self, dout):
        d = dout * (self.z > 0)
        self.dW = self.x.T @ d
        dx = d @ self.W.T + dout
        return dx


class ResidualConvolution:
    def __init__(self, W):
        self.W = W
        self.dW = np.zeros_like(W)

    def forward(self, x):
        self.padded, size = np.pad(x, ((0, 0), (0, 0), (1, 1))), x.shape[2]
        return x + sum(self.W[:, :, k] @ self.padded[:, :, k : k + size] for k in range(3))

    def backward(self, dout):
        size = dout.shape[2]
        dx = np.pad(dout, ((0, 0), (0, 0), (1, 1)))
        for k in range(3):
            seen = self.padded[:, :, k : k + size]
            self.dW[:, :, k] = np.einsum("not,nct->oc", dout, seen)
            dx[:, :, k : k + size] += self.W[:, :, k].T @ dout
        return dx[:, :, 1:-1]


class TiedAutoEncoder:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.dW = self.db = None

    def forward(self, x):
        self.x, self.h = x, np.tanh(x @ self.W + self.b)
        self.d = self.h @ self.W.T - x
        return 0.5 * np.sum(self.d**2)

    def backward(self, dout=1):
        dh = self.d @ self.W
        dz = dh * (1 - self.h**2)
        self.dW = self.x.T @ dz
        self.dW += self.d.T @ self.h
        self.db = dz.sum(axis=0)
        dx = dz @ self.W.T - self.d
        return dx


class Gate:
    def __init__(self, W):
        self.W = W
        self.dW = None

    def forward(self, x):
        self.x, self.g = x, 1 / (1 + np.exp(-x @ self.W))
        return x * self.g

    def backward(self, dout):
        dz = dout * self.x * self.g * (1 - self.g)
        self.dW = self.x.T @ dz
        dx = dout * self.g
        dx += dz @ self.W.T
        return dx
