import numpy as np


def affine_forward(x, w, b):
    """
    Inputs:
    - x: (N, d_1, ..., d_k)
    - w: (D, M) with D = d_1 * ... * d_k
    - b: (M,)
    Returns (out, cache)
    """
    out = x.reshape(x.shape[0], -1).dot(w) + b
    cache = (x, w, b)
    return out, cache


def affine_backward(dout, cache):
    """ dout: (N, M).  Returns dx, dw, db. """
    x, w, b = cache
    dx = dout.dot(w).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T.dot(dout)
    db = np.sum(dout, axis=0)
    return dx, dw, db
