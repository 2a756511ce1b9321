"""Right optimizers in the styles of small libraries."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np

# -- one weight with its gradient ------------------------------------------------------------------


class StochasticGradientDescent:
    def __init__(self, learning_rate=0.01, momentum=0):
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.w_updt = None

    def update(self, w, grad_wrt_w):
        if self.w_updt is None:
            self.w_updt = np.zeros(np.shape(w))
        self.w_updt = self.momentum * self.w_updt + (1 - self.momentum) * grad_wrt_w
        return w - self.learning_rate * self.w_updt


class NesterovAcceleratedGradient:
    def __init__(self, learning_rate=0.001, momentum=0.4):
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.w_updt = np.array([])

    def update(self, w, grad_func):
        if not self.w_updt.any():
            self.w_updt = np.zeros(np.shape(w))
        future = grad_func(w - self.momentum * self.w_updt)
        self.w_updt = self.momentum * self.w_updt + self.learning_rate * future
        return w - self.w_updt


class Adagrad:
    def __init__(self, learning_rate=0.01):
        self.learning_rate = learning_rate
        self.G = None
        self.eps = 1e-8

    def update(self, w, grad_wrt_w):
        if self.G is None:
            self.G = np.zeros(np.shape(w))
        self.G += np.power(grad_wrt_w, 2)
        return w - self.learning_rate * grad_wrt_w / np.sqrt(self.G + self.eps)


class Adadelta:
    def __init__(self, rho=0.95, eps=1e-6):
        self.E_w_updt = None
        self.E_grad = None
        self.eps = eps
        self.rho = rho

    def update(self, w, grad_wrt_w):
        if self.E_grad is None:
            self.E_w_updt = np.zeros(np.shape(w))
            self.E_grad = np.zeros(np.shape(grad_wrt_w))
        self.E_grad = self.rho * self.E_grad + (1 - self.rho) * np.power(grad_wrt_w, 2)
        rms_delta = np.sqrt(self.E_w_updt + self.eps)
        rms_grad = np.sqrt(self.E_grad + self.eps)
        w_updt = rms_delta / rms_grad * grad_wrt_w
        self.E_w_updt = self.rho * self.E_w_updt + (1 - self.rho) * np.power(w_updt, 2)
        return w - w_updt


class NamedAdam:
    """The parameter's name as an argument, settings in a dict."""

    def __init__(self, lr=0.001, decay1=0.9, decay2=0.999, eps=1e-7):
        self.cache = {}
        self.hyperparameters = {"lr": lr, "decay1": decay1, "decay2": decay2, "eps": eps}

    def update(self, param, param_grad, param_name, cur_loss=None):
        H = self.hyperparameters
        if param_name not in self.cache:
            self.cache[param_name] = {
                "t": 0, "mean": np.zeros_like(param_grad), "var": np.zeros_like(param_grad)
            }  # fmt: skip
        c = self.cache[param_name]
        c["t"] += 1
        c["mean"] = H["decay1"] * c["mean"] + (1 - H["decay1"]) * param_grad
        c["var"] = H["decay2"] * c["var"] + (1 - H["decay2"]) * param_grad**2
        m_hat = c["mean"] / (1 - H["decay1"] ** c["t"])
        v_hat = c["var"] / (1 - H["decay2"] ** c["t"])
        return param - H["lr"] * m_hat / (np.sqrt(v_hat) + H["eps"])


