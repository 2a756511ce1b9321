"""Right optimizers in the styles of courses."""

from __future__ import annotations

import math

import numpy as np

# -- layers as arguments ---------------------------------------------------------------------------


class Optimizer_SGD:
    def __init__(self, learning_rate=1.0, decay=0.0, momentum=0.0):
        self.learning_rate = learning_rate
        self.current_learning_rate = learning_rate
        self.decay = decay
        self.iterations = 0
        self.momentum = momentum

    def pre_update_params(self):
        if self.decay:
            self.current_learning_rate = self.learning_rate * (
                1.0 / (1.0 + self.decay * self.iterations)
            )

    def update_params(self, layer):
        if self.momentum:
            if not hasattr(layer, "weight_momentums"):
                layer.weight_momentums = np.zeros_like(layer.weights)
                layer.bias_momentums = np.zeros_like(layer.biases)
            weight_updates = (
                self.momentum * layer.weight_momentums - self.current_learning_rate * layer.dweights
            )
            layer.weight_momentums = weight_updates
            bias_updates = (
                self.momentum * layer.bias_momentums - self.current_learning_rate * layer.dbiases
            )
            layer.bias_momentums = bias_updates
        else:
            weight_updates = -self.current_learning_rate * layer.dweights
            bias_updates = -self.current_learning_rate * layer.dbiases
        layer.weights += weight_updates
        layer.biases += bias_updates

    def post_update_params(self):
        self.iterations += 1


class Optimizer_Adagrad:
    def __init__(self, learning_rate=1.0, decay=0.0, epsilon=1e-7):
        self.learning_rate = learning_rate
        self.current_learning_rate = learning_rate
        self.decay = decay
        self.iterations = 0
        self.epsilon = epsilon

    def pre_update_params(self):
        if self.decay:
            self.current_learning_rate = self.learning_rate * (
                1.0 / (1.0 + self.decay * self.iterations)
            )

    def update_params(self, layer):
        if not hasattr(layer, "weight_cache"):
            layer.weight_cache = np.zeros_like(layer.weights)
            layer.bias_cache = np.zeros_like(layer.biases)
        layer.weight_cache += layer.dweights**2
        layer.bias_cache += layer.dbiases**2
        layer.weights += (
            -self.current_learning_rate
            * layer.dweights
            / (np.sqrt(layer.weight_cache) + self.epsilon)
        )
        layer.biases += (
            -self.current_learning_rate * layer.dbiases / (np.sqrt(layer.bias_cache) + self.epsilon)
        )

    def post_update_params(self):
        self.iterations += 1


class Optimizer_Adam:
    def __init__(self, learning_rate=0.001, decay=0.0, epsilon=1e-7, beta_1=0.9, beta_2=0.999):
        self.learning_rate = learning_rate
        self.current_learning_rate = learning_rate
        self.decay = decay
        self.iterations = 0
        self.epsilon = epsilon
        self.beta_1 = beta_1
        self.beta_2 = beta_2

    def pre_update_params(self):
        if self.decay:
            self.current_learning_rate = self.learning_rate * (
                1.0 / (1.0 + self.decay * self.iterations)
            )

    def update_params(self, layer):
        if not hasattr(layer, "weight_cache"):
            layer.weight_momentums = np.zeros_like(layer.weights)
            layer.weight_cache = np.zeros_like(layer.weights)
            layer.bias_momentums = np.zeros_like(layer.biases)
            layer.bias_cache = np.zeros_like(layer.biases)
        layer.weight_momentums = (
            self.beta_1 * layer.weight_momentums + (1 - self.beta_1) * layer.dweights
        )
        layer.bias_momentums = (
            self.beta_1 * layer.bias_momentums + (1 - self.beta_1) * layer.dbiases
        )
        weight_momentums_corrected = layer.weight_momentums / (
            1 - self.beta_1 ** (self.iterations + 1)
        )
        bias_momentums_corrected = layer.bias_momentums / (1 - self.beta_1 ** (self.iterations + 1))
        layer.weight_cache = (
            self.beta_2 * layer.weight_cache + (1 - self.beta_2) * layer.dweights**2
        )
        layer.bias_cache = self.beta_2 * layer.bias_cache + (1 - self.beta_2) * layer.dbiases**2
        weight_cache_corrected = layer.weight_cache / (1 - self.beta_2 ** (self.iterations + 1))
        bias_cache_corrected = layer.bias_cache / (1 - self.beta_2 ** (self.iterations + 1))
        layer.weights += (
            -self.current_learning_rate
            * weight_momentums_corrected
            / (np.sqrt(weight_cache_corrected) + self.epsilon)
        )
        layer.biases += (
            -self.current_learning_rate
            * bias_momentums_corrected
            / (np.sqrt(bias_cache_corrected) + self.epsilon)
        )

    def post_update_params(self):
        self.iterations += 1


