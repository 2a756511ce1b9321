"""Losses: the output is one number, the gradient starts here."""

from __future__ import annotations

import numpy as np

from denpa.check.gallery.form import Mutant, bits, exhibit, integers, one_hot, rand, shares

_SQUARED = "2 * self.d / self.d.size"


@exhibit(
    given=(rand(5, 4), one_hot(5, 4)),
    mutants=[
        Mutant("scale", "x", " / len(self.t)", ""),
        Mutant("sign", "x", "(self.p - self.t)", "(self.t - self.p)"),
        Mutant("softmax-twice", "x", "(self.p - self.t)",
               "(np.exp(self.p) / np.exp(self.p).sum(axis=1, keepdims=True) - self.t)"),
        Mutant("nan", "x", "dout * (self.p - self.t)",
               "dout * (self.p - self.t) / (self.t * self.p) * (self.t * self.p)"),
        Mutant("term-missing", "x", "(self.p - self.t)", "self.p"),
        Mutant("factor-extra", "x", "(self.p - self.t)", "self.p * (self.p - self.t)"),
        Mutant("activation-twice", "x", "(self.p - self.t)",
               "(self.p - self.t) * self.p * (1 - self.p)"),
    ],
    scales=(1e-3, 30.0),
)  # fmt: skip
class SoftmaxWithLoss:
    def forward(self, x, t):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.p, self.t = e / e.sum(axis=1, keepdims=True), t
        return -np.sum(t * np.log(self.p)) / len(x)

    def backward(self, dout=1):
        dx = dout * (self.p - self.t) / len(self.t)
        return dx


@exhibit(
    given=(rand(6, 4), integers(4, 6)),
    mutants=[
        Mutant("scale", "x", "dx / len(self.t)", "dx / dx.size"),
        Mutant("sign", "x", "return dx /", "return -dx /"),
        Mutant("softmax-twice", "x", "dx = self.p.copy()",
               "dx = np.exp(self.p) / np.exp(self.p).sum(axis=1, keepdims=True)"),
        Mutant("constant", "x", "-= 1", "-= 2"),
        Mutant("sign-inside", "x", "-= 1", "+= 1"),
        Mutant("stale", "x", "self.t = t", 'self.p = self.__dict__.setdefault("first", self.p)\n'
               "        self.t = t"),
        Mutant("constant", "x", "self.t] -= 1", "self.t - 1] -= 1",
               also=("wrong-variable",)),
        Mutant("index", "x", "dx[np.arange(len(self.t)), self.t]", "dx[:, self.t]"),
    ],
)  # fmt: skip
class SoftmaxWithLabels:
    def forward(self, x, t):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        self.t = t
        shifted = x - x.max(axis=1, keepdims=True)
        log_p = shifted - np.log(e.sum(axis=1, keepdims=True))
        return -log_p[np.arange(len(t)), t].mean()

    def backward(self, dout=1):
        dx = self.p.copy()
        dx[np.arange(len(self.t)), self.t] -= 1
        return dx / len(self.t)


