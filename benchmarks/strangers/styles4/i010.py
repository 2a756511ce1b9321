# Cox proportional hazards: negative log partial likelihood (Breslow ties)
# biostat 2xx homework -- Newton's method is for next week, here only gradient
import numpy as np


def cox_partial_likelihood(beta, X, time, event):
    """
    beta  : (p,) coefficients
    X     : (n, p) covariates
    time  : (n,) follow-up times
    event : (n,) 1 = died, 0 = censored

    Returns (neg log PL, gradient wrt beta)
    """
    eta = X @ beta
    w = np.exp(eta)
    nll = 0.0
    grad = np.zeros_like(beta, dtype=float)
    for i in range(len(time)):
        if not event[i]:
            continue
        at_risk = time >= time[i]
        S0 = np.sum(w[at_risk])
        S1 = X[at_risk].T @ w[at_risk]
        nll -= eta[i] - np.log(S0)
        grad -= X[i] - S1 / S0
    return nll, grad


def gradient_descent(X, time, event, lr=0.01, iters=500):
    beta = np.zeros(X.shape[1])
    history = []
    for _ in range(iters):
        value, g = cox_partial_likelihood(beta, X, time, event)
        beta -= lr * g
        history.append(value)
    return beta, history


if __name__ == "__main__":
    rng = np.random.default_rng(7)
    n = 100
    X = rng.normal(size=(n, 3))
    true_beta = np.array([0.8, -0.5, 0.0])
    t = rng.exponential(1.0 / np.exp(X @ true_beta))
    cens = rng.exponential(2.0, size=n)
    event = (t <= cens).astype(int)
    time = np.minimum(t, cens)
    b, h = gradient_descent(X, time, event)
    print("estimate", b.round(2), "truth", true_beta)
