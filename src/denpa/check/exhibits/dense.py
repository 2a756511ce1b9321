"""Affine layers in several codings, scales and shifts, and changes of shape."""

import numpy as np


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.dW = self.db = None

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        dx = dout @ self.W.T
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dx


class FlattenAffine:
    def __init__(self, W, b):
        self.params = [W, b]
        self.grads = [None, None]

    def forward(self, x):
        W, b = self.params
        self.shape = x.shape
        self.x = x.reshape(len(x), -1)
        return np.dot(x.reshape(len(x), -1), W) + b

    def backward(self, dout):
        W = self.params[0]
        dx = np.dot(dout, W.T)
        dW = np.dot(self.x.T, dout)
        db = np.sum(dout, axis=0)
        self.grads = [dW, db]
        return dx.reshape(self.shape)


class TimeAffine:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.dW, self.db = np.zeros_like(W), np.zeros_like(b)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.db = dout.sum(axis=(0, 1))
        self.dW = np.einsum("ntd,nth->dh", self.x, dout)
        dx = dout @ self.W.T
        return dx


class ScaleShift:
    def __init__(self, scale, shift):
        self.scale, self.shift = scale, shift
        self.dscale = self.dshift = None

    def forward(self, x):
        self.x = x.copy()
        return self.scale * x + self.shift

    def backward(self, dout):
        self.dshift = dout.sum(axis=0)
        self.dscale = (dout * self.x).sum(axis=0)
        dx = dout * self.scale
        return dx


class QuadraticForm:
    def __init__(self, W):
        self.W = W
        self.dW = None

    def forward(self, x):
        self.x = x
        return np.sum((x @ self.W) * x, axis=1)

    def backward(self, dout):
        d = dout[:, np.newaxis]
        self.dW = (self.x * d).T @ self.x
        dx = d * (self.x @ self.W.T + self.x @ self.W)
        return dx


class SwapAxes:
    def forward(self, x):
        self.shape = x.shape
        return x.transpose(0, 2, 1)

    def backward(self, dout):
        dx = dout.transpose(0, 2, 1)
        return dx
