import numpy as np


class LogisticRegression:
    """Binary logistic regression trained with batch gradient descent."""

    def __init__(self, lr=0.01, n_iter=1000, C=1.0, verbose=False):
        self.lr = lr
        self.n_iter = n_iter
        self.C = C
        self.verbose = verbose
        self.theta_ = None

    @staticmethod
    def _add_intercept(X):
        return np.hstack([np.ones((X.shape[0], 1)), X])

    @staticmethod
    def _sigmoid(z):
        return 1.0 / (1.0 + np.exp(-z))

    def _cost(self, theta, X, y):
        h = self._sigmoid(X @ theta)
        ce = -np.mean(y * np.log(h) + (1 - y) * np.log(1 - h))
        return ce + np.sum(theta[1:] ** 2) / (2 * self.C * len(y))

    def _gradient(self, theta, X, y):
        h = self._sigmoid(X @ theta)
        grad = X.T @ (h - y) / len(y)
        grad[1:] += theta[1:] / (self.C * len(y))
        return grad

    def fit(self, X, y):
        X = self._add_intercept(X)
        self.theta_ = np.zeros(X.shape[1])
        for i in range(self.n_iter):
            self.theta_ -= self.lr * self._gradient(self.theta_, X, y)
            if self.verbose and i % 100 == 0:
                print(f"iter {i}: {self._cost(self.theta_, X, y):.4f}")
        return self

    def predict(self, X):
        return (self._sigmoid(self._add_intercept(X) @ self.theta_) >= 0.5).astype(int)