@exhibit(
    given=(rand(5, 4), one_hot(5, 4)),
    mutants=[
        Mutant("softmax-twice", "x", "(self.p - self.s)",
               "(np.exp(self.p) / np.exp(self.p).sum(axis=1, keepdims=True) - self.s)"),
        Mutant("wrong-variable", "x", "(self.p - self.s)", "(self.p - self.t)"),
        Mutant("scale", "x", "/ len(self.s)", "/ self.s.size"),
    ],
)  # fmt: skip
class LabelSmoothing:
    def forward(self, x, t):
        z = x - x.max(axis=1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        self.p = np.exp(log_p)
        self.t, self.s = t, 0.9 * t + 0.1 / t.shape[1]
        return -np.sum(self.s * log_p) / len(x)

    def backward(self, dout=1):
        dx = dout * (self.p - self.s) / len(self.s)
        return dx


@exhibit(
    given=(rand(6, 3), bits(6, 3)),
    mutants=[
        Mutant("sign", "x", "(self.p - self.t)", "(self.t - self.p)"),
        Mutant("scale", "x", " / self.t.size", ""),
        Mutant("scale", "x", " / self.t.size", " / len(self.t)"),
        Mutant("factor-extra", "x", "(self.p - self.t)", "(self.p - self.t) * self.p"),
        Mutant("activation-twice", "x", "(self.p - self.t)",
               "(self.p - self.t) * self.p * (1 - self.p)"),
        Mutant("term-missing", "x", "(self.p - self.t)", "(-self.t)"),
    ],
)  # fmt: skip
class SigmoidWithLoss:
    def forward(self, x, t):
        self.p, self.t = 1 / (1 + np.exp(-x)), t
        return np.mean(np.logaddexp(0, x) - t * x)

    def backward(self, dout=1):
        dx = dout * (self.p - self.t) / self.t.size
        return dx


@exhibit(
    given=(rand(5, 4, scale=900.0), bits(5, 4)),
    mutants=[
        Mutant("nan", "x", "(self.p - self.t) / self.t.size",
               "(self.p - self.t) / (self.p * (1 - self.p)) / self.t.size"),
        Mutant("nan", "x", "(self.p - self.t) / self.t.size",
               "((1 - self.t) / (1 - self.p) - self.t / self.p) * self.p * (1 - self.p) / 20"),
    ],
    learns=False,
)  # fmt: skip
class SaturatedLoss:
    def forward(self, x, t):
        self.p, self.t = 1 / (1 + np.exp(-x)), t
        return np.mean(np.logaddexp(0, x) - t * x)

    def backward(self, dout=1):
        dx = dout * (self.p - self.t) / self.t.size
        return dx


@exhibit(
    given=(rand(5, 4), rand(5, 4)),
    mutants=[
        Mutant("scale", "x", _SQUARED, "self.d / self.d.size"),
        Mutant("scale", "x", _SQUARED, "2 * self.d / len(self.d)"),
        Mutant("scale", "x", _SQUARED, "2 * self.d"),
        Mutant("sign", "x", "2 * self.d", "-2 * self.d"),
        Mutant("constant", "x", "2 * self.d", "2 * self.d**2", also=("factor-extra",)),
        Mutant("shape", "x", _SQUARED, "2 * np.mean(self.d)"),
    ],
)  # fmt: skip
class MeanSquaredError:
    def forward(self, x, t):
        self.d = x - t
        return np.mean(self.d**2)

    def backward(self, dout=1):
        dx = dout * 2 * self.d / self.d.size
        return dx


@exhibit(
    given=(rand(6, 3, scale=2.0), rand(6, 3)),
    mutants=[
        Mutant("constant", "x", "-1, 1", "-1, 2"),
        Mutant("wrong-function", "x", "np.clip(self.d, -1, 1)", "self.d"),
        Mutant("scale", "x", "/ self.d.size", "/ len(self.d)"),
        Mutant("wrong-variable", "x", "np.clip(self.d, -1, 1)", "np.clip(self.x, -1, 1)"),
    ],
)
class Huber:
    def forward(self, x, t):
        self.x, self.d = x, x - t
        near = np.abs(self.d) < 1
        return np.mean(np.where(near, 0.5 * self.d**2, np.abs(self.d) - 0.5))

    def backward(self, dout=1):
        dx = dout * np.clip(self.d, -1, 1) / self.d.size
        return dx


@exhibit(
    given=(rand(6, 4), integers(4, 6)),
    mutants=[
        Mutant("sign-inside", "x", "-= over", "+= over"),
        Mutant("comparison", "x", "self.margins > 0", "self.margins < 0", also=("sign-inside",)),
        Mutant("scale", "x", "dx / len(self.t)", "dx"),
        Mutant("constant", "x", "-= over.sum(axis=1)", "-= 1"),
        Mutant("axis", "x", "-= over.sum(axis=1)", "-= over.sum()"),
    ],
)
class Hinge:
    def forward(self, x, t):
        self.t, rows = t, np.arange(len(t))
        self.margins = np.maximum(0, x - x[rows, t][:, np.newaxis] + 1)
        self.margins[rows, t] = 0
        return self.margins.sum() / len(t)

    def backward(self, dout=1):
        rows, over = np.arange(len(self.t)), self.margins > 0
        dx = over.astype(float)
        dx[rows, self.t] -= over.sum(axis=1)
        return dx / len(self.t)


@exhibit(
    given=(rand(5, 4), shares(5, 4)),
    mutants=[
        Mutant("softmax-twice", "x", "self.p - self.t",
               "np.exp(self.p) / np.exp(self.p).sum(axis=1, keepdims=True) - self.t"),
        Mutant("sign", "x", "dout * (self.p - self.t)", "dout * (self.t - self.p)"),
        Mutant("factor-missing", "x", " / len(self.t)", "", also=("scale",)),
        Mutant("wrong-function", "x", "(self.p - self.t)", "(-self.t / self.p)"),
    ],
)  # fmt: skip
class KLDivergence:
    def forward(self, x, t):
        z = x - x.max(axis=1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        self.p, self.t = np.exp(log_p), t
        return np.sum(t * (np.log(t) - log_p)) / len(x)

    def backward(self, dout=1):
        dx = dout * (self.p - self.t) / len(self.t)
        return dx


@exhibit(
    init=(rand(4, 3),),
    given=(rand(5, 4), rand(5, 3)),
    mutants=[
        Mutant("penalty", "W", " + 0.1 * self.W", ""),
        Mutant("penalty", "W", "0.1 * self.W", "0.2 * self.W"),
        Mutant("penalty", "W", "+ 0.1 * self.W", "- 0.1 * self.W"),
        Mutant("sign", "x", "self.d @ self.W.T", "-self.d @ self.W.T"),
    ],
)
class PenalisedLoss:
    def __init__(self, W):
        self.W = W
        self.dW = None

    def forward(self, x, t):
        self.x, self.d = x, x @ self.W - t
        return 0.5 * np.sum(self.d**2) + 0.05 * np.sum(self.W**2)

    def backward(self, dout=1):
        self.dW = self.x.T @ self.d + 0.1 * self.W
        dx = self.d @ self.W.T
        return dx


@exhibit(
    init=(rand(4, 1), rand(1)),
    given=(rand(6, 4), bits(6, 1)),
    mutants=[
        Mutant("penalty", "w", " + self.l2 * self.w", ""),
        Mutant("penalty", "w", "self.l2 * self.w", "2 * self.l2 * self.w"),
        Mutant("penalty", "b", "self.db = d.sum(axis=0)", "self.db = d.sum(axis=0) + self.b",
               also=("term-extra", "scale")),
        Mutant("scale", "b", "self.db = d.sum(axis=0)", "self.db = d.mean(axis=0)"),
        Mutant("scale", "x", "d @ self.w.T", "len(d) * d @ self.w.T"),
        Mutant("missing", "b", "self.db = d.sum(axis=0)", "self.db = None"),
        Mutant("activation-twice", "x", "(self.p - self.t)",
               "(self.p - self.t) * self.p * (1 - self.p)"),
    ],
)  # fmt: skip
class LogisticRegression:
    def __init__(self, w, b):
        self.w, self.b, self.l2 = w, b, 0.3
        self.dw = self.db = None

    def forward(self, x, t):
        self.x, self.t = x, t
        z = x @ self.w + self.b
        self.p = 1 / (1 + np.exp(-z))
        return np.mean(np.logaddexp(0, z) - t * z) + 0.5 * self.l2 * np.sum(self.w**2)

    def backward(self, dout=1):
        d = (self.p - self.t) / len(self.t)
        self.dw = self.x.T @ d + self.l2 * self.w
        self.db = d.sum(axis=0)
        dx = d @ self.w.T
        return dx


@exhibit(
    init=(rand(4, 2),),
    given=(rand(5, 4), rand(5, 2)),
    mutants=[
        Mutant("penalty", "W", " + 0.2 * np.sign(self.W)", ""),
        Mutant("penalty", "W", "0.2 * np.sign", "0.1 * np.sign"),
        Mutant("factor-missing", "W", "@ d / len(d)", "@ d"),
        Mutant("wrong-function", "W", "np.sign(self.W)", "np.abs(self.W)"),
    ],
)
class Lasso:
    def __init__(self, W):
        self.W = W
        self.dW = None

    def forward(self, x, t):
        self.x, self.d = x, x @ self.W - t
        return 0.5 * np.sum(self.d**2) / len(x) + 0.2 * np.abs(self.W).sum()

    def backward(self, dout=1):
        d = self.d
        self.dW = self.x.T @ d / len(d) + 0.2 * np.sign(self.W)
        dx = d @ self.W.T / len(d)
        return dx
