import numpy as np

from .base import Module, Param


class Linear(Module):
    def __init__(self, fan_in, fan_out, rng=None):
        rng = rng or np.random.default_rng(0)
        self.weight = Param(rng.normal(0, np.sqrt(2.0 / fan_in), (fan_out, fan_in)))
        self.bias = Param(np.zeros(fan_out))

    def forward(self, x):
        self._x = x
        return x @ self.weight.value.T + self.bias.value

    def backward(self, dy):
        self.weight.grad += dy.T @ self._x
        self.bias.grad += dy.sum(axis=0)
        return dy @ self.weight.value


class PReLU(Module):
    """one learnable slope per feature"""

    def __init__(self, features, init=0.25):
        self.slope = Param(np.full(features, init))

    def forward(self, x):
        self._x = x
        return np.where(x > 0, x, self.slope.value * x)

    def backward(self, dy):
        self.slope.grad += (dy * np.minimum(self._x, 0)).sum(axis=0)
        return dy * np.where(self._x > 0, 1.0, self.slope.value)


class Sequential(Module):
    def __init__(self, *mods):
        self.mods = mods

    def parameters(self):
        for m in self.mods:
            yield from m.parameters()

    def forward(self, x):
        for m in self.mods:
            x = m(x)
        return x

    def backward(self, dy):
        for m in reversed(self.mods):
            dy = m.backward(dy)
        return dy
