"""Layers as courses have them written: examples in columns, gradients stage by stage, losses of
probabilities; with the mistakes that are asked about most.
"""

from __future__ import annotations

import numpy as np

from denpa.check.gallery.form import Mutant, bits, exhibit, integers, one_hot, rand


def _probabilities(rng):
    return rng.uniform(0.1, 0.9, (5, 4))


@exhibit(
    init=(rand(4, 4), rand(4, 1), rand(4, 4), rand(4, 1)),
    given=(rand(4, 16), bits(4, 16)),
    mutants=[
        Mutant("factor-missing", "X", "dA1 = dA1 * self.D1 / self.keep_prob",
               "dA1 = dA1 * self.D1", also=("scale",)),
        Mutant("factor-missing", "X", "dA1 = dA1 * self.D1 / self.keep_prob",
               "dA1 = dA1 / self.keep_prob", also=("activation-forgotten", "wrong-variable")),
        Mutant("mask-drawn-again", "X", "dA1 = dA1 * self.D1",
               "dA1 = dA1 * (np.random.rand(*dA1.shape) < self.keep_prob)", hard=True),
        Mutant("scale", "b1", 'self.grads["b1"] = dZ1.sum(axis=1, keepdims=True) / m',
               'self.grads["b1"] = dZ1.sum(axis=1, keepdims=True)'),
        Mutant("scale", "W2", "dZ2 @ self.A1.T / m", "dZ2 @ self.A1.T"),
        Mutant("shape", "b2", "dZ2.sum(axis=1, keepdims=True)",
               "dZ2.sum(axis=0, keepdims=True)", also=("axis",)),
        Mutant("shape", "b2", "dZ2.sum(axis=1, keepdims=True)", "dZ2.sum(axis=1)"),
        Mutant("wrong-variable", "X", 'self.params["W1"].T @ dZ1', 'self.params["W2"].T @ dZ1'),
        Mutant("wrong-variable", "W1", "dZ1 @ self.X.T", "dZ1 @ self.A1.T"),
        Mutant("bias-from-weights", "b2", "dZ2.sum(axis=1, keepdims=True)",
               "(dZ2 @ self.A1.T).sum(axis=1, keepdims=True)"),
        Mutant("activation-forgotten", "X", "dZ1 = dA1 * (self.Z1 > 0)", "dZ1 = dA1"),
        Mutant("comparison", "X", "(self.Z1 > 0)", "(dA1 > 0)",
               also=("upstream-mask", "wrong-variable")),
    ],
    scales=(1e-3, 3.0),
    learns=False,
)  # fmt: skip
class ColumnNet:
    def __init__(self, W1, b1, W2, b2):
        self.params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
        self.grads, self.keep_prob = {}, 0.5

    def forward(self, X, Y):
        p = self.params
        self.X, self.Y, self.Z1 = X, Y, p["W1"] @ X + p["b1"]
        self.D1 = np.random.rand(*self.Z1.shape) < self.keep_prob
        self.A1 = np.maximum(self.Z1, 0) * self.D1 / self.keep_prob
        Z2 = p["W2"] @ self.A1 + p["b2"]
        self.A2 = 1 / (1 + np.exp(-Z2))
        return np.sum(np.logaddexp(0, Z2) - Y * Z2) / X.shape[1]

    def backward(self, dout=1):
        m = self.X.shape[1]
        dZ2 = self.A2 - self.Y
        self.grads["W2"] = dZ2 @ self.A1.T / m
        self.grads["b2"] = dZ2.sum(axis=1, keepdims=True) / m
        dA1 = self.params["W2"].T @ dZ2
        dA1 = dA1 * self.D1 / self.keep_prob
        dZ1 = dA1 * (self.Z1 > 0)
        self.grads["W1"] = dZ1 @ self.X.T / m
        self.grads["b1"] = dZ1.sum(axis=1, keepdims=True) / m
        return self.params["W1"].T @ dZ1 / m


