"""Attention: queries, keys and values come from one input, so three gradients meet in it."""

from __future__ import annotations

import numpy as np

from denpa.check.gallery.form import Mutant, exhibit, rand


@exhibit(
    init=(rand(3, 3), rand(3, 3), rand(3, 3)),
    given=(rand(2, 3, 3),),
    mutants=[
        Mutant("overwritten", "x", "dx += dk @ self.Wk.T", "dx = dk @ self.Wk.T"),
        Mutant("overwritten", "x", "dx += dv @ self.Wv.T", "dx = dv @ self.Wv.T"),
        Mutant("operand-transposed", "x", "dk = ds.transpose(0, 2, 1) @ self.q",
               "dk = ds @ self.q"),
        Mutant("wrong-variable", "x", "dq = ds @ self.k", "dq = ds @ self.v"),
        Mutant("transposed", "Wv", "self.x, dv)", "self.x, dv).T"),
        Mutant("axis", "x", "(da * a).sum(axis=2", "(da * a).sum(axis=1"),
        Mutant("operand-transposed", "x", "dv = a.transpose(0, 2, 1) @ dout", "dv = a @ dout"),
        Mutant("wrong-variable", "Wk", "self.x, dk)", "self.x, dq)"),
        Mutant("term-missing", "x", "dx += dk @ self.Wk.T", "pass"),
        Mutant("term-missing", "x", "dx += dv @ self.Wv.T", "pass"),
        Mutant("missing", "Wk", "self.dWk = np", "dWk = np"),
        Mutant("factor-missing", "x", "keepdims=True)) / 2", "keepdims=True))"),
        Mutant("softmax-elementwise", "x", "a * (da - (da * a).sum(axis=2, keepdims=True)) / 2",
               "da * a * (1 - a) / 2"),
        Mutant("factor-missing", "x", "ds = a * (da", "ds = (da"),
        Mutant("softmax-jacobian", "x", "a * (da - (da * a).sum(axis=2, keepdims=True)) / 2",
               "da * (a - a.mean(axis=2, keepdims=True)) / 2"),
    ],
    scales=(1e-3, 1.5),
)  # fmt: skip
class SelfAttention:
    def __init__(self, Wq, Wk, Wv):
        self.Wq, self.Wk, self.Wv = Wq, Wk, Wv
        self.dWq = self.dWk = self.dWv = None

    def forward(self, x):
        self.x, self.q, self.k, self.v = x, x @ self.Wq, x @ self.Wk, x @ self.Wv
        s = self.q @ self.k.transpose(0, 2, 1) / 2
        e = np.exp(s - s.max(axis=2, keepdims=True))
        self.a = e / e.sum(axis=2, keepdims=True)
        return self.a @ self.v

    def backward(self, dout):
        a = self.a
        dv = a.transpose(0, 2, 1) @ dout
        da = dout @ self.v.transpose(0, 2, 1)
        ds = a * (da - (da * a).sum(axis=2, keepdims=True)) / 2
        dq = ds @ self.k
        dk = ds.transpose(0, 2, 1) @ self.q
        self.dWq = np.einsum("nsd,nse->de", self.x, dq)
        self.dWk = np.einsum("nsd,nse->de", self.x, dk)
        self.dWv = np.einsum("nsd,nse->de", self.x, dv)
        dx = dq @ self.Wq.T
        dx += dk @ self.Wk.T
        dx += dv @ self.Wv.T
        return dx


@exhibit(
    init=(rand(4, 1),),
    given=(rand(3, 5, 4),),
    mutants=[
        Mutant("overwritten", "x", "dx += ds @ self.w.T", "dx = ds @ self.w.T"),
        Mutant("axis", "x", "self.a).sum(axis=1, keepdims=True)",
               "self.a).sum(axis=0, keepdims=True)"),
        Mutant("order", "w", 'np.einsum("ntd,ntk->dk", self.x, ds)',
               'np.einsum("ntd,ntk->dk", ds, self.x)', also=("transposed",)),
        Mutant("sign-inside", "x", "(da - (da", "(da + (da"),
        Mutant("softmax-jacobian", "x", "self.a * (da - (da * self.a).sum(axis=1, keepdims=True))",
               "da * (self.a - self.a[0])"),
        Mutant("term-extra", "x", "dx = self.a * dout[:, None]",
               "dx = self.a * dout[:, None] + self.x"),
    ],
    scales=(1e-3, 2.0),
)  # fmt: skip
class AttentionPooling:
    def __init__(self, w):
        self.w = w
        self.dw = None

    def forward(self, x):
        s = x @ self.w
        e = np.exp(s - s.max(axis=1, keepdims=True))
        self.x, self.a = x, e / e.sum(axis=1, keepdims=True)
        return (self.a * x).sum(axis=1)

    def backward(self, dout):
        da = (self.x * dout[:, None]).sum(axis=2, keepdims=True)
        ds = self.a * (da - (da * self.a).sum(axis=1, keepdims=True))
        self.dw = np.einsum("ntd,ntk->dk", self.x, ds)
        dx = self.a * dout[:, None]
        dx += ds @ self.w.T
        return dx
