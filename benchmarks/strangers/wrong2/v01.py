import numpy as np


class Linear:
    """Fully connected layer: y = x W + b."""

    def __init__(self, n_in, n_out):
        limit = np.sqrt(6.0 / (n_in + n_out))
        self.W = np.random.uniform(-limit, limit, size=(n_in, n_out))
        self.b = np.zeros(n_out)
        self.dW = None
        self.db = None

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.mean(axis=0)
        return dout @ self.W.T
