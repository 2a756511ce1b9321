"""Central differences: the oracle for gradients of composites."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import denpa as dp


def check_gradient(f: Callable[..., Any], *arrays: Any, step: float = 1e-6) -> None:
    """The gradient of Σ c·f(x) for a fixed random c against central differences, in float64."""
    xs = [np.array(a, dtype=np.float64) for a in arrays]
    leaves = [dp.tensor(x, requires_grad=True) for x in xs]
    out = f(*leaves)
    c = np.random.default_rng(0).standard_normal(out.shape)

    def value(*points: Any) -> float:
        with dp.no_grad():
            return float((f(*map(dp.tensor, points)).numpy() * c).sum())

    found = dp.autograd.grad(out, leaves, dp.tensor(c), allow_unused=True, materialize_grads=True)
    for k, (x, g) in enumerate(zip(xs, found, strict=True)):
        expected = np.zeros_like(x)
        for at in np.ndindex(x.shape):
            moved = [y.copy() for y in xs]
            moved[k][at] += step
            high = value(*moved)
            moved[k][at] -= 2 * step
            expected[at] = (high - value(*moved)) / (2 * step)
        assert g is not None
        np.testing.assert_allclose(g.detach().numpy(), expected, rtol=2e-6, atol=2e-8)
