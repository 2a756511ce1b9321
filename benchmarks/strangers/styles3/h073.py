# Bahdanau ("additive") attention, from my seq2seq notes.
#   e_j = v . tanh(W_s s + W_h h_j),  a = softmax(e),  c = sum_j a_j h_j
import numpy as np


class AdditiveAttention(object):
    def __init__(self, dec_dim, enc_dim, att_dim):
        self.Ws = np.random.normal(0, 0.4, (dec_dim, att_dim))
        self.Wh = np.random.normal(0, 0.4, (enc_dim, att_dim))
        self.v = np.random.normal(0, 0.4, att_dim)

    def forward(self, s, H):
        """s: (B, dec_dim) decoder state;  H: (B, T, enc_dim) encoder states"""
        self.s, self.H = s, H
        self.t = np.tanh((s @ self.Ws)[:, None, :] + H @ self.Wh)
        e = self.t @ self.v
        e -= e.max(axis=1, keepdims=True)
        w = np.exp(e)
        self.a = w / w.sum(axis=1, keepdims=True)
        return np.einsum('bt,bte->be', self.a, H)

    def backward(self, dc):
        s, H, t, a = self.s, self.H, self.t, self.a
        da = np.einsum('be,bte->bt', dc, H)
        de = a * (da - np.sum(a * da, axis=1, keepdims=True))
        self.dv = np.einsum('bt,bta->a', de, t)
        dt = de[:, :, None] * self.v * (1 - t ** 2)
        self.dWs = s.T @ dt.sum(axis=1)
        self.dWh = np.einsum('bte,bta->ea', H, dt)
        ds = dt.sum(axis=1) @ self.Ws.T
        dH = dt @ self.Wh.T
        return ds, dH
