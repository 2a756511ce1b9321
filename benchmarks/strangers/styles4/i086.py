# Probit MLE - problem set 3, Econometrics II
import math
import numpy as np

_erf = np.vectorize(math.erf)


def norm_cdf(z):
    return 0.5 * (1 + _erf(z / np.sqrt(2)))


def norm_pdf(z):
    return np.exp(-0.5 * z ** 2) / np.sqrt(2 * np.pi)


def probit_negll(beta, y, X):
    """Negative log likelihood of the probit model and its gradient.

    beta : (k,)   y : (n,) of zeros and ones   X : (n, k), constant included
    """
    q = 2 * y - 1
    xb = X @ beta
    Phi = np.clip(norm_cdf(q * xb), 1e-300, None)
    ll = np.sum(np.log(Phi))
    lam = q * norm_pdf(q * xb) / Phi      # generalised residual
    score = X.T @ lam
    return -ll, -score


def newton_bhhh(beta, y, X, tol=1e-8):
    for it in range(200):
        f, g = probit_negll(beta, y, X)
        q = 2 * y - 1
        xb = X @ beta
        lam = q * norm_pdf(q * xb) / norm_cdf(q * xb)
        H = (X * (lam * (lam + xb))[:, None]).T @ X
        step = np.linalg.solve(H, g)
        beta = beta - step
        if np.abs(step).max() < tol:
            break
    return beta, np.sqrt(np.diag(np.linalg.inv(H)))


if __name__ == '__main__':
    rng = np.random.default_rng(10)
    X = np.c_[np.ones(500), rng.normal(size=(500, 2))]
    b0 = np.array([.3, -1., .5])
    y = (X @ b0 + rng.normal(size=500) > 0).astype(float)
    b, se = newton_bhhh(np.zeros(3), y, X)
    for bj, sj in zip(b, se):
        print(f'{bj: .4f}  ({sj:.4f})')
