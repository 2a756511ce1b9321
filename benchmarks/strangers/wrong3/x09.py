from __future__ import annotations

from dataclasses import dataclass, field
from typing import List

import numpy as np

Array = np.ndarray


class Tanh:
    def __call__(self, z: Array) -> Array:
        self.out = np.tanh(z)
        return self.out

    def grad(self, upstream: Array) -> Array:
        return upstream * (1.0 - self.out ** 2)


@dataclass
class Linear:
    weight: Array
    bias: Array
    d_weight: Array = field(default=None, repr=False)
    d_bias: Array = field(default=None, repr=False)

    def __call__(self, x: Array) -> Array:
        self.inp = x
        return x @ self.weight + self.bias

    def grad(self, upstream: Array) -> Array:
        self.d_weight = self.inp.T @ upstream
        self.d_bias = upstream.sum(axis=0)
        return upstream @ self.weight.T


class DeepRegressor:
    """in -> hidden -> hidden -> 1, tanh in between, mean squared error."""

    def __init__(self, n_in: int = 3, n_hidden: int = 5, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        sizes = [n_in, n_hidden, n_hidden, 1]
        self.linears: List[Linear] = [
            Linear(rng.normal(0, 1 / np.sqrt(a), (a, b)), np.zeros(b))
            for a, b in zip(sizes[:-1], sizes[1:])
        ]
        self.acts: List[Tanh] = [Tanh()] * (len(sizes) - 2)

    def forward(self, x: Array) -> Array:
        for lin, act in zip(self.linears[:-1], self.acts):
            x = act(lin(x))
        return self.linears[-1](x)

    def loss(self, x: Array, y: Array) -> float:
        return float(np.mean((self.forward(x) - y) ** 2))

    def backward(self, x: Array, y: Array) -> dict[str, Array]:
        pred = self.forward(x)
        up = 2.0 * (pred - y) / pred.size
        up = self.linears[-1].grad(up)
        for lin, act in zip(self.linears[-2::-1], self.acts[::-1]):
            up = lin.grad(act.grad(up))
        grads = {}
        for k, lin in enumerate(self.linears):
            grads[f"weight{k}"] = lin.d_weight
            grads[f"bias{k}"] = lin.d_bias
        return grads


if __name__ == "__main__":
    model = DeepRegressor()
    xs = np.random.randn(64, 3)
    ys = np.sin(xs.sum(axis=1, keepdims=True))
    for step in range(300):
        grads = model.backward(xs, ys)
        for k, lin in enumerate(model.linears):
            lin.weight -= 0.1 * grads[f"weight{k}"]
            lin.bias -= 0.1 * grads[f"bias{k}"]
    print(model.loss(xs, ys))
