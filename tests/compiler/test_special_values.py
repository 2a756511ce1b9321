"""Compiled functions and their gradients at infinities, NaN, zeros, subnormal and huge numbers: as
eager ones, which PyTorch confirms in `tests/parity/test_special.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import denpa as dp
from tests.special import Special, binary, losses, pointwise, reductions, scores, unlike


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


def differences(case: Special) -> list[str]:
    run = step(case)
    program = dp.compile(run)
    want, got = run(*leaves(case)), program(*leaves(case))
    assert program.programs(), case.name
    plain = Special(case.name, case.call, case.inputs, rows=case.rows)
    lines = [
        unlike(plain, a.numpy(), b.numpy(), f"{case.name}[{k}]", 2e-5)
        for k, (a, b) in enumerate(zip(got, want, strict=True))
    ]
    return [line for line in lines if line]


@pytest.mark.parametrize("part", [pointwise, binary, losses, scores, reductions])
def test_compiled_as_eager(part: Any) -> None:
    lines = [line for case in part("float32") for line in differences(case)]
    assert not lines, "\n".join(lines)


NAN = np.array(np.nan, np.float32)
COLUMN = np.array([[3e38, 0.0], [0.0, 1.0], [0.0, 1.0]], np.float32)
LINE = np.arange(5.0, dtype=np.float32).reshape(1, 5)
SHAPED = [
    Special("argsort of a scalar", lambda m, x: m.argsort(x), (NAN,)),
    Special("sort of a scalar", lambda m, x: m.sort(x, descending=True).values, (NAN,)),
    Special("topk of a scalar", lambda m, x: m.topk(x, 1).indices, (NAN,)),
    Special("gather nothing", lambda m, x: m.gather(x, 0, m.zeros(0, 2)), (COLUMN,)),
    Special("scatter nothing", lambda m, x: m.scatter(x, 0, m.zeros(0, 2), 5.0), (COLUMN,)),
    Special(
        "index_add to a scalar",
        lambda m, x, y: m.index_add(x, 0, m.tensor(0), y),
        (np.float32(2)[...], np.float32(3)[...]),
    ),
    Special(
        "kl_div",
        lambda m, x, t: m.nn.functional.kl_div(x, t, reduction="batchmean"),
        (np.float32(-0.5)[...], np.float32(0.25)[...]),
    ),
    Special(
        "batch_norm",
        lambda m, x: m.nn.functional.batch_norm(x, None, None, training=True),
        (COLUMN,),
    ),
    *[
        Special(
            f"pad {mode} {sides}",
            lambda m, x, mode=mode, sides=sides: m.nn.functional.pad(x, sides, mode=mode),
            (LINE,),
        )
        for mode in ("circular", "replicate", "reflect")
        for sides in ((-2, 3), (1, -3), (-1, -1))
    ],
]  # fmt: skip


@pytest.mark.parametrize("case", SHAPED, ids=lambda c: c.name)
def test_odd_shapes_compiled_as_eager(case: Special) -> None:
    assert not differences(case)


@pytest.mark.parametrize("shape", [(0, 3), (0, 3, 4)])
def test_a_compiled_batch_norm_learns_nothing_from_nothing(shape: tuple[int, ...]) -> None:
    layer = dp.nn.BatchNorm1d(3)
    program = dp.compile(lambda x: layer(x))
    program(dp.zeros(*shape))
    assert program.programs()
    assert layer.running_mean.tolist() == [0.0] * 3
    assert layer.running_var.tolist() == [1.0] * 3
