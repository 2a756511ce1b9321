import numpy as np

def svm_loss_vectorized(W, X, y, reg):
    """Structured SVM loss, returns (loss, dW)"""
    N = X.shape[0]
    scores = X.dot(W)
    correct = scores[np.arange(N), y].reshape(-1, 1)
    margins = np.maximum(0, scores - correct + 1.0)
    margins[np.arange(N), y] = 0
    loss = margins.sum() / N + 0.5 * reg * np.sum(W ** 2)

    binary = (margins > 0).astype(float)
    binary[np.arange(N), y] = -binary.sum(axis=1)
    dW = X.T.dot(binary) / N + reg * W
    return loss, dW
