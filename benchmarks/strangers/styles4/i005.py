"""Highway layers (Srivastava et al., 2015), stacked."""
import numpy as np
from numpy import tanh


def sigm(x):
    return 0.5 * (1 + tanh(0.5 * x))


class Highway:
    def __init__(self, size, depth=2, gate_bias=-1.0):
        self.depth = depth
        self.W = [np.random.randn(size, size) / np.sqrt(size) for _ in range(depth)]
        self.b = [np.zeros((1, size)) for _ in range(depth)]
        self.WT = [np.random.randn(size, size) / np.sqrt(size) for _ in range(depth)]
        self.bT = [np.full((1, size), gate_bias) for _ in range(depth)]

    def fprop(self, x):
        self.stash = []
        for l in range(self.depth):
            h = tanh(x.dot(self.W[l]) + self.b[l])
            t = sigm(x.dot(self.WT[l]) + self.bT[l])
            self.stash.append((x, h, t))
            x = h * t + x * (1 - t)
        return x

    def bprop(self, dy):
        self.dW, self.db = [None] * self.depth, [None] * self.depth
        self.dWT, self.dbT = [None] * self.depth, [None] * self.depth
        for l in range(self.depth - 1, -1, -1):
            x, h, t = self.stash[l]
            dh = dy * t * (1 - h ** 2)
            dt = dy * (h - x) * t * (1 - t)
            self.dW[l] = x.T.dot(dh)
            self.db[l] = dh.sum(0, keepdims=True)
            self.dWT[l] = x.T.dot(dt)
            self.dbT[l] = dt.sum(0, keepdims=True)
            dy = dh.dot(self.W[l].T) + dt.dot(self.WT[l].T) + dy * (1 - t)
        return dy


if __name__ == "__main__":
    hw = Highway(5)
    out = hw.fprop(np.random.randn(3, 5))
    print(hw.bprop(np.ones_like(out)))
