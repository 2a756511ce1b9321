"""Normalisation: mean and variance depend on every number, and so do the gradients."""

from __future__ import annotations

import numpy as np

from denpa.check.gallery.form import Mutant, exhibit, rand

_CENTRED = "(dz - dz.mean(axis=0) - self.z * (dz * self.z).mean(axis=0))"
_IMAGES = "dz - dz.mean(axis=(0, 2, 3), keepdims=True) - self.z * along"


@exhibit(
    init=(rand(4), rand(4)),
    given=(rand(6, 4),),
    mutants=[
        Mutant("statistics-constant", "x", _CENTRED, "dz"),
        Mutant("statistics-constant", "x", _CENTRED, "(dz - dz.mean(axis=0))"),
        Mutant("statistics-constant", "x", _CENTRED,
               "(dz - self.z * (dz * self.z).mean(axis=0))"),
        Mutant("statistics-weight", "x", "dz - dz.mean(axis=0)", "dz - dz.sum(axis=0)"),
        Mutant("statistics-weight", "x", "(dz * self.z).mean(axis=0)",
               "(dz * self.z).sum(axis=0) / (len(dz) - 1)"),
        Mutant("bias-not-summed", "beta", "dout.sum(axis=0)", "dout[0]"),
        Mutant("bias-not-summed", "beta", "dout.sum(axis=0)", "dout.mean(axis=0)"),
        Mutant("scale", "gamma", "(dout * self.z).sum(axis=0)", "(dout * self.z).mean(axis=0)"),
        Mutant("sign", "gamma", "(dout * self.z)", "-(dout * self.z)"),
        Mutant("factor-missing", "x", "dz = dout * self.gamma", "dz = dout"),
        Mutant("factor-missing", "gamma", "(dout * self.z)", "dout",
               also=("wrong-variable",)),
        Mutant("wrong-variable", "gamma", "(dout * self.z)", "(dout * self.centred)"),
        Mutant("sign-inside", "x", "- self.z * (dz", "+ self.z * (dz", also=("statistics-weight",)),
        Mutant("axis", "x", "(dz * self.z).mean(axis=0)",
               "(dz * self.z).mean(axis=1, keepdims=True)"),
        Mutant("stale", "x", "self.z = self.centred / self.std",
               "self.z = self.centred / self.std\n"
               '        self.std = self.__dict__.setdefault("first", self.std)'),
        Mutant("factor-missing", "x", "(dz * self.z).mean(axis=0)) / self.std",
               "(dz * self.z).mean(axis=0))"),
        Mutant("index", "x", "- self.z * (dz", "- self.z[0] * (dz"),
    ],
)  # fmt: skip
class BatchNorm:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta
        self.dgamma = self.dbeta = None

    def forward(self, x):
        self.centred = x - x.mean(axis=0)
        self.std = np.sqrt((self.centred**2).mean(axis=0) + 1e-7)
        self.z = self.centred / self.std
        return self.gamma * self.z + self.beta

    def backward(self, dout):
        self.dbeta = dout.sum(axis=0)
        self.dgamma = (dout * self.z).sum(axis=0)
        dz = dout * self.gamma
        dx = (dz - dz.mean(axis=0) - self.z * (dz * self.z).mean(axis=0)) / self.std
        return dx


@exhibit(
    init=(rand(3), rand(3)),
    given=(rand(2, 3, 4, 2),),
    mutants=[
        Mutant("statistics-constant", "x", _IMAGES, "dz"),
        Mutant("statistics-constant", "x", _IMAGES,
               "dz - dz.mean(axis=(0, 2, 3), keepdims=True)"),
        Mutant("bias-not-summed", "beta", "dout.sum(axis=(0, 2, 3))", "dout.sum(axis=(2, 3))[0]"),
        Mutant("bias-not-summed", "beta", "dout.sum(axis=(0, 2, 3))", "dout.sum(axis=0)[:, 0, 0]"),
        Mutant("shape", "gamma", "(dout * self.z).sum(axis=(0, 2, 3))",
               "(dout * self.z).sum(axis=0)"),
        Mutant("axis", "x", "dz.mean(axis=(0, 2, 3), keepdims=True)",
               "dz.mean(axis=(2, 3), keepdims=True)"),
        Mutant("missing", "gamma", "self.dgamma = (dout", "dgamma = (dout"),
        Mutant("accumulated", "gamma", "self.dgamma = (dout * self.z).sum(axis=(0, 2, 3))",
               "self.dgamma = (dout * self.z).sum(axis=(0, 2, 3)) + self.dgamma"),
    ],
)  # fmt: skip
class ImageBatchNorm:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta
        self.dgamma, self.dbeta = np.zeros_like(gamma), np.zeros_like(beta)

    def forward(self, x):
        centred = x - x.mean(axis=(0, 2, 3), keepdims=True)
        self.std = np.sqrt((centred**2).mean(axis=(0, 2, 3), keepdims=True) + 1e-5)
        self.z = centred / self.std
        return self.gamma[:, None, None] * self.z + self.beta[:, None, None]

    def backward(self, dout):
        self.dbeta = dout.sum(axis=(0, 2, 3))
        self.dgamma = (dout * self.z).sum(axis=(0, 2, 3))
        dz = dout * self.gamma[:, None, None]
        along = (dz * self.z).mean(axis=(0, 2, 3), keepdims=True)
        dx = (dz - dz.mean(axis=(0, 2, 3), keepdims=True) - self.z * along) / self.std
        return dx


