"""Compiled functions and their gradients at infinities, NaN, zeros, subnormal and huge numbers: as
eager ones, which PyTorch confirms in `tests/parity/test_special.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import denpa as dp
from tests.special import Special, binary, losses, pointwise, reductions, scores, unlike

ROOM = {"float32": 2e-5, "float64": 1e-10}


def leaves(case: Special) -> list[Any]:
    return [dp.tensor(x).requires_grad_() for x in case.inputs]


def step(case: Special) -> Callable[..., tuple[Any, ...]]:
    """A function that gives the value and the gradients for a fixed message."""
    y = case.call(dp, *leaves(case))
    random = np.random.default_rng(len(case.name)).random(tuple(y.shape))
    message = dp.tensor((0.25 + 0.75 * random).astype(case.inputs[0].dtype))
    slopes, call = y.requires_grad, case.call

    def run(*t: Any) -> tuple[Any, ...]:
        y = call(dp, *t)
        if not slopes:
            return (y,)
        g = dp.autograd.grad(y, t, message, allow_unused=True)
        return (y.detach(), *(k for k in g if k is not None))

    return run


@pytest.mark.parametrize("part", [pointwise, binary, losses, scores, reductions])
def test_compiled_as_eager(part: Any) -> None:
    lines = []
    for case in part("float32"):
        run = step(case)
        program = dp.compile(run)
        want, got = run(*leaves(case)), program(*leaves(case))
        assert program.programs(), case.name
        plain = Special(case.name, case.call, case.inputs, rows=case.rows)
        for k, (a, b) in enumerate(zip(got, want, strict=True)):
            line = unlike(plain, a.numpy(), b.numpy(), f"{case.name}[{k}]", ROOM["float32"])
            lines += [line] if line else []
    assert not lines, "\n".join(lines)
