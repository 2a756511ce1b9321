"""Composites run on tensors without data, and their graphs give what eager gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denpa as dp

X = np.random.default_rng(8).uniform(0.1, 2.0, (3, 4))
CASES: dict[str, Any] = {
    "mean": lambda x: x.mean(1),
    "std": lambda x: x.std(0),
    "prod": lambda x: x.prod(1),
    "max": lambda x: x.max(),
    "max dim": lambda x: x.max(1).values,
    "softmax": lambda x: dp.softmax(x, 1),
    "log_softmax": lambda x: dp.log_softmax(x, 1),
    "norm": lambda x: x.norm(3, 1),
    "clamp": lambda x: x.clamp(0.3, dp.tensor(1.5, dtype=dp.float64)),
    "round": lambda x: x.round() + x.ceil() + x.trunc(),
    "div": lambda x: dp.div(x, 0.3, rounding_mode="trunc"),
    "index": lambda x: x[1:, [0, 2]] + x[0, None, :2],
    "write": lambda x: _written(x),
    "gather": lambda x: x.gather(1, x.argsort(1)),
    "topk": lambda x: x.topk(2).values,
    "einsum": lambda x: dp.einsum("ij,kj->ik", x, x),
    "view": lambda x: x.view(12).view(2, 6).T.reshape(3, 4),
    "pad": lambda x: dp.functional.pad(x, (1, 2), value=3.0),
    "roll": lambda x: x.roll(1, 0).flip(1),
    "any": lambda x: (x > 1).any(1).double(),
    "in place": lambda x: x.clone().mul_(2).add_(x),
    "bernoulli": lambda x: x * dp.bernoulli(dp.zeros_like(x)),
}


def _written(x: dp.Tensor) -> dp.Tensor:
    y = x * 1
    y[0, 1:3] = x[1, :2]
    return y


@pytest.mark.parametrize("name", CASES)
def test_traced(name: str) -> None:
    f = CASES[name]
    graph = dp.func.trace(f, dp.tensor(X))
    graph.typecheck()
    (found,) = graph(X)
    np.testing.assert_array_equal(found, f(dp.tensor(X)).numpy())
