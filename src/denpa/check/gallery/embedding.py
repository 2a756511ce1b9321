"""Rows taken out of a table: an index that stands there twice brings two gradients."""

from __future__ import annotations

import numpy as np

from denpa.check.gallery.form import Mutant, exhibit, fixed, rand


@exhibit(
    init=(rand(6, 3),),
    given=(fixed([[0, 2, 2], [5, 0, 1]]),),
    mutants=[
        Mutant("repeats-lost", "W", "np.add.at(self.dW, self.idx, dout)",
               "self.dW[self.idx] += dout"),
        Mutant("repeats-lost", "W", "np.add.at(self.dW, self.idx, dout)",
               "self.dW[self.idx] = dout", also=("overwritten",)),
        Mutant("accumulated", "W", "self.dW = np.zeros_like(self.W)", "pass"),
        Mutant("sign", "W", "self.idx, dout)", "self.idx, -dout)"),
        Mutant("upstream-ignored", "W", "self.idx, dout)", "self.idx, 1)"),
    ],
    learns=False,
)  # fmt: skip
class Embedding:
    def __init__(self, W):
        self.W = W
        self.dW = np.zeros_like(W)

    def forward(self, idx):
        self.idx = idx
        return self.W[idx]

    def backward(self, dout):
        self.dW = np.zeros_like(self.W)
        np.add.at(self.dW, self.idx, dout)
        return None


@exhibit(
    init=(rand(5, 3),),
    given=(fixed([[1, 1, 4], [0, 4, 2]]),),
    mutants=[
        Mutant("repeats-lost", "W", "np.add.at(dW, self.words, each)", "dW[self.words] += each"),
        Mutant("repeats-lost", "W", "np.add.at(dW, self.words, each)", "dW[self.words] = each",
               also=("overwritten",)),
        Mutant("scale", "W", "each = dout[:, None] / 3", "each = dout[:, None] / 1"),
        Mutant("factor-missing", "W", "each = dout[:, None] / 3", "each = dout[:, None]",
               also=("scale",)),
    ],
    learns=False,
)  # fmt: skip
class BagOfWords:
    def __init__(self, W):
        self.params = {"W": W}
        self.grads = {}

    def forward(self, words):
        self.words = words
        return self.params["W"][words].mean(axis=1)

    def backward(self, dout):
        dW = np.zeros_like(self.params["W"])
        each = dout[:, None] / 3
        np.add.at(dW, self.words, each)
        self.grads["W"] = dW


@exhibit(
    init=(fixed([3, 0, 3, 1, 3]),),
    given=(rand(4, 3),),
    mutants=[
        Mutant("repeats-lost", "x", "np.add.at(dx, self.rows, dout)", "dx[self.rows] += dout"),
        Mutant(
            "repeats-lost",
            "x",
            "np.add.at(dx, self.rows, dout)",
            "dx[self.rows] = dout",
            also=("overwritten",),
        ),
        Mutant("shape", "x", "return dx", "return dx[self.rows]"),
        Mutant("scale", "x", "self.rows, dout)", "self.rows, dout / 5)"),
    ],
)
class TakeRows:
    def __init__(self, rows):
        self.rows = rows

    def forward(self, x):
        self.shape = x.shape
        return x[self.rows]

    def backward(self, dout):
        dx = np.zeros(self.shape)
        np.add.at(dx, self.rows, dout)
        return dx
