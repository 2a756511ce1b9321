import numpy as np

def layernorm_fwd(x, g, b, eps=1e-6):
    mu = x.mean(-1, keepdims=True)
    xc = x - mu
    rstd = (np.mean(xc*xc, -1, keepdims=True) + eps)**-0.5
    xhat = xc*rstd
    return xhat*g + b, (xhat, rstd, g)

def layernorm_bwd(dy, cache):
    xhat, rstd, g = cache
    axes = tuple(range(dy.ndim - 1))
    dg = (dy*xhat).sum(axes)
    db = dy.sum(axes)
    t = dy*g
    dx = rstd*(t - t.mean(-1, keepdims=True) - xhat*(t*xhat).mean(-1, keepdims=True))
    return dx, dg, db
