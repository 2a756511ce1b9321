"""Whole networks in one class, and ways around a layer."""

from __future__ import annotations

import numpy as np

from denpa.check.gallery.form import Mutant, exhibit, one_hot, rand


@exhibit(
    init=(rand(4, 5), rand(5), rand(5, 3), rand(3)),
    given=(rand(6, 4), one_hot(6, 3)),
    mutants=[
        Mutant("activation-forgotten", "x", "dz1 = dh * h * (1 - h)", "dz1 = dh"),
        Mutant("factor-missing", "x", "dz1 = dh * h * (1 - h)", "dz1 = dh * (1 - h)"),
        Mutant("fed-the-wrong-one", "x", "dz1 = dh * h * (1 - h)",
               "dz1 = dh * self.z1 * (1 - self.z1)", also=("wrong-variable",)),
        Mutant("wrong-variable", "W2", "h.T @ dz2", "self.z1.T @ dz2"),
        Mutant("bias-from-weights", "b1", 'self.grads["b1"] = dz1.sum(axis=0)',
               'self.grads["b1"] = self.grads["W1"].sum(axis=0)'),
        Mutant("missing", "b1", 'self.grads["b1"] = dz1.sum(axis=0)', "pass"),
        Mutant("axis", "b2", 'self.grads["b2"] = dz2.sum(axis=0)',
               'self.grads["b2"] = dz2.sum(axis=1)', also=("shape",)),
        Mutant("scale", "x", "dz2 = (self.y - self.t) / len(self.t)", "dz2 = self.y - self.t"),
        Mutant("accumulated", "W1", 'self.grads["W1"] = self.x.T @ dz1',
               'self.grads["W1"] = self.grads.get("W1", 0) + self.x.T @ dz1'),
        Mutant("sign", "x", "(self.y - self.t)", "(self.t - self.y)"),
        Mutant("term-extra", "x", 'dz2 @ self.params["W2"].T',
               'dz2 @ (self.params["W2"] - 0.1 * self.grads["W2"]).T'),
    ],
    scales=(1e-3, 3.0),
)  # fmt: skip
class TwoLayerNet:
    def __init__(self, W1, b1, W2, b2):
        self.params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
        self.grads = {}

    def forward(self, x, t):
        p = self.params
        self.x, self.t, self.z1 = x, t, x @ p["W1"] + p["b1"]
        self.h = 1 / (1 + np.exp(-self.z1))
        z2 = self.h @ p["W2"] + p["b2"]
        e = np.exp(z2 - z2.max(axis=1, keepdims=True))
        self.y = e / e.sum(axis=1, keepdims=True)
        return -np.sum(t * np.log(self.y)) / len(x)

    def backward(self, dout=1):
        h = self.h
        dz2 = (self.y - self.t) / len(self.t)
        self.grads["W2"] = h.T @ dz2
        self.grads["b2"] = dz2.sum(axis=0)
        dh = dz2 @ self.params["W2"].T
        dz1 = dh * h * (1 - h)
        self.grads["W1"] = self.x.T @ dz1
        self.grads["b1"] = dz1.sum(axis=0)
        return dz1 @ self.params["W1"].T


@exhibit(
    init=(rand(4, 5), rand(5), rand(5, 4), rand(4)),
    given=(rand(6, 4),),
    mutants=[
        Mutant("activation-forgotten", "x", "dz = dh * (1 - self.h**2)", "dz = dh"),
        Mutant("wrong-variable", "x", "(1 - self.h**2)", "(1 - self.z**2)",
               also=("fed-the-wrong-one",)),
        Mutant("skip-forgotten", "x", "dz @ self.W1.T + dout", "dz @ self.W1.T"),
        Mutant("bias-not-summed", "b2", "self.db2 = dout.sum(axis=0)",
               "self.db2 = dout.mean(axis=0)"),
        Mutant("wrong-variable", "b1", "self.db1 = dz.sum(axis=0)", "self.db1 = dh.sum(axis=0)"),
        Mutant("bias-from-weights", "b2", "self.db2 = dout.sum(axis=0)",
               "self.db2 = np.sum(self.h.T @ dout, axis=0)"),
        Mutant("wrong-variable", "W1", "self.dW1 = self.x.T @ dz", "self.dW1 = self.x.T @ dh"),
        Mutant("sign-inside", "x", "(1 - self.h**2)", "(1 + self.h**2)"),
        Mutant("transposed", "W2", "self.dW2 = self.h.T @ dout", "self.dW2 = dout.T @ self.h"),
        Mutant("order", "W1", "self.dW1 = self.x.T @ dz", "self.dW1 = dz.T @ self.x",
               also=("transposed",)),
        Mutant("wrong-variable", "x", "dz @ self.W1.T", "dz @ self.W2"),
    ],
    scales=(1e-3, 3.0),
)  # fmt: skip
class ResidualBlock:
    def __init__(self, W1, b1, W2, b2):
        self.W1, self.b1, self.W2, self.b2 = W1, b1, W2, b2
        self.dW1 = self.db1 = self.dW2 = self.db2 = None

    def forward(self, x):
        self.x, self.z = x, x @ self.W1 + self.b1
        self.h = np.tanh(self.z)
        return self.h @ self.W2 + self.b2 + x

    def backward(self, dout):
        self.dW2 = self.h.T @ dout
        self.db2 = dout.sum(axis=0)
        dh = dout @ self.W2.T
        dz = dh * (1 - self.h**2)
        self.dW1 = self.x.T @ dz
        self.db1 = dz.sum(axis=0)
        dx = dz @ self.W1.T + dout
        return dx


