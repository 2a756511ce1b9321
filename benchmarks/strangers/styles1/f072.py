import numpy as np

eps = 1e-5

def layernorm_forward(x, w, b):
    # x is the input activations, of shape B,T,C
    # w are the weights, of shape C
    # b are the biases, of shape C
    B, T, C = x.shape
    # calculate the mean
    mean = x.sum(-1, keepdims=True) / C # B,T,1
    # calculate the variance
    xshift = x - mean # B,T,C
    var = (xshift**2).sum(-1, keepdims=True) / C # B,T,1
    # calculate the inverse standard deviation: **0.5 is sqrt, **-0.5 is 1/sqrt
    rstd = (var + eps) ** -0.5 # B,T,1
    # normalize the input activations
    norm = xshift * rstd # B,T,C
    # scale and shift the normalized activations at the end
    out = norm * w + b # B,T,C

    cache = (x, w, mean, rstd)
    return out, cache

def layernorm_backward(dout, cache):
    x, w, mean, rstd = cache
    # recompute the norm (save memory at the cost of compute)
    norm = (x - mean) * rstd
    # gradients for weights, bias
    db = dout.sum((0, 1))
    dw = (dout * norm).sum((0, 1))
    # gradients for input
    dnorm = dout * w
    dx = dnorm - dnorm.mean(-1, keepdims=True) - norm * (dnorm * norm).mean(-1, keepdims=True)
    dx *= rstd
    return dx, dw, db
