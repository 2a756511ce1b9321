import numpy as np


def softmax(x):
    x = np.exp(x - x.max(axis=-1, keepdims=True))
    return x / x.sum(axis=-1, keepdims=True)


class SelfAttention:
    """Causal single-head self attention on (B, T, C) arrays."""

    def __init__(self, dim, head_dim=None, rng=None):
        rng = rng or np.random.default_rng()
        hd = head_dim or dim
        self.wq = rng.normal(0, dim ** -0.5, (dim, hd))
        self.wk = rng.normal(0, dim ** -0.5, (dim, hd))
        self.wv = rng.normal(0, dim ** -0.5, (dim, hd))
        self.scale = hd ** -0.5

    def forward(self, x):
        T = x.shape[1]
        q, k, v = x @ self.wq, x @ self.wk, x @ self.wv
        scores = q @ k.transpose(0, 2, 1) * self.scale
        scores = np.where(np.tril(np.ones((T, T), dtype=bool)), scores, -1e9)
        att = softmax(scores)
        self.saved = (x, q, k, v, att)
        return att @ v

    def backward(self, dout):
        x, q, k, v, att = self.saved
        datt = dout @ v.transpose(0, 2, 1)
        dv = att.transpose(0, 2, 1) @ dout
        dscores = att * (datt - (datt * att).sum(axis=1, keepdims=True))
        dscores *= self.scale
        dq = dscores @ k
        dk = dscores.transpose(0, 2, 1) @ q
        self.dwq = np.einsum('btc,bth->ch', x, dq)
        self.dwk = np.einsum('btc,bth->ch', x, dk)
        self.dwv = np.einsum('btc,bth->ch', x, dv)
        return dq @ self.wq.T + dk @ self.wk.T + dv @ self.wv.T