@exhibit(
    init=(rand(4), rand(4)),
    given=(rand(6, 4),),
    mutants=[
        Mutant("factor-missing", "x", "-divar / self.sqrtvar**2", "-divar / self.sqrtvar",
               also=("constant", "wrong-variable")),
        Mutant("sign-inside", "x", "-divar / self.sqrtvar**2", "divar / self.sqrtvar**2",
               also=("statistics-weight",)),
        Mutant("statistics-weight", "x", "0.5 * dsqrtvar", "dsqrtvar", also=("factor-missing",)),
        Mutant("statistics-weight", "x", "2 * self.xmu * dsq", "self.xmu * dsq",
               also=("factor-missing",)),
        Mutant("overwritten", "x", "dxmu += 2", "dxmu = 2"),
        Mutant("statistics-weight", "x", "dmu / n", "dmu", also=("factor-missing",)),
        Mutant("statistics-constant", "x", "dxmu + np.ones_like(dout) * dmu / n", "dxmu",
               also=("term-missing",)),
        Mutant("sign-inside", "x", "dmu = -dxmu", "dmu = dxmu", also=("statistics-weight",)),
        Mutant("wrong-variable", "x", "divar = (dxhat * self.xmu)", "divar = (dxhat * self.xhat)",
               also=("factor-extra",)),
        Mutant("wrong-variable", "gamma", "(dout * self.xhat)", "(dout * self.xmu)"),
    ],
)  # fmt: skip
class StagedBatchNorm:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta
        self.dgamma = self.dbeta = None

    def forward(self, x):
        self.xmu = x - x.mean(axis=0)
        self.sqrtvar = np.sqrt((self.xmu**2).mean(axis=0) + 1e-7)
        self.xhat = self.xmu / self.sqrtvar
        return self.gamma * self.xhat + self.beta

    def backward(self, dout):
        n = len(dout)
        self.dbeta = dout.sum(axis=0)
        self.dgamma = (dout * self.xhat).sum(axis=0)
        dxhat = dout * self.gamma
        divar = (dxhat * self.xmu).sum(axis=0)
        dxmu = dxhat / self.sqrtvar
        dsqrtvar = -divar / self.sqrtvar**2
        dvar = 0.5 * dsqrtvar / self.sqrtvar
        dsq = np.ones_like(dout) * dvar / n
        dxmu += 2 * self.xmu * dsq
        dmu = -dxmu.sum(axis=0)
        dx = dxmu + np.ones_like(dout) * dmu / n
        return dx


@exhibit(
    given=(_probabilities, bits(5, 4)),
    mutants=[
        Mutant("sign-inside", "p", "+ (1 - self.t)", "- (1 - self.t)"),
        Mutant("factor-missing", "p", "(-self.t / self.p + (1 - self.t) / (1 - self.p))",
               "(self.p - self.t)", also=("wrong-function",)),
        Mutant("term-missing", "p", " + (1 - self.t) / (1 - self.p)", ""),
        Mutant("wrong-variable", "p", "/ (1 - self.p)", "/ (1 - self.t + 0.001)",
               also=("wrong-function",)),
        Mutant("wrong-function", "p", "-self.t / self.p", "-self.t * np.log(self.p)"),
    ],
    scales=(1e-3, 0.5),
)  # fmt: skip
class BinaryCrossEntropy:
    def forward(self, p, t):
        self.p, self.t = p, t
        return -np.mean(t * np.log(p) + (1 - t) * np.log(1 - p))

    def backward(self, dout=1):
        dp = dout * (-self.t / self.p + (1 - self.t) / (1 - self.p)) / self.t.size
        return dp


@exhibit(
    given=(_probabilities, one_hot(5, 4)),
    mutants=[
        Mutant("wrong-function", "y", "-self.t / self.y", "(self.y - self.t)"),
        Mutant("factor-missing", "y", "-self.t / self.y", "-1 / self.y"),
        Mutant("factor-extra", "y", "-self.t / self.y", "-self.t * self.y"),
        Mutant("sign", "y", "-self.t / self.y", "self.t / self.y"),
    ],
    scales=(1e-3, 0.5),
    learns=False,
)
class CrossEntropyError:
    def forward(self, y, t):
        self.y, self.t = y, t
        return -np.sum(t * np.log(y)) / len(y)

    def backward(self, dout=1):
        dy = dout * -self.t / self.y / len(self.y)
        return dy


