"""minitorch-ish: modules with zero_grad / parameters / backward."""
import numpy as np


class Parameter:
    def __init__(self, value):
        self.value = value
        self.grad = np.zeros_like(value)


class Module:
    def parameters(self):
        ps = []
        for v in self.__dict__.values():
            if isinstance(v, Parameter):
                ps.append(v)
            elif isinstance(v, Module):
                ps += v.parameters()
            elif isinstance(v, (list, tuple)):
                for m in v:
                    if isinstance(m, Module):
                        ps += m.parameters()
        return ps

    def zero_grad(self):
        for p in self.parameters():
            p.grad[...] = 0.0

    def __call__(self, *a):
        return self.forward(*a)


class Linear(Module):
    def __init__(self, fan_in, fan_out, bias=True):
        bound = 1 / fan_in ** 0.5
        self.weight = Parameter(np.random.uniform(-bound, bound, (fan_out, fan_in)))
        self.bias = Parameter(np.random.uniform(-bound, bound, fan_out)) if bias else None

    def forward(self, x):
        self._x = x
        y = x @ self.weight.value.T
        return y if self.bias is None else y + self.bias.value

    def backward(self, g):
        self.weight.grad += g.T @ self._x
        if self.bias is not None:
            self.bias.grad += g.sum(0)
        return g @ self.weight.value


class SiLU(Module):
    def forward(self, x):
        self._x = x
        self._s = 1 / (1 + np.exp(-x))
        return x * self._s

    def backward(self, g):
        return g * (self._s + self._x * self._s * (1 - self._s))


class MLP(Module):
    def __init__(self, sizes):
        self.layers = []
        for i, (a, b) in enumerate(zip(sizes, sizes[1:])):
            if i:
                self.layers.append(SiLU())
            self.layers.append(Linear(a, b))

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def backward(self, g):
        for layer in reversed(self.layers):
            g = layer.backward(g)
        return g


class SGD:
    def __init__(self, params, lr=1e-2, momentum=0.0):
        self.params, self.lr, self.mu = list(params), lr, momentum
        self.v = [np.zeros_like(p.value) for p in self.params]

    def step(self):
        for p, v in zip(self.params, self.v):
            v *= self.mu
            v += p.grad
            p.value -= self.lr * v
