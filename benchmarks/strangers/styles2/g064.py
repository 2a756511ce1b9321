import numpy as np

# LLaMA style feed forward: (silu(x W_gate) * (x W_up)) W_down

def swiglu(x, W_gate, W_up, W_down):
    g = x @ W_gate
    u = x @ W_up
    sig = 1 / (1 + np.exp(-g))
    act = g * sig
    h = act * u
    return h @ W_down, (x, W_gate, W_up, W_down, g, u, sig, act, h)


def swiglu_grad(dy, saved):
    x, W_gate, W_up, W_down, g, u, sig, act, h = saved
    dW_down = h.T @ dy
    dh = dy @ W_down.T
    du = dh * act
    dg = dh * u * (sig + g * sig * (1 - sig))
    dx = dg @ W_gate.T + du @ W_up.T
    return dx, x.T @ dg, x.T @ du, dW_down