@exhibit(
    init=(rand(5), rand(5)),
    given=(rand(4, 5),),
    mutants=[
        Mutant("statistics-constant", "x", "g - g.mean(1, keepdims=True) - self.z * along", "g"),
        Mutant("statistics-constant", "x", "- self.z * along", ""),
        Mutant("statistics-constant", "x", "g - g.mean(1, keepdims=True) -", "g -"),
        Mutant("statistics-weight", "x", "g.mean(1, keepdims=True)", "g.sum(1, keepdims=True)"),
        Mutant("axis", "x", "g.mean(1, keepdims=True)", "g.mean(0, keepdims=True)",
               also=("constant",)),
        Mutant("wrong-variable", "x", "g = dout * self.gamma", "g = dout * self.beta"),
        Mutant("bias-not-summed", "beta", "np.sum(dout, 0)", "np.mean(dout, 0)"),
        Mutant("upstream-ignored", "gamma", "np.sum(dout * self.z, 0)", "np.sum(self.z, 0)",
               also=("factor-missing",)),
        Mutant("factor-missing", "x", "g = dout * self.gamma", "g = dout"),
        Mutant("factor-missing", "x", "self.z * along) * self.inv", "self.z * along)"),
    ],
)  # fmt: skip
class LayerNorm:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta
        self.dgamma = self.dbeta = None

    def forward(self, x):
        centred = x - x.mean(axis=1, keepdims=True)
        self.inv = 1 / np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-6)
        self.z = centred * self.inv
        return self.gamma * self.z + self.beta

    def backward(self, dout):
        self.dgamma = np.sum(dout * self.z, 0)
        self.dbeta = np.sum(dout, 0)
        g = dout * self.gamma
        along = np.mean(g * self.z, axis=1, keepdims=True)
        dx = (g - g.mean(1, keepdims=True) - self.z * along) * self.inv
        return dx


@exhibit(
    init=(rand(5),),
    given=(rand(4, 5),),
    mutants=[
        Mutant("statistics-constant", "x", "(d - self.z * (d * self.z).mean(1, keepdims=True))",
               "d"),
        Mutant("statistics-weight", "x", "(d * self.z).mean(1, keepdims=True)",
               "(d * self.z).sum(1, keepdims=True)"),
        Mutant("sign-inside", "x", "d - self.z", "d + self.z", also=("statistics-weight",)),
        Mutant("scale", "g", "(dout * self.z).sum(axis=0)", "(dout * self.z).mean(axis=0)"),
        Mutant("shape", "g", "(dout * self.z).sum(axis=0)",
               "(dout * self.z).sum(axis=0, keepdims=True)"),
    ],
)  # fmt: skip
class RmsNorm:
    def __init__(self, g):
        self.g = g
        self.dg = None

    def forward(self, x):
        self.rms = np.sqrt((x**2).mean(axis=1, keepdims=True) + 1e-6)
        self.z = x / self.rms
        return self.g * self.z

    def backward(self, dout):
        self.dg = (dout * self.z).sum(axis=0)
        d = dout * self.g
        dx = (d - self.z * (d * self.z).mean(1, keepdims=True)) / self.rms
        return dx


@exhibit(
    given=(rand(2, 2, 3, 3),),
    mutants=[
        Mutant("statistics-constant", "x", "(dout - mean - self.z * along)", "dout"),
        Mutant("statistics-constant", "x", "(dout - mean - self.z * along)", "(dout - mean)"),
        Mutant("diagonal-only", "x", "(dout - mean - self.z * along)",
               "dout * (1 - 1 / 9 - self.z**2 / 9)"),
        Mutant("axis", "x", "mean = dout.mean(axis=(2, 3), keepdims=True)",
               "mean = dout.mean(axis=(0, 2, 3), keepdims=True)"),
    ],
)  # fmt: skip
class InstanceNorm:
    def forward(self, x):
        centred = x - x.mean(axis=(2, 3), keepdims=True)
        self.std = np.sqrt((centred**2).mean(axis=(2, 3), keepdims=True) + 1e-5)
        self.z = centred / self.std
        return self.z

    def backward(self, dout):
        mean = dout.mean(axis=(2, 3), keepdims=True)
        along = (dout * self.z).mean(axis=(2, 3), keepdims=True)
        dx = (dout - mean - self.z * along) / self.std
        return dx


@exhibit(
    given=(rand(6, 4),),
    mutants=[
        Mutant("statistics-constant", "x", "dout - dout.mean(axis=0)", "dout", also=("passed-on",)),
        Mutant("sign-inside", "x", "dout - dout.mean", "dout + dout.mean",
               also=("statistics-weight",)),
        Mutant("axis", "x", "dout.mean(axis=0)", "dout.mean(axis=1, keepdims=True)"),
        Mutant("statistics-weight", "x", "dout.mean(axis=0)", "dout.sum(axis=0)"),
        Mutant("diagonal-only", "x", "dout - dout.mean(axis=0)", "dout * (1 - 1 / len(dout))",
               also=("scale", "factor-extra")),
    ],
)  # fmt: skip
class Centre:
    def forward(self, x):
        return x - x.mean(axis=0)

    def backward(self, dout):
        dx = dout - dout.mean(axis=0)
        return dx
