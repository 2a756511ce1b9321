from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass
class Parameter:
    value: np.ndarray
    grad: np.ndarray | None = None

    def __post_init__(self) -> None:
        self.grad = np.zeros_like(self.value)


@dataclass
class Linear:
    in_features: int
    out_features: int
    seed: int = 0
    weight: Parameter = field(init=False, repr=False)
    bias: Parameter = field(init=False, repr=False)
    _x: np.ndarray | None = field(init=False, default=None, repr=False)

    def __post_init__(self) -> None:
        rng = np.random.default_rng(self.seed)
        bound = self.in_features ** -0.5
        self.weight = Parameter(rng.uniform(-bound, bound, (self.out_features, self.in_features)))
        self.bias = Parameter(rng.uniform(-bound, bound, self.out_features))

    def forward(self, x: np.ndarray) -> np.ndarray:
        self._x = x
        return x @ self.weight.value.T + self.bias.value

    def backward(self, grad: np.ndarray) -> np.ndarray:
        self.weight.grad += grad.T @ self._x
        self.bias.grad += grad.sum(axis=0)
        return grad @ self.weight.value

    def zero_grad(self) -> None:
        self.weight.grad[:] = 0
        self.bias.grad[:] = 0
