from abc import ABC, abstractmethod

import numpy as np

from f029.activations import Tanh


class LayerBase(ABC):
    def __init__(self):
        self.X = []
        self.gradients = {}
        self.parameters = {}
        self.derived_variables = {}

    @abstractmethod
    def forward(self, z, **kwargs):
        raise NotImplementedError


class FullyConnected(LayerBase):
    def __init__(self, n_out, act_fn=None):
        super().__init__()
        self.n_in = None
        self.n_out = n_out
        self.act_fn = Tanh() if act_fn is None else act_fn
        self.is_initialized = False

    def _init_params(self):
        b = np.zeros((1, self.n_out))
        W = np.random.randn(self.n_in, self.n_out) / np.sqrt(self.n_in)
        self.parameters = {"W": W, "b": b}
        self.gradients = {"W": np.zeros_like(W), "b": np.zeros_like(b)}
        self.is_initialized = True

    def forward(self, X, retain_derived=True):
        if not self.is_initialized:
            self.n_in = X.shape[1]
            self._init_params()
        Z = X @ self.parameters["W"] + self.parameters["b"]
        if retain_derived:
            self.X.append(X)
        return self.act_fn(Z)

    def backward(self, dLdy, retain_grads=True):
        if not isinstance(dLdy, list):
            dLdy = [dLdy]
        dX = []
        for dy, x in zip(dLdy, self.X):
            Z = x @ self.parameters["W"] + self.parameters["b"]
            dZ = dy * self.act_fn.grad(Z)
            dX.append(dZ @ self.parameters["W"].T)
            if retain_grads:
                self.gradients["W"] += x.T @ dZ
                self.gradients["b"] += dZ.sum(axis=0, keepdims=True)
        return dX[0] if len(self.X) == 1 else dX

    def flush_gradients(self):
        self.X = []
        for k, v in self.gradients.items():
            self.gradients[k] = np.zeros_like(v)
