import numpy as np


class Highway:
    """y = T(x) * H(x) + (1 - T(x)) * x"""

    def __init__(self, n, transform_bias=-1.0):
        self.W_H = np.random.randn(n, n) / np.sqrt(n)
        self.b_H = np.zeros(n)
        self.W_T = np.random.randn(n, n) / np.sqrt(n)
        self.b_T = np.full(n, transform_bias)
        self.grad = {}

    def forward(self, x):
        H = np.maximum(0, x @ self.W_H + self.b_H)
        T = 1 / (1 + np.exp(-(x @ self.W_T + self.b_T)))
        self.tmp = (x, H, T)
        return T * H + (1 - T) * x

    def backward(self, dy):
        x, H, T = self.tmp
        dH = dy * T * (H > 0)
        dT = dy * H * T * (1 - T)
        self.grad = {
            'W_H': x.T @ dH, 'b_H': dH.sum(0),
            'W_T': x.T @ dT, 'b_T': dT.sum(0),
        }
        return dH @ self.W_H.T + dT @ self.W_T.T + dy * (1 - T)
