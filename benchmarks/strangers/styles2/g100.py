import numpy as np


class WeightNormLinear:
    """
    w = g * v / ||v||   (Salimans & Kingma 2016)
    one g and one v (a row) per output neuron
    """

    def __init__(self, nin, nout, seed=None):
        gen = np.random.default_rng(seed)
        self.v = gen.standard_normal((nout, nin))
        self.g = np.ones((nout, 1))
        self.b = np.zeros(nout)

    @property
    def w(self):
        return self.g * self.v / np.linalg.norm(self.v, axis=1, keepdims=True)

    def forward(self, x):
        self.x = x
        return x @ self.w.T + self.b

    def backward(self, delta):
        dw = delta.T @ self.x
        nrm = np.linalg.norm(self.v, axis=1, keepdims=True)
        u = self.v / nrm
        self.dg = (dw * u).sum(axis=1, keepdims=True)
        self.dv = self.g / nrm * (dw - self.dg * u)
        self.db = delta.sum(axis=0)
        return delta @ self.w
