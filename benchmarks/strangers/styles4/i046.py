"""WaveNet style gated causal convolution.

y_t = tanh(sum_k x_{t - k*dilation} Wf_k + bf) * sigmoid(same with Wg, bg)

Shapes: x [T, C_in], Wf and Wg [K, C_in, C_out]. One sequence only; loop over a batch outside.
"""
import numpy as np


def _shift(x, steps):
    out = np.zeros_like(x)
    if steps < len(x):
        out[steps:] = x[:len(x) - steps]
    return out


def gated_conv(x, Wf, bf, Wg, bg, dilation=2):
    K = Wf.shape[0]
    xs = [_shift(x, k * dilation) for k in range(K)]
    f = np.tanh(sum(xs[k] @ Wf[k] for k in range(K)) + bf)
    g = 1 / (1 + np.exp(-(sum(xs[k] @ Wg[k] for k in range(K)) + bg)))
    return f * g, (xs, f, g, Wf, Wg, dilation)


def gated_conv_grad(dy, cache):
    """-> (dx, dWf, dbf, dWg, dbg)"""
    xs, f, g, Wf, Wg, dilation = cache
    da = dy * g * (1 - f ** 2)
    db = dy * f * g * (1 - g)
    dWf = np.stack([xk.T @ da for xk in xs])
    dWg = np.stack([xk.T @ db for xk in xs])
    T = len(dy)
    dx = np.zeros_like(xs[0])
    for k in range(len(xs)):
        s = k * dilation
        if s >= T:
            break
        d = da @ Wf[k].T + db @ Wg[k].T
        dx[:T - s] += d[s:]
    return dx, dWf, da.sum(0), dWg, db.sum(0)


if __name__ == "__main__":
    r = np.random.default_rng(0)
    x = r.normal(size=(12, 3))
    y, c = gated_conv(x, r.normal(size=(2, 3, 4)), np.zeros(4), r.normal(size=(2, 3, 4)), np.zeros(4))
    for a in gated_conv_grad(np.ones_like(y), c):
        print(a.shape)
