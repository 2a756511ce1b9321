"""Right update rules as textbooks, courses and libraries write them: what test_rules.py checks."""

from __future__ import annotations

from typing import Any

import numpy as np


def sgd(p, g, lr=0.05, weight_decay=0.0):
    return p - lr * (g + weight_decay * p)


class BookSGD:
    def __init__(self, lr=0.01):
        self.lr = lr

    def update(self, params, grads):
        for key in params:
            params[key] -= self.lr * grads[key]


class BookMomentum:
    def __init__(self, lr=0.01, momentum=0.9):
        self.lr = lr
        self.momentum = momentum
        self.v = None

    def update(self, params, grads):
        if self.v is None:
            self.v = {key: np.zeros_like(val) for key, val in params.items()}
        for key in params:
            self.v[key] = self.momentum * self.v[key] - self.lr * grads[key]
            params[key] += self.v[key]


class BookNesterov:
    def __init__(self, lr=0.01, momentum=0.9):
        self.lr = lr
        self.momentum = momentum
        self.v = None

    def update(self, params, grads):
        if self.v is None:
            self.v = {key: np.zeros_like(val) for key, val in params.items()}
        for key in params:
            params[key] += self.momentum * self.momentum * self.v[key]
            params[key] -= (1 + self.momentum) * self.lr * grads[key]
            self.v[key] *= self.momentum
            self.v[key] -= self.lr * grads[key]


def nesterov(w, dw, config=None):
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))
    v_prev = v
    v = config["momentum"] * v - config["learning_rate"] * dw
    next_w = w - config["momentum"] * v_prev + (1 + config["momentum"]) * v
    config["velocity"] = v
    return next_w, config


class BookAdaGrad:
    def __init__(self, lr=0.01):
        self.lr = lr
        self.h = None

    def update(self, params, grads):
        if self.h is None:
            self.h = {key: np.zeros_like(val) for key, val in params.items()}
        for key in params:
            self.h[key] += grads[key] * grads[key]
            params[key] -= self.lr * grads[key] / (np.sqrt(self.h[key]) + 1e-7)


class BookRMSprop:
    def __init__(self, lr=0.01, decay_rate=0.99):
        self.lr = lr
        self.decay_rate = decay_rate
        self.h = None

    def update(self, params, grads):
        if self.h is None:
            self.h = {key: np.zeros_like(val) for key, val in params.items()}
        for key in params:
            self.h[key] *= self.decay_rate
            self.h[key] += (1 - self.decay_rate) * grads[key] * grads[key]
            params[key] -= self.lr * grads[key] / (np.sqrt(self.h[key]) + 1e-7)


def rmsprop(w, dw, config=None):
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("decay_rate", 0.99)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))
    rho = config["decay_rate"]
    config["cache"] = rho * config["cache"] + (1 - rho) * dw**2
    next_w = w - config["learning_rate"] * dw / np.sqrt(config["cache"] + config["epsilon"])
    return next_w, config


class BookAdam:
    """The second form of the paper."""

    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999):
        self.lr = lr
        self.beta1 = beta1
        self.beta2 = beta2
        self.iter = 0
        self.m = None
        self.v = None

    def update(self, params, grads):
        if self.m is None:
            self.m, self.v = {}, {}
            for key, val in params.items():
                self.m[key] = np.zeros_like(val)
                self.v[key] = np.zeros_like(val)
        self.iter += 1
        lr_t = self.lr * np.sqrt(1.0 - self.beta2**self.iter) / (1.0 - self.beta1**self.iter)
        for key in params:
            self.m[key] += (1 - self.beta1) * (grads[key] - self.m[key])
            self.v[key] += (1 - self.beta2) * (grads[key] ** 2 - self.v[key])
            params[key] -= lr_t * self.m[key] / (np.sqrt(self.v[key]) + 1e-7)


def adam(w, dw, config=None):
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-3)
    config.setdefault("beta1", 0.9)
    config.setdefault("beta2", 0.999)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("m", np.zeros_like(w))
    config.setdefault("v", np.zeros_like(w))
    config.setdefault("t", 0)
    beta1, beta2 = config["beta1"], config["beta2"]
    config["t"] += 1
    config["m"] = beta1 * config["m"] + (1 - beta1) * dw
    config["v"] = beta2 * config["v"] + (1 - beta2) * dw**2
    m_hat = config["m"] / (1 - beta1 ** config["t"])
    v_hat = config["v"] / (1 - beta2 ** config["t"])
    next_w = w - config["learning_rate"] * m_hat / (np.sqrt(v_hat) + config["epsilon"])
    return next_w, config


def adam_arrays(p, g, m, v, t, lr=0.002, b1=0.9, b2=0.99, eps=1e-8):
    t = t + 1
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * g * g
    m_hat = m / (1 - b1**t)
    v_hat = v / (1 - b2**t)
    p = p - lr * m_hat / (v_hat**0.5 + eps)
    return p, m, v, t


def adam_counted(p, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """The caller counts, from 1, and m and v are changed in place."""
    m[...] = beta1 * m + (1 - beta1) * g
    v[...] = beta2 * v + (1 - beta2) * g**2
    p -= lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)


