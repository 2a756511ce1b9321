import numpy as np


class FullyConnected:
    r"""
    A fully-connected (dense) layer with tanh non-linearity.

    .. math::  \mathbf{Y} = \tanh(\mathbf{XW} + \mathbf{b})
    """

    def __init__(self, n_out):
        self.n_in = None
        self.n_out = n_out
        self.X = []
        self.parameters = {"W": None, "b": None}
        self.gradients = {}
        self.derived_variables = {"Z": []}
        self.is_initialized = False

    def _init_params(self):
        s = np.sqrt(6.0 / (self.n_in + self.n_out))
        self.parameters = {"W": np.random.uniform(-s, s, (self.n_in, self.n_out)),
                           "b": np.zeros((1, self.n_out))}
        self.gradients = {k: np.zeros_like(v) for k, v in self.parameters.items()}
        self.is_initialized = True

    def forward(self, X, retain_derived=True):
        if not self.is_initialized:
            self.n_in = X.shape[1]
            self._init_params()
        Z = X @ self.parameters["W"] + self.parameters["b"]
        if retain_derived:
            self.X.append(X)
            self.derived_variables["Z"].append(Z)
        return np.tanh(Z)

    def backward(self, dLdy, retain_grads=True):
        if not isinstance(dLdy, list):
            dLdy = [dLdy]
        dX = []
        for dy, x, z in zip(dLdy, self.X, self.derived_variables["Z"]):
            dZ = dy * (1 - np.tanh(z) ** 2)
            dX.append(dZ @ self.parameters["W"].T)
            if retain_grads:
                self.gradients["W"] += x.T @ dZ
                self.gradients["b"] += dZ.sum(axis=0, keepdims=True)
        return dX[0] if len(self.X) == 1 else dX
