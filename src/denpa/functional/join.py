"""Tensors put together, repeated and moved about."""

from __future__ import annotations

from typing import Any

import numpy as np

from denpa.autodiff.tensor import Tensor, promote, tensor_of
from denpa.core.errors import ArgumentError, ShapeError
from denpa.core.shape import describe, size_of
from denpa.functional.common import copy_of, dim_of, ints, located, need, op, reshape_to, take
from denpa.functional.pick import select_at
from denpa.functional.shape import broadcast_tensors, unsqueeze

__all__ = [
    "cat",
    "concat",
    "concatenate",
    "dstack",
    "flip",
    "fliplr",
    "flipud",
    "hstack",
    "meshgrid",
    "repeat_interleave",
    "roll",
    "stack",
    "tile",
    "tril",
    "triu",
    "vstack",
]


def _tensors(name: str, tensors: Any) -> list[Tensor]:
    if isinstance(tensors, Tensor) or not isinstance(tensors, (tuple, list)):
        raise TypeError(f"{name}() takes a tuple or list of tensors, not {type(tensors).__name__}")
    if not tensors:
        wrong = ArgumentError if name == "cat" else ShapeError  # as PyTorch raises them
        raise located(wrong(f"{name}: at least one tensor must be given"))
    xs = [need(name, x, f"element {k}") for k, x in enumerate(tensors)]
    first = xs[0].dtype
    return xs if all(x.dtype == first for x in xs) else promote(xs)


def cat(tensors: Any, dim: int = 0) -> Tensor:
    """Tensors one after another along an existing dimension, in which alone their sizes may differ:
    (2, 3) and (4, 3) to (6, 3). Dtypes are promoted; an empty 1-D tensor fits any.

    Errors: TypeError for what is no tuple or list of tensors and for a dim that is no int;
    ValueError (ArgumentError) for no tensors; IndexError (DimError) for a dim out of range;
    RuntimeError (ShapeError) for 0-dim tensors and sizes that differ.

    >>> import denpa as dp
    >>> dp.cat([dp.zeros(2), dp.ones(1)])
    tensor([0., 0., 1.])
    """
    xs = _tensors("cat", tensors)
    if any(not x.shape for x in xs):
        raise located(ShapeError("cat: a 0-dim tensor cannot be joined; use stack"))
    like = next((x.shape for x in xs if x.shape != (0,)), (0,))
    d = dim_of(dim, len(like))
    if len(like) > 1:  # PyTorch lets an empty 1-D tensor stand beside tensors of any rank
        none = (*like[:d], 0, *like[d + 1 :])
        xs = [reshape_to(x, none) if x.shape == (0,) else x for x in xs]
    return op("cat", *xs, dim=d)


concat = concatenate = cat


def stack(tensors: Any, dim: int = 0) -> Tensor:
    """Tensors of one shape side by side along a new dimension: k of shape (n,) to (k, n). Dtypes
    are promoted.

    Errors: TypeError for what is no tuple or list of tensors and for a dim that is no int;
    IndexError (DimError) for a dim out of range; RuntimeError (ShapeError) for no tensors and
    shapes that differ.

    >>> import denpa as dp
    >>> dp.stack([dp.zeros(2), dp.ones(2)])
    tensor([[0., 0.],
            [1., 1.]])
    """
    xs = _tensors("stack", tensors)
    d = dim_of(dim, len(xs[0].shape) + 1)
    for k, x in enumerate(xs):
        if x.shape != xs[0].shape:
            raise located(
                ShapeError(
                    f"stack: tensor {k} is {describe(x)}, tensor 0 is {describe(xs[0])}; "
                    "all shapes must be equal"
                )
            )
    return op("cat", *(unsqueeze(x, d) for x in xs), dim=d)


def hstack(tensors: Any) -> Tensor:
    """Tensors beside each other: along dim 1, or dim 0 for vectors and 0-dim tensors.
    Errors: TypeError for what is no tuple or list of tensors; RuntimeError (ShapeError) for no
    tensors and sizes that differ.

    >>> import denpa as dp
    >>> dp.hstack([dp.ones(2, 1), dp.zeros(2, 3)]).shape
    (2, 4)
    """
    xs = [reshape_to(x, x.shape or (1,)) for x in _tensors("hstack", tensors)]
    return cat(xs, 0 if len(xs[0].shape) == 1 else 1)


def vstack(tensors: Any) -> Tensor:
    """Tensors below each other, along dim 0; vectors become rows: (n,) and (m, n) to (1 + m, n).
    Errors: TypeError for what is no tuple or list of tensors; RuntimeError (ShapeError) for no
    tensors and sizes that differ.

    >>> import denpa as dp
    >>> dp.vstack([dp.ones(2), dp.zeros(3, 2)]).shape
    (4, 2)
    """
    xs = _tensors("vstack", tensors)
    return cat([reshape_to(x, (1, size_of(x.shape))) if len(x.shape) < 2 else x for x in xs])


