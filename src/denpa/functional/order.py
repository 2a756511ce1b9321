"""The largest and smallest elements, and sorting."""

from __future__ import annotations

from math import inf
from typing import Any, NamedTuple

import numpy as np

from denpa.autodiff.tensor import Tensor
from denpa.core.dtype import bool_
from denpa.core.errors import DimError, DTypeError, ShapeError
from denpa.core.shape import describe, size_of
from denpa.functional.common import (
    copy_of,
    dim_of,
    dims_of,
    located,
    need,
    op,
    reshape_to,
    take,
)
from denpa.functional.limits import isnan
from denpa.functional.pick import take_at
from denpa.functional.pointwise import maximum, minimum

__all__ = ["Extremes", "amax", "amin", "argmax", "argmin", "argsort", "max", "min", "sort", "topk"]


class Extremes(NamedTuple):
    """What `max`, `min`, `sort` and `topk` return: elements and their positions (int64), two
    tensors of one shape.

    Errors: TypeError unless both are given.

    >>> import denpa as dp
    >>> dp.sort(dp.tensor([3, 1]))
    Extremes(values=tensor([1, 3]), indices=tensor([1, 0]))
    """

    values: Tensor
    indices: Tensor


def reverse(x: Tensor) -> Tensor:
    """Numbers in the opposite order: −x where that is exact, −1 − x for whole numbers."""
    if x.dtype.kind == "f":
        return op("neg", x)
    if x.dtype == bool_:
        return op("bitwise_not", x)
    return op("sub", int(np.iinfo(x.dtype).max) if x.dtype.kind == "u" else -1, x)


def amax(input: Tensor, dim: Any = (), keepdim: bool = False) -> Tensor:
    """The maximum over all elements (0-dim), or along `dim`, an int or several, which go or stay
    with size 1 (`keepdim`); equal maxima share the gradient evenly.

    Errors: TypeError for what is no tensor or no int; IndexError (DimError) for a dim out of range
    or without elements; RuntimeError (ShapeError) for no elements or a dim given twice.

    >>> import denpa as dp
    >>> dp.amax(dp.tensor([[1.0, 5.0], [3.0, 2.0]]), 1)
    tensor([5., 3.])
    """
    x = need("amax", input)
    if not size_of(x.shape) and (dim is None or dim == ()):
        raise located(ShapeError(f"amax: {describe(x)} has no elements; name a dim that has some"))
    return op("amax", x, dim=dims_of(dim, len(x.shape)), keepdim=keepdim)


def amin(input: Tensor, dim: Any = (), keepdim: bool = False) -> Tensor:
    """The minimum over all elements (0-dim), or along `dim`, an int or several, which go or stay
    with size 1 (`keepdim`); equal minima share the gradient evenly.

    Errors: as `amax`.

    >>> import denpa as dp
    >>> dp.amin(dp.tensor([[1.0, 5.0], [3.0, 2.0]]), 1)
    tensor([1., 2.])
    """
    return reverse(amax(reverse(need("amin", input)), dim, keepdim))


def _whole(name: str, x: Tensor) -> Tensor:
    if not size_of(x.shape):
        raise located(
            ShapeError(f"{name}: {describe(x)} has no elements; name a dim that has some")
        )
    every = tuple(range(len(x.shape)))
    top = op("amax", x, dim=every, keepdim=False)
    held = top._value.array
    if x.dtype.kind != "f" or (held is not None and held == held):
        return top
    # NaN wins, and NaNs share the gradient evenly, as PyTorch has it.
    nan = isnan(x)
    found = op("sum", op("cast", nan, dtype=x.dtype), dim=every, keepdim=False)
    share = op("sum", op("where", nan, x, 0), dim=every, keepdim=False) / op("maximum", found, 1)
    rest = op("amax", op("where", nan, -inf, x), dim=every, keepdim=False)
    return op("where", found > 0, share, rest)


def max(input: Tensor, dim: Any = None, keepdim: bool = False) -> Any:
    """`max(x)`: the largest element, 0-dim. `max(x, dim)`: (values, indices) along one dimension,
    which goes or stays with size 1 (`keepdim`); the gradient goes to the one element chosen.
    `max(x, y)`: the larger of two elements, broadcast.

    Errors: TypeError for what is no tensor or no int; IndexError (DimError) for a dim out of range
    or without elements; RuntimeError (ShapeError) for no elements in `max(x)`, and for shapes that
    do not broadcast.

    >>> import denpa as dp
    >>> dp.max(dp.tensor([[1.0, 5.0], [3.0, 2.0]]), 1).indices
    tensor([1, 0])
    """
    x = need("max", input)
    if isinstance(dim, Tensor):
        return maximum(x, dim)
    if dim is None:
        return _whole("max", x)
    return _along(x, _argmax(x, dim), dim_of(dim, len(x.shape)), keepdim)


def min(input: Tensor, dim: Any = None, keepdim: bool = False) -> Any:
    """`min(x)`, `min(x, dim)` and `min(x, y)`, as `max`.

    Errors: as `max`.

    >>> import denpa as dp
    >>> dp.min(dp.tensor([4.0, 1.0, 3.0]), 0)
    Extremes(values=tensor(1.), indices=tensor(1))
    """
    x = need("min", input)
    if isinstance(dim, Tensor):
        return minimum(x, dim)
    if dim is None:
        return reverse(_whole("min", reverse(x)))
    return _along(x, _argmax(reverse(x), dim), dim_of(dim, len(x.shape)), keepdim)


