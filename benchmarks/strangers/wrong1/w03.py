import numpy as np


def svm_loss_vectorized(W, X, y, reg):
    """
    Multiclass SVM (hinge) loss.

    W: (D, C) weights, X: (N, D) data, y: (N,) labels, reg: float
    Returns the loss and the gradient with respect to W.
    """
    num_train = X.shape[0]
    scores = X.dot(W)
    correct = scores[np.arange(num_train), y][:, np.newaxis]
    margins = np.maximum(0, scores - correct + 1.0)
    margins[np.arange(num_train), y] = 0
    loss = margins.sum() / num_train
    loss += reg * np.sum(W * W)

    mask = np.zeros(margins.shape)
    mask[margins > 0] = 1
    mask[np.arange(num_train), y] = -1
    dW = X.T.dot(mask) / num_train
    dW += 2 * reg * W
    return loss, dW