def dstack(tensors: Any) -> Tensor:
    """Tensors behind each other, along dim 2: (n,) counts as (1, n, 1), (n, m) as (n, m, 1).
    Errors: TypeError for what is no tuple or list of tensors; RuntimeError (ShapeError) for no
    tensors and sizes that differ.

    >>> import denpa as dp
    >>> dp.dstack([dp.ones(2), dp.zeros(2)]).shape
    (1, 2, 2)
    """
    xs = []
    for x in _tensors("dstack", tensors):
        rows = reshape_to(x, (1, size_of(x.shape))) if len(x.shape) < 2 else x
        xs.append(unsqueeze(rows, 2) if len(rows.shape) == 2 else rows)
    return cat(xs, 2)


def flip(input: Tensor, dims: Any) -> Tensor:
    """Elements in reverse order along `dims`, an int or a tuple: a copy of the same shape.
    Errors: TypeError for what is no tensor and dims that are no ints; IndexError (DimError) for a
    dim out of range; RuntimeError (ShapeError) for a dim named twice.

    >>> import denpa as dp
    >>> dp.flip(dp.tensor([1, 2, 3]), (0,))
    tensor([3, 2, 1])
    """
    x = need("flip", input)
    chosen = tuple(sorted({dim_of(d, len(x.shape)) for d in ints("flip", (dims,))}))
    if len(chosen) != len(ints("flip", (dims,))):
        raise located(ShapeError(f"flip: dims {dims} name the same dimension twice"))
    return op("flip", x, dim=chosen if x.shape else ())


def flip_method(self: Tensor, *dims: Any) -> Tensor:
    """Elements in reverse order along the dims, given as ints or a tuple."""
    return flip(self, ints("flip", dims))


def fliplr(input: Tensor) -> Tensor:
    """Columns (dim 1) in reverse order: a copy of the same shape.
    Errors: TypeError for what is no tensor; IndexError (DimError) for fewer than two dimensions.

    >>> import denpa as dp
    >>> dp.fliplr(dp.tensor([[1, 2, 3]]))
    tensor([[3, 2, 1]])
    """
    return flip(input, (1,))


def flipud(input: Tensor) -> Tensor:
    """Rows (dim 0) in reverse order: a copy of the same shape.
    Errors: TypeError for what is no tensor.

    >>> import denpa as dp
    >>> dp.flipud(dp.tensor([1, 2, 3]))
    tensor([3, 2, 1])
    """
    return flip(input, (0,))


def roll(input: Tensor, shifts: Any, dims: Any = None) -> Tensor:
    """Elements shifted along `dims`, in the same shape; what leaves at the end comes in at the
    front. Shifts and dims are ints or tuples; without dims the elements count as one row.
    Errors: TypeError for what is no tensor, and shifts or dims that are no ints; IndexError for a
    dim out of range; RuntimeError (ShapeError) for other than one shift for each dim.

    >>> import denpa as dp
    >>> dp.roll(dp.tensor([1, 2, 3]), 1)
    tensor([3, 1, 2])
    """
    x = need("roll", input)
    by = ints("roll", (shifts,))
    along = ints("roll", (dims,)) if dims is not None else ()
    if not along and len(by) == 1:
        flat = op("reshape", x, shape=(size_of(x.shape),))
        return op("reshape", roll(flat, by, (0,)), shape=x.shape)
    if len(by) != len(along):
        raise located(
            ShapeError(f"roll: {len(by)} shifts for {len(along)} dims; give one for each")
        )
    y = x
    for shift, dim in zip(by, along, strict=True):
        d = dim_of(dim, len(y.shape))
        n = y.shape[d]
        if n and shift % n:
            cut = n - shift % n
            y = op("cat", take(y, d, cut, n), take(y, d, 0, cut), dim=d)
    return copy_of(y) if y is x else y


def repeat(self: Tensor, *repeats: Any) -> Tensor:
    """The tensor laid side by side with itself, so many times along each dimension.

    >>> import denpa as dp
    >>> dp.tensor([1, 2]).repeat(2, 2)
    tensor([[1, 2, 1, 2],
            [1, 2, 1, 2]])
    """
    times = ints("repeat", repeats)
    if len(times) < len(self.shape):
        raise located(
            ShapeError(
                f"repeat: {len(times)} counts for {describe(self)}; give one for each dimension"
            )
        )
    if any(n < 0 for n in times):
        raise located(ShapeError(f"repeat: counts cannot be negative: {list(times)}"))
    shape = (*(1,) * (len(times) - len(self.shape)), *self.shape)
    paired = tuple(k for n in shape for k in (1, n))
    wide = tuple(k for r, n in zip(times, shape, strict=True) for k in (r, n))
    y = op("broadcast_to", op("reshape", self, shape=paired), shape=wide)
    full = tuple(r * n for r, n in zip(times, shape, strict=True))
    return op("reshape", y, shape=full) if full != self.shape else copy_of(self)


