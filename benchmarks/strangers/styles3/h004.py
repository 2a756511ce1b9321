"""pico: a very small reverse-mode engine for my own understanding.

Only arrays, only the ops which I needed for the spiral demo.
"""
import numpy as np


def _unb(g, shape):
    # sum a gradient back to the shape before broadcasting
    while g.ndim > len(shape):
        g = g.sum(0)
    for i, s in enumerate(shape):
        if s == 1 and g.shape[i] != 1:
            g = g.sum(i, keepdims=True)
    return g


class Tensor:
    def __init__(self, data, parents=(), op=''):
        self.data = np.asarray(data, dtype=np.float64)
        self.grad = np.zeros_like(self.data)
        self._parents = parents
        self._op = op
        self._back = lambda: None

    @staticmethod
    def _wrap(o):
        return o if isinstance(o, Tensor) else Tensor(o)

    def __add__(self, o):
        o = Tensor._wrap(o)
        out = Tensor(self.data + o.data, (self, o), '+')

        def back():
            self.grad += _unb(out.grad, self.data.shape)
            o.grad += _unb(out.grad, o.data.shape)
        out._back = back
        return out

    def __mul__(self, o):
        o = Tensor._wrap(o)
        out = Tensor(self.data * o.data, (self, o), '*')

        def back():
            self.grad += _unb(out.grad * o.data, self.data.shape)
            o.grad += _unb(out.grad * self.data, o.data.shape)
        out._back = back
        return out

    def __matmul__(self, o):
        out = Tensor(self.data @ o.data, (self, o), '@')

        def back():
            self.grad += out.grad @ o.data.T
            o.grad += self.data.T @ out.grad
        out._back = back
        return out

    def tanh(self):
        t = np.tanh(self.data)
        out = Tensor(t, (self,), 'tanh')

        def back():
            self.grad += (1 - t * t) * out.grad
        out._back = back
        return out

    def exp(self):
        out = Tensor(np.exp(self.data), (self,), 'exp')

        def back():
            self.grad += out.data * out.grad
        out._back = back
        return out

    def sum(self):
        out = Tensor(self.data.sum(), (self,), 'sum')

        def back():
            self.grad += out.grad * np.ones_like(self.data)
        out._back = back
        return out

    def backward(self):
        order, seen = [], set()

        def visit(t):
            if id(t) not in seen:
                seen.add(id(t))
                for p in t._parents:
                    visit(p)
                order.append(t)
        visit(self)
        self.grad = np.ones_like(self.data)
        for t in reversed(order):
            t._back()

    def __neg__(self):
        return self * -1.0

    def __sub__(self, o):
        return self + (-Tensor._wrap(o))

    __radd__ = __add__
    __rmul__ = __mul__

    def __repr__(self):
        return 'Tensor(%s, op=%r)' % (self.data, self._op)
