"""Numeric derivatives in float64, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import denpa as dp


def difference(f: Callable[[np.ndarray], float], x: np.ndarray, step: float = 1e-5) -> np.ndarray:
    """Central differences of a number with respect to every element."""
    g = np.zeros_like(x)
    for k in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[k] += step
        down[k] -= step
        g[k] = (f(up) - f(down)) / (2 * step)
    return g


def check(f: Callable[..., Any], *arrays: np.ndarray, tolerance: float = 1e-7) -> None:
    """The gradient of <c, f(x…)> for a fixed random c, against differences, for every input."""
    tensors = [dp.tensor(a, requires_grad=True) for a in arrays]
    y = f(*tensors)
    c = np.random.default_rng(5).standard_normal(y.shape)
    (y * dp.tensor(c)).sum().backward()
    for k, t in enumerate(tensors):

        def value(x: np.ndarray, k: int = k) -> float:
            given = [dp.tensor(x if j == k else a) for j, a in enumerate(arrays)]
            return float((f(*given).detach().numpy() * c).sum())

        want = difference(value, arrays[k])
        assert t.grad is not None
        np.testing.assert_allclose(t.grad.numpy(), want, rtol=tolerance, atol=tolerance)
