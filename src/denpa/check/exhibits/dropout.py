"""Random layers: backward needs the numbers that forward has drawn."""

import numpy as np


class Dropout:
    def forward(self, x):
        self.mask = np.random.rand(*x.shape) > 0.5
        return x * self.mask / 0.5

    def backward(self, dout):
        dx = dout * self.mask / 0.5
        return dx


class InvertedDropout:
    def __init__(self, p):
        self.p = p

    def forward(self, x):
        keep = np.random.random(x.shape) >= self.p
        self.mask = keep / (1 - self.p)
        return x * self.mask

    def backward(self, dout):
        dx = dout * self.mask
        return dx


class SpatialDropout:
    def forward(self, x):
        self.mask = 2 * (np.random.rand(*x.shape[:2], 1, 1) > 0.5)
        return x * self.mask

    def backward(self, dout):
        dx = dout * self.mask
        return dx


class DropConnect:
    def __init__(self, W):
        self.W = W
        self.dW = None

    def forward(self, x):
        self.x, self.mask = x, np.random.rand(*self.W.shape) > 0.4
        return x @ (self.W * self.mask)

    def backward(self, dout):
        self.dW = self.x.T @ dout * self.mask
        dx = dout @ (self.W * self.mask).T
        return dx
