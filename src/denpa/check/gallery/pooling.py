"""Pooling: the gradient goes to the place that won, or in equal parts to all."""

from __future__ import annotations

import numpy as np

from denpa.check.gallery.form import Mutant, apart, exhibit, rand


@exhibit(
    given=(apart(2, 2, 4, 4),),
    mutants=[
        Mutant("pooling-spread", "x", "dx = spread * (self.x == self.wide)", "dx = spread"),
        Mutant("pooling-spread", "x", "dx = spread * (self.x == self.wide)", "dx = spread / 4"),
        Mutant("comparison", "x", "self.x == self.wide", "self.x != self.wide"),
        Mutant("factor-extra", "x", "dx = spread * (self.x == self.wide)",
               "dx = spread * (self.x == self.wide) * self.x"),
        Mutant("input-changed", "x", "        self.x = x\n",
               "        self.x = x\n        x += 0.1\n"),
    ],
)  # fmt: skip
class MaxPooling:
    def forward(self, x):
        n, c, h, w = x.shape
        self.x = x
        y = x.reshape(n, c, h // 2, 2, w // 2, 2).max(axis=(3, 5))
        self.wide = np.repeat(np.repeat(y, 2, axis=2), 2, axis=3)
        return y

    def backward(self, dout):
        spread = np.repeat(np.repeat(dout, 2, axis=2), 2, axis=3)
        dx = spread * (self.x == self.wide)
        return dx


@exhibit(
    given=(apart(3, 9),),
    mutants=[
        Mutant("overwritten", "x", "self.best[:, k]] += dout[:, k]",
               "self.best[:, k]] = dout[:, k]"),
        Mutant("pooling-spread", "x", "dx[rows, self.best[:, k]] += dout[:, k]",
               "dx[:, 2 * k : 2 * k + 3] += dout[:, [k]]"),
        Mutant("upstream-ignored", "x", "+= dout[:, k]", "+= 1"),
        Mutant("sign", "x", "+= dout[:, k]", "-= dout[:, k]"),
    ],
)  # fmt: skip
class OverlappingMax:
    def forward(self, x):
        self.shape = x.shape
        starts = range(0, x.shape[1] - 2, 2)
        self.best = np.stack([k + x[:, k : k + 3].argmax(axis=1) for k in starts], axis=1)
        return np.take_along_axis(x, self.best, axis=1)

    def backward(self, dout):
        dx, rows = np.zeros(self.shape), np.arange(self.shape[0])
        for k in range(dout.shape[1]):
            dx[rows, self.best[:, k]] += dout[:, k]
        return dx


@exhibit(
    given=(apart(4, 5),),
    mutants=[
        Mutant("pooling-spread", "x", "dx[rows, self.best] = dout", "dx += dout[:, np.newaxis]"),
        Mutant(
            "pooling-spread",
            "x",
            "dx[rows, self.best] = dout",
            "dx += dout[:, np.newaxis] / dx.shape[1]",
        ),
        Mutant("wrong-variable", "x", "dx[rows, self.best]", "dx[rows, rows]", also=("places",)),
    ],
)
class MaxOverFeatures:
    def forward(self, x):
        self.shape, self.best = x.shape, x.argmax(axis=1)
        return x.max(axis=1)

    def backward(self, dout):
        dx, rows = np.zeros(self.shape), np.arange(self.shape[0])
        dx[rows, self.best] = dout
        return dx


@exhibit(
    given=(rand(2, 2, 4, 4),),
    mutants=[
        Mutant("scale", "x", "dx = spread / 4", "dx = spread"),
        Mutant("scale", "x", "dx = spread / 4", "dx = spread / 2", also=("constant",)),
        Mutant("factor-extra", "x", "dx = spread / 4", "dx = spread / 4 * self.x"),
    ],
)
class AveragePooling:
    def forward(self, x):
        n, c, h, w = x.shape
        self.x = x
        return x.reshape(n, c, h // 2, 2, w // 2, 2).mean(axis=(3, 5))

    def backward(self, dout):
        spread = np.repeat(np.repeat(dout, 2, axis=2), 2, axis=3)
        dx = spread / 4
        return dx


@exhibit(
    given=(rand(3, 2, 2, 3),),
    mutants=[
        Mutant("scale", "x", "/ self.area", ""),
        Mutant("scale", "x", "/ self.area", "/ self.shape[2]", also=("wrong-variable",)),
        Mutant("upstream-ignored", "x", "dout[:, :, None, None] / self.area", "1 / self.area"),
        Mutant("shape", "x", "dx = np.ones(self.shape) * dout[:, :, None, None] / self.area",
               "dx = dout / self.area"),
    ],
)  # fmt: skip
class GlobalAverage:
    def forward(self, x):
        self.shape, self.area = x.shape, x.shape[2] * x.shape[3]
        return x.mean(axis=(2, 3))

    def backward(self, dout):
        dx = np.ones(self.shape) * dout[:, :, None, None] / self.area
        return dx
