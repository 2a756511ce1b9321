import numpy as np


def _patches(x, k, stride, pad):
    x = np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    n, h, w, c = x.shape
    oh, ow = (h - k) // stride + 1, (w - k) // stride + 1
    cols = np.empty((n, oh, ow, k, k, c), dtype=x.dtype)
    for i in range(k):
        for j in range(k):
            cols[:, :, :, i, j] = x[:, i:i + stride * oh:stride, j:j + stride * ow:stride]
    return cols.reshape(n, oh, ow, -1), x.shape


def conv_forward(A_prev, W, b, hparams):
    """
    A_prev -- activations, shape (m, n_H, n_W, n_C_prev)
    W -- filters, shape (f, f, n_C_prev, n_C);   b -- shape (1, 1, 1, n_C)
    hparams -- dictionary with "stride" and "pad"
    """
    f = W.shape[0]
    cols, padded = _patches(A_prev, f, hparams["stride"], hparams["pad"])
    Z = cols @ W.reshape(-1, W.shape[3]) + b
    return Z, (cols, padded, W, hparams)


def conv_backward(dZ, cache):
    cols, padded, W, hp = cache
    f, _, cin, cout = W.shape
    s, p = hp["stride"], hp["pad"]
    n, oh, ow, _ = dZ.shape
    db = dZ.sum(axis=(0, 1, 2), keepdims=True)
    dW = (cols.reshape(-1, cols.shape[-1]).T @ dZ.reshape(-1, cout)).reshape(W.shape)
    dcols = (dZ @ W.reshape(-1, cout).T).reshape(n, oh, ow, f, f, cin)
    dA = np.zeros(padded)
    for i in range(f):
        for j in range(f):
            dA[:, i:i + s * oh:s, j:j + s * ow:s] += dcols[:, :, :, i, j]
    if p > 0:
        dA = dA[:, p:-p, p:-p]
    return dA, dW, db
