import math


class Value:
    """ stores a single scalar value and its gradient """

    def __init__(self, data, _children=()):
        self.data = data
        self.grad = 0.0
        self._backward = lambda: None
        self._prev = set(_children)

    @staticmethod
    def _wrap(v):
        return v if isinstance(v, Value) else Value(v)

    def _unary(self, val, local):
        out = Value(val, (self,))
        def _backward():
            self.grad += local * out.grad
        out._backward = _backward
        return out

    def __add__(self, other):
        other = self._wrap(other)
        out = Value(self.data + other.data, (self, other))
        def _backward():
            self.grad += out.grad
            other.grad += out.grad
        out._backward = _backward
        return out

    def __mul__(self, other):
        other = self._wrap(other)
        out = Value(self.data * other.data, (self, other))
        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad
        out._backward = _backward
        return out

    def __pow__(self, k): return self._unary(self.data ** k, k * self.data ** (k - 1))
    def relu(self): return self._unary(max(0, self.data), float(self.data > 0))
    def exp(self): return self._unary(math.exp(self.data), math.exp(self.data))
    def tanh(self): return self._unary(math.tanh(self.data), 1 - math.tanh(self.data) ** 2)
    def __sub__(self, other): return self + self._wrap(other) * -1
    def __truediv__(self, other): return self * self._wrap(other) ** -1
    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        topo, visited = [], set()
        def build(v):
            if v not in visited:
                visited.add(v)
                for c in v._prev: build(c)
                topo.append(v)
        build(self)
        self.grad = 1.0
        for v in reversed(topo):
            v._backward()
