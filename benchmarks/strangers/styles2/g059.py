import numpy as np

class Tensor:
    """tiny autograd, no broadcasting"""
    def __init__(self, data, parents=(), bw=None):
        self.data = np.asarray(data, dtype=float)
        self.grad = np.zeros_like(self.data)
        self.parents = parents
        self.bw = bw

    def __add__(self, o):
        def bw(g):
            self.grad += g
            o.grad += g
        return Tensor(self.data + o.data, (self, o), bw)

    def __mul__(self, o):
        def bw(g):
            self.grad += g * o.data
            o.grad = g * self.data
        return Tensor(self.data * o.data, (self, o), bw)

    def dot(self, o):
        def bw(g):
            self.grad += g @ o.data.T
            o.grad += self.data.T @ g
        return Tensor(self.data @ o.data, (self, o), bw)

    def relu(self):
        def bw(g):
            self.grad += g * (self.data > 0)
        return Tensor(np.maximum(self.data, 0), (self,), bw)

    def sum(self):
        def bw(g):
            self.grad += g * np.ones_like(self.data)
        return Tensor(self.data.sum(), (self,), bw)

    def backward(self):
        order, seen = [], set()
        def visit(t):
            if id(t) in seen:
                return
            seen.add(id(t))
            for p in t.parents:
                visit(p)
            order.append(t)
        visit(self)
        self.grad = np.ones_like(self.data)
        for t in reversed(order):
            if t.bw:
                t.bw(t.grad)
