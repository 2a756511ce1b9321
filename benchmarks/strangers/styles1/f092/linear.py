import numpy as np


class Linear:
    def __init__(self, n_in, n_out, seed=None):
        rng = np.random.RandomState(seed)
        self.W = rng.randn(n_in, n_out) / np.sqrt(n_in)
        self.b = np.zeros(n_out)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dy):
        self.dW = self.x.T @ dy
        self.db = dy.sum(axis=0)
        return dy @ self.W.T


class ReLU:
    def forward(self, x):
        self.pos = x > 0
        return x * self.pos

    def backward(self, dy):
        return dy * self.pos
