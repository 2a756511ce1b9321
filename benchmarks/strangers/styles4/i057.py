"""GP regression, squared exponential kernel, log marginal likelihood.

Translated from my MATLAB scripts (thesis chapter 4).
"""
import numpy as np


def nlml(loghyper, X, y):
    """
    loghyper = [log(ell), log(sf), log(sn)]
    X is n x D, y is n x 1 or n
    returns the negative log marginal likelihood and its partial derivatives
    """
    y = np.ravel(y)
    n = y.size
    ell, sf, sn = np.exp(loghyper)

    sq = np.sum(X**2, 1)[:, None] + np.sum(X**2, 1)[None, :] - 2*X @ X.T
    sq = np.maximum(sq, 0)
    Kf = sf**2*np.exp(-0.5*sq/ell**2)
    K = Kf + sn**2*np.eye(n)

    L = np.linalg.cholesky(K)
    alpha = np.linalg.solve(L.T, np.linalg.solve(L, y))
    nl = 0.5*y @ alpha + np.sum(np.log(np.diag(L))) + 0.5*n*np.log(2*np.pi)

    W = np.linalg.solve(L.T, np.linalg.solve(L, np.eye(n))) - np.outer(alpha, alpha)
    dnl = np.zeros(3)
    dnl[0] = 0.5*np.sum(W*Kf*sq)/ell**2
    dnl[1] = 0.5*np.sum(W*Kf)
    dnl[2] = sn**2*np.trace(W)
    return nl, dnl


if __name__ == '__main__':
    rng = np.random.RandomState(0)
    x = np.linspace(0, 6, 25)[:, None]
    y = np.sin(x[:, 0]) + 0.1*rng.randn(25)
    p = np.zeros(3)
    for i in range(300):
        f, g = nlml(p, x, y)
        p = p - 0.01*g
    print('nlml', f, 'hyper', np.exp(p))
