import numpy as np


def conv_forward(A_prev, W, b, stride=1, pad=1):
    """A_prev: (m, n_H, n_W, n_C_prev)  W: (f, f, n_C_prev, n_C)  b: (n_C,)"""
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f, _, _, n_C = W.shape
    n_H = (n_H_prev - f + 2 * pad) // stride + 1
    n_W = (n_W_prev - f + 2 * pad) // stride + 1
    A_pad = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    Z = np.zeros((m, n_H, n_W, n_C))
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                hs, ws = h * stride, w * stride
                a_slice = A_pad[i, hs:hs + f, ws:ws + f, :]
                for c in range(n_C):
                    Z[i, h, w, c] = np.sum(a_slice * W[:, :, :, c]) + b[c]
    return Z, (A_prev, W, b, stride, pad)


def conv_backward(dZ, cache):
    A_prev, W, b, stride, pad = cache
    f = W.shape[0]
    m, n_H, n_W, n_C = dZ.shape
    A_pad = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    dA_pad = np.zeros(A_pad.shape)
    dW = np.zeros(W.shape)
    db = np.zeros(b.shape)
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                hs, ws = h * stride, w * stride
                a_slice = A_pad[i, hs:hs + f, ws:ws + f, :]
                for c in range(n_C):
                    dA_pad[i, hs:hs + f, ws:ws + f, :] = W[:, :, :, c] * dZ[i, h, w, c]
                    dW[:, :, :, c] += a_slice * dZ[i, h, w, c]
                    db[c] += dZ[i, h, w, c]
    dA_prev = dA_pad[:, pad:-pad, pad:-pad, :]
    return dA_prev, dW, db
