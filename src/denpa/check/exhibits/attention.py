"""Attention: queries, keys and values come from one input, so three gradients meet in it."""

import numpy as np


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
