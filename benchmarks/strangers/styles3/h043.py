import numpy as np


def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


class ScaledDotProductAttention:
    """Cross attention without projections.

    q (B, Tq, d), k (B, Tk, d), v (B, Tk, dv)
    """

    def forward(self, q, k, v):
        self.q, self.k, self.v = q, k, v
        self.scale = 1.0 / np.sqrt(q.shape[-1])
        scores = np.matmul(q, k.transpose(0, 2, 1)) * self.scale
        self.w = softmax(scores)
        return np.matmul(self.w, v)

    def backward(self, dout):
        dv = np.matmul(self.w.transpose(0, 2, 1), dout)
        dw = np.matmul(dout, self.v.transpose(0, 2, 1))
        ds = self.w * (dw - np.sum(dw * self.w, axis=-1, keepdims=True))
        dq = np.matmul(ds, self.k) * self.scale
        dk = np.matmul(ds.transpose(0, 2, 1), self.q)
        return dq, dk, dv


if __name__ == '__main__':
    rs = np.random.RandomState(0)
    att = ScaledDotProductAttention()
    out = att.forward(rs.randn(2, 3, 4), rs.randn(2, 5, 4), rs.randn(2, 5, 6))
    print(out.shape, [g.shape for g in att.backward(np.ones_like(out))])
