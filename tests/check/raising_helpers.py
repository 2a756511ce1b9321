"""More backwards that raise: loops, methods, what helpers return, sequences."""

from __future__ import annotations

from tests.check.raising_written import MAKE, Wrong, X, affine, rand

LOOPS = """
import numpy as np
class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b
    def forward(self, x):
        self.x = x
        return x @ self.W + self.b
    def backward(self, dout):
        self.dW, self.db, dx = np.zeros_like(self.W), dout.sum(axis=0), np.zeros_like(self.x)
        for a in range(len(dout)):
            for b in range(self.W.shape[1]):
                for c in range(self.W.shape[0]):
                    self.dW[{written}] += self.x[a, c] * dout[a, b]
                    dx[a, c] += self.W[{read}] * dout[a, b]
        return dx
"""
GATHERED = """
import numpy as np
class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.dW, self.db = np.zeros_like(W), np.zeros_like(b)
    def forward(self, x):
        self.x = x
        return x @ self.W + self.b
    def backward(self, dout):
        dx, dW, db = self._through(dout, self.x)
        self.dW[...] = dW
        self.db[...] = db  # raises
        return dx
    def _through(self, dout, x):
        db = dout.sum(axis=1)
        return dout @ self.W.T, x.T @ dout, db
"""
OVER_TIME = """
import numpy as np
class TimeAffine:
    def __init__(self, W, b):
        self.params, self.grads = [W, b], [np.zeros_like(W), np.zeros_like(b)]
    def forward(self, x):
        N, T, D = x.shape
        W, b = self.params
        self.x = x
        return (np.dot(x.reshape(N * T, -1), W) + b).reshape(N, T, -1)
    def backward(self, dout):
        N, T, D = self.x.shape
        W, b = self.params
        db = np.sum(dout, axis=0)
        dW = np.dot(self.x.reshape(N * T, -1).T, dout)
        dx = np.dot(dout, W.T)
        self.grads[0][...] = dW
        self.grads[1][...] = db
        return dx
"""
PRIME = """
import numpy as np
class Sigmoid:
    def forward(self, x):
        self.y = 1 / (1 + np.exp(-x))
        return self.y
    def prime(self, y):
        return y * (1 - y)
    def backward(self, dout):
        return dout * prime(self.y)
"""

HELPERS = [
    Wrong("index-written", LOOPS.format(written="b, c", read="c, b"), MAKE, X, "W",
          ("index", "self.dW (4, 3) has no [b, c] (b = 0, c = 3); [c, b] belongs there"),
          "self.dW[c, b] += self.x[a, c] * dout[a, b]", (), "self.x[a, c] * dout[a, b]"),
    Wrong("index-read", LOOPS.format(written="c, b", read="b, c"), MAKE, X, "x",
          ("index", "self.W (4, 3) has no [b, c] (b = 0, c = 3)"),
          "dx[a, c] += self.W[c, b] * dout[a, b]", (), "self.W[b, c] * dout[a, b]"),
    Wrong("returned-by-a-method", GATHERED, MAKE, X, "b",
          ("axis", "line 13: db (5,) does not fit into self.db[...] (3,)"), "dout.sum(axis=0)", (),
          "db = dout.sum(axis=1)"),
    Wrong("over-time", OVER_TIME, "TimeAffine(rng.standard_normal((4, 3)), rng.standard_normal(3))",
          (rand(2, 5, 4),), "params[0]", ("does-not-fit", "(4, 10) times dout (2, 5, 3)"),
          "np.dot(self.x.reshape(N * T, -1).T, dout.reshape(-1, dout.shape[-1]))", ("params[1]",),
          "dW = np.dot(self.x.reshape(N * T, -1).T, dout)"),
    Wrong("method-without-self", PRIME, "Sigmoid()", X, "x",
          ("undefined-name", "prime is not defined; self.prime is meant"),
          "dout * self.prime(self.y)", (), "prime(self.y)"),
    Wrong("named-numpy", affine("numpy.dot(dout, self.W.T)"), MAKE, X, "x",
          ("undefined-name", "numpy is not defined; np is meant"), "np.dot(dout, self.W.T)", (),
          "numpy.dot(dout, self.W.T)"),
]  # fmt: skip
