import numpy as np


def weibull_aft(params, t, event, X):
    """Weibull accelerated failure time regression with right censoring.

    params : [log_shape, b_0, ..., b_p]   scale_i = exp(x_i'b)
    t      : durations, event : 1 = died, 0 = censored
    Returns average negative log-likelihood and gradient.
    """
    k = np.exp(params[0])
    eta = X @ params[1:]
    n = len(t)
    logu = np.log(t) - eta              # log(t / scale)
    H = np.exp(k * logu)                # cumulative hazard
    loghaz = np.log(k) + k * logu - np.log(t)
    nll = -(np.sum(event * loghaz) - np.sum(H)) / n

    g = np.zeros_like(params)
    dk = np.sum(event * (1 / k + logu)) - np.sum(H * logu)
    g[0] = -dk / n
    g[1:] = -X.T @ (-k * event + k * H) / n
    return nll, g


def fit(t, event, X, steps=2000, lr=0.2):
    p = np.zeros(X.shape[1] + 1)
    p[1] = np.log(np.mean(t))
    for s in range(steps):
        f, g = weibull_aft(p, t, event, X)
        p -= lr * g
    return p, f


if __name__ == "__main__":
    rng = np.random.default_rng(8)
    n = 300
    X = np.c_[np.ones(n), rng.normal(size=n)]
    t = np.exp(X @ [1.0, 0.5]) * rng.weibull(1.5, n)
    cens = rng.exponential(8, n)
    d = (t <= cens).astype(float)
    p, f = fit(np.minimum(t, cens), d, X)
    print("shape %.3f" % np.exp(p[0]), "coef", p[1:])
