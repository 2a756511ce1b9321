# costFunctionReg.m  ->  python
# (ex2 of the machine learning course, translated from my Octave code)
from numpy import array, zeros, ones, exp, log, dot, c_, r_, random, size


def sigmoid(z):
    g = 1. / (1. + exp(-z))
    return g


def costFunctionReg(theta, X, y, lam=1.0):
    """
    COSTFUNCTIONREG Compute cost and gradient for logistic regression with
    regularization. X already has its column of ones, theta(1) is not
    regularized.
    """
    m = size(y)  # number of training examples

    h = sigmoid(dot(X, theta))
    J = -1. / m * (dot(y, log(h)) + dot(1. - y, log(1. - h)))
    J = J + lam / (2. * m) * dot(theta[1:], theta[1:])

    grad = dot(X.T, h - y) / m
    grad = grad + lam / m * theta

    return J, grad


if __name__ == '__main__':
    random.seed(1)
    X = c_[ones(40), random.randn(40, 2)]
    y = (X[:, 1] - X[:, 2] > 0).astype(float)
    theta = zeros(3)
    for it in range(100):
        J, grad = costFunctionReg(theta, X, y, 0.5)
        theta = theta - 0.5 * grad
    print('cost', J, 'theta', theta)
