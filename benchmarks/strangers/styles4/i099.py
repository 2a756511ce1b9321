# Conditional (McFadden) logit -- travel mode choice
import numpy as np


def clogit_ll(beta, Z, choice, weights=None):
    """Log-likelihood and score.

    Z       n x J x K attributes of the alternatives
    choice  length-n vector, index of chosen alternative
    """
    n, J, K = Z.shape
    if weights is None:
        weights = np.ones(n)
    V = Z @ beta
    V = V - V.max(axis=1, keepdims=True)
    logden = np.log(np.exp(V).sum(axis=1))
    ll = np.sum(weights * (V[np.arange(n), choice] - logden))
    P = np.exp(V - logden[:, None])
    zbar = np.einsum('nj,njk->nk', P, Z)
    score = (weights[:, None] * (Z[np.arange(n), choice] - zbar)).sum(axis=0)
    return ll, score


if __name__ == "__main__":
    rng = np.random.default_rng(1)
    Z = rng.normal(size=(400, 4, 2))
    b = np.array([1., -.5])
    c = np.argmax(Z @ b + rng.gumbel(size=(400, 4)), axis=1)
    est = np.zeros(2)
    for _ in range(200):
        ll, s = clogit_ll(est, Z, c)
        est += .003 * s
    print(est, ll)
