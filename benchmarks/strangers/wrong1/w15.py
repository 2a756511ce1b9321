import numpy as np


class Regressor:
    def __init__(self, d_in=5, h1=8, h2=6, d_out=3):
        g = np.random.default_rng(7)
        self.w1 = g.standard_normal((d_in, h1)) * 0.4
        self.w2 = g.standard_normal((h1, h2)) * 0.4
        self.w3 = g.standard_normal((h2, d_out)) * 0.4
        self.b1, self.b2, self.b3 = np.zeros(h1), np.zeros(h2), np.zeros(d_out)

    def forward(self, x):
        self.x = x
        self.a1 = np.tanh(x @ self.w1 + self.b1)
        self.a2 = np.tanh(self.a1 @ self.w2 + self.b2)
        self.out = self.a2 @ self.w3 + self.b3
        return self.out

    def loss(self, x, t):
        return np.mean((self.forward(x) - t) ** 2)

    def backward(self, t):
        # call after forward / loss
        d3 = 2 * (self.out - t) / t.shape[0]
        self.dw3 = self.a2.T @ d3
        self.db3 = d3.sum(0)
        d2 = (d3 @ self.w3.T) * (1 - self.a2 ** 2)
        self.dw2 = self.a1.T @ d2
        self.db2 = d2.sum(0)
        d1 = (d2 @ self.w2.T) * (1 - self.a1 ** 2)
        self.dw1 = self.x.T @ d1
        self.db1 = d1.sum(0)
        return {'w1': self.dw1, 'b1': self.db1, 'w2': self.dw2,
                'b2': self.db2, 'w3': self.dw3, 'b3': self.db3}
