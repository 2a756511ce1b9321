import numpy as np


class SelfAttention:
    """single head, input (batch, time, d_model)"""

    def __init__(self, d_model, d_k):
        self.Wq = np.random.randn(d_model, d_k) / np.sqrt(d_model)
        self.Wk = np.random.randn(d_model, d_k) / np.sqrt(d_model)
        self.Wv = np.random.randn(d_model, d_k) / np.sqrt(d_model)
        self.scale = np.sqrt(d_k)

    def forward(self, x):
        self.x = x
        self.q = x @ self.Wq
        self.k = x @ self.Wk
        self.v = x @ self.Wv
        scores = self.q @ self.k.transpose(0, 2, 1) / self.scale
        e = np.exp(scores - scores.max(axis=-1, keepdims=True))
        self.att = e / e.sum(axis=-1, keepdims=True)
        return self.att @ self.v

    def backward(self, dout):
        dv = self.att.transpose(0, 2, 1) @ dout
        datt = dout @ self.v.transpose(0, 2, 1)
        row = (datt * self.att).sum(axis=-1, keepdims=True)
        dscores = self.att * (datt - row)
        dq = dscores @ self.k
        dk = dscores.transpose(0, 2, 1) @ self.q / self.scale
        self.dWq = np.einsum('btd,btk->dk', self.x, dq)
        self.dWk = np.einsum('btd,btk->dk', self.x, dk)
        self.dWv = np.einsum('btd,btk->dk', self.x, dv)
        dx = dq @ self.Wq.T + dk @ self.Wk.T + dv @ self.Wv.T
        return dx