class AdamOptim:
    """Weights and biases as arguments of their own."""

    def __init__(self, eta=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.m_dw, self.v_dw = 0, 0
        self.m_db, self.v_db = 0, 0
        self.beta1, self.beta2, self.epsilon, self.eta = beta1, beta2, epsilon, eta

    def update(self, t, w, b, dw, db):
        self.m_dw = self.beta1 * self.m_dw + (1 - self.beta1) * dw
        self.m_db = self.beta1 * self.m_db + (1 - self.beta1) * db
        self.v_dw = self.beta2 * self.v_dw + (1 - self.beta2) * (dw**2)
        self.v_db = self.beta2 * self.v_db + (1 - self.beta2) * (db**2)
        m_dw_corr = self.m_dw / (1 - self.beta1**t)
        m_db_corr = self.m_db / (1 - self.beta1**t)
        v_dw_corr = self.v_dw / (1 - self.beta2**t)
        v_db_corr = self.v_db / (1 - self.beta2**t)
        w = w - self.eta * (m_dw_corr / (np.sqrt(v_dw_corr) + self.epsilon))
        b = b - self.eta * (m_db_corr / (np.sqrt(v_db_corr) + self.epsilon))
        return w, b


def step_weights_and_bias(W, b, dW, db, lr):
    W = W - lr * dW
    b = b - lr * db
    return W, b


# -- parameters that hold their gradient -----------------------------------------------------------


def micrograd_step(params, learning_rate=0.05):
    for p in params:
        p.data += -learning_rate * p.grad


class GrokSGD:
    def __init__(self, parameters, alpha=0.1):
        self.parameters = parameters
        self.alpha = alpha

    def step(self, zero=True):
        for p in self.parameters:
            p.data -= p.grad.data * self.alpha
            if zero:
                p.grad.data *= 0


class Optimizer:
    def __init__(self):
        self.target = None
        self.hooks = []

    def setup(self, target):
        self.target = target
        return self

    def update(self):
        params = [p for p in self.target.params() if p.grad is not None]
        for f in self.hooks:
            f(params)
        for param in params:
            self.update_one(param)

    def update_one(self, param):
        raise NotImplementedError()


class DezeroMomentum(Optimizer):
    def __init__(self, lr=0.01, momentum=0.9):
        super().__init__()
        self.lr = lr
        self.momentum = momentum
        self.vs = {}

    def update_one(self, param):
        v_key = id(param)
        if v_key not in self.vs:
            self.vs[v_key] = np.zeros_like(param.data)
        v = self.vs[v_key]
        v *= self.momentum
        v -= self.lr * param.grad.data
        param.data += v


class DezeroAdam(Optimizer):
    def __init__(self, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        super().__init__()
        self.t = 0
        self.alpha, self.beta1, self.beta2, self.eps = alpha, beta1, beta2, eps
        self.ms, self.vs = {}, {}

    def update(self, *args, **kwargs):
        self.t += 1
        super().update(*args, **kwargs)

    @property
    def lr(self):
        fix1 = 1.0 - math.pow(self.beta1, self.t)
        fix2 = 1.0 - math.pow(self.beta2, self.t)
        return self.alpha * math.sqrt(fix2) / fix1

    def update_one(self, param):
        key = id(param)
        if key not in self.ms:
            self.ms[key] = np.zeros_like(param.data)
            self.vs[key] = np.zeros_like(param.data)
        m, v = self.ms[key], self.vs[key]
        grad = param.grad.data
        m += (1 - self.beta1) * (grad - m)
        v += (1 - self.beta2) * (grad * grad - v)
        param.data -= self.lr * m / (np.sqrt(v) + self.eps)


class ValueAdam:
    """Parameters with value and gradient."""

    def __init__(self, parameters, learning_rate=0.01, betas=(0.9, 0.99), amsgrad=True):
        self.parameters = list(parameters)
        self.lr, self.betas, self.amsgrad = learning_rate, betas, amsgrad
        self.m = [np.zeros(p.value.shape) for p in self.parameters]
        self.v = [np.zeros(p.value.shape) for p in self.parameters]
        self.v_max = [np.zeros(p.value.shape) for p in self.parameters]
        self.steps = 0

    def step(self):
        self.steps += 1
        b1, b2 = self.betas
        for i, p in enumerate(self.parameters):
            self.m[i] = b1 * self.m[i] + (1 - b1) * p.gradient
            self.v[i] = b2 * self.v[i] + (1 - b2) * p.gradient**2
            v = self.v[i]
            if self.amsgrad:
                v = self.v_max[i] = np.maximum(self.v_max[i], v)
            m_hat, v_hat = self.m[i] / (1 - b1**self.steps), v / (1 - b2**self.steps)
            p.value -= self.lr * m_hat / (np.sqrt(v_hat) + 1e-8)


# -- layers, networks, pairs -----------------------------------------------------------------------


class LayersMomentum:
    def __init__(self, lr=0.1, beta=0.9):
        self.lr, self.beta = lr, beta
        self.velocities = defaultdict(float)

    def update(self, layers):
        for i, layer in enumerate(layers):
            for name, g in (("W", layer.dW), ("b", layer.db)):
                v = self.velocities[i, name] = self.beta * self.velocities[i, name] + g
                setattr(layer, name, getattr(layer, name) - self.lr * v)


class ApplyRMSProp:
    def __init__(self, lr=0.001, rho=0.9, eps=1e-6):
        self.lr, self.rho, self.eps = lr, rho, eps
        self.cache = {}

    def apply(self, layer):
        for name in layer.params:
            g = layer.grads[name]
            key = (id(layer), name)
            self.cache[key] = self.rho * self.cache.get(key, 0.0) + (1 - self.rho) * g * g
            layer.params[name] -= self.lr * g / np.sqrt(self.cache[key] + self.eps)


class NetSGD:
    def __init__(self, lr=0.01):
        self.lr = lr

    def step(self, net):
        for param, grad in net.params_and_grads():
            param -= self.lr * grad


class NetLayers:
    def __init__(self, network, learning_rate=0.2):
        self.network = network
        self.learning_rate = learning_rate

    def step(self):
        for layer in self.network.layers:
            layer.weights -= self.learning_rate * layer.grad_weights
            layer.bias -= self.learning_rate * layer.grad_bias


class KerasLike:
    def __init__(self, learning_rate=0.01, momentum=0.9, nesterov=True):
        self.learning_rate, self.momentum, self.nesterov = learning_rate, momentum, nesterov
        self.velocity = None

    def apply_gradients(self, grads_and_vars):
        grads_and_vars = list(grads_and_vars)
        if self.velocity is None:
            self.velocity = [np.zeros_like(v) for _, v in grads_and_vars]
        for i, (g, var) in enumerate(grads_and_vars):
            self.velocity[i] = self.momentum * self.velocity[i] - self.learning_rate * g
            if self.nesterov:
                var += self.momentum * self.velocity[i] - self.learning_rate * g
            else:
                var += self.velocity[i]


# -- published forms of a rule ---------------------------------------------------------------------


class DecayedSGD:
    """The learning rate falls with 1/(1 + decay·t)."""

    def __init__(self, lr=0.1, decay=0.01, momentum=0.9):
        self.lr, self.decay, self.momentum = lr, decay, momentum
        self.iterations = 0
        self.v = {}

    def update(self, params, grads):
        lr = self.lr / (1.0 + self.decay * self.iterations)
        self.iterations += 1
        for k in params:
            self.v[k] = self.momentum * self.v.get(k, 0.0) - lr * grads[k]
            params[k] += self.v[k]


class InitialAdagrad:
    def __init__(self, lr=0.1, eps=1e-7):
        self.lr, self.eps, self.acc = lr, eps, {}

    def update(self, params, grads):
        for k in params:
            acc = self.acc.get(k, np.full_like(params[k], 0.1))
            self.acc[k] = acc + grads[k] ** 2
            params[k] -= self.lr * grads[k] / np.sqrt(self.acc[k] + self.eps)


def centered_rmsprop(p, g, state, lr=0.01, rho=0.95, eps=1e-4):
    n = state["n"] = rho * state.get("n", 0.0) + (1 - rho) * g**2
    m = state["m"] = rho * state.get("m", 0.0) + (1 - rho) * g
    return p - lr * g / np.sqrt(n - m**2 + eps)


class BengioNesterov:
    """v before its update is remembered."""

    def __init__(self, lr=0.01, mu=0.9):
        self.lr, self.mu, self.v = lr, mu, {}

    def update(self, params, grads):
        for k in params:
            v_prev = self.v.get(k, np.zeros_like(params[k]))
            v = self.v[k] = self.mu * v_prev - self.lr * grads[k]
            params[k] += self.mu * self.mu * v_prev - (1 + self.mu) * self.lr * grads[k]
            assert v.shape == v_prev.shape
