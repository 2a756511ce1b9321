"""
llama bits in numpy, part 2: RMSNorm and the SwiGLU feed-forward.

I keep parameters in plain dicts, and every block is a pair of functions
`*_fwd(params, x) -> (y, saved)` and `*_bwd(params, saved, dy) -> (dx, grads)`.
"""
import numpy as np

EPS = 1e-6


def init_block(dim, hidden, rng):
    return {
        "g": 1.0 + 0.1 * rng.standard_normal(dim),
        "w1": rng.standard_normal((dim, hidden)) / np.sqrt(dim),
        "w3": rng.standard_normal((dim, hidden)) / np.sqrt(dim),
        "w2": rng.standard_normal((hidden, dim)) / np.sqrt(hidden),
    }


def ffn_fwd(params, x):
    """x + W2( silu(n W1) * (n W3) ),  n = rmsnorm(x) * g"""
    r = 1.0 / np.sqrt((x * x).mean(-1, keepdims=True) + EPS)
    xn = x * r
    n = xn * params["g"]
    a = n @ params["w1"]
    b = n @ params["w3"]
    sig = 1.0 / (1.0 + np.exp(-a))
    h = a * sig * b
    y = x + h @ params["w2"]
    return y, (x, r, xn, n, a, b, sig, h)


def ffn_bwd(params, saved, dy):
    x, r, xn, n, a, b, sig, h = saved
    flat = lambda z: z.reshape(-1, z.shape[-1])
    grads = {}

    grads["w2"] = flat(h).T @ flat(dy)
    dh = dy @ params["w2"].T
    db = dh * a * sig
    da = dh * b * (sig + a * sig * (1.0 - sig))
    grads["w1"] = flat(n).T @ flat(da)
    grads["w3"] = flat(n).T @ flat(db)

    dn = da @ params["w1"].T + db @ params["w3"].T
    grads["g"] = flat(dn * xn).sum(0)
    dxn = dn * params["g"]
    dx = r * (dxn - xn * (dxn * xn).mean(-1, keepdims=True))
    return dx + dy, grads


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    p = init_block(8, 16, rng)
    x = rng.standard_normal((2, 5, 8))
    y, s = ffn_fwd(p, x)
    dx, g = ffn_bwd(p, s, np.ones_like(y))
    print({k: v.shape for k, v in g.items()})
