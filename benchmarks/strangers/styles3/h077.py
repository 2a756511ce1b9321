import numpy as np


def mf_objective(P, Q, bu, bi, R, mask, mu=3.0, reg=0.02):
    """Biased matrix factorisation (MovieLens homework).

    R is the (users x items) rating matrix, mask is 1 where a rating exists.
    loss = 1/2 sum_{observed} (mu + bu + bi + P Q^T - R)^2 + reg/2 (all parameters squared)
    """
    err = mask * (mu + bu[:, None] + bi[None, :] + P @ Q.T - R)
    loss = 0.5 * np.sum(err ** 2)
    loss += 0.5 * reg * (np.sum(P * P) + np.sum(Q * Q) + bu @ bu + bi @ bi)
    return loss


def mf_gradient(P, Q, bu, bi, R, mask, mu=3.0, reg=0.02):
    err = mask * (mu + bu[:, None] + bi[None, :] + P @ Q.T - R)
    gP = err @ Q + reg * P
    gQ = err.T @ P + reg * Q
    gbu = err.sum(axis=1) + reg * bu
    gbi = err.sum(axis=0) + reg * bi
    return gP, gQ, gbu, gbi


def als_like_descent(R, mask, k=2, steps=50, lr=0.01):
    rng = np.random.default_rng(0)
    P = rng.normal(scale=.1, size=(R.shape[0], k))
    Q = rng.normal(scale=.1, size=(R.shape[1], k))
    bu, bi = np.zeros(R.shape[0]), np.zeros(R.shape[1])
    for _ in range(steps):
        gP, gQ, gbu, gbi = mf_gradient(P, Q, bu, bi, R, mask)
        P -= lr * gP
        Q -= lr * gQ
        bu -= lr * gbu
        bi -= lr * gbi
    return P, Q, bu, bi
