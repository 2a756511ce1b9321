import numpy as np


def svm_loss_vectorized(W, X, y, reg=0.1, delta=1.0):
    """
    Structured SVM loss, no loops.

    W: D x C weights
    X: N x D minibatch
    y: N labels, y[i] = c with 0 <= c < C
    reg: regularization strength

    Returns (loss, dW)
    """
    num_train = X.shape[0]
    rows = np.arange(num_train)

    scores = X @ W
    correct = scores[rows, y][:, None]
    margins = scores - correct + delta
    margins[rows, y] = 0
    margins = np.maximum(0, margins)

    loss = margins.sum() / num_train
    loss += reg * np.sum(W * W)

    coeff = (margins > 0).astype(float)
    coeff[rows, y] = -1
    dW = X.T @ coeff / num_train
    dW += 2 * reg * W
    return loss, dW


class LinearSVM:
    def __init__(self):
        self.W = None

    def fit(self, X, y, lr=1e-2, iters=200, reg=1e-3):
        if self.W is None:
            self.W = 0.01 * np.random.randn(X.shape[1], int(y.max()) + 1)
        hist = []
        for _ in range(iters):
            loss, g = svm_loss_vectorized(self.W, X, y, reg)
            self.W -= lr * g
            hist.append(loss)
        return hist

    def predict(self, X):
        return (X @ self.W).argmax(axis=1)
