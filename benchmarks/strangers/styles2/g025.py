import numpy as np


class LayerNorm:
    def __init__(self, ndim, eps=1e-5):
        self.weight = np.ones(ndim)
        self.bias = np.zeros(ndim)
        self.eps = eps

    def __call__(self, x):
        """x: (B, T, C)"""
        mean = x.mean(-1, keepdims=True)
        var = ((x - mean) ** 2).mean(-1, keepdims=True)
        self.rstd = 1.0 / np.sqrt(var + self.eps)
        self.norm = (x - mean) * self.rstd
        return self.norm * self.weight + self.bias

    def backward(self, dout):
        self.dbias = dout.sum((0, 1))
        self.dweight = (dout * self.norm).sum((0, 1))
        dnorm = dout * self.weight
        dx = dnorm - dnorm.mean(-1, keepdims=True) \
            - self.norm * (dnorm * self.norm).mean(-1, keepdims=True)
        dx *= self.rstd
        return dx
