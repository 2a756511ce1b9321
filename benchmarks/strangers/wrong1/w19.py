import numpy as np


class Tensor:
    def __init__(self, data, children=()):
        self.data = np.asarray(data, dtype=float)
        self.grad = np.zeros_like(self.data)
        self._children = children
        self._backward = lambda: None

    def __add__(self, other):
        out = Tensor(self.data + other.data, (self, other))
        def _backward():
            self.grad += out.grad
            other.grad += out.grad
        out._backward = _backward
        return out

    def __matmul__(self, other):
        out = Tensor(self.data @ other.data, (self, other))
        def _backward():
            self.grad = out.grad @ other.data.T
            other.grad += self.data.T @ out.grad
        out._backward = _backward
        return out

    def tanh(self):
        out = Tensor(np.tanh(self.data), (self,))
        def _backward():
            self.grad += (1 - out.data ** 2) * out.grad
        out._backward = _backward
        return out

    def sq_error(self, target):
        out = Tensor(np.sum((self.data - target) ** 2), (self,))
        def _backward():
            self.grad += 2 * (self.data - target) * out.grad
        out._backward = _backward
        return out

    def backward(self):
        topo, seen = [], set()
        def build(v):
            if id(v) not in seen:
                seen.add(id(v))
                for c in v._children:
                    build(c)
                topo.append(v)
        build(self)
        self.grad = np.ones_like(self.data)
        for v in reversed(topo):
            v._backward()


def residual_net(x, y, W1, W2, W3):
    """loss and gradients of  tanh(h + tanh(h W2)) W3  with h = tanh(x W1)"""
    x, W1, W2, W3 = Tensor(x), Tensor(W1), Tensor(W2), Tensor(W3)
    h = (x @ W1).tanh()
    out = (h + (h @ W2).tanh()).tanh() @ W3
    loss = out.sq_error(y)
    loss.backward()
    return float(loss.data), [W1.grad, W2.grad, W3.grad]
