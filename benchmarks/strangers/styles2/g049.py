import numpy as np


class PReLU(object):
    """Parametric ReLU with one slope per channel. Input (N, C, H, W)."""

    def __init__(self, channels, init=0.25):
        self.alpha = np.full((1, channels, 1, 1), init)
        self.dalpha = np.zeros_like(self.alpha)

    def forward(self, x):
        self.x = x
        return np.maximum(x, 0) + self.alpha * np.minimum(x, 0)

    def backward(self, dy):
        self.dalpha = (dy * np.minimum(self.x, 0)).sum(axis=(0, 2, 3), keepdims=True)
        return dy * np.where(self.x > 0, 1.0, self.alpha)

    def parameters(self):
        return [(self.alpha, self.dalpha)]
