import numpy as np


class CausalSelfAttention:
    """Multi-head self attention with a causal mask. Input (B, T, C)."""

    def __init__(self, n_embd=8, n_head=2, seed=0):
        assert n_embd % n_head == 0
        g = np.random.default_rng(seed)
        self.n_head = n_head
        self.w_qkv = g.normal(0, n_embd ** -0.5, (n_embd, 3 * n_embd))
        self.w_out = g.normal(0, n_embd ** -0.5, (n_embd, n_embd))

    def _split(self, z):
        B, T, C = z.shape
        return z.reshape(B, T, self.n_head, C // self.n_head).transpose(0, 2, 1, 3)

    def _merge(self, z):
        B, h, T, d = z.shape
        return z.transpose(0, 2, 1, 3).reshape(B, T, h * d)

    def forward(self, x):
        B, T, C = x.shape
        d = C // self.n_head
        q, k, v = (self._split(z) for z in np.split(x @ self.w_qkv, 3, axis=-1))
        att = q @ k.swapaxes(-1, -2) / np.sqrt(d)
        mask = np.triu(np.ones((T, T), dtype=bool), k=1)
        att = np.where(mask, -1e30, att)
        att = np.exp(att - att.max(-1, keepdims=True))
        att = att / att.sum(-1, keepdims=True)
        y = self._merge(att @ v)
        self.saved = (x, q, k, v, att, y)
        return y @ self.w_out

    def backward(self, dout):
        x, q, k, v, att, y = self.saved
        B, T, C = x.shape
        d = C // self.n_head
        self.dw_out = np.einsum('btc,btd->cd', y, dout)
        dy = self._split(dout @ self.w_out.T)
        datt = dy @ v.swapaxes(-1, -2)
        dv = att.swapaxes(-1, -2) @ dy
        ds = att * (datt - (datt * att).sum(-1, keepdims=True))
        ds /= np.sqrt(d)
        dq = ds @ k
        dk = ds.swapaxes(-1, -2) @ q
        dqkv = np.concatenate([self._merge(dq), self._merge(dk), self._merge(dv)], axis=-1)
        self.dw_qkv = np.einsum('btc,btd->cd', x, dqkv)
        return dqkv @ self.w_qkv.T
