import numpy as np


class KernelLogisticRegression(object):
    """Kernel logistic regression with an RBF kernel.

    J(a, b) = 1/N sum log(1 + exp(-y_i f_i)) + lam/2 a' K a,     f = K a + b
    Labels y are in {-1, +1}.
    """

    def __init__(self, gamma=0.5, lam=1e-2):
        self.gamma = gamma
        self.lam = lam

    def kernel(self, A, B):
        d2 = (A ** 2).sum(1)[:, None] + (B ** 2).sum(1)[None, :] - 2.0 * A.dot(B.T)
        return np.exp(-self.gamma * np.maximum(d2, 0.0))

    def objective(self, params, K, y):
        """params = [alpha; b] stacked in one vector. Returns value, gradient."""
        alpha, b = params[:-1], params[-1]
        Ka = K.dot(alpha)
        margin = y * (Ka + b)
        value = np.logaddexp(0.0, -margin).mean() + 0.5 * self.lam * alpha.dot(Ka)

        s = -y / (1.0 + np.exp(margin)) / len(y)
        grad = np.empty_like(params)
        grad[:-1] = K.dot(s + self.lam * alpha)
        grad[-1] = s.sum()
        return value, grad

    def fit(self, X, y, n_iter=300, lr=1.0):
        self.X = X
        K = self.kernel(X, X)
        p = np.zeros(len(X) + 1)
        for _ in range(n_iter):
            J, g = self.objective(p, K, y)
            p = p - lr * g
        self.p = p
        return self

    def decision_function(self, X):
        return self.kernel(X, self.X).dot(self.p[:-1]) + self.p[-1]


if __name__ == '__main__':
    rng = np.random.RandomState(0)
    X = rng.randn(80, 2)
    y = np.where((X ** 2).sum(1) > 1.2, 1.0, -1.0)
    clf = KernelLogisticRegression().fit(X, y)
    print('train acc', np.mean(np.sign(clf.decision_function(X)) == y))
