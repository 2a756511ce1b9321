"""Softmax and its like: every output depends on every input of its row."""

from __future__ import annotations

import numpy as np

from denpa.check.gallery.form import Mutant, exhibit, fixed, rand

_RIGHT = "self.p * (dout - np.sum(dout * self.p, axis=1, keepdims=True))"


@exhibit(
    given=(rand(5, 4),),
    mutants=[
        Mutant("softmax-elementwise", "x", _RIGHT, "dout * self.p * (1 - self.p)"),
        Mutant("softmax-jacobian", "x", _RIGHT, "self.p * (1 - self.p.sum(axis=0)) * dout"),
        Mutant("passed-on", "x", _RIGHT, "dout"),
        Mutant("term-missing", "x", "(dout - np.sum(dout * self.p, axis=1, keepdims=True))",
               "dout"),
        Mutant("sign-inside", "x", "dout - np.sum", "dout + np.sum"),
        Mutant("axis", "x", "axis=1", "axis=0"),
        Mutant("factor-missing", "x", "dout * self.p, axis", "dout, axis"),
        Mutant("factor-missing", "x", "self.p * (dout", "(dout"),
        Mutant("index", "x", "self.p * (dout - np", "self.p[0] * (dout - np"),
    ],
)  # fmt: skip
class Softmax:
    def forward(self, x):
        e = np.exp(x - np.max(x, axis=-1, keepdims=True))
        self.p = e / np.sum(e, axis=-1, keepdims=True)
        return self.p

    def backward(self, dout):
        dx = self.p * (dout - np.sum(dout * self.p, axis=1, keepdims=True))
        return dx


@exhibit(
    given=(rand(5, 4),),
    mutants=[
        Mutant("softmax-elementwise", "x", "dout - self.p * dout.sum(axis=1, keepdims=True)",
               "dout * (1 - self.p)"),
        Mutant("passed-on", "x", "dout - self.p * dout.sum(axis=1, keepdims=True)", "dout",
               also=("term-missing",)),
        Mutant("factor-missing", "x", "self.p * dout.sum(axis=1, keepdims=True)",
               "dout.sum(axis=1, keepdims=True)"),
        Mutant("sign-inside", "x", "dout - self.p", "dout + self.p"),
        Mutant("axis", "x", "dout.sum(axis=1, keepdims=True)", "dout.sum(axis=0, keepdims=True)"),
    ],
)  # fmt: skip
class LogSoftmax:
    def forward(self, x):
        z = x - x.max(axis=1, keepdims=True)
        y = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        self.p = np.exp(y)
        return y

    def backward(self, dout):
        dx = dout - self.p * dout.sum(axis=1, keepdims=True)
        return dx


@exhibit(
    init=(fixed(2.5),),
    given=(rand(4, 5),),
    mutants=[
        Mutant("softmax-elementwise", "x", "self.p * (dout - mean) / self.T",
               "dout * self.p * (1 - self.p) / self.T"),
        Mutant("softmax-jacobian", "x", "self.p * (dout - mean) / self.T",
               "dout * (np.eye(5)[:4] - self.p) / self.T"),
        Mutant("factor-missing", "x", "self.p * (dout - mean) / self.T", "self.p * (dout - mean)",
               also=("scale",)),
        Mutant("factor-extra", "x", "(dout - mean) / self.T", "(dout - mean) / self.T / self.T",
               also=("scale",)),
    ],
)  # fmt: skip
class TemperatureSoftmax:
    def __init__(self, T):
        self.T = T

    def forward(self, x):
        e = np.exp((x - x.max(axis=1, keepdims=True)) / self.T)
        self.p = e / e.sum(axis=1, keepdims=True)
        return self.p

    def backward(self, dout):
        mean = (dout * self.p).sum(axis=1)[:, np.newaxis]
        dx = self.p * (dout - mean) / self.T
        return dx


@exhibit(
    given=(rand(5, 4),),
    mutants=[
        Mutant("diagonal-only", "x", "(dout - self.y * along)", "(dout - self.y**2 * dout)"),
        Mutant("sign-inside", "x", "dout - self.y * along", "dout + self.y * along"),
        Mutant("wrong-variable", "x", "self.y * along", "self.x * along"),
        Mutant("axis", "x", "along = (dout * self.y).sum(axis=1, keepdims=True)",
               "along = (dout * self.y).sum(axis=0, keepdims=True)"),
    ],
)  # fmt: skip
class UnitLength:
    def forward(self, x):
        self.x = x
        self.size = np.sqrt((x**2).sum(axis=1, keepdims=True))
        self.y = x / self.size
        return self.y

    def backward(self, dout):
        along = (dout * self.y).sum(axis=1, keepdims=True)
        dx = (dout - self.y * along) / self.size
        return dx
