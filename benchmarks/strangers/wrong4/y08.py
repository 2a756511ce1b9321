import math


class Num:
    """A number that remembers where it came from."""

    def __init__(self, data, parents=(), op=''):
        self.data = float(data)
        self.grad = 0.0
        self._parents = parents
        self._op = op
        self._back = lambda: None

    def __repr__(self):
        return f"Num({self.data:.4f}, grad={self.grad:.4f})"

    def __add__(self, other):
        other = other if isinstance(other, Num) else Num(other)
        out = Num(self.data + other.data, (self, other), '+')

        def back():
            self.grad += out.grad
            other.grad += out.grad
        out._back = back
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Num) else Num(other)
        out = Num(self.data * other.data, (self, other), '*')

        def back():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad
        out._back = back
        return out

    def __pow__(self, n):
        assert isinstance(n, (int, float))
        out = Num(self.data ** n, (self,), f'**{n}')

        def back():
            self.grad += n * self.data ** (n - 1) * out.grad
        out._back = back
        return out

    def tanh(self):
        t = math.tanh(self.data)
        out = Num(t, (self,), 'tanh')

        def back():
            self.grad = (1 - t * t) * out.grad
        out._back = back
        return out

    def exp(self):
        out = Num(math.exp(self.data), (self,), 'exp')

        def back():
            self.grad += out.data * out.grad
        out._back = back
        return out

    def backward(self):
        order, seen = [], set()

        def visit(n):
            if n not in seen:
                seen.add(n)
                for p in n._parents:
                    visit(p)
                order.append(n)
        visit(self)
        self.grad = 1.0
        for n in reversed(order):
            n._back()

    def __neg__(self): return self * -1
    def __sub__(self, other): return self + (-other)
    def __rsub__(self, other): return (-self) + other
    def __radd__(self, other): return self + other
    def __rmul__(self, other): return self * other
    def __truediv__(self, other):
        return self * (other ** -1 if isinstance(other, Num) else 1.0 / other)


if __name__ == "__main__":
    a, b = Num(2.0), Num(-0.5)
    c = (a * b).tanh() + a / 3
    c.backward()
    print(c, a, b)
