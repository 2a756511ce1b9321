import numpy as np


class Module(object):
    training = True

    def __call__(self, *args):
        return self.forward(*args)

    def parameters(self):
        return []


class GELU(Module):
    """Gaussian Error Linear Unit, tanh approximation (GPT-2)."""

    C = np.sqrt(2.0 / np.pi)

    def forward(self, x):
        self._x = x
        self._t = np.tanh(self.C * (x + 0.044715 * x ** 3))
        return 0.5 * x * (1.0 + self._t)

    def backward(self, grad_output):
        x, t = self._x, self._t
        dinner = self.C * (1.0 + 3 * 0.044715 * x ** 2)
        local = 0.5 * (1.0 + t) + 0.5 * x * (1.0 - t ** 2) * dinner
        return grad_output * local
