import numpy as np


class Layer:
    def __init__(self):
        self.params = {}
        self.grads = {}

    def add(self, name, *shape, scale=0.4):
        self.params[name] = np.random.randn(*shape) * scale

    def zero_grads(self):
        for k, v in self.params.items():
            self.grads[k] = np.zeros_like(v)


def sigma(x):
    return 1 / (1 + np.exp(-x))
