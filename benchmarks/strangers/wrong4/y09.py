import numpy as np


def _reduce_to(g, shape):
    """Sum a gradient down to the shape of the operand it belongs to."""
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for ax, n in enumerate(shape):
        if n == 1:
            g = g.sum(axis=ax, keepdims=True)
    return g


class Tensor:
    def __init__(self, data, requires_grad=True, _deps=()):
        self.data = np.asarray(data, dtype=np.float64)
        self.requires_grad = requires_grad
        self.grad = None
        # list of (tensor, function from out-grad to this operand's grad)
        self._deps = list(_deps)

    @property
    def shape(self):
        return self.data.shape

    @staticmethod
    def wrap(x):
        return x if isinstance(x, Tensor) else Tensor(x, requires_grad=False)

    def __add__(self, o):
        o = Tensor.wrap(o)
        return Tensor(self.data + o.data, _deps=[
            (self, lambda g: _reduce_to(g, self.shape)),
            (o, lambda g: _reduce_to(g, o.shape))])

    def __mul__(self, o):
        o = Tensor.wrap(o)
        return Tensor(self.data * o.data, _deps=[
            (self, lambda g: _reduce_to(g * o.data, self.shape)),
            (o, lambda g: _reduce_to(g * self.data, o.shape))])

    def __sub__(self, o):
        return self + Tensor.wrap(o) * -1.0

    def __truediv__(self, o):
        o = Tensor.wrap(o)
        return Tensor(self.data / o.data, _deps=[
            (self, lambda g: _reduce_to(g / o.data, self.shape)),
            (o, lambda g: _reduce_to(-g * self.data / o.data ** 2, o.shape))])

    def __matmul__(self, o):
        o = Tensor.wrap(o)
        return Tensor(self.data @ o.data, _deps=[
            (self, lambda g: g @ o.data.T),
            (o, lambda g: self.data.T @ g)])

    def relu(self):
        return Tensor(np.maximum(self.data, 0), _deps=[(self, lambda g: g * (self.data > 0))])

    def log(self):
        return Tensor(np.log(self.data), _deps=[(self, lambda g: g / self.data)])

    def sigmoid(self):
        s = 1 / (1 + np.exp(-self.data))
        return Tensor(s, _deps=[(self, lambda g: g * s * (1 - s))])

    def sum(self):
        return Tensor(self.data.sum(), _deps=[(self, lambda g: g * np.ones(self.shape))])

    def mean(self):
        return Tensor(self.data.mean(), _deps=[
            (self, lambda g: g * np.ones(self.shape) / len(self.data))])

    def transpose(self):
        return Tensor(self.data.T, _deps=[(self, lambda g: g.T)])

    def zero_grad(self):
        self.grad = None

    def backward(self, grad=None):
        if grad is None:
            grad = np.ones_like(self.data)
        self.grad = grad if self.grad is None else self.grad + grad
        for dep, fn in self._deps:
            if dep.requires_grad:
                dep.backward(fn(grad))
