import numpy as np


def sigmoid(z):
    """
    Computes the sigmoid of z.
    """
    z = np.array(z)
    g = 1 / (1 + np.exp(-z))
    return g


def lrCostFunction(theta, X, y, lambda_):
    """
    Computes the cost of using theta as the parameter for regularized
    logistic regression and the gradient of the cost w.r.t. to the parameters.

    Parameters
    ----------
    theta : array_like
        Logistic regression parameters. A vector with shape (n, ).
    X : array_like
        The data set with shape (m x n). m is the number of examples
        (including intercept).
    y : array_like
        The data labels. A vector with shape (m, ).
    """
    m = y.size
    h = sigmoid(X.dot(theta))

    temp = theta.copy()
    temp[0] = 0

    J = (1 / m) * np.sum(-y.dot(np.log(h)) - (1 - y).dot(np.log(1 - h)))
    J = J + (lambda_ / (2 * m)) * np.sum(np.square(temp))

    grad = (1 / m) * (h - y).dot(X)
    grad = grad + (lambda_ / m) * theta

    return J, grad