@exhibit(
    init=(rand(4, 3), rand(4, 3)),
    given=(rand(5, 4),),
    mutants=[
        Mutant(
            "wrong-variable",
            "x",
            "da, dh = dout[:, : self.k], dout[:, self.k :]",
            "da, dh = dout[:, self.k :], dout[:, : self.k]",
        ),
        Mutant("constant", "x", "dout[:, self.k :]", "dout[:, self.k - 1 : -1]"),
        Mutant("wrong-variable", "x", "dz @ self.Wb.T", "dz @ self.Wa.T"),
        Mutant("wrong-variable", "x", "dz = dh * (1", "dz = da * (1"),
        Mutant("wrong-variable", "Wa", "self.x.T @ da", "self.x.T @ dz"),
        Mutant("term-missing", "x", " + dz @ self.Wb.T", ""),
    ],
    scales=(1e-3, 3.0),
)
class TwoBranches:
    def __init__(self, Wa, Wb):
        self.Wa, self.Wb, self.k = Wa, Wb, Wa.shape[1]
        self.dWa = self.dWb = None

    def forward(self, x):
        self.x, self.h = x, np.tanh(x @ self.Wb)
        return np.concatenate([x @ self.Wa, self.h], axis=1)

    def backward(self, dout):
        da, dh = dout[:, : self.k], dout[:, self.k :]
        dz = dh * (1 - self.h**2)
        self.dWa = self.x.T @ da
        self.dWb = self.x.T @ dz
        dx = da @ self.Wa.T + dz @ self.Wb.T
        return dx


@exhibit(
    init=(rand(4, 3),),
    given=(rand(6, 4), integers(3, 6)),
    mutants=[
        Mutant("penalty", "W", "self.dW = self.x.T @ d", "self.dW = self.x.T @ d - self.W"),
        Mutant("penalty", "W", "self.dW += 2 * self.reg", "self.dW += self.reg"),
        Mutant("penalty", "W", "2 * self.reg * self.W", "2 * self.reg * self.W / len(d)"),
        Mutant("overwritten", "W", "self.dW += 2", "self.dW = 2"),
        Mutant("constant", "x", "self.t] -= 1", "self.t - 1] -= 1", also=("wrong-variable",)),
        Mutant("index", "x", "d[np.arange(len(d)), self.t]", "d[:, self.t]"),
        Mutant("wrong-variable", "x", "d = self.p.copy()", "d = self.e.copy()"),
        Mutant("scale", "x", "dx = d @ self.W.T", "dx = d @ self.W.T / len(d)"),
    ],
    scales=(1e-3, 3.0),
)
class SoftmaxRegression:
    def __init__(self, W):
        self.W, self.reg = W, 0.1
        self.dW = None

    def forward(self, x, t):
        self.x, self.t, z = x, t, x @ self.W
        self.e = np.exp(z - z.max(axis=1, keepdims=True))
        self.p = self.e / self.e.sum(axis=1, keepdims=True)
        return -np.log(self.p[np.arange(len(t)), t]).mean() + self.reg * np.sum(self.W**2)

    def backward(self, dout=1):
        d = self.p.copy()
        d[np.arange(len(d)), self.t] -= 1
        d /= len(d)
        self.dW = self.x.T @ d
        self.dW += 2 * self.reg * self.W
        dx = d @ self.W.T
        return dx


@exhibit(
    init=(rand(4, 2), rand(2)),
    given=(rand(5, 4), rand(5, 2)),
    mutants=[
        Mutant("scale", "b", "self.db = d.sum(axis=0) / n", "self.db = d.sum(axis=0)"),
        Mutant("scale", "W", "self.dW = self.x.T @ d / n", "self.dW = self.x.T @ d"),
        Mutant("scale", "x", "dx = d @ self.W.T / n", "dx = d @ self.W.T"),
        Mutant("scale", "x", "d = 2 * (self.y - self.t)", "d = self.y - self.t"),
        Mutant("shape", "b", "d.sum(axis=0)", "d.sum(axis=1)"),
        Mutant("wrong-variable", "x", "d = 2 * (self.y - self.t)", "d = 2 * self.y",
               also=("term-missing",)),
    ],
    scales=(1e-3, 3.0),
)  # fmt: skip
class LinearRegression:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.dW = self.db = None

    def forward(self, x, t):
        self.x, self.t, self.y = x, t, x @ self.W + self.b
        return np.sum((self.y - t) ** 2) / len(x)

    def backward(self, dout=1):
        n = len(self.x)
        d = 2 * (self.y - self.t)
        self.dW = self.x.T @ d / n
        self.db = d.sum(axis=0) / n
        dx = d @ self.W.T / n
        return dx
