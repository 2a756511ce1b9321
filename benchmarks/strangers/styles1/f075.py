import numpy as np


class RMSNorm:
    def __init__(self, dim, eps=1e-6):
        self.eps = eps
        self.weight = np.ones(dim)
        self.grad_weight = np.zeros(dim)

    def forward(self, x):
        self.x = x
        self.rms = np.sqrt(np.mean(x ** 2, axis=-1, keepdims=True) + self.eps)
        return x / self.rms * self.weight

    def backward(self, grad):
        xhat = self.x / self.rms
        axes = tuple(range(grad.ndim - 1))
        self.grad_weight = np.sum(grad * xhat, axis=axes)
        dxhat = grad * self.weight
        dx = (dxhat - xhat * np.sum(dxhat * xhat, axis=-1, keepdims=True)) / self.rms
        return dx
