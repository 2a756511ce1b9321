import numpy as np


def softmax(x):
    x = np.exp(x - x.max())
    return x / x.sum()


def naive_softmax(v_c, o, U):
    """word2vec, naive softmax.  v_c: (d,)  o: index of the outside word  U: (V, d)"""
    y_hat = softmax(U.dot(v_c))
    loss = -np.log(y_hat[o])
    grad_v = U.T.dot(y_hat)
    delta = y_hat.copy()
    delta[o] -= 1
    grad_U = np.outer(delta, v_c)
    return loss, grad_v, grad_U
