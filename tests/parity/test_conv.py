"""Convolution and pooling."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .harness import Case, check, each, normal


def conv_case(dims: int, x: tuple[int, ...], w: tuple[int, ...], bias: bool, **kw: Any) -> Case:
    name = f"conv{dims}d"
    arrays = (normal(*x, seed=1), normal(*w, seed=2), *([normal(w[0], seed=3)] if bias else []))

    def run(m: Any, *t: Any) -> Any:
        return getattr(m.nn.functional, name)(*t, **kw)

    shown = ",".join(f"{k}={v}" for k, v in kw.items())
    return Case(f"{name}({x},{w},{bias},{shown})".replace(" ", ""), run, arrays, second=True)


def convolutions() -> Iterator[Case]:
    x1, w1 = (2, 4, 9), (6, 4, 3)
    one: list[dict[str, Any]] = [
        {}, {"stride": 2}, {"stride": (3,)}, {"padding": 1}, {"padding": (2,)}, {"padding": "same"},
        {"padding": "valid"}, {"dilation": 2}, {"dilation": (3,)},
        {"stride": 2, "padding": 3, "dilation": 2},
        {"padding": "same", "dilation": 2},
    ]  # fmt: skip
    for kw in one:
        yield conv_case(1, x1, w1, True, **kw)
        yield conv_case(1, x1, w1, False, **kw)
        yield conv_case(1, x1[1:], w1, True, **kw)
    yield conv_case(1, x1, (6, 2, 3), True, groups=2)
    yield conv_case(1, x1, (8, 1, 3), True, groups=4, padding=1)
    yield conv_case(1, x1, (6, 4, 1), True)
    yield conv_case(1, x1, (6, 4, 9), True)
    yield conv_case(1, x1, (6, 4, 4), True, padding="same")
    yield conv_case(1, (0, 4, 9), w1, True)
    x2, w2 = (2, 4, 7, 8), (6, 4, 3, 3)
    two: list[dict[str, Any]] = [
        {}, {"stride": 2}, {"stride": (2, 3)}, {"padding": 1}, {"padding": (2, 1)},
        {"padding": "same"},
        {"padding": "valid"}, {"dilation": 2}, {"dilation": (1, 2)},
        {"padding": "same", "dilation": (2, 1)},
        {"stride": (1, 2), "padding": (0, 2), "dilation": (2, 1)}, {"stride": 3, "padding": 2},
    ]  # fmt: skip
    for kw in two:
        yield conv_case(2, x2, w2, True, **kw)
        yield conv_case(2, x2, w2, False, **kw)
        yield conv_case(2, x2[1:], w2, True, **kw)
    yield conv_case(2, x2, (6, 2, 3, 3), True, groups=2)
    yield conv_case(2, x2, (4, 1, 3, 3), True, groups=4, padding=1, stride=2)
    yield conv_case(2, x2, (8, 1, 2, 3), False, groups=4, dilation=2)
    yield conv_case(2, x2, (6, 2, 3, 3), True, groups=2, padding="same")
    yield conv_case(2, x2, (6, 4, 1, 1), True)
    yield conv_case(2, x2, (6, 4, 7, 8), True)
    yield conv_case(2, x2, (6, 4, 2, 4), True, padding="same")
    yield conv_case(2, x2, (6, 4, 1, 5), True, padding=(0, 2))
    yield conv_case(2, (0, 4, 7, 8), w2, True)
    yield conv_case(2, (1, 1, 28, 28), (8, 1, 5, 5), True)
    yield Case("conv2d positional", lambda m, x, w, b: m.nn.functional.conv2d(x, w, b, 2, 1, 1, 2),
               (normal(*x2), normal(6, 2, 3, 3), normal(6)))  # fmt: skip
    yield Case("m.conv2d", lambda m, x, w: m.conv2d(x, w, padding=1), (normal(*x2), normal(*w2)))
    yield Case("m.conv1d", lambda m, x, w: m.conv1d(x, w, stride=2), (normal(*x1), normal(*w1)))
    yield Case("conv_transpose2d", lambda m, x, w: m.nn.functional.conv_transpose2d(x, w),
               (normal(2, 4, 3, 3), normal(4, 2, 3, 3)), optional=True)  # fmt: skip


@each(convolutions(), strided=True)
def test_convolution(case: Case, dtype: str) -> None:
    check(case, dtype)


IMAGE = normal(2, 3, 7, 8, seed=5)
TIES = np.random.default_rng(0).integers(0, 3, (2, 2, 6, 6)).astype(float)
NANS = np.where(normal(1, 1, 6, 6, seed=3) > 1, np.nan, normal(1, 1, 6, 6, seed=4))


def pool(name: str, x: Any, tag: str = "", optional: bool = False, **kw: Any) -> Case:
    shown = ",".join(f"{k}={v}" for k, v in kw.items()) + tag
    label = f"{name}({x.shape},{shown})".replace(" ", "")
    run = lambda m, t: getattr(m.nn.functional, name)(t, **kw)  # noqa: E731
    return Case(label, run, (x,), optional=optional)


def pools() -> Iterator[Case]:
    both: list[dict[str, Any]] = [
        {"kernel_size": 2}, {"kernel_size": 3}, {"kernel_size": (2, 3)},
        {"kernel_size": 2, "stride": 1},
        {"kernel_size": 3, "stride": (2, 1)}, {"kernel_size": 2, "padding": 1},
        {"kernel_size": (3, 4), "padding": (1, 2), "stride": 2},
        {"kernel_size": 3, "ceil_mode": True},
        {"kernel_size": 2, "ceil_mode": True},
        {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True},
        {"kernel_size": 2, "stride": 3, "padding": 1, "ceil_mode": True},
        {"kernel_size": 3, "stride": 4, "padding": 1, "ceil_mode": True}, {"kernel_size": 1},
        {"kernel_size": (7, 8)},
    ]  # fmt: skip
    for kw in both:
        yield pool("max_pool2d", IMAGE, **kw)
        yield pool("max_pool2d", IMAGE[0], **kw)
        yield pool("avg_pool2d", IMAGE, **kw)
        yield pool("avg_pool2d", IMAGE, count_include_pad=False, **kw)
        yield pool("avg_pool2d", IMAGE[0], divisor_override=5, **kw)
    wide: list[dict[str, Any]] = [
        {"kernel_size": 2, "dilation": 2},
        {"kernel_size": 3, "dilation": (1, 2), "padding": 1},
        {"kernel_size": 2, "dilation": 3, "stride": 1, "ceil_mode": True},
    ]
    for kw in wide:
        yield pool("max_pool2d", IMAGE, **kw)
    yield pool("max_pool2d", TIES, kernel_size=2, tag="ties")
    yield pool("max_pool2d", TIES, kernel_size=3, stride=1, padding=1, tag="ties")
    yield pool("max_pool2d", NANS, kernel_size=2, tag="nan")
    yield pool("max_pool2d", np.full((1, 1, 4, 4), -np.inf), kernel_size=2, padding=1, tag="-inf")
    yield pool("max_pool2d", -np.abs(IMAGE), kernel_size=3, padding=1, tag="negative")
    yield pool("max_pool2d", TIES, kernel_size=2, return_indices=True, optional=True)
    yield pool("avg_pool2d", NANS, kernel_size=2, tag="nan")
    for size in [1, 2, 3, (2, 3), (None, 2), (3, None), (7, 8), (9, 5), (1, 1)]:
        yield pool("adaptive_avg_pool2d", IMAGE, output_size=size)
        yield pool("adaptive_avg_pool2d", IMAGE[1], output_size=size)
    yield pool("max_pool2d", normal(0, 3, 6, 6), kernel_size=2)
    yield Case(
        "max_pool2d positional", lambda m, x: m.nn.functional.max_pool2d(x, 3, 2, 1), (IMAGE,)
    )
    yield Case("avg_pool2d positional", lambda m,
            x: m.nn.functional.avg_pool2d(x, 3, 2, 1, True, False),
               (IMAGE,))  # fmt: skip
    yield Case("m.max_pool2d", lambda m, x: m.max_pool2d(x, 2), (IMAGE,), optional=True)
    for name in ["max_pool1d", "avg_pool1d"]:
        yield pool(name, normal(2, 3, 9), kernel_size=2, optional=True)
    yield pool("adaptive_max_pool2d", IMAGE, output_size=2, optional=True)


@each(pools(), second=True, strided=True)
def test_pooling(case: Case, dtype: str) -> None:
    check(case, dtype)
