"""Assignment 2, part B: batch normalisation step by step through the graph."""
import numpy as np


def batchnorm_forward(x, gamma, beta, eps=1e-5):
    """
    x: (N, D), gamma: (D,), beta: (D,)
    returns out (N, D) and a cache for the backward pass
    """
    N, D = x.shape
    mu = x.mean(axis=0)
    xmu = x - mu
    var = np.mean(xmu ** 2, axis=0)
    sqrtvar = np.sqrt(var + eps)
    ivar = 1.0 / sqrtvar
    xhat = xmu * ivar
    out = gamma * xhat + beta
    cache = (xhat, gamma, xmu, ivar, sqrtvar, var, eps)
    return out, cache


def batchnorm_backward(dout, cache):
    xhat, gamma, xmu, ivar, sqrtvar, var, eps = cache
    N, D = dout.shape

    dbeta = dout.sum(axis=0)
    dgamma = (dout * xhat).sum(axis=0)
    dxhat = dout * gamma

    # xhat = xmu * ivar
    divar = (dxhat * xmu).sum(axis=0)
    dxmu1 = dxhat * ivar

    # ivar = 1 / sqrtvar, sqrtvar = sqrt(var + eps)
    dsqrtvar = -1.0 / (sqrtvar ** 2) * divar
    dvar = 0.5 / sqrtvar * dsqrtvar

    # var = mean(xmu ** 2)
    dxmu2 = 2.0 * xmu * dvar / N

    # xmu = x - mu
    dx1 = dxmu1 + dxmu2
    dmu = -dx1.sum(axis=0)
    dx2 = np.ones((N, D)) * dmu

    dx = dx1 + dx2
    return dx, dgamma, dbeta


if __name__ == "__main__":
    x = np.random.randn(8, 3) * 2 + 1
    out, cache = batchnorm_forward(x, np.ones(3), np.zeros(3))
    print(out.mean(0), out.std(0))
