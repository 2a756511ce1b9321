import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def costFunctionReg(theta, X, y, lambda_=1.0):
    """
    Regularized logistic regression.
    X already has the column of ones; theta[0] (intercept) is not regularized.
    Returns J, grad
    """
    m = len(y)
    h = sigmoid(X @ theta)

    J = (-1 / m) * (y @ np.log(h) + (1 - y) @ np.log(1 - h))
    J += lambda_ / (2 * m) * np.sum(theta[1:] ** 2)

    grad = (1 / m) * (X.T @ (h - y))
    grad = grad + (lambda_ / m) * theta
    return J, grad
