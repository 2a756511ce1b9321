"""Affine layers in several codings, scales and shifts, and changes of shape."""

from __future__ import annotations

import numpy as np

from denpa.check.gallery.form import Mutant, exhibit, rand

_SUM = "dout.sum(axis=0)"
_DW, _DX = "self.x.T @ dout", "dout @ self.W.T"


@exhibit(
    init=(rand(4, 3), rand(3)),
    given=(rand(5, 4),),
    mutants=[
        Mutant("bias-not-summed", "b", _SUM, "dout[0]"),
        Mutant("bias-not-summed", "b", _SUM, "dout[-1]"),
        Mutant("bias-not-summed", "b", _SUM, "dout.mean(axis=0)"),
        Mutant("bias-not-summed", "b", _SUM, "dout"),
        Mutant("bias-not-summed", "b", _SUM, "dout.sum()"),
        Mutant("bias-from-weights", "b", _SUM, "self.dW.sum(axis=0)"),
        Mutant("of-a-loss", "x", _DX, "(self.x @ self.W + self.b - 1) @ self.W.T"),
        Mutant("shape", "b", _SUM, "dout.sum(axis=1)"),
        Mutant("shape", "b", _SUM, "dout.sum(axis=0, keepdims=True)"),
        Mutant("sign", "b", _SUM, "-dout.sum(axis=0)"),
        Mutant("sign", "W", _DW, "-self.x.T @ dout"),
        Mutant("sign", "x", _DX, "-dout @ self.W.T"),
        Mutant("scale", "W", _DW, "self.x.T @ dout / len(dout)"),
        Mutant("scale", "x", _DX, "dout @ self.W.T / 5"),
        Mutant("transposed", "W", _DW, "dout.T @ self.x"),
        Mutant("missing", "W", "self.dW = self.x.T @ dout", "pass"),
        Mutant("missing", "b", "self.db = dout.sum(axis=0)", "pass"),
        Mutant("upstream-ignored", "W", _DW, "self.x.T @ np.ones_like(dout)"),
        Mutant("upstream-ignored", "x", _DX, "np.ones_like(dout) @ self.W.T"),
        Mutant("accumulated", "W", "self.dW = self.x.T @ dout",
               "self.dW = self.x.T @ dout + (0 if self.dW is None else self.dW)"),
        Mutant("accumulated", "b", "self.db = dout.sum(axis=0)",
               "self.db = dout.sum(axis=0) + (0 if self.db is None else self.db)"),
        Mutant("stale", "W", "self.x = x", 'self.x = getattr(self, "x", x)'),
        Mutant("upstream-changed", "x", "return dx", "dout *= 2\n        return dx"),
    ],
)  # fmt: skip
class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.dW = self.db = None

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        dx = dout @ self.W.T
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dx


@exhibit(
    init=(rand(6, 3), rand(3)),
    given=(rand(4, 2, 3),),
    mutants=[
        Mutant("places", "x", "reshape(self.shape)", 'reshape(self.shape, order="F")'),
        Mutant("shape", "x", "dx.reshape(self.shape)", "dx"),
        Mutant("of-a-loss", "x", "dx = np.dot(dout, W.T)", "dx = np.dot(np.dot(self.x, W), W.T)"),
        Mutant("bias-not-summed", "params[1]", "np.sum(dout, axis=0)", "np.sum(dout, axis=0) / 4"),
        Mutant("transposed", "params[0]", "np.dot(self.x.T, dout)", "np.dot(dout.T, self.x)"),
        Mutant("scale", "params[0]", "np.dot(self.x.T, dout)", "2 * np.dot(self.x.T, dout)"),
        Mutant("missing", "params[1]", "self.grads = [dW, db]", "self.grads = [dW, None]"),
        Mutant("accumulated", "params[0]", "self.grads = [dW, db]",
               "self.grads = [dW if self.grads[0] is None else self.grads[0] + dW, db]"),
        Mutant("stale", "params[0]", "self.x = x.reshape(len(x), -1)",
               'self.x = getattr(self, "x", x.reshape(len(x), -1))'),
    ],
)  # fmt: skip
class FlattenAffine:
    def __init__(self, W, b):
        self.params = [W, b]
        self.grads = [None, None]

    def forward(self, x):
        W, b = self.params
        self.shape = x.shape
        self.x = x.reshape(len(x), -1)
        return np.dot(x.reshape(len(x), -1), W) + b

    def backward(self, dout):
        W = self.params[0]
        dx = np.dot(dout, W.T)
        dW = np.dot(self.x.T, dout)
        db = np.sum(dout, axis=0)
        self.grads = [dW, db]
        return dx.reshape(self.shape)


