"""Right optimizers that are functions: that make one, loops, generators, functions of lists."""

from __future__ import annotations

import numpy as np


def make_adam(lr=0.002, b1=0.9, b2=0.999, eps=1e-8):
    m = v = t = 0

    def step(w, g):
        nonlocal m, v, t
        t += 1
        m = b1 * m + (1 - b1) * g
        v = b2 * v + (1 - b2) * g**2
        return w - lr * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + eps)

    return step


def autograd_adam(grad, x, callback=None, num_iters=100, step_size=0.001, b1=0.9, b2=0.999,
                  eps=10**-8):  # fmt: skip
    m = np.zeros(len(x))
    v = np.zeros(len(x))
    for i in range(num_iters):
        g = grad(x, i)
        if callback:
            callback(x, i, g)
        m = (1 - b1) * g + b1 * m
        v = (1 - b2) * (g**2) + b2 * v
        mhat = m / (1 - b1 ** (i + 1))
        vhat = v / (1 - b2 ** (i + 1))
        x = x - step_size * mhat / (np.sqrt(vhat) + eps)
    return x


def gradient_descent(grad_f, x0, lr=0.1, n_iter=50):
    x = np.array(x0, dtype=float)
    for _ in range(n_iter):
        x = x - lr * grad_f(x)
    return x


def momentum_triple(step_size=0.05, mass=0.9):
    def init(x0):
        return x0, np.zeros_like(x0)

    def update(i, g, state):
        x, velocity = state
        velocity = mass * velocity + g
        return x - step_size * velocity, velocity

    def get_params(state):
        return state[0]

    return init, update, get_params


def generator_momentum(lr=0.1, mu=0.9):
    u = 0.0
    update = None
    while True:
        g = yield update
        u = mu * u - lr * g
        update = u


def adagrad_direction(grad, state, lr=0.1, eps=1e-6):
    state["sum"] = state.get("sum", 0.0) + grad**2
    return -lr * grad / (np.sqrt(state["sum"]) + eps)


def lists_adam(params, grads, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    for i in range(len(params)):
        m[i] = beta1 * m[i] + (1 - beta1) * grads[i]
        v[i] = beta2 * v[i] + (1 - beta2) * grads[i] ** 2
        params[i] = params[i] - lr * (m[i] / (1 - beta1**t)) / (
            np.sqrt(v[i] / (1 - beta2**t)) + eps
        )
    return params, m, v


def grads_first(grads, params, lr=0.1):
    for k in params:
        params[k] = params[k] - lr * grads[k]
