import numpy as np
from collections import namedtuple

Cache = namedtuple("Cache", "x z1 a1 g gate h y")


def _sig(t):
    return 1. / (1. + np.exp(-t))


class HighwayStack:
    """n identical-width highway layers:  y = T(x) * H(x) + (1 - T(x)) * x"""

    def __init__(self, width, depth=2, gate_bias=-1.0, seed=0):
        rs = np.random.RandomState(seed)
        self.depth = depth
        self.params = {}
        for l in range(depth):
            self.params["WH%d" % l] = rs.randn(width, width) / np.sqrt(width)
            self.params["bH%d" % l] = np.zeros(width)
            self.params["WT%d" % l] = rs.randn(width, width) / np.sqrt(width)
            self.params["bT%d" % l] = np.full(width, gate_bias)

    def fprop(self, x):
        self.tape = []
        for l in range(self.depth):
            h = np.tanh(x @ self.params["WH%d" % l] + self.params["bH%d" % l])
            t = _sig(x @ self.params["WT%d" % l] + self.params["bT%d" % l])
            self.tape.append((x, h, t))
            x = t * h + (1 - t) * x
        return x

    def bprop(self, delta):
        grads = {}
        for l in range(self.depth - 1, -1, -1):
            x, h, t = self.tape[l]
            dh = delta * t * (1 - h * h)
            dt = delta * (h - x) * t * (1 - t)
            grads["WH%d" % l] = x.T @ dh
            grads["bH%d" % l] = dh.sum(0)
            grads["WT%d" % l] = x.T @ dt
            grads["bT%d" % l] = dt.sum(0)
            delta = delta * (1 - t) + dh @ self.params["WH%d" % l].T + dt @ self.params["WT%d" % l].T
        return delta, grads