@exhibit(
    init=(rand(4, 4),),
    given=(rand(5, 4),),
    mutants=[
        Mutant("skip-forgotten", "x", "d @ self.W.T + dout", "d @ self.W.T"),
        Mutant("transposed", "W", "self.x.T @ d", "d.T @ self.x"),
        Mutant("operand-transposed", "x", "d @ self.W.T + dout", "d @ self.W + dout"),
        Mutant("sign", "W", "self.x.T @ d", "-self.x.T @ d"),
        Mutant("activation-forgotten", "x", "d = dout * (self.z > 0)", "d = dout"),
        Mutant("comparison", "x", "self.z > 0", "self.x > 0", also=("wrong-variable",)),
    ],
)
class Residual:
    def __init__(self, W):
        self.W = W
        self.dW = None

    def forward(self, x):
        self.x, self.z = x, x @ self.W
        return np.maximum(self.z, 0) + x

    def backward(self, dout):
        d = dout * (self.z > 0)
        self.dW = self.x.T @ d
        dx = d @ self.W.T + dout
        return dx


@exhibit(
    init=(rand(2, 2, 3),),
    given=(rand(2, 2, 5),),
    mutants=[
        Mutant("skip-forgotten", "x", "dx = np.pad(dout,", "dx = np.pad(0 * dout,"),
        Mutant("overwritten", "x", "+= self.W[:, :, k].T @ dout", "= self.W[:, :, k].T @ dout"),
        Mutant("flipped", "W", "self.dW[:, :, k] =", "self.dW[:, :, 2 - k] ="),
    ],
)
class ResidualConvolution:
    def __init__(self, W):
        self.W = W
        self.dW = np.zeros_like(W)

    def forward(self, x):
        self.padded, size = np.pad(x, ((0, 0), (0, 0), (1, 1))), x.shape[2]
        return x + sum(self.W[:, :, k] @ self.padded[:, :, k : k + size] for k in range(3))

    def backward(self, dout):
        size = dout.shape[2]
        dx = np.pad(dout, ((0, 0), (0, 0), (1, 1)))
        for k in range(3):
            seen = self.padded[:, :, k : k + size]
            self.dW[:, :, k] = np.einsum("not,nct->oc", dout, seen)
            dx[:, :, k : k + size] += self.W[:, :, k].T @ dout
        return dx[:, :, 1:-1]


@exhibit(
    init=(rand(5, 3), rand(3)),
    given=(rand(4, 5),),
    mutants=[
        Mutant("overwritten", "W", "self.dW += self.d.T", "self.dW = self.d.T"),
        Mutant("activation-forgotten", "x", "dz = dh * (1 - self.h**2)", "dz = dh"),
        Mutant("sign-inside", "x", "dx = dz @ self.W.T - self.d", "dx = dz @ self.W.T + self.d"),
        Mutant("term-missing", "x", "dx = dz @ self.W.T - self.d", "dx = dz @ self.W.T"),
    ],
    scales=(1e-3, 3.0),
)
class TiedAutoEncoder:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.dW = self.db = None

    def forward(self, x):
        self.x, self.h = x, np.tanh(x @ self.W + self.b)
        self.d = self.h @ self.W.T - x
        return 0.5 * np.sum(self.d**2)

    def backward(self, dout=1):
        dh = self.d @ self.W
        dz = dh * (1 - self.h**2)
        self.dW = self.x.T @ dz
        self.dW += self.d.T @ self.h
        self.db = dz.sum(axis=0)
        dx = dz @ self.W.T - self.d
        return dx


@exhibit(
    init=(rand(4, 4),),
    given=(rand(5, 4),),
    mutants=[
        Mutant("overwritten", "x", "dx += dz @ self.W.T", "dx = dz @ self.W.T"),
        Mutant("term-missing", "x", "dx += dz @ self.W.T", "pass"),
        Mutant("wrong-variable", "x", "dx = dout * self.g", "dx = dout * self.x"),
        Mutant(
            "term-extra",
            "x",
            "dx = dout * self.g",
            "dx = dout * self.g + dout",
            also=("skip-forgotten",),
        ),
        Mutant(
            "activation-forgotten",
            "x",
            "dz = dout * self.x * self.g * (1 - self.g)",
            "dz = dout * self.x",
        ),
        Mutant("factor-missing", "x", "dz = dout * self.x * self.g", "dz = dout * self.g"),
        Mutant(
            "order", "W", "self.dW = self.x.T @ dz", "self.dW = dz.T @ self.x", also=("transposed",)
        ),
    ],
    scales=(1e-3, 3.0),
)
class Gate:
    def __init__(self, W):
        self.W = W
        self.dW = None

    def forward(self, x):
        self.x, self.g = x, 1 / (1 + np.exp(-x @ self.W))
        return x * self.g

    def backward(self, dout):
        dz = dout * self.x * self.g * (1 - self.g)
        self.dW = self.x.T @ dz
        dx = dout * self.g
        dx += dz @ self.W.T
        return dx
