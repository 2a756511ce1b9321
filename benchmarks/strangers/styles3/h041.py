from __future__ import annotations

from dataclasses import dataclass
import numpy as np

Array = np.ndarray


@dataclass
class Grads:
    x: Array
    w_in: Array
    w_out: Array
    bias: Array


class ResidualBlock:
    """y = x + relu(x @ w_in + bias) @ w_out"""

    def __init__(self, width: int = 6, expand: int = 2, seed: int | None = 0) -> None:
        rng = np.random.default_rng(seed)
        inner = width * expand
        self.w_in: Array = rng.normal(scale=np.sqrt(2 / width), size=(width, inner))
        self.w_out: Array = rng.normal(scale=np.sqrt(1 / inner), size=(inner, width))
        self.bias: Array = rng.normal(scale=0.1, size=inner)
        self._ctx: tuple[Array, Array] | None = None

    def forward(self, x: Array) -> Array:
        u = np.maximum(x @ self.w_in + self.bias, 0.0)
        self._ctx = (x, u)
        return x + u @ self.w_out

    def backward(self, dy: Array) -> Grads:
        if self._ctx is None:
            raise RuntimeError("call forward first")
        x, u = self._ctx
        du = (dy @ self.w_out.T) * (u > 0)
        return Grads(
            x=dy + du @ self.w_in.T,
            w_in=x.T @ du,
            w_out=u.T @ dy,
            bias=du.sum(0),
        )
