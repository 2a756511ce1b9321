import numpy as np


class SelfAttention:
    """single head, no batch. x: (T, d_model)"""

    def __init__(self, d_model, d_k, rng=np.random.default_rng(0)):
        s = d_model ** -0.5
        self.Wq = rng.normal(0, s, (d_model, d_k))
        self.Wk = rng.normal(0, s, (d_model, d_k))
        self.Wv = rng.normal(0, s, (d_model, d_k))
        self.scale = 1 / np.sqrt(d_k)

    def forward(self, x):
        self.x = x
        self.q, self.k, self.v = x @ self.Wq, x @ self.Wk, x @ self.Wv
        s = self.q @ self.k.T * self.scale
        e = np.exp(s - s.max(axis=-1, keepdims=True))
        self.a = e / e.sum(axis=-1, keepdims=True)
        return self.a @ self.v

    def backward(self, dout):
        dv = self.a.T @ dout
        da = dout @ self.v.T
        ds = self.a * (da - np.sum(da * self.a, axis=-1, keepdims=True))
        ds *= self.scale
        dq = ds @ self.k
        dk = ds.T @ self.q
        self.dWq = self.x.T @ dq
        self.dWk = self.x.T @ dk
        self.dWv = self.x.T @ dv
        return dq @ self.Wq.T + dk @ self.Wk.T + dv @ self.Wv.T
