"""Parts of a tensor along one dimension: a slice, a stretch, or all of them in turn."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from denpa.autodiff.tensor import Tensor
from denpa.core.errors import ArgumentError, DimError, ShapeError
from denpa.core.shape import describe
from denpa.functional.common import dim_of, ints, located, need, op, take

__all__ = ["chunk", "narrow", "select", "split", "tensor_split", "unbind"]


def narrow(input: Tensor, dim: int, start: Any, length: int) -> Tensor:
    """`length` elements from `start` along one dimension: a view.
    Errors: TypeError for what is no tensor or no int; IndexError (DimError) for a dim or start out
    of range; RuntimeError (ShapeError) for a length that is negative or reaches past the end, and
    for a 0-dim tensor.
    >>> import denpa as dp; dp.narrow(dp.arange(5), 0, 1, 3)
    tensor([1, 2, 3])
    """
    x = need("narrow", input)
    if not x.shape:
        raise located(ShapeError("narrow: a 0-dim tensor has no part"))
    d = dim_of(dim, len(x.shape))
    n, a = x.shape[d], int(start)
    if not -n <= a <= n:
        raise located(DimError(f"narrow: start {a} is out of range for size {n}"))
    a = a + n if a < 0 else a
    if length < 0 or a + length > n:
        raise located(ShapeError(f"narrow: {a} + {length} exceeds dimension {d} of {describe(x)}"))
    return take(x, d, a, a + length)


def select(input: Tensor, dim: int, index: Any) -> Tensor:
    """The slice at one position, without that dimension: a view.
    Errors: TypeError for what is no tensor or no int; IndexError (DimError) for a dim or an index
    out of range, and for a 0-dim tensor.
    >>> import denpa as dp; dp.select(dp.tensor([[1, 2], [3, 4]]), 1, 0)
    tensor([1, 3])
    """
    x = need("select", input)
    if not x.shape:
        raise located(DimError("select: a 0-dim tensor has no part"))
    d = dim_of(dim, len(x.shape))
    n, k = x.shape[d], int(index)
    if not -n <= k < n:
        raise located(
            DimError(f"index {k} is out of range for dimension {d} of size {n} of {describe(x)}")
        )
    k %= n
    return op("reshape", take(x, d, k, k + 1), shape=(*x.shape[:d], *x.shape[d + 1 :]))


def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """The slices along one dimension, without it, as a tuple of views.
    Errors: TypeError for what is no tensor or no int; IndexError (DimError) for a dim out of range,
    and for a 0-dim tensor.
    >>> import denpa as dp; dp.unbind(dp.tensor([1, 2]))
    (tensor(1), tensor(2))
    """
    x = need("unbind", input)
    if not x.shape:
        raise located(DimError("unbind: a 0-dim tensor has no parts"))
    d = dim_of(dim, len(x.shape))
    return tuple(select(x, d, k) for k in range(x.shape[d]))


def split(tensor: Tensor, split_size_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Parts of the given size (the last may be smaller) or of the given sizes along `dim`, a tuple.
    Errors: TypeError for what is no tensor or no ints; IndexError (DimError) for a dim out of
    range; RuntimeError (ShapeError) for a size below 1, sizes that do not add up, a 0-dim tensor.
    >>> import denpa as dp; dp.split(dp.arange(5), 2)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    """
    x = need("split", tensor, "tensor")
    if not x.shape:
        raise located(ShapeError("split: a 0-dim tensor has no parts"))
    d = dim_of(dim, len(x.shape))
    n = x.shape[d]
    if isinstance(split_size_or_sections, (tuple, list)):
        lengths = ints("split", (split_size_or_sections,))
        if sum(lengths) != n or any(k < 0 for k in lengths):
            raise located(
                ShapeError(
                    f"split: sizes {list(lengths)} do not add up to dimension {d} of {describe(x)}"
                )
            )
    else:
        (size,) = ints("split", (split_size_or_sections,))
        if size < 0 or (size == 0 and n):
            raise located(ShapeError(f"split: the size of a part must be positive, not {size}"))
        lengths = (size,) * (n // size) + ((n % size,) if n % size else ()) if n else (0,)
    parts, at = [], 0
    for k in lengths:
        parts.append(take(x, d, at, at + k))
        at += k
    return tuple(parts)


def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """At most `chunks` parts of equal size (the last may be smaller) along `dim`: a tuple.
    Errors: TypeError for what is no tensor or no int; IndexError (DimError) for a dim out of range;
    RuntimeError (ShapeError) for less than one part, and a 0-dim tensor.
    >>> import denpa as dp; dp.chunk(dp.arange(5), 2)
    (tensor([0, 1, 2]), tensor([3, 4]))
    """
    x = need("chunk", input)
    if chunks < 1:
        raise located(ShapeError(f"chunk: the number of parts must be positive, not {chunks}"))
    if not x.shape:
        raise located(ShapeError("chunk: a 0-dim tensor has no parts"))
    n = x.shape[dim_of(dim, len(x.shape))]
    return split(x, -(-n // chunks), dim) if n else split(x, [0] * chunks, dim)


def tensor_split(input: Tensor, indices_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Exactly n parts of nearly equal size, or parts that end before the given positions: a tuple.
    Errors: TypeError for what is no tensor or no int; IndexError for a dim out of range (DimError)
    and a 0-dim tensor; ValueError (ArgumentError) for less than one part.
    >>> import denpa as dp; dp.tensor_split(dp.arange(5), 2)
    (tensor([0, 1, 2]), tensor([3, 4]))
    """
    x = need("tensor_split", input)
    d = dim_of(dim, len(x.shape))
    n = x.shape[d]
    if isinstance(indices_or_sections, int):
        if indices_or_sections < 1:
            raise located(ArgumentError("tensor_split: the number of parts must be positive"))
        size, more = divmod(n, indices_or_sections)
        lengths = [size + (k < more) for k in range(indices_or_sections)]
        return split(x, lengths, d)
    cuts = [0, *(slice(0, int(i)).indices(n)[1] for i in indices_or_sections), n]
    return tuple(take(x, d, a, max(a, b)) for a, b in pairwise(cuts))
