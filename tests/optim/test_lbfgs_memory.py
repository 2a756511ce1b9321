"""The direction of LBFGS is −H g with the H of the BFGS formula, written out as a matrix."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.optim.lbfgs import _Memory


def matrix(pairs: list[tuple[np.ndarray, np.ndarray]], n: int) -> np.ndarray:
    """Nocedal, Wright, *Numerical optimization*, (7.19) from H₀ = sᵀy/yᵀy · 1 of the last pair."""
    if not pairs:
        return np.eye(n)
    s, y = pairs[-1]
    h = np.eye(n) * (s @ y) / (y @ y)
    for s, y in pairs:
        rho = 1 / (s @ y)
        v = np.eye(n) - rho * np.outer(y, s)
        h = v.T @ h @ v + rho * np.outer(s, s)
    return h


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_the_two_loops_are_the_matrix(size: int) -> None:
    n, rng = 5, np.random.default_rng(size)
    curve = np.diag(rng.uniform(0.2, 5.0, n))
    memory = _Memory({}, size)
    x, pairs = rng.standard_normal(n), []
    before: Any = None
    for _ in range(7):
        g = curve @ x
        if before is not None:
            pairs.append((x - before[0], g - before[1]))
        d = memory.direction(g)
        np.testing.assert_allclose(d, -matrix(pairs[-size:], n) @ g, rtol=1e-10)
        before = (x.copy(), g.copy())
        memory.t = rng.uniform(0.1, 1.0)
        x = x + memory.t * d
    assert len(memory.y) == min(size, 6)


def test_a_pair_without_curvature_is_left_out() -> None:
    memory = _Memory({}, 10)
    g = np.array([1.0, 2.0])
    np.testing.assert_array_equal(memory.direction(g), -g)
    memory.t = 1.0
    np.testing.assert_array_equal(memory.direction(g), -g)  # y = 0: nothing was learnt
    assert memory.y == []


def test_the_history_is_as_long_as_was_asked_for() -> None:
    x = dp.ones(6, dtype=dp.float64, requires_grad=True)
    curve = dp.arange(1, 7).double()
    opt = dp.optim.LBFGS([x], max_iter=9, history_size=3, tolerance_change=0, tolerance_grad=0)

    def closure() -> Any:
        opt.zero_grad()
        loss = (curve * x * x).sum()
        loss.backward()
        return loss

    opt.step(closure)
    assert len(opt.state[x]["old_dirs"]) == len(opt.state[x]["ro"]) == 3
