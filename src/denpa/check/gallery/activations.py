"""Element-wise functions: each line of the gradient is one derivative."""

from __future__ import annotations

import numpy as np

from denpa.check.gallery.form import Mutant, exhibit, fixed, positive, rand

_S, _T, _R = "dout * self.y * (1 - self.y)", "dout * (1 - self.y**2)", "dout * self.mask"


@exhibit(
    given=(rand(5, 4),),
    mutants=[
        Mutant("passed-on", "x", _S, "dout"),
        Mutant("sign", "x", _S, f"-{_S}"),
        Mutant("upstream-ignored", "x", _S, "self.y * (1 - self.y)"),
        Mutant("scale", "x", _S, f"0.5 * {_S}", also=("constant",)),
        Mutant("fed-the-wrong-one", "x", "self.y * (1 - self.y)", "self.x * (1 - self.x)"),
        Mutant("fed-the-wrong-one", "x", _S, "dout * np.exp(-self.y) / (1 + np.exp(-self.y)) ** 2"),
        Mutant("factor-missing", "x", _S, "dout * self.y"),
        Mutant("factor-missing", "x", _S, "dout * (1 - self.y)"),
        Mutant("sign-inside", "x", "(1 - self.y)", "(1 + self.y)"),
        Mutant("activation-twice", "x", _S, "dout * (self.y * (1 - self.y)) ** 2"),
        Mutant("stale", "x", "self.x, self.y = x, y", 'self.x, self.y = x, getattr(self, "y", y)'),
        Mutant("input-changed", "x", "y = 1 / (1 + np.exp(-x))",
               "x *= -1\n        y = 1 / (1 + np.exp(x))"),
        Mutant("factor-missing", "x", _S, "dout * np.exp(-self.x) / (1 + np.exp(-self.x))"),
    ],
)  # fmt: skip
class Sigmoid:
    def forward(self, x):
        y = 1 / (1 + np.exp(-x))
        self.x, self.y = x, y
        return y

    def backward(self, dout):
        dx = dout * self.y * (1 - self.y)
        return dx


@exhibit(
    given=(rand(5, 4),),
    mutants=[
        Mutant("passed-on", "x", _T, "dout"),
        Mutant("sign", "x", _T, f"-{_T}"),
        Mutant("upstream-ignored", "x", _T, "1 - self.y**2"),
        Mutant("scale", "x", _T, f"2 * {_T}"),
        Mutant("fed-the-wrong-one", "x", "(1 - self.y**2)", "(1 - self.x**2)"),
        Mutant("fed-the-wrong-one", "x", "(1 - self.y**2)", "(1 - np.tanh(self.y) ** 2)"),
        Mutant("sign-inside", "x", "(1 - self.y**2)", "(1 + self.y**2)"),
        Mutant("constant", "x", "self.y**2", "self.y**3"),
        Mutant("activation-twice", "x", "(1 - self.y**2)", "(1 - self.y**2) ** 2"),
        Mutant("input-changed", "x", "return self.y", "x[...] = self.y\n        return self.y"),
        Mutant("upstream-changed", "x", f"dx = {_T}",
               "dout *= 1 - self.y**2\n        dx = dout.copy()"),
        Mutant("factor-missing", "x", "(1 - self.y**2)", "(1 - self.y)",
               also=("constant", "wrong-function")),
    ],
)  # fmt: skip
class Tanh:
    def forward(self, x):
        self.x = x
        self.y = np.tanh(x)
        return self.y

    def backward(self, dout):
        dx = dout * (1 - self.y**2)
        return dx


@exhibit(
    given=(rand(5, 4),),
    mutants=[
        Mutant("passed-on", "x", _R, "dout"),
        Mutant("upstream-mask", "x", _R, "dout * (dout > 0)"),
        Mutant("upstream-ignored", "x", _R, "self.mask.astype(float)"),
        Mutant("upstream-changed", "x", f"dx = {_R}",
               "dout[~self.mask] = 0\n        dx = 1 * dout"),
        Mutant("stale", "x", "self.mask, y = x > 0, x * (x > 0)",
               'self.mask, y = getattr(self, "mask", x > 0), x * (x > 0)'),
        Mutant("comparison", "x", _R, "dout * (self.mask == 0)"),
        Mutant("comparison", "x", _R, "dout * ~self.mask"),
        Mutant("nan", "x", _R, "dout * self.y / self.y"),
        Mutant("input-changed", "x", "x * (x > 0)\n", "x * (x > 0)\n        x[x < 0] = 0\n"),
        Mutant("upstream-mask", "x", _R, "np.maximum(dout, 0)"),
        Mutant("wrong-variable", "x", _R, "dout * self.y", also=("factor-extra",)),
    ],
)  # fmt: skip
class Relu:
    def forward(self, x):
        self.mask, y = x > 0, x * (x > 0)
        self.y = y
        return y

    def backward(self, dout):
        dx = dout * self.mask
        return dx


