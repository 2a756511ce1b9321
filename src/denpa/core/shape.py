"""Arithmetic of shapes, and the sentences that are said when it fails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from denpa.core.dtype import short
from denpa.core.errors import DimError, ShapeError

Shape = tuple[int, ...]


def describe(x: Any) -> str:
    """`f32[2, 3]` for anything with shape and dtype, the number itself otherwise."""
    if isinstance(x, (bool, int, float)):
        return repr(x)
    return f"{short(x.dtype)}{list(x.shape)}"


def broadcast_shapes(*shapes: Shape) -> Shape:
    """The common shape: aligned at the right, equal sizes or 1.

    >>> broadcast_shapes((4, 1), (3,))
    (4, 3)
    """
    first = shapes[0]
    if all(s == first for s in shapes):
        return first
    rank = max(map(len, shapes))
    out = [1] * rank
    for shape in shapes:
        for k, n in enumerate(shape, rank - len(shape)):
            if n == 1:
                continue
            if out[k] not in (1, n):
                listed = " and ".join(str(list(s)) for s in shapes)
                raise ShapeError(
                    f"shapes {listed} do not broadcast: dimension {k - rank} is {out[k]} in one "
                    f"and {n} in another; they must be equal, or one of them 1"
                )
            out[k] = n
    return tuple(out)


def canonical_dim(dim: Any, rank: int) -> int:
    """A dimension counted from the front; a 0-dim tensor has dims 0 and -1 as in PyTorch."""
    try:
        index = dim.__index__()
    except AttributeError:
        raise TypeError(f"dim must be an int, not {type(dim).__name__} ({dim!r})") from None
    span = max(rank, 1)
    if not -span <= index < span:
        raise DimError(
            f"dimension {index} is out of range for a tensor of {rank} dimensions "
            f"(expected {-span} to {span - 1})"
        )
    return int(index % span)


def canonical_dims(dim: Any, rank: int) -> Shape:
    """Dimensions as a sorted tuple; None (or nothing) means all of them."""
    if dim is None or (isinstance(dim, (tuple, list)) and not dim):
        return tuple(range(rank))
    dims = [canonical_dim(d, rank) for d in (dim if isinstance(dim, (tuple, list)) else (dim,))]
    if len(set(dims)) != len(dims):
        raise ShapeError(f"dim {tuple(dim)} names the same dimension twice")
    return tuple(sorted(d for d in dims if d < rank))


def reduced_shape(shape: Shape, dims: Shape, keepdim: bool) -> Shape:
    """The shape after a reduction over `dims` (counted from the front)."""
    if keepdim:
        return tuple(1 if k in dims else n for k, n in enumerate(shape))
    return tuple(n for k, n in enumerate(shape) if k not in dims)


def size_of(shape: Sequence[int]) -> int:
    """The number of elements."""
    size = 1
    for n in shape:
        size *= n
    return size
