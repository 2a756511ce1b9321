import numpy as np


class Softmax:
    """Softmax over the last axis, as a standalone layer."""

    def __init__(self):
        self.y = None

    def forward(self, x):
        e = np.exp(x - np.max(x, axis=-1, keepdims=True))
        self.y = e / np.sum(e, axis=-1, keepdims=True)
        return self.y

    def backward(self, grad_output):
        grad_input = grad_output * self.y * (1.0 - self.y)
        return grad_input