@exhibit(
    init=(fixed(0.1),),
    given=(rand(5, 4),),
    mutants=[
        Mutant("upstream-mask", "x", "self.x > 0", "dout > 0"),
        Mutant("factor-missing", "x", "self.slope * dout)", "dout)",
               also=("passed-on",)),
        Mutant("constant", "x", "self.slope * dout)", "0.0 * dout)", also=("term-missing",)),
        Mutant("comparison", "x", "self.x > 0", "self.x < 0", also=("sign-inside",)),
        Mutant("constant", "x", "self.x > 0", "self.x > 1"),
        Mutant("factor-extra", "x", "self.slope * dout)", "self.slope * self.x * dout)"),
        Mutant("sign-inside", "x", ", self.slope * dout)", ", -self.slope * dout)"),
    ],
)  # fmt: skip
class LeakyRelu:
    def __init__(self, slope):
        self.slope = slope

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.slope * x)

    def backward(self, dout):
        dx = np.where(self.x > 0, dout, self.slope * dout)
        return dx


@exhibit(
    init=(positive(4),),
    given=(rand(5, 4),),
    mutants=[
        Mutant("upstream-mask", "x", "dx = np.where(self.x > 0", "dx = np.where(dout > 0"),
        Mutant("wrong-variable", "a", "np.minimum(self.x, 0)", "np.minimum(dout, 0)"),
        Mutant("wrong-function", "a", "np.minimum(self.x, 0)", "np.maximum(self.x, 0)"),
        Mutant("factor-missing", "x", "self.a * dout)", "dout)", also=("passed-on",)),
        Mutant("scale", "a", ".sum(axis=0)", ".mean(axis=0)"),
        Mutant("missing", "a", "self.da = (np", "da = (np"),
    ],
)  # fmt: skip
class PRelu:
    def __init__(self, a):
        self.a = a
        self.da = None

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.a * x)

    def backward(self, dout):
        self.da = (np.minimum(self.x, 0) * dout).sum(axis=0)
        dx = np.where(self.x > 0, dout, self.a * dout)
        return dx


@exhibit(
    given=(rand(5, 4),),
    mutants=[
        Mutant("comparison", "x", "self.x > 0", "self.x < 0", also=("sign-inside",)),
        Mutant("sign-inside", "x", "(self.y + 1)", "(self.y - 1)", also=("constant",)),
        Mutant("term-missing", "x", "(self.y + 1)", "self.y"),
        Mutant("fed-the-wrong-one", "x", "(self.y + 1)", "np.exp(self.y)"),
    ],
)
class Elu:
    def forward(self, x):
        self.x = x
        self.y = np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1)
        return self.y

    def backward(self, dout):
        dx = np.where(self.x > 0, dout, dout * (self.y + 1))
        return dx


@exhibit(
    given=(rand(5, 4),),
    mutants=[
        Mutant("fed-the-wrong-one", "x", "np.exp(-self.x)", "np.exp(-self.y)"),
        Mutant("passed-on", "x", "dout / (1 + np.exp(-self.x))", "dout"),
        Mutant("sign-inside", "x", "np.exp(-self.x)", "np.exp(self.x)"),
        Mutant("sign-inside", "x", "(1 + np.exp(-self.x))", "(1 - np.exp(-self.x))"),
        Mutant("upstream-ignored", "x", "dout / (1 +", "1 / (1 +"),
    ],
)
class Softplus:
    def forward(self, x):
        self.x = x
        self.y = np.logaddexp(0, x)
        return self.y

    def backward(self, dout):
        dx = dout / (1 + np.exp(-self.x))
        return dx


@exhibit(
    given=(rand(5, 4, scale=2000.0),),
    mutants=[
        Mutant("nan", "x", "dout / (1 + np.exp(-self.x))",
               "dout * np.exp(self.x) / (1 + np.exp(self.x))"),
        Mutant("nan", "x", "dout / (1 + np.exp(-self.x))",
               "dout * self.s * (1 - self.s) / (self.s * (1 - self.s)) * self.s"),
    ],
    learns=False,
)  # fmt: skip
class SteepSoftplus:
    def forward(self, x):
        self.x = x
        self.s = 1 / (1 + np.exp(-x))
        return np.logaddexp(0, x)

    def backward(self, dout):
        dx = dout / (1 + np.exp(-self.x))
        return dx


