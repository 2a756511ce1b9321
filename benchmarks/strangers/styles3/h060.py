import math


class Scalar:
    """a number that remembers where it came from"""

    def __init__(self, v, parents=(), name=""):
        self.v = float(v)
        self.grad = 0.0
        self.parents = parents
        self.name = name
        self._push = lambda: None

    def __repr__(self):
        return f"Scalar({self.v:.4f}, grad={self.grad:.4f})"

    def __add__(self, o):
        o = o if isinstance(o, Scalar) else Scalar(o)
        out = Scalar(self.v + o.v, (self, o))

        def push():
            self.grad += out.grad
            o.grad += out.grad
        out._push = push
        return out

    def __mul__(self, o):
        o = o if isinstance(o, Scalar) else Scalar(o)
        out = Scalar(self.v * o.v, (self, o))

        def push():
            self.grad += o.v * out.grad
            o.grad += self.v * out.grad
        out._push = push
        return out

    def __pow__(self, k):
        out = Scalar(self.v ** k, (self,))

        def push():
            self.grad += k * self.v ** (k - 1) * out.grad
        out._push = push
        return out

    def tanh(self):
        t = math.tanh(self.v)
        out = Scalar(t, (self,))

        def push():
            self.grad = (1 - t * t) * out.grad
        out._push = push
        return out

    def exp(self):
        out = Scalar(math.exp(self.v), (self,))

        def push():
            self.grad += out.v * out.grad
        out._push = push
        return out

    __radd__ = __add__
    __rmul__ = __mul__

    def __neg__(self):
        return self * -1

    def __sub__(self, o):
        return self + (-o)

    def __truediv__(self, o):
        return self * (o ** -1)

    def backward(self):
        order, seen = [], set()

        def walk(n):
            if id(n) in seen:
                return
            seen.add(id(n))
            for p in n.parents:
                walk(p)
            order.append(n)
        walk(self)
        self.grad = 1.0
        for n in reversed(order):
            n._push()
