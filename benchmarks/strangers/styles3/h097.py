from typing import Tuple

import numpy as np
from numpy import ndarray


class WeightNormDense:
    """y = x W^T + b with W = g * v / ||v||, one norm for each output unit (Salimans & Kingma)."""

    v: ndarray
    g: ndarray
    b: ndarray

    def __init__(self, inputs: int, units: int, *, rng: np.random.Generator = np.random.default_rng(7)) -> None:
        self.v = rng.normal(size=(units, inputs))
        self.g = rng.uniform(0.5, 2.0, size=units)
        self.b = np.zeros(units)

    @property
    def W(self) -> ndarray:
        return self.g[:, None] * self.v / np.linalg.norm(self.v, axis=1, keepdims=True)

    def forward(self, x: ndarray) -> ndarray:
        self.last_x = x
        return x @ self.W.T + self.b

    def backward(self, upstream: ndarray) -> Tuple[ndarray, ndarray, ndarray, ndarray]:
        """-> (dx, dv, dg, db)"""
        norm = np.linalg.norm(self.v, axis=1, keepdims=True)
        unit = self.v / norm
        dW = upstream.T @ self.last_x
        dg = np.sum(dW * unit, axis=1)
        dv = self.g[:, None] / norm * (dW - dg[:, None] * unit)
        return upstream @ self.W, dv, dg, upstream.sum(axis=0)
