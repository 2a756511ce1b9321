import numpy as np


class SelfAttention:
    """Single-head scaled dot-product self-attention, no masking. x: (B, T, D)"""

    def __init__(self, dim, head_dim, seed=0):
        rng = np.random.default_rng(seed)
        s = 1 / np.sqrt(dim)
        self.Wq = rng.normal(0, s, (dim, head_dim))
        self.Wk = rng.normal(0, s, (dim, head_dim))
        self.Wv = rng.normal(0, s, (dim, head_dim))
        self.Wo = rng.normal(0, s, (head_dim, dim))
        self.scale = 1 / np.sqrt(head_dim)

    def forward(self, x):
        self.x = x
        self.q = x @ self.Wq
        self.k = x @ self.Wk
        self.v = x @ self.Wv
        scores = self.q @ self.k.transpose(0, 2, 1) * self.scale
        scores -= scores.max(axis=-1, keepdims=True)
        w = np.exp(scores)
        self.attn = w / w.sum(axis=-1, keepdims=True)
        self.ctx = self.attn @ self.v
        return self.ctx @ self.Wo

    def backward(self, dout):
        self.dWo = np.einsum('bth,btd->hd', self.ctx, dout)
        dctx = dout @ self.Wo.T

        dattn = dctx @ self.v.transpose(0, 2, 1)
        dv = self.attn.transpose(0, 2, 1) @ dctx

        # softmax
        ds = self.attn * (dattn - (dattn * self.attn).sum(axis=-1, keepdims=True))
        ds = ds * self.scale

        dq = ds @ self.k
        dk = ds @ self.q

        self.dWq = np.einsum('btd,bth->dh', self.x, dq)
        self.dWk = np.einsum('btd,bth->dh', self.x, dk)
        self.dWv = np.einsum('btd,bth->dh', self.x, dv)
        return dq @ self.Wq.T + dk @ self.Wk.T + dv @ self.Wv.T
