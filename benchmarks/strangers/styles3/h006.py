import numpy as np


def sigmoid(a):
    return np.where(a >= 0, 1 / (1 + np.exp(-np.abs(a))),
                    np.exp(-np.abs(a)) / (1 + np.exp(-np.abs(a))))


def lstm_cell_forward(x, h_prev, c_prev, Wx, Wh, b):
    """
    One step.

    x: (N, D)   h_prev, c_prev: (N, H)
    Wx: (D, 4H) Wh: (H, 4H)  b: (4H,)
    gate order i, f, o, g
    """
    H = h_prev.shape[1]
    a = x @ Wx + h_prev @ Wh + b
    i = sigmoid(a[:, :H])
    f = sigmoid(a[:, H:2 * H])
    o = sigmoid(a[:, 2 * H:3 * H])
    g = np.tanh(a[:, 3 * H:])
    c = f * c_prev + i * g
    tc = np.tanh(c)
    h = o * tc
    cache = (x, h_prev, c_prev, Wx, Wh, i, f, o, g, c, tc)
    return h, c, cache


def lstm_cell_backward(dh, dc, cache):
    """Returns dx, dh_prev, dc_prev, dWx, dWh, db."""
    x, h_prev, c_prev, Wx, Wh, i, f, o, g, c, tc = cache

    do = dh * tc
    dct = dc + dh * o * (1 - c ** 2)
    df = dct * c_prev
    di = dct * g
    dg = dct * i
    dc_prev = dct * f

    da = np.concatenate([
        di * i * (1 - i),
        df * f * (1 - f),
        do * o * (1 - o),
        dg * (1 - g ** 2),
    ], axis=1)

    dx = da @ Wx.T
    dh_prev = da @ Wh.T
    dWx = x.T @ da
    dWh = h_prev.T @ da
    db = da.sum(axis=0)
    return dx, dh_prev, dc_prev, dWx, dWh, db