@exhibit(
    init=(rand(3, 2), rand(2)),
    given=(rand(3, 4, 3),),
    mutants=[
        Mutant("bias-not-summed", "b", "dout.sum(axis=(0, 1))", "dout.sum(axis=1)[0]"),
        Mutant("bias-not-summed", "b", "dout.sum(axis=(0, 1))", "dout.sum(axis=0)[-1]"),
        Mutant("bias-not-summed", "b", "dout.sum(axis=(0, 1))", "dout.sum(axis=0)"),
        Mutant("order", "W", 'np.einsum("ntd,nth->dh", self.x, dout)',
               'np.einsum("ntd,nth->dh", dout, self.x)', also=("shape", "transposed")),
        Mutant("transposed", "W", "ntd,nth->dh", "ntd,nth->hd"),
        Mutant("scale", "W", "self.x, dout)", "self.x, dout) / 4"),
        Mutant("upstream-ignored", "b", "dout.sum(axis=(0, 1))",
               "np.ones_like(dout).sum(axis=(0, 1))"),
        Mutant("sign", "x", "dx = dout @", "dx = -dout @"),
        Mutant("of-a-loss", "x", "dx = dout @", "dx = np.tanh(self.x @ self.W + self.b) @"),
    ],
)  # fmt: skip
class TimeAffine:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.dW, self.db = np.zeros_like(W), np.zeros_like(b)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.db = dout.sum(axis=(0, 1))
        self.dW = np.einsum("ntd,nth->dh", self.x, dout)
        dx = dout @ self.W.T
        return dx


@exhibit(
    init=(rand(4), rand(4)),
    given=(rand(5, 4),),
    mutants=[
        Mutant("bias-not-summed", "shift", "dout.sum(axis=0)", "dout.mean(axis=0)"),
        Mutant("factor-missing", "scale", "(dout * self.x).sum(axis=0)", "dout.sum(axis=0)",
               also=("wrong-variable",)),
        Mutant("factor-missing", "x", "dx = dout * self.scale", "dx = dout",
               also=("passed-on",)),
        Mutant("wrong-variable", "x", "dx = dout * self.scale", "dx = dout * self.shift"),
        Mutant("factor-extra", "x", "dx = dout * self.scale",
               "dx = dout * self.scale * self.scale", also=("term-extra",)),
        Mutant("factor-extra", "scale", "dout * self.x", "dout * self.scale * self.x"),
        Mutant("term-extra", "x", "dx = dout * self.scale", "dx = dout * self.scale + self.shift"),
        Mutant("upstream-ignored", "scale", "dout * self.x", "1 * self.x"),
        Mutant("input-changed", "x", "return self.scale * x + self.shift",
               "x *= self.scale\n        return x + self.shift"),
        Mutant("index", "scale", "(dout * self.x)", "(dout * self.x[0])"),
    ],
)  # fmt: skip
class ScaleShift:
    def __init__(self, scale, shift):
        self.scale, self.shift = scale, shift
        self.dscale = self.dshift = None

    def forward(self, x):
        self.x = x.copy()
        return self.scale * x + self.shift

    def backward(self, dout):
        self.dshift = dout.sum(axis=0)
        self.dscale = (dout * self.x).sum(axis=0)
        dx = dout * self.scale
        return dx


@exhibit(
    init=(rand(4, 4),),
    given=(rand(5, 4),),
    mutants=[
        Mutant("operand-transposed", "x", "self.x @ self.W.T + self.x @ self.W",
               "self.x @ self.W + self.x @ self.W", also=("scale",)),
        Mutant("sign-inside", "x", "self.x @ self.W.T + self.x @ self.W",
               "self.x @ self.W.T - self.x @ self.W"),
        Mutant("factor-missing", "W", "(self.x * d).T @ self.x", "self.x.T @ self.x",
               also=("upstream-ignored",)),
        Mutant("scale", "W", "(self.x * d).T @ self.x", "2 * (self.x * d).T @ self.x"),
    ],
)  # fmt: skip
class QuadraticForm:
    def __init__(self, W):
        self.W = W
        self.dW = None

    def forward(self, x):
        self.x = x
        return np.sum((x @ self.W) * x, axis=1)

    def backward(self, dout):
        d = dout[:, np.newaxis]
        self.dW = (self.x * d).T @ self.x
        dx = d * (self.x @ self.W.T + self.x @ self.W)
        return dx


@exhibit(
    given=(rand(2, 3, 4),),
    mutants=[
        Mutant("places", "x", "dout.transpose(0, 2, 1)", "dout.reshape(self.shape)"),
        Mutant("shape", "x", "dout.transpose(0, 2, 1)", "dout"),
        Mutant("scale", "x", "dx = dout", "dx = 0.5 * dout"),
        Mutant("sign", "x", "dx = dout", "dx = -dout"),
    ],
)
class SwapAxes:
    def forward(self, x):
        self.shape = x.shape
        return x.transpose(0, 2, 1)

    def backward(self, dout):
        dx = dout.transpose(0, 2, 1)
        return dx
