"""Functional LSTM: parameters live in a dict, nothing is stored in objects."""
import numpy as np


def sigm(x):
    return 1.0 / (1.0 + np.exp(-x))


def init_params(d_in, d_h, seed=0):
    g = np.random.default_rng(seed)
    p = {}
    for gate in "ifog":
        p["W" + gate] = g.normal(0, 0.3, (d_h, d_in + d_h))
        p["b" + gate] = np.zeros(d_h)
    return p


def lstm_forward(params, xs, h0, c0):
    """xs: (T, d_in); h0, c0: (d_h,).  Returns hs (T, d_h) and a cache."""
    h, c = h0, c0
    hs, cache = [], []
    for x in xs:
        v = np.concatenate([x, h])
        i = sigm(params["Wi"] @ v + params["bi"])
        f = sigm(params["Wf"] @ v + params["bf"])
        o = sigm(params["Wo"] @ v + params["bo"])
        g = np.tanh(params["Wg"] @ v + params["bg"])
        c_prev = c
        c = f * c_prev + i * g
        tc = np.tanh(c)
        h = o * tc
        hs.append(h)
        cache.append((v, i, f, o, g, c_prev, tc))
    return np.array(hs), (params, cache)


def lstm_backward(dhs, cache):
    params, steps = cache
    grads = {k: np.zeros_like(v) for k, v in params.items()}
    d_h = dhs.shape[1]
    dh_next = np.zeros(d_h)
    dc_next = np.zeros(d_h)
    dxs = []
    for t in reversed(range(len(steps))):
        v, i, f, o, g, c_prev, tc = steps[t]
        dh = dhs[t] + dh_next
        dc = dc_next + dh * o * (1 - tc ** 2)
        da = {
            "o": dh * tc * o * (1 - o),
            "i": dc * g * i * (1 - i),
            "g": dc * i * (1 - g ** 2),
            "f": dc * c_prev * f * (1 - f),
        }
        dv = np.zeros_like(v)
        for k, d in da.items():
            grads["W" + k] += np.outer(d, v)
            grads["b" + k] += d
            dv += params["W" + k].T @ d
        n_in = v.size - d_h
        dxs.append(dv[:n_in])
        dh_next = dv[n_in:]
        dc_next = dc * f
    return np.array(dxs[::-1]), dh_next, dc_next, grads
