import numpy as np


class Param:
    def __init__(self, value):
        self.value = np.asarray(value, dtype=np.float64)
        self.grad = np.zeros_like(self.value)

    def zero(self):
        self.grad[...] = 0


class Module:
    def parameters(self):
        for v in vars(self).values():
            if isinstance(v, Param):
                yield v

    def __call__(self, *a):
        return self.forward(*a)
