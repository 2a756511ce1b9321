import numpy as np


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def mapFeature(x1, x2, degree=3):
    cols = [np.ones_like(x1)]
    for i in range(1, degree + 1):
        for j in range(i + 1):
            cols.append(x1 ** (i - j) * x2 ** j)
    return np.stack(cols, axis=1)


def costFunctionReg(theta, X, y, lam=1.0):
    """Regularised logistic regression. First column of X is ones, so
    theta[0] is the intercept and is not penalised."""
    m = y.size
    h = sigmoid(X @ theta)
    J = -(y @ np.log(h) + (1 - y) @ np.log(1 - h)) / m
    J += lam / (2 * m) * np.sum(theta[1:] ** 2)
    grad = X.T @ (h - y) / m
    grad += lam / m * theta
    return J, grad


def gradientDescent(X, y, alpha=0.3, iters=400, lam=1.0):
    theta = np.zeros(X.shape[1])
    J_history = []
    for k in range(iters):
        J, g = costFunctionReg(theta, X, y, lam)
        theta = theta - alpha * g
        J_history.append(J)
    return theta, J_history


if __name__ == '__main__':
    x1, x2 = np.random.randn(2, 100)
    y = (x1 ** 2 + x2 ** 2 < 1).astype(float)
    X = mapFeature(x1, x2)
    theta, hist = gradientDescent(X, y)
    print('J =', hist[-1])
    print('train accuracy', np.mean((sigmoid(X @ theta) > 0.5) == y))
