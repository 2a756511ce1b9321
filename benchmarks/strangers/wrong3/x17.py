"""tinygraph: scalar reverse-mode autodiff in 80 lines, pure python."""
import math


class Var:
    def __init__(self, value, parents=()):
        self.value = float(value)
        self.grad = 0.0
        # parents: pairs (node, local derivative)
        self.parents = parents

    @staticmethod
    def wrap(o):
        return o if isinstance(o, Var) else Var(o)

    def __add__(self, o):
        o = Var.wrap(o)
        return Var(self.value + o.value, ((self, 1.0), (o, 1.0)))

    def __mul__(self, o):
        o = Var.wrap(o)
        return Var(self.value * o.value, ((self, o.value), (o, self.value)))

    def __pow__(self, n):
        return Var(self.value ** n, ((self, n * self.value ** (n - 1)),))

    def __neg__(self):
        return self * -1

    def __sub__(self, o):
        return self + (-Var.wrap(o))

    def __truediv__(self, o):
        return self * Var.wrap(o) ** -1

    def __radd__(self, o):
        return self + o

    def __rmul__(self, o):
        return self * o

    def __rsub__(self, o):
        return Var.wrap(o) - self

    def __rtruediv__(self, o):
        return Var.wrap(o) / self

    def tanh(self):
        t = math.tanh(self.value)
        return Var(t, ((self, 1 - t * t),))

    def exp(self):
        e = math.exp(self.value)
        return Var(e, ((self, e),))

    def relu(self):
        on = 1.0 if self.value > 0 else 0.0
        return Var(on * self.value, ((self, on),))

    def backward(self):
        order, seen = [], set()

        def visit(node):
            if id(node) in seen:
                return
            seen.add(id(node))
            for p, _ in node.parents:
                visit(p)
            order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            for parent, local in node.parents:
                parent.grad = local * node.grad

    def __repr__(self):
        return "Var(%.4f, grad=%.4f)" % (self.value, self.grad)


if __name__ == "__main__":
    a, b = Var(2.0), Var(-3.0)
    out = (a * b + 1).tanh()
    out.backward()
    print(a, b, out)