def _argmax(x: Tensor, dim: Any) -> Tensor:
    """Positions of the maxima, with the dimension kept."""
    d = dim_of(dim, len(x.shape))
    if not x.shape:
        return op("argmax", op("reshape", x, shape=(1,)), dim=0)
    if not x.shape[d]:
        raise located(DimError(f"{describe(x)} has no elements along dim {d}, so no largest one"))
    index = op("argmax", x, dim=d)
    return op("reshape", index, shape=(*x.shape[:d], 1, *x.shape[d + 1 :]))


def _along(x: Tensor, index: Tensor, d: int, keepdim: bool) -> Extremes:
    if not x.shape:
        return Extremes(op("reshape", x, shape=()), index)
    values = take_at(x, index, d)
    if keepdim:
        return Extremes(values, index)
    shape = (*x.shape[:d], *x.shape[d + 1 :])
    return Extremes(op("reshape", values, shape=shape), op("reshape", index, shape=shape))


def argmax(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """The position of the first maximum, int64: in the flattened tensor (0-dim), or along one
    dimension, which goes or stays with size 1 (`keepdim`).

    Errors: TypeError for what is no tensor or no int; TypeError (DTypeError) for bools; IndexError
    (DimError) for a dim out of range, and for no elements.

    >>> import denpa as dp
    >>> dp.argmax(dp.tensor([[1.0, 5.0], [3.0, 2.0]]), dim=1)
    tensor([1, 0])
    """
    return _position("argmax", need("argmax", input), dim, keepdim)


def argmin(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """The position of the first minimum, int64, as `argmax`.

    Errors: as `argmax`.

    >>> import denpa as dp
    >>> dp.argmin(dp.tensor([[1.0, 5.0], [3.0, 2.0]]), dim=1)
    tensor([0, 1])
    """
    x = need("argmin", input)
    return _position("argmin", x if x.dtype == bool_ else reverse(x), dim, keepdim)


def _position(name: str, x: Tensor, dim: Any, keepdim: bool) -> Tensor:
    if x.dtype == bool_:
        raise located(DTypeError(f"{name} is not defined for {describe(x)}; use .int()"))
    rank = len(x.shape)
    if dim is None:
        if not size_of(x.shape):
            raise located(
                DimError(f"{name}: {describe(x)} has no elements; name a dim that has some")
            )
        index = op("argmax", op("reshape", x, shape=(size_of(x.shape),)), dim=0)
        return reshape_to(index, (1,) * rank) if keepdim else index
    index = _argmax(x, dim)
    d = dim_of(dim, rank)
    if not rank or keepdim:
        return index
    return op("reshape", index, shape=(*x.shape[:d], *x.shape[d + 1 :]))


def argsort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> Tensor:
    """The positions that sort along one dimension, int64 of the input's shape; equal elements keep
    their order. NaN is largest.

    Errors: TypeError for what is no tensor or no int; IndexError (DimError) for a dim out of range.

    >>> import denpa as dp
    >>> dp.argsort(dp.tensor([3.0, 1.0, 2.0]))
    tensor([1, 2, 0])
    """
    x = need("argsort", input)
    d = dim_of(dim, len(x.shape))
    line = x if x.shape else op("reshape", x, shape=(1,))
    return reshape_to(op("argsort", line, dim=d, descending=bool(descending)), x.shape)


def sort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> Extremes:
    """(values, indices) in order along one dimension, both of the input's shape; always stable. NaN
    is largest.

    Errors: as `argsort`.

    >>> import denpa as dp
    >>> dp.sort(dp.tensor([3.0, 1.0, 2.0])).values
    tensor([1., 2., 3.])
    """
    x = need("sort", input)
    index = argsort(x, dim, descending)
    return Extremes(copy_of(x) if not x.shape else take_at(x, index, dim_of(dim, x.ndim)), index)


def topk(
    input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True
) -> Extremes:
    """(values, indices) of the k largest (or smallest) elements along one dimension, in order: both
    of the input's shape with size k there.

    Errors: TypeError for what is no tensor or no int; IndexError (DimError) for a dim out of range;
    RuntimeError (ShapeError) for a k below 0 or above the size.

    >>> import denpa as dp
    >>> dp.topk(dp.tensor([3.0, 1.0, 2.0]), 2)
    Extremes(values=tensor([3., 2.]), indices=tensor([0, 2]))
    """
    x = need("topk", input)
    d = dim_of(dim, len(x.shape))
    n = x.shape[d] if x.shape else 1
    if not 0 <= k <= n:
        raise located(
            ShapeError(f"topk: k must be between 0 and {n}, not {k}: {describe(x)}, dim {d}")
        )
    if not x.shape:
        return Extremes(copy_of(x), argsort(x))
    index = take(argsort(x, d, descending=largest), d, 0, k)
    return Extremes(take_at(x, index, d), index)
