import numpy as np


def cox_negloglik(beta, X, time, event):
    """
    Negative log partial likelihood of the proportional hazards model
    (Breslow handling of ties) and its score vector (sign flipped).

    beta  : (p,)   log hazard ratios
    X     : (n, p) covariates
    time  : (n,)   follow-up time
    event : (n,)   1 = died, 0 = censored
    """
    beta = np.asarray(beta, dtype=float)
    n, p = X.shape
    order = np.argsort(-time, kind="stable")       # longest survivors first
    Xs, ts, es = X[order], time[order], event[order]
    eta = Xs @ beta
    shift = eta.max()
    r = np.exp(eta - shift)

    S0 = np.cumsum(r)
    S1 = np.cumsum(r[:, None] * Xs, axis=0)

    # everyone with the same time belongs to the same risk set
    last = np.searchsorted(-ts, -ts, side="right") - 1
    S0, S1 = S0[last], S1[last]

    dead = es > 0
    nll = -np.sum(eta[dead] - np.log(S0[dead]) - shift)
    score = (Xs[dead] - S1[dead] / S0[dead][:, None]).sum(axis=0)
    return nll, -score


def fit(X, time, event, iters=200, step=0.01):
    b = np.zeros(X.shape[1])
    for _ in range(iters):
        _, g = cox_negloglik(b, X, time, event)
        b -= step * g
    return b
