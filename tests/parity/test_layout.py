"""Strides, views and shared memory behind convolutions and everywhere: what PyTorch has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings

from tests.autodiff.aliases import STEPS, Step, run, same

from .harness import normal, subject, torch

X = normal(2, 3, 6, 5).astype("float32")
W = normal(4, 3, 2, 2, seed=1).astype("float32")
SIGNAL = normal(3, 4, 6, seed=2).astype("float32")


def convolved(m: Any) -> Any:
    return m.nn.functional.conv2d(m.tensor(X), m.tensor(W))


STARTS: dict[str, Callable[[Any], Any]] = {
    "given": lambda m: m.tensor(X),
    "matrix": lambda m: m.tensor(X[0, 0]),
    "shared": lambda m: m.from_numpy(SIGNAL.copy().T),
    "convolution": convolved,
    "signal": lambda m: m.nn.functional.conv1d(m.tensor(SIGNAL), m.tensor(SIGNAL[:, :, :2])),
    "largest": lambda m: m.relu(m.nn.functional.max_pool2d(convolved(m), 2)),
    "mean": lambda m: m.nn.functional.avg_pool2d(convolved(m), 2),
    "batch norm": lambda m: m.nn.functional.batch_norm(convolved(m), None, None, training=True),
}


@pytest.mark.parametrize("name", STARTS)
@pytest.mark.parametrize("look", [True, False])
@settings(max_examples=200, deadline=None)
@given(STEPS)
def test_programs_of_views_and_writes(name: str, look: bool, steps: list[Step]) -> None:
    ours, theirs = (run(m, STARTS[name](m), steps, look) for m in (subject, torch))
    same(ours, theirs, f"{name}: {steps}")


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 2, 0), (2, 1, 0)])
def test_the_first_operand_decides_the_order(order: tuple[int, ...]) -> None:
    def strides(m: Any) -> Any:
        x = m.tensor(SIGNAL).permute(*order)
        y = x.contiguous()
        row = y[0]
        found = [x + y, y + x, x * row, row * x, m.where(x > 0, y, x), m.where(y > 0, y, x)]
        return [tuple(t.stride()) for t in found]

    assert strides(subject) == strides(torch)


def test_a_recorded_change_keeps_the_strides() -> None:
    def strides(m: Any) -> Any:
        x = m.tensor(X[0, 0]).requires_grad_()
        y = (x * 1).t()
        y.mul_(2)
        return tuple(y.stride()), y.is_contiguous()

    assert strides(subject) == strides(torch) == ((1, 5), False)
