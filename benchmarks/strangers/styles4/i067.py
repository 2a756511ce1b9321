import numpy as np
np.random.seed(2021)

class LogReg:
    """binary logistic regression w/ L2 - my titanic baseline"""
    def __init__(self, lr=0.1, C=10.0, n_iter=300, verbose=False):
        self.lr, self.C, self.n_iter, self.verbose = lr, C, n_iter, verbose

    def _proba(self, X, w):
        return 1./(1.+np.exp(-(X @ w[1:] + w[0])))

    def cost(self, w, X, y):
        p = self._proba(X, w)
        ll = y*np.log(p) + (1-y)*np.log(1-p)
        return -ll.sum() + (w[1:]**2).sum()/(2*self.C)

    def cost_grad(self, w, X, y):
        err = self._proba(X, w) - y
        g = np.empty_like(w)
        g[0] = err.sum()
        g[1:] = X.T @ err + w[1:]/self.C
        return g

    def fit(self, X, y):
        w = np.zeros(X.shape[1]+1)
        for i in range(self.n_iter):
            w -= self.lr*self.cost_grad(w, X, y)/len(y)
            if self.verbose and i % 50 == 0:
                print(i, self.cost(w, X, y))
        self.w_ = w
        return self

    def predict(self, X):
        return (self._proba(X, self.w_) > .5).astype(int)
