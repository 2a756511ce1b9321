import numpy as np

# linear decoder, tanh encoder, tied weights
def tied_ae(W, b, c, X):
    n = X.shape[0]
    H = np.tanh(X @ W + b)
    R = H @ W.T + c
    E = R - X
    loss = 0.5 * np.sum(E ** 2) / n

    dR = E / n
    gc = dR.sum(0)
    dH = dR @ W
    dZ = dH * (1 - H ** 2)
    gb = dZ.sum(0)
    gW = X.T @ dZ          # encoder weights
    return loss, gW, gb, gc
