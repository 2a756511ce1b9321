import numpy as np


class ElasticNet:
    def __init__(self, l1=0.1, l2=0.1):
        self.l1 = l1
        self.l2 = l2
        self.coef = None
        self.intercept = 0.0

    def predict(self, X):
        return X.dot(self.coef) + self.intercept

    def loss(self, X, y):
        mse = 0.5 * np.mean((self.predict(X) - y) ** 2)
        penalty = self.l1 * np.abs(self.coef).sum() + 0.5 * self.l2 * (self.coef ** 2).sum()
        return mse + penalty

    def gradient(self, X, y):
        err = self.predict(X) - y
        grad_coef = X.T.dot(err) / len(y)
        grad_coef += self.l1 * np.abs(self.coef) + self.l2 * self.coef
        grad_intercept = err.mean()
        return grad_coef, grad_intercept
