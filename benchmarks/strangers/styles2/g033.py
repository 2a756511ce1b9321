import numpy as np

# ex5: Regularized Linear Regression

def linear_reg_cost(theta, X, y, lmbda):
    m = len(y)
    h = np.dot(X, theta)
    J = np.sum((h - y)**2) / (2*m)
    # theta[0] is the intercept, not regularized
    J += lmbda / (2*m) * np.sum(theta[1:]**2)
    grad = np.dot(X.T, h - y) / m
    grad += lmbda / m * theta
    return J, grad
