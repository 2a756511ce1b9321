import numpy as np


def svm_loss_vec(W, X, y, reg=1e-3, delta=1.0):
    """
    Weston-Watkins hinge, vectorised.
      W: D x C, X: N x D, y: N labels
    Gives back (loss, dW).  The penalty is reg * ||W||^2.
    """
    n = len(y)
    S = X @ W
    right = S[range(n), y].reshape(n, 1)
    M = np.maximum(0, S - right + delta)
    M[range(n), y] = 0
    loss = M.sum() / n + reg * (W * W).sum()

    K = (M > 0).astype(W.dtype)
    K[range(n), y] = -K.sum(axis=1)
    dW = X.T @ K / n + 2 * reg * W
    return loss, dW


def fit(X, y, n_classes, steps=200, lr=1e-2):
    W = 0.01 * np.random.randn(X.shape[1], n_classes)
    for s in range(steps):
        pick = np.random.randint(0, len(y), size=32)
        loss, dW = svm_loss_vec(W, X[pick], y[pick])
        W -= lr * dW
        if s % 50 == 0:
            print('step %3d   loss %.4f' % (s, loss))
    return W
