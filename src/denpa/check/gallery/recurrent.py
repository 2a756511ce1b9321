"""Recurrent layers: the same weights in every step, whose gradients add."""

from __future__ import annotations

import numpy as np

from denpa.check.gallery.form import Mutant, exhibit, rand


@exhibit(
    init=(rand(3, 4, scale=0.5), rand(4, 4, scale=0.5), rand(4)),
    given=(rand(2, 5, 3),),
    mutants=[
        Mutant("overwritten", "Wx", "self.dWx += self", "self.dWx = self"),
        Mutant("overwritten", "b", "self.db += dz.sum(axis=0)", "self.db = dz.sum(axis=0)"),
        Mutant("term-missing", "x", "(dout[:, s] + dh)", "dout[:, s]"),
        Mutant("activation-forgotten", "x", "dz = (dout[:, s] + dh) * (1 - self.h[s + 1] ** 2)",
               "dz = dout[:, s] + dh"),
        Mutant("wrong-variable", "Wh", "self.dWh += self.h[s].T", "self.dWh += self.h[s + 1].T",
               also=("constant", "term-extra")),
        Mutant("wrong-variable", "x", "self.h[s + 1] ** 2", "self.h[s] ** 2"),
        Mutant("transposed", "Wh", "self.h[s].T @ dz", "dz.T @ self.h[s]", also=("order",)),
        Mutant("operand-transposed", "x", "dh = dz @ self.Wh.T", "dh = dz @ self.Wh"),
        Mutant("accumulated", "b", "self.db = np.zeros_like(self.b)",
               "self.db = np.zeros_like(self.b) if self.db is None else self.db"),
        Mutant("sign-inside", "x", "(1 - self", "(1 + self"),
        Mutant("loop-order", "x", "in reversed(range(self.x.shape[1])):",
               "in range(self.x.shape[1]):"),
    ],
    scales=(1e-3, 3.0),
)  # fmt: skip
class Rnn:
    def __init__(self, Wx, Wh, b):
        self.Wx, self.Wh, self.b = Wx, Wh, b
        self.dWx = self.dWh = self.db = None

    def forward(self, x):
        self.x, self.h = x, [np.zeros((len(x), len(self.b)))]
        for s in range(x.shape[1]):
            self.h.append(np.tanh(x[:, s] @ self.Wx + self.h[-1] @ self.Wh + self.b))
        return np.stack(self.h[1:], axis=1)

    def backward(self, dout):
        self.dWx, self.dWh = np.zeros_like(self.Wx), np.zeros_like(self.Wh)
        self.db = np.zeros_like(self.b)
        dx, dh = np.zeros_like(self.x), np.zeros_like(self.h[0])
        for s in reversed(range(self.x.shape[1])):
            dz = (dout[:, s] + dh) * (1 - self.h[s + 1] ** 2)
            self.dWx += self.x[:, s].T @ dz
            self.dWh += self.h[s].T @ dz
            self.db += dz.sum(axis=0)
            dx[:, s] = dz @ self.Wx.T
            dh = dz @ self.Wh.T
        return dx


@exhibit(
    init=(rand(5, 8, scale=0.5), rand(8), rand(3, 2), rand(3, 2)),
    given=(rand(3, 3),),
    mutants=[
        Mutant("factor-missing", "x", "di = dc * g * i * (1 - i)", "di = dc * g * (1 - i)"),
        Mutant("activation-forgotten", "x", "do = dout * th * o * (1 - o)", "do = dout * th"),
        Mutant("activation-forgotten", "x", "dg = dc * i * (1 - g**2)", "dg = dc * i"),
        Mutant("activation-forgotten", "x", "dc = dout * o * (1 - th**2)", "dc = dout * o"),
        Mutant("wrong-variable", "x", "df = dc * self.c", "df = dc * th"),
        Mutant("wrong-variable", "x", "dg = dc * i", "dg = dc * f"),
        Mutant("index", "b", "dz.sum(axis=0)", "dz[0]", also=("bias-not-summed",)),
        Mutant("order", "W", "self.both.T @ dz", "dz.T @ self.both", also=("transposed",)),
    ],
    scales=(1e-3, 3.0),
)
class LstmCell:
    def __init__(self, W, b, h, c):
        self.W, self.b, self.h, self.c = W, b, h, c
        self.dW, self.db = np.zeros_like(W), np.zeros_like(b)

    def forward(self, x):
        self.both = np.concatenate([x, self.h], axis=1)
        z = self.both @ self.W + self.b
        i, f, o = (1 / (1 + np.exp(-z[:, k : k + 2])) for k in (0, 2, 4))
        g = np.tanh(z[:, 6:])
        self.gates, self.th = (i, f, o, g), np.tanh(f * self.c + i * g)
        return o * self.th

    def backward(self, dout):
        (i, f, o, g), th = self.gates, self.th
        dc = dout * o * (1 - th**2)
        do = dout * th * o * (1 - o)
        di = dc * g * i * (1 - i)
        df = dc * self.c * f * (1 - f)
        dg = dc * i * (1 - g**2)
        dz = np.concatenate([di, df, do, dg], axis=1)
        self.dW = self.both.T @ dz
        self.db = dz.sum(axis=0)
        return (dz @ self.W.T)[:, :3]
