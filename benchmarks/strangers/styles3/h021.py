# Movie recommender (collaborative filtering). Columns = users, rows = movies.
import numpy as np


def cofi_cost(P, Q, bu, bi, mu, Y, R, lam=0.1):
    """
    P  movies x k     latent features
    Q  users  x k     user tastes
    bi movies         item bias
    bu users          user bias
    Y  movies x users ratings,  R the same shape, 1 where rated

    J = 1/2 sum_{R=1} (P Q' + bi + bu + mu - Y)^2 + lam/2 (|P|^2+|Q|^2+|bi|^2+|bu|^2)
    """
    pred = P.dot(Q.T) + bi[:, np.newaxis] + bu[np.newaxis, :] + mu
    E = (pred - Y) * R
    J = 0.5 * np.sum(E ** 2)
    J = J + lam / 2 * (np.sum(P ** 2) + np.sum(Q ** 2) + np.sum(bi ** 2) + np.sum(bu ** 2))

    P_grad = E.dot(Q) + lam * P
    Q_grad = E.T.dot(P) + lam * Q
    bu_grad = E.sum(axis=0) + lam * bu
    bi_grad = E.sum(axis=1) + lam * bi
    return J, P_grad, Q_grad, bu_grad, bi_grad


rng = np.random.default_rng(7)
Y = rng.integers(1, 6, size=(8, 5)).astype(float)
R = (rng.random((8, 5)) < .6).astype(float)
P, Q = rng.normal(size=(8, 3)), rng.normal(size=(5, 3))
bu, bi = np.zeros(5), np.zeros(8)
mu = (Y * R).sum() / R.sum()
for epoch in range(100):
    J, gP, gQ, gbu, gbi = cofi_cost(P, Q, bu, bi, mu, Y, R)
    P, Q, bu, bi = P - .01 * gP, Q - .01 * gQ, bu - .01 * gbu, bi - .01 * gbi
print(J)
