# activations.py -- every activation has  f(x)  and  df(grad, x)
import numpy as np
from abc import ABC, abstractmethod


class Activation(ABC):
    @abstractmethod
    def f(self, x): ...

    @abstractmethod
    def df(self, grad, x): ...

    def forward(self, x):
        self._in = x
        return self.f(x)

    def backward(self, grad):
        return self.df(grad, self._in)


class Mish(Activation):
    """x * tanh(softplus(x))"""

    def f(self, x):
        return x * np.tanh(np.logaddexp(0.0, x))

    def df(self, grad, x):
        sp = np.logaddexp(0.0, x)
        t = np.tanh(sp)
        dsp = 1.0 / (1.0 + np.exp(-x))
        return grad * (t + x * dsp * (1.0 - t))


class Softsign(Activation):
    def f(self, x):
        return x / (1.0 + np.abs(x))

    def df(self, grad, x):
        return grad / (1.0 + np.abs(x)) ** 2


class Selu(Activation):
    A, L = 1.6732632423543772, 1.0507009873554805

    def f(self, x):
        return self.L * np.where(x > 0, x, self.A * np.expm1(np.minimum(x, 0)))

    def df(self, grad, x):
        return grad * self.L * np.where(x > 0, 1.0, self.A * np.exp(np.minimum(x, 0)))