def adam_from_zero(p, g, m, v, i, lr=0.01):
    """The caller counts, from 0; every number stands in the code."""
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g**2
    p = p - lr * m / (1 - 0.9 ** (i + 1)) / (np.sqrt(v / (1 - 0.999 ** (i + 1))) + 1e-8)
    return p, m, v


class ListAdam:
    """Lists, and float32 inside."""

    def __init__(self, alpha=0.001, betas=(0.9, 0.999), epsilon=1e-6):
        self.alpha, self.betas, self.epsilon = alpha, betas, epsilon
        self.t, self.m, self.v = 0, None, None

    def step(self, params, grads):
        if self.m is None:
            self.m = [np.zeros_like(p, np.float32) for p in params]
            self.v = [np.zeros_like(p, np.float32) for p in params]
        self.t += 1
        b1, b2 = self.betas
        for i, (p, g) in enumerate(zip(params, grads, strict=True)):
            g = g.astype(np.float32)
            self.m[i] = b1 * self.m[i] + (1 - b1) * g
            self.v[i] = b2 * self.v[i] + (1 - b2) * g**2
            m_hat = self.m[i] / (1 - b1**self.t)
            v_hat = self.v[i] / (1 - b2**self.t)
            params[i] = (p - self.alpha * m_hat / (np.sqrt(v_hat) + self.epsilon)).astype("f4")


class TorchLike:
    """AdamW over objects with .data and .grad."""

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.1):
        self.params = list(params)
        self.lr, self.betas, self.eps, self.weight_decay = lr, betas, eps, weight_decay
        self.state = {id(p): [np.zeros_like(p.data), np.zeros_like(p.data)] for p in self.params}
        self.t = 0

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    def step(self):
        self.t += 1
        b1, b2 = self.betas
        for p in self.params:
            g = p.grad
            m, v = self.state[id(p)]
            m = b1 * m + (1 - b1) * g
            v = b2 * v + (1 - b2) * g * g
            self.state[id(p)] = [m, v]
            m_hat = m / (1 - b1**self.t)
            v_hat = v / (1 - b2**self.t)
            p.data = p.data * (1 - self.lr * self.weight_decay)
            p.data = p.data - self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


def momentum_average(p, g, state):
    """The form of some courses; the number is in the code."""
    v = 0.9 * state.get("v", 0.0) + 0.1 * g
    state["v"] = v
    return p - 0.01 * v


def sutskever(p, grad_fn, state, lr=0.01, mu=0.9):
    v = state.get("v", np.zeros_like(p))
    v = mu * v - lr * grad_fn(p + mu * v)
    state["v"] = v
    return p + v


def closure_momentum(lr=0.03, mu=0.8):
    v: Any = 0.0

    def step(p, g):
        nonlocal v
        v = mu * v + g
        return p - lr * v

    return step


class PerArray:
    """One optimizer for each array."""

    def __init__(self, lr, rho=0.95, eps=1e-6):
        self.lr, self.rho, self.eps = lr, rho, eps
        self.acc = 0.0

    def update(self, w, dw):
        self.acc = self.rho * self.acc + (1 - self.rho) * dw**2
        return w - self.lr * dw / (np.sqrt(self.acc) + self.eps)


def adam_l2(p, g, state, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.05):
    g = g + weight_decay * p
    t = state["t"] = state.get("t", 0) + 1
    state["m"] = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    state["v"] = beta2 * state.get("v", 0.0) + (1 - beta2) * g**2
    m_hat = state["m"] / (1 - beta1**t)
    v_hat = state["v"] / (1 - beta2**t)
    p -= lr * m_hat / (np.sqrt(v_hat) + eps)


class SparingAdamW:
    """Biases are not decayed; decay comes after the step."""

    def __init__(self, lr=0.01, wd=0.1):
        self.lr, self.wd, self.t = lr, wd, 0
        self.m, self.v = {}, {}

    def update(self, params, grads):
        self.t += 1
        for k, g in grads.items():
            self.m[k] = 0.9 * self.m.get(k, 0.0) + 0.1 * g
            self.v[k] = 0.999 * self.v.get(k, 0.0) + 0.001 * g**2
            m_hat = self.m[k] / (1 - 0.9**self.t)
            v_hat = self.v[k] / (1 - 0.999**self.t)
            params[k] = params[k] - self.lr * m_hat / (np.sqrt(v_hat) + 1e-8)
            if params[k].ndim > 1:
                params[k] = params[k] - self.lr * self.wd * params[k]


def adadelta(p, g, state, rho=0.95, eps=1e-6):
    s = state["s"] = rho * state.get("s", 0.0) + (1 - rho) * g**2
    delta = np.sqrt(state.get("a", 0.0) + eps) / np.sqrt(s + eps) * g
    state["a"] = rho * state.get("a", 0.0) + (1 - rho) * delta**2
    return p - delta


def nadam(p, g, state, lr=0.002, b1=0.9, b2=0.999, eps=1e-8):
    t = state["t"] = state.get("t", 0) + 1
    m = state["m"] = b1 * state.get("m", 0.0) + (1 - b1) * g
    v = state["v"] = b2 * state.get("v", 0.0) + (1 - b2) * g**2
    ahead = (b1 * m + (1 - b1) * g) / (1 - b1**t)
    return p - lr * ahead / (np.sqrt(v / (1 - b2**t)) + eps)
