# ex2_reg: regularized logistic regression (translated from my Octave code)
import numpy as np

def sigmoid(z):
    g = 1.0 / (1.0 + np.exp(-z))
    return g

def costFunctionReg(theta, X, y, lam):
    """theta is (n+1)x1, X is m x (n+1) with a column of ones, y is m x 1"""
    m = y.size
    h = sigmoid(X.dot(theta))
    temp = theta.copy()
    temp[0] = 0   # because we don't penalize theta_0
    J = (-y.T.dot(np.log(h)) - (1 - y).T.dot(np.log(1 - h))) / m
    J = J + lam / (2.0 * m) * (temp ** 2).sum()
    grad = X.T.dot(h - y) / m + lam / m * temp
    return J[0, 0], grad
