"""Rounding, bounds, and what is finite."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from denpa.autodiff.tensor import Tensor, promote
from denpa.core.dtype import bool_
from denpa.core.errors import DTypeError
from denpa.core.shape import describe
from denpa.functional.common import OptionError, copy_of, located, need, op, unrecorded

__all__ = [
    "ceil",
    "clamp",
    "clamp_max",
    "clamp_min",
    "clip",
    "floor",
    "frac",
    "isfinite",
    "isinf",
    "isnan",
    "nan_to_num",
    "round",
    "trunc",
]


def _step(name: str, input: Any) -> Tensor | None:
    """The input as floating point, or None where it is whole already."""
    x = need(name, input)
    if x.dtype == bool_:
        raise located(DTypeError(f"{name} is not defined for {describe(x)}"))
    return x if x.dtype.kind == "f" else None


def floor(input: Tensor) -> Tensor:
    """The largest integer that is not above x, in the input's shape and dtype. Its slope is 0.

    Errors: TypeError for what is no tensor and for a bool one (DTypeError).

    >>> import denpa as dp
    >>> dp.floor(dp.tensor([-1.5, 1.5]))
    tensor([-2.,  1.])
    """
    x = _step("floor", input)
    return copy_of(input) if x is None else op("floor", x)


def ceil(input: Tensor) -> Tensor:
    """The smallest integer that is not below x, in the input's shape and dtype. Its slope is 0.

    Errors: TypeError for what is no tensor and for a bool one (DTypeError).

    >>> import denpa as dp
    >>> dp.ceil(dp.tensor([0.5, 1.5]))
    tensor([1., 2.])
    """
    x = _step("ceil", input)
    return copy_of(input) if x is None else op("neg", op("floor", op("neg", x)))


def trunc(input: Tensor) -> Tensor:
    """x without its fraction, in the input's shape and dtype. Its slope is 0.

    Errors: TypeError for what is no tensor and for a bool one (DTypeError).

    >>> import denpa as dp
    >>> dp.trunc(dp.tensor([-1.5, 1.5]))
    tensor([-1.,  1.])
    """
    x = _step("trunc", input)
    return copy_of(input) if x is None else op("where", x < 0, -op("floor", -x), op("floor", x))


def frac(input: Tensor) -> Tensor:
    """The fraction of x, with its sign, in the input's shape and dtype.

    Errors: TypeError for what is no tensor and for a bool one (DTypeError).

    >>> import denpa as dp
    >>> dp.frac(dp.tensor([-1.5, 2.25]))
    tensor([-0.5 ,  0.25])
    """
    return op("sub", input, trunc(input))


def round(input: Tensor, *, decimals: int = 0) -> Tensor:
    """The nearest integer (or multiple of 10^−decimals); halves go to the even one. Its slope is 0.
    The shape and dtype are the input's; integers stay as they are.

    Errors: TypeError for what is no tensor, for a bool one (DTypeError) and for `decimals` that is
    no number; OverflowError for `decimals` beyond ±308.

    >>> import denpa as dp
    >>> dp.round(dp.tensor([0.5, 1.5, 2.4]))
    tensor([0., 2., 2.])
    """
    x = _step("round", input)
    if x is None:
        return copy_of(input)
    if not decimals:
        return op("round", x)
    scale = 10.0 ** builtin_abs(decimals)
    if decimals > 0:
        return op("div", op("round", x * scale), scale)
    return op("mul", op("round", x / scale), scale)


def builtin_abs(x: int) -> int:
    """|x| of a Python number; the name abs is taken here."""
    return x if x >= 0 else -x


def _tidy(name: str, input: Any, low: Any, high: Any) -> tuple[Tensor, Any, Any]:
    x = need(name, input)
    if low is None and high is None:
        raise located(OptionError(f"{name}: at least one of min and max must be given"))
    given = [x] + [b for b in (low, high) if b is not None]
    found = iter(promote(given))
    first = next(found)
    return first, None if low is None else next(found), None if high is None else next(found)


def clamp(input: Tensor, min: Any = None, max: Any = None) -> Tensor:
    """x brought into [min, max]; the bounds are numbers or tensors. Where min > max it is max; NaN,
    of x or of a bound, gives NaN. The shape is the broadcast one, the dtype the promoted one.

    The slope is 1 inside and on the bounds, 0 outside, where the bound that is the result has it.

    Errors: TypeError for what is no tensor; ValueError (OptionError) without any bound;
    AttributeError for a bound that is no tensor, array or number; RuntimeError (ShapeError) for
    shapes that do not broadcast.

    >>> import denpa as dp
    >>> dp.clamp(dp.tensor([-2.0, 0.5, 2.0]), -1, 1)
    tensor([-1. ,  0.5,  1. ])
    """
    x, low, high = _tidy("clamp", input, min, max)
    value, inside = x, None
    if low is not None:
        value, inside = unrecorded("maximum", value, low), op("le", low, x)
    if high is not None:
        value, below = unrecorded("minimum", value, high), op("le", x, high)
        inside = below if inside is None else op("bitwise_and", inside, below)
    # Outside, a number takes no gradient; a tensor does where it is the result.
    if isinstance(low, Tensor):
        chosen = op("lt", x, low)
        if high is not None:
            chosen = op("bitwise_and", chosen, op("lt", low, high))
        value = op("where", chosen, _valued(low, value), value)
    if isinstance(high, Tensor):
        chosen = op("lt", high, x)
        if low is not None:
            chosen = op("bitwise_or", chosen, op("lt", high, low))
        value = op("where", chosen, _valued(high, value), value)
    return op("where", inside, x, value)


def _valued(bound: Tensor, value: Tensor) -> Tensor:
    """A bound that takes the gradient of a result: of its value, or NaN."""
    return op("where", op("eq", value, bound), bound, op("add", bound, value))


clip = clamp


def clamp_min(input: Tensor, min: Any) -> Tensor:
    """x brought to `min` or above; `min` is a number or a tensor, see `clamp`.

    Errors: TypeError for what is no tensor; ValueError (OptionError) for None; AttributeError for a
    bound that is no tensor, array or number; RuntimeError (ShapeError) for shapes that do not
    broadcast.

    >>> import denpa as dp
    >>> dp.clamp_min(dp.tensor([-1.0, 3.0]), 0)
    tensor([0., 3.])
    """
    return clamp(input, min=min)


def clamp_max(input: Tensor, max: Any) -> Tensor:
    """x brought to `max` or below; `max` is a number or a tensor, see `clamp`.

    Errors: TypeError for what is no tensor; ValueError (OptionError) for None; AttributeError for a
    bound that is no tensor, array or number; RuntimeError (ShapeError) for shapes that do not
    broadcast.

    >>> import denpa as dp
    >>> dp.clamp_max(dp.tensor([-1.0, 3.0]), 0)
    tensor([-1.,  0.])
    """
    return clamp(input, max=max)


def nan_to_num(
    input: Tensor, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None
) -> Tensor:
    """NaN replaced by `nan`, infinities by the given or the largest finite numbers. The shape and
    dtype are the input's; integers stay as they are.

    Errors: TypeError for what is no tensor and for a replacement that is no number (DTypeError).

    >>> import denpa as dp
    >>> dp.nan_to_num(dp.tensor([float("nan"), 1.0]))
    tensor([0., 1.])
    """
    x = need("nan_to_num", input)
    if x.dtype.kind != "f":
        return copy_of(x)
    top = float(np.finfo(x.dtype).max)
    y = op("where", isnan(x), 0.0 if nan is None else nan, x)
    y = op("where", x == math.inf, top if posinf is None else posinf, y)
    return op("where", x == -math.inf, -top if neginf is None else neginf, y)


def isnan(input: Tensor) -> Tensor:
    """Where x is not a number: a bool tensor of the input's shape.

    Errors: TypeError for what is no tensor.

    >>> import denpa as dp
    >>> dp.isnan(dp.tensor([1.0, float("nan")]))
    tensor([False,  True])
    """
    x = need("isnan", input)
    return op("bitwise_not", op("eq", x, x))


def isinf(input: Tensor) -> Tensor:
    """Where x is infinite: a bool tensor of the input's shape.

    Errors: TypeError for what is no tensor.

    >>> import denpa as dp
    >>> dp.isinf(dp.tensor([1.0, float("-inf")]))
    tensor([False,  True])
    """
    x = need("isinf", input)
    return op("eq", op("abs", x), math.inf) if x.dtype.kind == "f" else isnan(x)


def isfinite(input: Tensor) -> Tensor:
    """Where x is a finite number: a bool tensor of the input's shape.

    Errors: TypeError for what is no tensor.

    >>> import denpa as dp
    >>> dp.isfinite(dp.tensor([1.0, float("inf"), float("nan")]))
    tensor([ True, False, False])
    """
    x = need("isfinite", input)
    return op("lt", op("abs", x), math.inf) if x.dtype.kind == "f" else op("eq", x, x)
