import numpy as np


def layernorm_forward(x, gamma, beta, eps=1e-5):
    # normalise every row of x
    mean = np.mean(x, axis=1, keepdims=True)
    var = np.var(x, axis=1, keepdims=True)
    inv_std = 1.0 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = (x_hat, inv_std, gamma)
    return out, cache


def layernorm_backward(dout, cache):
    x_hat, inv_std, gamma = cache
    dgamma = np.sum(dout * x_hat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dx_hat = dout * gamma
    m2 = np.mean(dx_hat * x_hat, axis=1, keepdims=True)
    dx = inv_std * (dx_hat - x_hat * m2)
    return dx, dgamma, dbeta
