import numpy as np


def leaky(z, a=0.01):
    return np.where(z > 0, z, a * z)


def d_leaky(z, a=0.01):
    return np.where(z > 0, 1.0, a)


def neural_network_step(weights, biases, x_batch, y_batch):
    """One forward and backward pass.

    weights: list of (n_in, n_out) arrays
    biases:  list of (n_out,) arrays
    Returns loss and a list with one (dW, db) tuple per layer.
    """
    n = len(x_batch)
    acts = [x_batch]
    pre = []
    last = len(weights) - 1
    for k, (w, b) in enumerate(zip(weights, biases)):
        z = acts[-1] @ w + b
        pre.append(z)
        acts.append(z if k == last else leaky(z))

    diff = acts[-1] - y_batch
    loss = 0.5 * (diff ** 2).sum() / n

    out = [None] * len(weights)
    delta = diff / n
    for k in range(last, -1, -1):
        if k != last:
            delta = delta * d_leaky(pre[k])
        out[k] = (acts[k].T @ delta, delta.sum(0))
        delta = delta @ weights[k].T
    return loss, out
