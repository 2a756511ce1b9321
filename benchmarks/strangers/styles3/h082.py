import numpy as np


def svm_loss_vectorized(W, X, y, reg):
    """
    Structured SVM loss, linear classifier, *squared* hinge.

    Inputs:
    - W: A numpy array of shape (D, C) containing weights (last row = bias, not regularised).
    - X: A numpy array of shape (N, D) containing a minibatch of data.
    - y: A numpy array of shape (N,) containing training labels.
    - reg: (float) regularization strength

    Returns a tuple of: loss as single float, gradient w.r.t. W
    """
    num_train = X.shape[0]
    scores = X.dot(W)
    correct = scores[np.arange(num_train), y][:, np.newaxis]
    margins = np.maximum(0, scores - correct + 1.0)
    margins[np.arange(num_train), y] = 0
    loss = np.sum(margins ** 2) / num_train + reg * np.sum(W[:-1] ** 2)

    coeff = 2 * margins
    coeff[np.arange(num_train), y] = -coeff.sum(axis=1)
    dW = X.T.dot(coeff) / num_train
    dW[:-1] += 2 * reg * W[:-1]
    return loss, dW
