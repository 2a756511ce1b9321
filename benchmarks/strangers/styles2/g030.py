import numpy as np


def ridge_loss_and_grad(w, X, y, alpha=1.0):
    """L2-penalised least squares.

    loss = 1/n * ||X w - y||^2 + alpha * ||w||^2
    """
    n = X.shape[0]
    resid = X @ w - y
    loss = resid @ resid / n + alpha * (w @ w)
    grad = 2.0 / n * X.T @ resid + 2.0 * alpha * w
    return loss, grad


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    X = rng.normal(size=(50, 3))
    y = X @ np.array([1.0, -2.0, 0.5])
    w = np.zeros(3)
    for i in range(200):
        l, g = ridge_loss_and_grad(w, X, y, 0.01)
        w -= 0.1 * g
    print(w)
