import numpy as np


def svm_loss(x, y):
    """
    Multiclass hinge loss.

    - x: scores, shape (N, C)
    - y: labels, shape (N,)

    Returns a tuple of loss and dx.
    """
    N = x.shape[0]
    rows = np.arange(N)
    margins = np.maximum(0, x - x[rows, y][:, np.newaxis] + 1.0)
    margins[rows, y] = 0
    loss = np.sum(margins) / N

    dx = np.zeros_like(x)
    dx[margins > 0] = 1
    dx[rows, y] = -1
    dx /= N
    return loss, dx
