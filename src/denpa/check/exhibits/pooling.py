"""Pooling: the gradient goes to the place that won, or in equal parts to all."""

import numpy as np


class MaxPooling:
    def forward(self, x):
        n, c, h, w = x.shape
        self.x = x
        y = x.reshape(n, c, h // 2, 2, w // 2, 2).max(axis=(3, 5))
        self.wide = np.repeat(np.repeat(y, 2, axis=2), 2, axis=3)
        return y

    def backward(self, dout):
        spread = np.repeat(np.repeat(dout, 2, axis=2), 2, axis=3)
        dx = spread * (self.x == self.wide)
        return dx


class OverlappingMax:
    def forward(self, x):
        self.shape = x.shape
        starts = range(0, x.shape[1] - 2, 2)
        self.best = np.stack([k + x[:, k : k + 3].argmax(axis=1) for k in starts], axis=1)
        return np.take_along_axis(x, self.best, axis=1)

    def backward(self, dout):
        dx, rows = np.zeros(self.shape), np.arange(self.shape[0])
        for k in range(dout.shape[1]):
            dx[rows, self.best[:, k]] += dout[:, k]
        return dx


class MaxOverFeatures:
    def forward(self, x):
        self.shape, self.best = x.shape, x.argmax(axis=1)
        return x.max(axis=1)

    def backward(self, dout):
        dx, rows = np.zeros(self.shape), np.arange(self.shape[0])
        dx[rows, self.best] = dout
        return dx


class AveragePooling:
    def forward(self, x):
        n, c, h, w = x.shape
        self.x = x
        return x.reshape(n, c, h // 2, 2, w // 2, 2).mean(axis=(3, 5))

    def backward(self, dout):
        spread = np.repeat(np.repeat(dout, 2, axis=2), 2, axis=3)
        dx = spread / 4
        return dx


class GlobalAverage:
    def forward(self, x):
        self.shape, self.area = x.shape, x.shape[2] * x.shape[3]
        return x.mean(axis=(2, 3))

    def backward(self, dout):
        dx = np.ones(self.shape) * dout[:, :, None, None] / self.area
        return dx
