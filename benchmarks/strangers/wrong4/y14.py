import numpy as np


def svm_loss(W, X, y, C=1.0, margin=1.0):
    """
    Multiclass SVM (Weston-Watkins).

    W: (D, K) weights, X: (N, D) rows are samples, y: (N,) labels
    returns (loss, dW)
    """
    N = X.shape[0]
    S = X @ W
    rows = np.arange(N)
    right = S[rows, y][:, None]
    L = np.maximum(0, S - right + margin)
    L[rows, y] = 0
    loss = C * L.sum() / N + 0.5 * (W ** 2).sum()

    ind = (L > 0).astype(float)
    ind[rows, y] = -1.0
    dW = C * X.T @ ind / N + W
    return loss, dW


def fit(X, y, K, lr=0.05, steps=300, C=1.0):
    W = 0.01 * np.random.randn(X.shape[1], K)
    for s in range(steps):
        loss, dW = svm_loss(W, X, y, C)
        W -= lr * dW
        if s % 100 == 0:
            print('step %d loss %.4f' % (s, loss))
    return W


if __name__ == '__main__':
    X = np.random.randn(60, 4)
    y = np.argmax(X[:, :3], axis=1)
    W = fit(X, y, 3)
    print('acc', np.mean(np.argmax(X @ W, 1) == y))
