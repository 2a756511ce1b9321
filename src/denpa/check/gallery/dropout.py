"""Random layers: backward needs the numbers that forward has drawn."""

from __future__ import annotations

import numpy as np

from denpa.check.gallery.form import Mutant, exhibit, fixed, rand

_OWN = "np.random.default_rng().random"


@exhibit(
    given=(rand(5, 8),),
    mutants=[
        Mutant("mask-drawn-again", "x", "dout * self.mask",
               "dout * (np.random.rand(*dout.shape) > 0.5)"),
        Mutant("scale", "x", "dout * self.mask / 0.5", "dout * self.mask"),
        Mutant("passed-on", "x", "dout * self.mask / 0.5", "dout"),
        Mutant("sign", "x", "dout * self.mask / 0.5", "-dout * self.mask / 0.5"),
        Mutant("comparison", "x", "dout * self.mask / 0.5", "dout * (self.mask == 0) / 0.5"),
        Mutant("random", "x", "np.random.rand(*x.shape)", f"{_OWN}(x.shape)"),
        Mutant("index", "x", "dout * self.mask / 0.5", "dout * self.mask[0] / 0.5"),
    ],
    learns=False,
)  # fmt: skip
class Dropout:
    def forward(self, x):
        self.mask = np.random.rand(*x.shape) > 0.5
        return x * self.mask / 0.5

    def backward(self, dout):
        dx = dout * self.mask / 0.5
        return dx


@exhibit(
    init=(fixed(0.3),),
    given=(rand(4, 10),),
    mutants=[
        Mutant("mask-drawn-again", "x", "dout * self.mask",
               "dout * (np.random.random(dout.shape) >= self.p) / (1 - self.p)"),
        Mutant("upstream-changed", "x", "dx = dout * self.mask",
               "dout *= self.mask\n        dx = dout.copy()"),
        Mutant("random", "x", "np.random.random(x.shape)", f"{_OWN}(x.shape)"),
        Mutant("factor-missing", "x", "dx = dout * self.mask", "dx = dout * (self.mask > 0)",
               also=("scale",)),
        Mutant("factor-extra", "x", "dx = dout * self.mask", "dx = dout * self.mask / (1 - self.p)",
               also=("scale", "activation-twice")),
    ],
    learns=False,
)  # fmt: skip
class InvertedDropout:
    def __init__(self, p):
        self.p = p

    def forward(self, x):
        keep = np.random.random(x.shape) >= self.p
        self.mask = keep / (1 - self.p)
        return x * self.mask

    def backward(self, dout):
        dx = dout * self.mask
        return dx


@exhibit(
    given=(rand(3, 4, 2, 2),),
    mutants=[
        Mutant("mask-drawn-again", "x", "dx = dout * self.mask",
               "dx = dout * 2 * (np.random.rand(*self.mask.shape) > 0.5)"),
        Mutant("passed-on", "x", "dx = dout * self.mask", "dx = dout"),
        Mutant("random", "x", "np.random.rand(*x.shape[:2], 1, 1)",
               f"{_OWN}((*x.shape[:2], 1, 1))"),
        Mutant("factor-missing", "x", "dx = dout * self.mask", "dx = dout * (self.mask > 0)",
               also=("scale",)),
    ],
    learns=False,
)  # fmt: skip
class SpatialDropout:
    def forward(self, x):
        self.mask = 2 * (np.random.rand(*x.shape[:2], 1, 1) > 0.5)
        return x * self.mask

    def backward(self, dout):
        dx = dout * self.mask
        return dx


@exhibit(
    init=(rand(5, 4),),
    given=(rand(6, 5),),
    mutants=[
        Mutant("mask-drawn-again", "W", "self.x.T @ dout * self.mask",
               "self.x.T @ dout * (np.random.rand(*self.W.shape) > 0.4)"),
        Mutant("factor-missing", "W", "self.x.T @ dout * self.mask", "self.x.T @ dout",
               also=("activation-forgotten",)),
        Mutant("factor-missing", "x", "(self.W * self.mask).T", "self.W.T",
               also=("activation-forgotten",)),
        Mutant("random", "x", "np.random.rand(*self.W.shape)", f"{_OWN}(self.W.shape)"),
    ],
    learns=False,
)  # fmt: skip
class DropConnect:
    def __init__(self, W):
        self.W = W
        self.dW = None

    def forward(self, x):
        self.x, self.mask = x, np.random.rand(*self.W.shape) > 0.4
        return x @ (self.W * self.mask)

    def backward(self, dout):
        self.dW = self.x.T @ dout * self.mask
        dx = dout @ (self.W * self.mask).T
        return dx
