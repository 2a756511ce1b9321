"""More right ones, written before any of them was tried."""

from __future__ import annotations

import numpy as np


class SGD:
    """A model with attributes of its own."""

    def __init__(self, lr=0.1):
        self.lr = lr

    def update(self, model):
        model.W1 -= self.lr * model.dW1
        model.b1 -= self.lr * model.db1
        model.W2 -= self.lr * model.dW2
        model.b2 -= self.lr * model.db2


class AdamW:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        self.params = params
        self.defaults = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        self.lr, (self.b1, self.b2), self.eps, self.wd = lr, betas, eps, weight_decay
        self.m = [0.0 for _ in params]
        self.v = [0.0 for _ in params]
        self.t = 0

    def step(self):
        self.t += 1
        for i, p in enumerate(self.params):
            g = p.grad
            p.data = p.data - self.lr * self.wd * p.data
            self.m[i] = self.b1 * self.m[i] + (1 - self.b1) * g
            self.v[i] = self.b2 * self.v[i] + (1 - self.b2) * np.square(g)
            m_hat = self.m[i] / (1 - self.b1**self.t)
            v_hat = self.v[i] / (1 - self.b2**self.t)
            p.data = p.data - self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


def rmsprop_lists(weights, gradients, cache, lr=0.001, decay=0.9, eps=1e-8):
    new_w, new_c = [], []
    for w, g, c in zip(weights, gradients, cache, strict=True):
        c = decay * c + (1 - decay) * g**2
        new_w.append(w - lr * g / (np.sqrt(c) + eps))
        new_c.append(c)
    return new_w, new_c


class Momentum:
    def __init__(self, learning_rate, gamma=0.9):
        self.eta = learning_rate
        self.gamma = gamma
        self.velocity = {}

    def __call__(self, name, weights, gradient):
        v = self.gamma * self.velocity.get(name, 0) + self.eta * gradient
        self.velocity[name] = v
        return weights - v


def nesterov_pytorch(param, grad, buf, lr=0.01, momentum=0.9):
    buf = momentum * buf + grad
    return param - lr * (grad + momentum * buf), buf


def adam_tf(var, grad, m, v, t, alpha=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    alpha_t = alpha * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    m += (grad - m) * (1 - beta_1)
    v += (grad**2 - v) * (1 - beta_2)
    var -= alpha_t * m / (np.sqrt(v) + epsilon)


class DampedSGD:
    def __init__(self, lr=0.1, momentum=0.9, dampening=0.1):
        self.lr, self.momentum, self.dampening = lr, momentum, dampening
        self.buf = {}

    def step(self, params, grads):
        for k in params:
            if k in self.buf:
                self.buf[k] = self.momentum * self.buf[k] + (1 - self.dampening) * grads[k]
            else:
                self.buf[k] = grads[k].copy()
            params[k] = params[k] - self.lr * self.buf[k]


class ExponentialSGD:
    def __init__(self, lr=0.1, decay_rate=0.97):
        self.lr, self.decay_rate, self.epoch = lr, decay_rate, 0

    def update(self, params, grads):
        lr = self.lr * self.decay_rate**self.epoch
        self.epoch += 1
        for p, g in zip(params, grads, strict=True):
            p -= lr * g


def mu_nu(theta, g, state, eta=0.05, mu=0.8):
    state["nu"] = mu * state.get("nu", 0) - eta * g
    return theta + state["nu"], state


class Trainer:
    """Layers are given when it is made; the layer keeps nothing."""

    def __init__(self, layers, lr=0.01, beta1=0.9, beta2=0.999):
        self.layers, self.lr, self.beta1, self.beta2 = layers, lr, beta1, beta2
        self.t = 0
        self.mW = [np.zeros_like(l_.W) for l_ in layers]
        self.vW = [np.zeros_like(l_.W) for l_ in layers]

    def step(self):
        self.t += 1
        for i, layer in enumerate(self.layers):
            self.mW[i] = self.beta1 * self.mW[i] + (1 - self.beta1) * layer.dW
            self.vW[i] = self.beta2 * self.vW[i] + (1 - self.beta2) * layer.dW**2
            m_hat = self.mW[i] / (1 - self.beta1**self.t)
            v_hat = self.vW[i] / (1 - self.beta2**self.t)
            layer.W -= self.lr * m_hat / (np.sqrt(v_hat) + 1e-8)


def l2_sgd(w, dw, lr=0.1, reg=0.01):
    return w - lr * (dw + reg * w)


def optax_like(learning_rate=0.1, decay=0.9):
    def init(params):
        return np.zeros_like(params)

    def update(grads, state):
        state = decay * state + grads
        return -learning_rate * state, state

    return init, update
