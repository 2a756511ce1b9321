"""What the functions of this package share: running an op, errors that know their place,
reductions.
"""

from __future__ import annotations

import math
from typing import Any, NoReturn
from weakref import WeakSet

from denpa.autodiff.rebind import rebind
from denpa.autodiff.tensor import Tensor
from denpa.core.errors import ArgumentError, DenpaError, ShapeError
from denpa.core.graph import Value
from denpa.core.shape import Shape, size_of
from denpa.functional.common import located, op, single

__all__ = [
    "Ints",
    "check_legacy",
    "check_reduction",
    "count",
    "fail",
    "ints",
    "need_tensors",
    "op",
    "reduced",
    "store",
    "told",
    "total",
]

told: WeakSet[Value] = WeakSet()
"""Equations of which a warning was given: they broadcast a target that has another shape."""

Ints = int | tuple[int, ...] | list[int]
"""One number for every dimension of space, or one for each."""


def fail(error: DenpaError) -> NoReturn:
    """Raise an error together with the user's line and the layer."""
    raise located(error)


def need_tensors(name: str, *given: Any) -> None:
    """TypeError unless all are tensors."""
    for x in given:
        if not isinstance(x, Tensor):
            raise TypeError(
                f"{name} takes tensors, not {type(x).__name__}; make one with denpa.tensor(...)"
            )


def store(input: Tensor, result: Tensor, inplace: bool) -> Tensor:
    """The result, under the name of the input if `inplace`."""
    return rebind(input, result) if inplace else result


def ints(name: str, what: str, value: Any, n: int, least: int) -> Shape:
    """`value` as one int for each of `n` dimensions of space."""
    listed = list(value) if isinstance(value, (tuple, list)) else [value]
    if len(listed) == 1:
        listed *= n
    if len(listed) != n:
        fail(
            ShapeError(
                f"{name}: {what}={value!r} must be an int or a tuple of {n}, one for each dimension"
            )
        )
    out = []
    for k in listed:
        if isinstance(k, bool) or not hasattr(k, "__index__"):
            raise TypeError(f"{name}: {what} must be an int or a tuple of ints, not {value!r}")
        if k.__index__() < least:
            fail(ShapeError(f"{name}: {what}={value!r} must be at least {least}"))
        out.append(int(k.__index__()))
    return tuple(out)


REDUCTIONS = ("none", "mean", "sum")


def total(x: Tensor) -> Tensor:
    """The sum of all elements."""
    return op("sum", x, dim=tuple(range(x.ndim)), keepdim=False)


def count(shape: Shape) -> float:
    """The number of elements to divide by; NaN for none, since the mean of nothing is not a
    number.
    """
    return size_of(shape) or math.nan


def reduced(loss: Tensor, reduction: str) -> Tensor:
    """The losses of all elements, their mean or their sum."""
    if reduction == "mean":
        result: Tensor = total(single(loss)) / count(loss.shape)
        return result if result.dtype == loss.dtype else op("cast", result, dtype=loss.dtype)
    if reduction == "sum":
        return total(loss)
    check_reduction(reduction)
    return loss


def check_reduction(reduction: str, choices: tuple[str, ...] = REDUCTIONS) -> None:
    """ValueError for an unknown reduction."""
    if reduction not in choices:
        known = ", ".join(map(repr, choices))
        fail(ArgumentError(f"reduction={reduction!r} is not one of {known}"))


def check_legacy(size_average: Any, reduce: Any) -> None:
    """PyTorch's two arguments from before `reduction`, kept for the order of arguments only."""
    if size_average is not None or reduce is not None:
        raise NotImplementedError(
            "size_average and reduce are not offered (PyTorch has deprecated them); use reduction="
        )
