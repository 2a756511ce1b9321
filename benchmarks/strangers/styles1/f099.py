import numpy as np


class Parameter:
    def __init__(self, value):
        self.value = value
        self.grad = np.zeros_like(value)


class MultiHeadAttention:
    def __init__(self, d_model=8, num_heads=2):
        assert d_model % num_heads == 0, "d_model must be divisible by num_heads"
        self.h = num_heads
        self.d_k = d_model // num_heads
        init = lambda: Parameter(np.random.randn(d_model, d_model) / np.sqrt(d_model))
        self.W_q, self.W_k, self.W_v, self.W_o = init(), init(), init(), init()

    def _split(self, x):
        B, T, D = x.shape
        return x.reshape(B, T, self.h, self.d_k).transpose(0, 2, 1, 3)

    def _merge(self, x):
        B, h, T, d = x.shape
        return x.transpose(0, 2, 1, 3).reshape(B, T, h * d)

    def forward(self, x):
        self.x = x
        self.q = self._split(x @ self.W_q.value)
        self.k = self._split(x @ self.W_k.value)
        self.v = self._split(x @ self.W_v.value)
        s = self.q @ self.k.swapaxes(-1, -2) / np.sqrt(self.d_k)
        e = np.exp(s - s.max(-1, keepdims=True))
        self.attn = e / e.sum(-1, keepdims=True)
        self.concat = self._merge(self.attn @ self.v)
        return self.concat @ self.W_o.value

    def backward(self, grad):
        d = grad.shape[-1]
        flat = lambda a: a.reshape(-1, d)
        self.W_o.grad += flat(self.concat).T @ flat(grad)
        dctx = self._split(grad @ self.W_o.value.T)
        dattn = dctx @ self.v.swapaxes(-1, -2)
        dv = self._merge(self.attn.swapaxes(-1, -2) @ dctx)
        ds = self.attn * (dattn - (dattn * self.attn).sum(-1, keepdims=True)) / np.sqrt(self.d_k)
        dq = self._merge(ds @ self.k)
        dk = self._merge(ds.swapaxes(-1, -2) @ self.q)

        dx = np.zeros_like(self.x)
        for p, g in ((self.W_q, dq), (self.W_k, dk), (self.W_v, dv)):
            p.grad += flat(self.x).T @ flat(g)
            dx += g @ p.value.T
        return dx
