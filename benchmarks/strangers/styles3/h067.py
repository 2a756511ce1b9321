import numpy as np


def patches(x, kh, kw, s, p):
    n, h, w, c = x.shape
    xp = np.pad(x, ((0, 0), (p, p), (p, p), (0, 0)))
    oh = (h + 2 * p - kh) // s + 1
    ow = (w + 2 * p - kw) // s + 1
    st = xp.strides
    v = np.lib.stride_tricks.as_strided(
        xp, (n, oh, ow, kh, kw, c), (st[0], st[1] * s, st[2] * s, st[1], st[2], st[3]))
    return v, xp.shape


# channels-last convolution, the way TensorFlow stores it
# x (N,H,W,Cin)   k (kh,kw,Cin,Cout)   b (Cout,)

def conv2d_nhwc(x, k, b, stride=1, pad=1):
    kh, kw, ci, co = k.shape
    v, _ = patches(x, kh, kw, stride, pad)
    return np.tensordot(v, k, axes=([3, 4, 5], [0, 1, 2])) + b


def conv2d_nhwc_grad(dy, x, k, b, stride=1, pad=1):
    kh, kw, ci, co = k.shape
    v, padded_shape = patches(x, kh, kw, stride, pad)
    dk = np.tensordot(v, dy, axes=([0, 1, 2], [0, 1, 2]))
    db = np.einsum('nhwc->c', dy)
    dxp = np.zeros(padded_shape)
    _, oh, ow, _ = dy.shape
    for i in range(kh):
        for j in range(kw):
            dxp[:, i:i + stride * oh:stride, j:j + stride * ow:stride, :] += dy @ k[i, j].T
    H, W = x.shape[1:3]
    dx = dxp[:, pad:pad + H, pad:pad + W, :]
    return dx, dk, db
