# Convolutional layer, the slow way. Notes for week 4 of the deep learning seminar.
import numpy as np


def conv_forward(x, w, b, conv_param):
    """x (N,C,H,W), w (F,C,HH,WW), b (F,), conv_param has 'stride' and 'pad'."""
    s, p = conv_param['stride'], conv_param['pad']
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    Ho = (H + 2 * p - HH) // s + 1
    Wo = (W + 2 * p - WW) // s + 1
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), mode='constant')
    out = np.zeros((N, F, Ho, Wo))
    for n in range(N):
        for f in range(F):
            for r in range(Ho):
                for q in range(Wo):
                    win = xp[n, :, r * s:r * s + HH, q * s:q * s + WW]
                    out[n, f, r, q] = np.sum(win * w[f]) + b[f]
    cache = (x, w, b, conv_param)
    return out, cache


def conv_backward(dout, cache):
    x, w, b, conv_param = cache
    s, p = conv_param['stride'], conv_param['pad']
    N, F, Ho, Wo = dout.shape
    HH, WW = w.shape[2:]
    H, W = x.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), mode='constant')
    dxp = np.zeros_like(xp)
    dw = np.zeros_like(w)
    db = dout.sum(axis=(0, 2, 3))
    for n in range(N):
        for f in range(F):
            for r in range(Ho):
                for q in range(Wo):
                    d = dout[n, f, r, q]
                    rows = slice(r * s, r * s + HH)
                    cols = slice(q * s, q * s + WW)
                    dw[f] += d * xp[n, :, rows, cols]
                    dxp[n, :, rows, cols] += d * w[f]
    dx = dxp[:, :, p:p + H, p:p + W]
    return dx, dw, db
