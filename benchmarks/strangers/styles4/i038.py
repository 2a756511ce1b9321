"""tinytensor: an array-valued autograd engine in ~80 lines, companion of episode 6

The net at the bottom is what we train in the video.
"""
import numpy as np


def unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for ax, n in enumerate(shape):
        if n == 1 and g.shape[ax] != 1:
            g = g.sum(axis=ax, keepdims=True)
    return g


class Tensor:
    def __init__(self, data, parents=(), pull=None):
        self.data = np.asarray(data, dtype=np.float64)
        self.grad = np.zeros_like(self.data)
        self.parents = parents
        self.pull = pull or (lambda g: ())

    def __add__(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other)
        return Tensor(self.data + other.data, (self, other),
                      lambda g: (unbroadcast(g, self.data.shape), unbroadcast(g, other.data.shape)))

    def __mul__(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other)
        return Tensor(self.data * other.data, (self, other),
                      lambda g: (unbroadcast(g * other.data, self.data.shape),
                                 unbroadcast(g * self.data, other.data.shape)))

    def __matmul__(self, other):
        return Tensor(self.data @ other.data, (self, other),
                      lambda g: (g @ other.data.T, self.data.T @ g))

    def gelu(self):
        c = np.sqrt(2 / np.pi)
        x = self.data
        th = np.tanh(c * (x + 0.044715 * x ** 3))
        d = 0.5 * (1 + th) + 0.5 * x * (1 - th ** 2) * c * (1 + 3 * 0.044715 * x ** 2)
        return Tensor(0.5 * x * (1 + th), (self,), lambda g: (g * d,))

    def mean(self):
        n = self.data.size
        return Tensor(self.data.mean(), (self,), lambda g: (g * np.ones_like(self.data) / n,))

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
            for p, g in zip(t.parents, t.pull(t.grad)):
                p.grad = p.grad + g


class ResidualRegressor:
    def __init__(self, dim=4, seed=0):
        rng = np.random.default_rng(seed)
        self.W1 = Tensor(rng.normal(size=(dim, dim)) / np.sqrt(dim))
        self.b1 = Tensor(np.zeros((1, dim)))
        self.W2 = Tensor(rng.normal(size=(dim, 1)) / np.sqrt(dim))

    def parameters(self):
        return [self.W1, self.b1, self.W2]

    def loss(self, x, y):
        x = Tensor(x)
        h = x + (x @ self.W1 + self.b1).gelu()
        e = h @ self.W2 + Tensor(-np.asarray(y).reshape(-1, 1))
        return (e * e).mean()

    def loss_and_grads(self, x, y):
        """value of the loss and [dW1, db1, dW2]"""
        for p in self.parameters():
            p.grad = np.zeros_like(p.data)
        L = self.loss(x, y)
        L.backward()
        return float(L.data), [p.grad for p in self.parameters()]


if __name__ == "__main__":
    rng = np.random.default_rng(1)
    X = rng.normal(size=(64, 4))
    y = np.sin(X[:, 0]) + X[:, 1]
    m = ResidualRegressor()
    for i in range(200):
        l, gs = m.loss_and_grads(X, y)
        for p, g in zip(m.parameters(), gs):
            p.data -= 0.1 * g
    print(l)
