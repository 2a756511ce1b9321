"""Layers of images as textbooks write them: columns of patches, padding, strides, winners."""

from __future__ import annotations

import numpy as np

from denpa.check.gallery.form import Mutant, apart, exhibit, rand


@exhibit(
    init=(rand(3, 2, 3, 3), rand(3)),
    given=(rand(2, 2, 5, 5),),
    mutants=[
        Mutant("places", "x", "d = dout.transpose(0, 2, 3, 1).reshape(-1, o)",
               "d = dout.reshape(-1, o)"),
        Mutant("places", "x", "image[:, :, p:-p, p:-p]", "image[:, :, : -2 * p, : -2 * p]",
               also=("constant",)),
        Mutant("places", "W", "(self.col.T @ d).T.reshape", "(self.col.T @ d).reshape",
               also=("operand-transposed", "transposed")),
        Mutant("overwritten", "x", "s, j : j + s * ow : s] +=", "s, j : j + s * ow : s] ="),
        Mutant("places", "x", ".transpose(0, 3, 4, 5, 1, 2)", ".transpose(0, 3, 5, 4, 1, 2)",
               also=("wrong-variable",)),
        Mutant("wrong-variable", "x", "dcol[:, :, i, j]", "dcol[:, :, j, i]"),
        Mutant("factor-missing", "x", "image[:, :, i : i + s * oh : s, j : j + s * ow : s]",
               "image[:, :, i : i + oh, j : j + ow]", hard=True),
        Mutant("shape", "x", "return image[:, :, p:-p, p:-p]", "return image"),
        Mutant("bias-not-summed", "b", "d.sum(axis=0)", "d.mean(axis=0)", also=("scale",)),
        Mutant("shape", "b", "d.sum(axis=0)", "dout.sum(axis=(1, 2, 3))", also=("axis",)),
    ],
)  # fmt: skip
class StridedConvolution:
    def __init__(self, W, b):
        self.W, self.b, self.stride, self.pad = W, b, 2, 1
        self.dW = self.db = None

    def forward(self, x):
        s, p, (n, c, h, w) = self.stride, self.pad, x.shape
        oh, ow = (h + 2 * p - 3) // s + 1, (w + 2 * p - 3) // s + 1
        padded, col = np.pad(x, [(0, 0), (0, 0), (p, p), (p, p)]), np.zeros((n, c, 3, 3, oh, ow))
        for i in range(3):
            for j in range(3):
                col[:, :, i, j] = padded[:, :, i : i + s * oh : s, j : j + s * ow : s]
        self.shape, self.rows = padded.shape, self.W.reshape(len(self.W), -1)
        self.col = col.transpose(0, 4, 5, 1, 2, 3).reshape(n * oh * ow, -1)
        y = self.col @ self.rows.T + self.b
        return y.reshape(n, oh, ow, -1).transpose(0, 3, 1, 2)

    def backward(self, dout):
        s, p, (n, o, oh, ow) = self.stride, self.pad, dout.shape
        d = dout.transpose(0, 2, 3, 1).reshape(-1, o)
        self.db = d.sum(axis=0)
        self.dW = (self.col.T @ d).T.reshape(self.W.shape)
        dcol = (d @ self.rows).reshape(n, oh, ow, -1, 3, 3).transpose(0, 3, 4, 5, 1, 2)
        image = np.zeros(self.shape)
        for i in range(3):
            for j in range(3):
                image[:, :, i : i + s * oh : s, j : j + s * ow : s] += dcol[:, :, i, j]
        return image[:, :, p:-p, p:-p]


@exhibit(
    init=(rand(2, 2, 3, 3),),
    given=(rand(2, 2, 4, 4),),
    mutants=[
        Mutant("kernel-turned", "x", "turned = self.W[:, :, ::-1, ::-1]", "turned = self.W"),
        Mutant("kernel-turned", "x", "self.W[:, :, ::-1, ::-1]", "self.W[:, :, ::-1]"),
        Mutant("operand-transposed", "x", "nohwij,ocij->nchw", "nchwij,ocij->nohw",
               also=("transposed",)),
        Mutant("flipped", "W", "self.windows(self.x), dout)",
               "self.windows(self.x), dout)[:, :, ::-1, ::-1]"),
    ],
)  # fmt: skip
class SameConvolution:
    def __init__(self, W):
        self.W = W
        self.dW = None

    def windows(self, x):
        padded = np.pad(x, [(0, 0), (0, 0), (1, 1), (1, 1)])
        return np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (2, 3))

    def forward(self, x):
        self.x = x
        return np.einsum("nchwij,ocij->nohw", self.windows(x), self.W)

    def backward(self, dout):
        self.dW = np.einsum("nchwij,nohw->ocij", self.windows(self.x), dout)
        turned = self.W[:, :, ::-1, ::-1]
        dx = np.einsum("nohwij,ocij->nchw", self.windows(dout), turned)
        return dx


@exhibit(
    given=(apart(2, 2, 4, 6),),
    mutants=[
        Mutant("constant", "x", "self.arg_max] =", "self.arg_max - 1] =",
               also=("wrong-variable", "places")),
        Mutant("places", "x", "reshape(*dout.shape, 2, 2).transpose(0, 1, 2, 4, 3, 5)",
               "reshape(*dout.shape, 2, 2)"),
        Mutant("places", "x", "self.arg_max = col.argmax(axis=1)",
               "self.arg_max = np.abs(col).argmax(axis=1)"),
        Mutant("places", "x", "self.arg_max = col.argmax(axis=1)",
               "self.arg_max = col.argmin(axis=1)"),
        Mutant("index", "x", "dmax[np.arange(dout.size), self.arg_max] = dout.ravel()",
               "dmax[:, self.arg_max] = dout.ravel()"),
        Mutant("pooling-spread", "x", "dmax[np.arange(dout.size), self.arg_max] = dout.ravel()",
               "dmax[:] = dout.reshape(-1, 1)"),
    ],
)  # fmt: skip
class WinnerPooling:
    def forward(self, x):
        n, c, h, w = x.shape
        col = x.reshape(n, c, h // 2, 2, w // 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(-1, 4)
        self.shape, self.arg_max = x.shape, None
        self.arg_max = col.argmax(axis=1)
        return col.max(axis=1).reshape(n, c, h // 2, w // 2)

    def backward(self, dout):
        dmax = np.zeros((dout.size, 4))
        dmax[np.arange(dout.size), self.arg_max] = dout.ravel()
        dx = dmax.reshape(*dout.shape, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(self.shape)
        return dx


@exhibit(
    given=(rand(2, 2, 2, 3),),
    mutants=[
        Mutant("index", "x", "windows.sum(axis=(3, 5))", "dout[:, :, ::2, ::2]", hard=True),
        Mutant("scale", "x", "windows.sum(axis=(3, 5))", "windows.mean(axis=(3, 5))",
               also=("axis",)),
        Mutant("axis", "x", "windows.sum(axis=(3, 5))", "windows.max(axis=(3, 5))",
               also=("wrong-function",)),
        Mutant("axis", "x", "dout.reshape(n, c, h, 2, w, 2)",
               "dout.reshape(n, c, 2, h, 2, w).transpose(0, 1, 3, 2, 5, 4)", also=("places",),
               hard=True),
    ],
)  # fmt: skip
class Upsample:
    def forward(self, x):
        self.shape = x.shape
        return np.repeat(np.repeat(x, 2, axis=2), 2, axis=3)

    def backward(self, dout):
        n, c, h, w = self.shape
        windows = dout.reshape(n, c, h, 2, w, 2)
        dx = windows.sum(axis=(3, 5))
        return dx