# -- dictionaries with W1 and dW1 ------------------------------------------------------------------


def initialize_velocity(parameters):
    v = {}
    for i in range(1, len(parameters) // 2 + 1):
        v["dW" + str(i)] = np.zeros(parameters["W" + str(i)].shape)
        v["db" + str(i)] = np.zeros(parameters["b" + str(i)].shape)
    return v


def initialize_adam(parameters):
    v, s = {}, {}
    for i in range(1, len(parameters) // 2 + 1):
        for k in ("W", "b"):
            v[f"d{k}{i}"] = np.zeros_like(parameters[f"{k}{i}"])
            s[f"d{k}{i}"] = np.zeros_like(parameters[f"{k}{i}"])
    return v, s


def update_parameters(parameters, grads, learning_rate=1.2):
    L = len(parameters) // 2
    for i in range(L):
        parameters["W" + str(i + 1)] = (
            parameters["W" + str(i + 1)] - learning_rate * grads["dW" + str(i + 1)]
        )
        parameters["b" + str(i + 1)] = (
            parameters["b" + str(i + 1)] - learning_rate * grads["db" + str(i + 1)]
        )
    return parameters


def update_parameters_two_layers(params, grads, learning_rate):
    W1, b1 = params["W1"], params["b1"]
    W2, b2 = params["W2"], params["b2"]
    W1 = W1 - learning_rate * grads["dW1"]
    b1 = b1 - learning_rate * grads["db1"]
    W2 = W2 - learning_rate * grads["dW2"]
    b2 = b2 - learning_rate * grads["db2"]
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}


def update_parameters_with_momentum(parameters, grads, v, beta, learning_rate):
    for i in range(1, len(parameters) // 2 + 1):
        v["dW" + str(i)] = beta * v["dW" + str(i)] + (1 - beta) * grads["dW" + str(i)]
        v["db" + str(i)] = beta * v["db" + str(i)] + (1 - beta) * grads["db" + str(i)]
        parameters["W" + str(i)] = parameters["W" + str(i)] - learning_rate * v["dW" + str(i)]
        parameters["b" + str(i)] = parameters["b" + str(i)] - learning_rate * v["db" + str(i)]
    return parameters, v


def update_parameters_with_adam(
    parameters, grads, v, s, t, learning_rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    v_corrected, s_corrected = {}, {}
    for i in range(1, len(parameters) // 2 + 1):
        for k in ("W", "b"):
            g = grads[f"d{k}{i}"]
            key = f"d{k}{i}"
            v[key] = beta1 * v[key] + (1 - beta1) * g
            v_corrected[key] = v[key] / (1 - np.power(beta1, t))
            s[key] = beta2 * s[key] + (1 - beta2) * np.power(g, 2)
            s_corrected[key] = s[key] / (1 - np.power(beta2, t))
            parameters[f"{k}{i}"] = parameters[f"{k}{i}"] - learning_rate * v_corrected[key] / (
                np.sqrt(s_corrected[key]) + epsilon
            )
    return parameters, v, s, v_corrected, s_corrected


# -- arrays that hold their gradient ---------------------------------------------------------------


def init_adam_states(feature_dim):
    v_w, v_b = np.zeros((feature_dim, 1)), np.zeros(1)
    s_w, s_b = np.zeros((feature_dim, 1)), np.zeros(1)
    return ((v_w, s_w), (v_b, s_b))


def d2l_sgd(params, lr, batch_size):
    for param in params:
        param -= lr * param.grad / batch_size


def d2l_momentum(params, states, hyperparams):
    for p, v in zip(params, states, strict=True):
        v[:] = hyperparams["momentum"] * v + p.grad
        p[:] -= hyperparams["lr"] * v


def d2l_adam(params, states, hyperparams):
    beta1, beta2, eps = 0.9, 0.999, 1e-6
    for p, (v, s) in zip(params, states, strict=True):
        v[:] = beta1 * v + (1 - beta1) * p.grad
        s[:] = beta2 * s + (1 - beta2) * np.square(p.grad)
        v_bias_corr = v / (1 - beta1 ** hyperparams["t"])
        s_bias_corr = s / (1 - beta2 ** hyperparams["t"])
        p[:] -= hyperparams["lr"] * v_bias_corr / (np.sqrt(s_bias_corr) + eps)
    hyperparams["t"] += 1


def d2l_adadelta(params, states, hyperparams):
    rho, eps = hyperparams["rho"], 1e-5
    for p, (s, delta) in zip(params, states, strict=True):
        s[:] = rho * s + (1 - rho) * np.square(p.grad)
        g = (np.sqrt(delta + eps) / np.sqrt(s + eps)) * p.grad
        p[:] -= g
        delta[:] = rho * delta + (1 - rho) * g * g


# -- the book's names: ε the learning rate, α the momentum, ρ the decay, δ the stabiliser ----------


def goodfellow_momentum(theta, g, v, epsilon=0.02, alpha=0.8):
    v = alpha * v - epsilon * g
    theta = theta + v
    return theta, v


def goodfellow_rmsprop(theta, g, r, epsilon=0.001, rho=0.9, delta=1e-6):
    r = rho * r + (1 - rho) * g * g
    theta = theta - epsilon / np.sqrt(delta + r) * g
    return theta, r


def goodfellow_adam(theta, g, s, r, t, epsilon=0.001, rho1=0.9, rho2=0.999, delta=1e-8):
    t = t + 1
    s = rho1 * s + (1 - rho1) * g
    r = rho2 * r + (1 - rho2) * g * g
    s_hat = s / (1 - rho1**t)
    r_hat = r / (1 - rho2**t)
    theta = theta - epsilon * s_hat / (np.sqrt(r_hat) + delta)
    return theta, s, r, t


def lambda_momentum(w, grad, v, lam=0.05, alpha=0.9):
    v = alpha * v - lam * grad
    return w + v, v


def lambda_adam(w, grad, s, r, t, lmbda=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    s = beta1 * s + (1 - beta1) * grad
    r = beta2 * r + (1 - beta2) * grad**2
    step = lmbda * math.sqrt(1 - beta2**t) / (1 - beta1**t) * s / np.sqrt(r + eps)
    return w - step, s, r


class LambdaSGD:
    def __init__(self, lambda_=0.3):
        self.lambda_ = lambda_

    def update(self, params, grads):
        for k in range(len(params)):
            params[k] -= self.lambda_ * grads[k]


def ruder_momentum(theta, grad, v, eta=0.01, gamma=0.9):
    v = gamma * v + eta * grad
    theta = theta - v
    return theta, v


def ng_rmsprop(w, dw, s, alpha=0.01, beta=0.9, epsilon=1e-8):
    s = beta * s + (1 - beta) * np.square(dw)
    w = w - alpha * dw / (np.sqrt(s) + epsilon)
    return w, s
