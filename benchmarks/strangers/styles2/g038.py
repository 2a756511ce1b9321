import numpy as np


class ResidualBlock:
    """y = relu(x + W2 relu(W1 x + b1) + b2)"""

    def __init__(self, dim, hidden, seed=0):
        rng = np.random.RandomState(seed)
        self.params = dict(
            W1=rng.randn(dim, hidden) / np.sqrt(dim), b1=np.zeros(hidden),
            W2=rng.randn(hidden, dim) / np.sqrt(hidden), b2=np.zeros(dim))
        self.grads = {}

    def forward(self, x):
        P = self.params
        self.x = x
        self.h = np.maximum(x @ P['W1'] + P['b1'], 0)
        self.pre = x + self.h @ P['W2'] + P['b2']
        return np.maximum(self.pre, 0)

    def backward(self, dy):
        P, g = self.params, self.grads
        dpre = dy * (self.pre > 0)
        g['W2'] = self.h.T @ dpre
        g['b2'] = dpre.sum(0)
        dh = dpre @ P['W2'].T * (self.h > 0)
        g['W1'] = self.x.T @ dh
        g['b1'] = dh.sum(0)
        return dpre + dh @ P['W1'].T   # skip + branch
