"""Scaled dot-product attention by hand.

Companion code to part 4 of the series. Shapes: q (B, Tq, d), k (B, Tk, d),
v (B, Tk, dv).
"""
import math
import numpy as np


def softmax(z):
    z = z - z.max(axis=-1, keepdims=True)
    e = np.exp(z)
    return e / e.sum(axis=-1, keepdims=True)


def attention_forward(q, k, v):
    d = q.shape[-1]
    scores = np.einsum('bid,bjd->bij', q, k) / math.sqrt(d)
    weights = softmax(scores)
    out = np.einsum('bij,bjd->bid', weights, v)
    return out, (q, k, v, weights)


def attention_backward(dout, cache):
    q, k, v, weights = cache
    d = q.shape[-1]
    dv = np.einsum('bij,bid->bjd', weights, dout)
    dweights = np.einsum('bid,bjd->bij', dout, v)
    # softmax, row by row
    inner = dweights.sum(axis=-1, keepdims=True)
    dscores = weights * (dweights - inner)
    dscores /= math.sqrt(d)
    dq = np.einsum('bij,bjd->bid', dscores, k)
    dk = np.einsum('bij,bid->bjd', dscores, q)
    return dq, dk, dv


q0 = np.random.randn(1, 3, 4)
print("attention output shape:", attention_forward(q0, q0, q0)[0].shape)
