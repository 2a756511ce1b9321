import numpy as np

# Uebung 2, Logistische Regression mit Regularisierung
# (aus meiner alten Octave-Loesung uebertragen)


def sigmoide(z):
    return 1 / (1 + np.exp(-z))


def kostenfunktion(theta, X, y, lambda_=1.0):
    """
    J, grad = kostenfunktion(theta, X, y, lambda_)
    X enthaelt in der ersten Spalte Einsen, y besteht aus 0 und 1.
    theta(1), also theta[0], wird nicht regularisiert.
    """
    m = y.size
    h = sigmoide(X @ theta)

    J = (1 / m) * (-y @ np.log(h) - (1 - y) @ np.log(1 - h))
    J = J + lambda_ / (2 * m) * np.sum(theta[1:] ** 2)

    grad = (1 / m) * (X.T @ (h - y))
    grad[0:] = grad[0:] + lambda_ / m * theta[0:]

    return J, grad


def gradientenabstieg(theta, X, y, alpha=0.1, lambda_=1.0, iterationen=200):
    verlauf = np.zeros(iterationen)
    for k in range(iterationen):
        verlauf[k], g = kostenfunktion(theta, X, y, lambda_)
        theta = theta - alpha * g
    return theta, verlauf


if __name__ == '__main__':
    X = np.c_[np.ones(50), np.random.randn(50, 2)]
    y = (X[:, 1] + X[:, 2] > 0.3).astype(float)
    th, v = gradientenabstieg(np.zeros(3), X, y)
    print(th, v[-1])
