import numpy as np


def softmax(s):
    s = s - s.max(axis=1, keepdims=True)
    p = np.exp(s)
    return p / p.sum(axis=1, keepdims=True)


def one_hot(y, k):
    out = np.zeros((len(y), k))
    out[np.arange(len(y)), y] = 1
    return out


def loss_and_grads(W, b, X, y, lam=0.1):
    """softmax regression, returns loss, dW, db"""
    m = X.shape[0]
    P = softmax(X @ W + b)
    Y = one_hot(y, W.shape[1])
    loss = -np.sum(Y * np.log(P)) / m + lam / 2 * np.sum(W ** 2)
    diff = P - Y
    dW = X.T @ diff / m + lam * W
    db = np.sum(diff, axis=0)
    return loss, dW, db
