import numpy as np


class GPRegressor(object):
    """GP with an RBF kernel; hyperparameters in log space.

    theta = [log signal_std, log lengthscale, log noise_std]
    """

    def __init__(self, X, y):
        self.X = np.atleast_2d(np.asarray(X, float))
        if self.X.shape[0] == 1:
            self.X = self.X.T
        self.y = np.asarray(y, float).ravel()
        d = self.X[:, None, :] - self.X[None, :, :]
        self.sq = (d ** 2).sum(-1)

    def neg_log_marginal(self, theta, with_grad=True):
        sf2, ell2, sn2 = np.exp(2.0 * np.asarray(theta))
        n = self.y.size
        E = sf2 * np.exp(-0.5 * self.sq / ell2)
        K = E + (sn2 + 1e-10) * np.eye(n)
        L = np.linalg.cholesky(K)
        alpha = np.linalg.solve(L.T, np.linalg.solve(L, self.y))
        nlml = 0.5 * self.y @ alpha + np.log(np.diag(L)).sum() + 0.5 * n * np.log(2 * np.pi)
        if not with_grad:
            return nlml
        Kinv = np.linalg.solve(L.T, np.linalg.solve(L, np.eye(n)))
        Q = Kinv - np.outer(alpha, alpha)
        g = np.empty(3)
        g[0] = np.sum(Q * E)                          # dK = 2 E, times one half
        g[1] = 0.5 * np.sum(Q * E * self.sq) / ell2
        g[2] = sn2 * np.trace(Q)
        return nlml, g
