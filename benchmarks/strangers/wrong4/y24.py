import numpy as np
from collections import OrderedDict


class Module:
    def __init__(self):
        self._params = OrderedDict()
        self._grads = OrderedDict()

    def register(self, name, value):
        self._params[name] = value
        self._grads[name] = np.zeros_like(value)

    def zero_grad(self):
        for g in self._grads.values():
            g.fill(0.0)


class Linear(Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        bound = n_in ** -0.5
        self.register("weight", np.random.uniform(-bound, bound, (n_out, n_in)))
        self.register("bias", np.random.uniform(-bound, bound, (n_out,)))

    def forward(self, x):
        self._x = x
        return x @ self._params["weight"].T + self._params["bias"]

    def backward(self, dy):
        x2 = self._x.reshape(-1, self._x.shape[-1])
        dy2 = dy.reshape(-1, dy.shape[-1])
        self._grads["weight"] += dy2.T @ x2
        self._grads["bias"] += dy2.sum(0)
        return dy @ self._params["weight"]


class GELU(Module):
    C = np.sqrt(2.0 / np.pi)

    def forward(self, x):
        self._x = x
        self._t = np.tanh(self.C * (x + 0.044715 * x ** 3))
        return 0.5 * x * (1.0 + self._t)

    def backward(self, dy):
        x, t = self._x, self._t
        du = self.C * (1.0 + 3 * 0.044715 * x ** 2)
        return dy * (0.5 * (1.0 + t) + 0.5 * x * (1.0 - t ** 2) * du)


class FeedForwardBlock(Module):
    """Position-wise feed-forward with a residual connection: x + W2 gelu(W1 x)"""

    def __init__(self, d_model=6, d_ff=12):
        super().__init__()
        self.fc1 = Linear(d_model, d_ff)
        self.act = GELU()
        self.fc2 = Linear(d_ff, d_model)

    def forward(self, x):
        return x + self.fc2.forward(self.act.forward(self.fc1.forward(x)))

    def backward(self, dy):
        dx = self.fc2.backward(dy)
        dx = self.act.backward(dx)
        dx = self.fc1.backward(dx)
        return dx

    def zero_grad(self):
        self.fc1.zero_grad()
        self.fc2.zero_grad()