def tile(input: Tensor, dims: Any) -> Tensor:
    """As `repeat`; missing counts are 1: (2,) by (2, 3) to (2, 6). `dims` is an int or a tuple.
    Errors: TypeError for what is no tensor and counts that are no ints; RuntimeError (ShapeError)
    for negative counts.

    >>> import denpa as dp
    >>> dp.tile(dp.tensor([1, 2]), 2)
    tensor([1, 2, 1, 2])
    """
    x = need("tile", input)
    times = ints("tile", (dims,))
    return repeat(x, (*(1,) * (len(x.shape) - len(times)), *times))


def tile_method(self: Tensor, *dims: Any) -> Tensor:
    """As `repeat`; missing counts are 1."""
    return tile(self, ints("tile", dims))


def repeat_interleave(input: Tensor, repeats: Any, dim: int | None = None) -> Tensor:
    """Every element (or slice along `dim`) repeated in place: `repeats` times, or so many times as
    a tensor of counts says. Without `dim` the result is 1-D.
    Errors: TypeError for what is no tensor, and a list, None or floating-point tensor of repeats;
    ValueError for a negative number; IndexError for a dim out of range; RuntimeError (ShapeError)
    for a tensor of negative counts or of another size.

    >>> import denpa as dp
    >>> dp.repeat_interleave(dp.tensor([1, 2]), 2)
    tensor([1, 1, 2, 2])
    """
    x = need("repeat_interleave", input)
    if dim is None:
        x, d = reshape_to(x, (size_of(x.shape),)), 0
    else:
        d = dim_of(dim, len(x.shape))
    n = x.shape[d]
    if isinstance(repeats, Tensor):
        counts = (
            np.broadcast_to(repeats._held(), (n,)) if repeats.shape in ((), (1,), (n,)) else None
        )
        if counts is None or (counts.size and int(counts.min()) < 0):
            raise located(
                ShapeError(
                    f"repeat_interleave: repeats {describe(repeats)} must be {n} counts >= 0"
                )
            )
        return select_at(x, d, np.repeat(np.arange(n), counts))
    y = unsqueeze(x, d + 1)
    wide = (*x.shape[: d + 1], int(repeats), *x.shape[d + 1 :])
    merged = (*x.shape[:d], n * int(repeats), *x.shape[d + 1 :])
    return op("reshape", op("broadcast_to", y, shape=wide), shape=merged)


def _triangle(name: str, input: Any, diagonal: int, lower: bool) -> Tensor:
    x = need(name, input)
    if len(x.shape) < 2:
        raise located(ShapeError(f"{name} takes matrices, not {describe(x)}"))
    n, m = x.shape[-2:]
    mask = np.tri(n, m, diagonal if lower else diagonal - 1, dtype=np.bool_)
    return op("where", tensor_of(mask if lower else ~mask), x, False if x.dtype == np.bool_ else 0)


def tril(input: Tensor, diagonal: int = 0) -> Tensor:
    """The matrix with zeros above a diagonal: (…, n, m) to (…, n, m).
    Errors: TypeError for what is no tensor and a diagonal that is no number; RuntimeError
    (ShapeError) for fewer than two dimensions.

    >>> import denpa as dp
    >>> dp.tril(dp.ones(2, 2))
    tensor([[1., 0.],
            [1., 1.]])
    """
    return _triangle("tril", input, diagonal, True)


def triu(input: Tensor, diagonal: int = 0) -> Tensor:
    """The matrix with zeros below a diagonal: (…, n, m) to (…, n, m).
    Errors: TypeError for what is no tensor and a diagonal that is no number; RuntimeError
    (ShapeError) for fewer than two dimensions.

    >>> import denpa as dp
    >>> dp.triu(dp.ones(2, 2))
    tensor([[1., 1.],
            [0., 1.]])
    """
    return _triangle("triu", input, diagonal, False)


def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Tensor, ...]:
    """Vectors repeated to a grid: one tensor for each, all of the shape of the grid. (n,) and (m,)
    to (n, m), or (m, n) where `indexing` is "xy".
    Errors: TypeError for what is no tensor; RuntimeError (ShapeError) for no tensors and another
    word for `indexing`.

    >>> import denpa as dp
    >>> a, b = dp.meshgrid(dp.arange(2), dp.arange(3), indexing="ij")
    >>> a.shape, b[1]
    ((2, 3), tensor([0, 1, 2]))
    """
    given = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)) else tensors
    xs = _tensors("meshgrid", list(given))
    if indexing not in ("ij", "xy"):
        raise located(ShapeError(f"meshgrid: indexing must be 'ij' or 'xy', not {indexing!r}"))
    swap = indexing == "xy" and len(xs) > 1
    if swap:
        xs[0], xs[1] = xs[1], xs[0]
    n = len(xs)
    opened = [
        reshape_to(x, tuple(size_of(x.shape) if d == k else 1 for d in range(n)))
        for k, x in enumerate(xs)
    ]
    grid = list(broadcast_tensors(*opened))
    if swap:
        grid[0], grid[1] = grid[1], grid[0]
    return tuple(grid)
