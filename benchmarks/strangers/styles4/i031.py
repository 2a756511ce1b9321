import numpy as np


def svm_loss_vectorized(W, X, y, reg):
    """
    Structured SVM loss function (squared hinge variant for the bonus question).

    Inputs:
    - W: A numpy array of shape (D, C) containing weights.
    - X: A numpy array of shape (N, D) containing a minibatch of data.
    - y: A numpy array of shape (N,) containing training labels
    - reg: (float) regularization strength

    Returns a tuple of:
    - loss as single float
    - gradient with respect to weights W; an array of same shape as W
    """
    num_train = X.shape[0]
    rows = np.arange(num_train)

    scores = X.dot(W)
    correct = scores[rows, y][:, np.newaxis]
    margins = np.maximum(0, scores - correct + 1.0)
    margins[rows, y] = 0
    loss = np.sum(margins ** 2) / num_train + reg * np.sum(W * W)

    coeff = 2 * margins
    coeff[rows, y] = -coeff.sum(axis=1)
    dW = X.T.dot(coeff) / num_train + 2 * reg * W
    return loss, dW
