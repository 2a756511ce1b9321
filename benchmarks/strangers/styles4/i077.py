from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy import ndarray


@dataclass
class Affine:
    in_features: int
    out_features: int
    use_bias: bool = True
    weight: ndarray = field(init=False, repr=False)
    bias: ndarray | None = field(init=False, repr=False, default=None)
    grads: dict[str, ndarray] = field(init=False, default_factory=dict, repr=False)
    _x: ndarray | None = field(init=False, default=None, repr=False)

    def __post_init__(self) -> None:
        bound = np.sqrt(6.0 / (self.in_features + self.out_features))
        self.weight = np.random.uniform(-bound, bound, (self.out_features, self.in_features))
        if self.use_bias:
            self.bias = np.zeros(self.out_features)

    def __call__(self, x: ndarray) -> ndarray:
        self._x = x
        out = x @ self.weight.T
        return out + self.bias if self.use_bias else out

    def backward(self, grad_out: ndarray) -> ndarray:
        assert self._x is not None, "call the layer before backward"
        self.grads["weight"] = grad_out.T @ self._x
        if self.use_bias:
            self.grads["bias"] = grad_out.sum(axis=0)
        return grad_out @ self.weight

    @property
    def n_params(self) -> int:
        return self.weight.size + (self.bias.size if self.bias is not None else 0)


if __name__ == "__main__":
    layer = Affine(4, 3)
    print(layer, layer.n_params)