@exhibit(
    given=(rand(5, 4),),
    mutants=[
        Mutant("term-missing", "x", "(self.s + self.x * self.s * (1 - self.s))", "self.s"),
        Mutant("term-missing", "x", "(self.s + self.x * self.s * (1 - self.s))",
               "(self.x * self.s * (1 - self.s))"),
        Mutant("factor-missing", "x", "self.x * self.s * (1 - self.s)", "self.s * (1 - self.s)"),
        Mutant("factor-missing", "x", "self.x * self.s * (1 - self.s)", "self.x * self.s"),
        Mutant("sign-inside", "x", "self.s + self.x", "self.s - self.x"),
        Mutant("wrong-variable", "x", "(1 - self.s)", "(1 - self.x)"),
    ],
)  # fmt: skip
class Swish:
    def forward(self, x):
        self.x = x
        self.s = 1 / (1 + np.exp(-x))
        return x * self.s

    def backward(self, dout):
        dx = dout * (self.s + self.x * self.s * (1 - self.s))
        return dx


@exhibit(
    given=(rand(5, 4),),
    mutants=[
        Mutant("constant", "x", "3 * 0.044715 * self.x**2", "3 * 0.044715 * self.x**3"),
        Mutant("factor-missing", "x", "3 * 0.044715 * self.x**2", "0.044715 * self.x**2",
               also=("constant",)),
        Mutant("factor-missing", "x", "0.5 * self.x * slope", "0.5 * slope"),
        Mutant("sign-inside", "x", "(1 - self.t**2)", "(1 + self.t**2)"),
        Mutant("term-missing", "x", " + 0.5 * self.x * slope", ""),
    ],
    scales=(1e-3, 30.0),
)  # fmt: skip
class Gelu:
    def forward(self, x):
        self.x = x
        self.t = np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))
        return 0.5 * x * (1 + self.t)

    def backward(self, dout):
        inner = np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * self.x**2)
        slope = (1 - self.t**2) * inner
        dx = dout * (0.5 * (1 + self.t) + 0.5 * self.x * slope)
        return dx


@exhibit(
    given=(positive(5, 4),),
    mutants=[
        Mutant("fed-the-wrong-one", "x", "2 * self.y", "2 * self.x"),
        Mutant("scale", "x", "(2 * self.y)", "self.y"),
        Mutant("passed-on", "x", "dout / (2 * self.y)", "dout"),
        Mutant("upstream-ignored", "x", "dout / (2", "1 / (2"),
    ],
    scales=(0.5, 30.0, 1e3),
)
class SquareRoot:
    def forward(self, x):
        self.x = x
        self.y = np.sqrt(x)
        return self.y

    def backward(self, dout):
        dx = dout / (2 * self.y)
        return dx


@exhibit(
    given=(rand(5, 4),),
    mutants=[
        Mutant("fed-the-wrong-one", "x", "dout * self.y", "dout * self.x"),
        Mutant("fed-the-wrong-one", "x", "dout * self.y", "dout * np.exp(self.y)"),
        Mutant("passed-on", "x", "dout * self.y", "dout"),
        Mutant("sign", "x", "dout * self.y", "-dout * self.y"),
    ],
    scales=(1e-3, 3.0),
)
class Exponential:
    def forward(self, x):
        self.x = x
        self.y = np.exp(x)
        return self.y

    def backward(self, dout):
        dx = dout * self.y
        return dx


@exhibit(
    given=(rand(5, 4, scale=2.0),),
    mutants=[
        Mutant("comparison", "x", "np.abs(self.x) < 1", "np.abs(self.x) > 1"),
        Mutant("constant", "x", "np.abs(self.x) < 1", "np.abs(self.x) < 2"),
        Mutant("passed-on", "x", "dout * (np.abs(self.x) < 1)", "dout"),
    ],
)
class HardTanh:
    def forward(self, x):
        self.x = x
        return np.clip(x, -1, 1)

    def backward(self, dout):
        dx = dout * (np.abs(self.x) < 1)
        return dx


@exhibit(
    given=(rand(5, 4),),
    mutants=[
        Mutant("wrong-function", "x", "np.cos(self.x)", "np.sin(self.x)"),
        Mutant("sign", "x", "dout * np.cos", "-dout * np.cos"),
        Mutant("fed-the-wrong-one", "x", "np.cos(self.x)", "np.cos(self.y)"),
    ],
    scales=(1e-3, 30.0),
)
class Sine:
    def forward(self, x):
        self.x, self.y = x, np.sin(x)
        return self.y

    def backward(self, dout):
        dx = dout * np.cos(self.x)
        return dx
