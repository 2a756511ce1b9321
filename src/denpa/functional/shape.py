"""Other shapes of the same elements."""

from __future__ import annotations

from typing import Any

import numpy as np

from denpa.autodiff.layout import memory
from denpa.autodiff.tensor import Tensor
from denpa.core.errors import ShapeError
from denpa.core.shape import Shape, broadcast_shapes, describe, size_of
from denpa.functional.common import (
    dim_of,
    dims_of,
    ints,
    located,
    need,
    op,
)
from denpa.functional.convert import contiguous

__all__ = [
    "atleast_1d",
    "broadcast_tensors",
    "broadcast_to",
    "flatten",
    "moveaxis",
    "movedim",
    "permute",
    "ravel",
    "reshape",
    "squeeze",
    "swapaxes",
    "swapdims",
    "t",
    "transpose",
    "unflatten",
    "unsqueeze",
]


def _infer(x: Tensor, shape: Shape) -> Shape:
    """The shape with its −1, if any, worked out."""
    if -1 not in shape:
        if any(n < 0 for n in shape):
            raise located(ShapeError(f"reshape: {list(shape)} is no shape; only -1 is filled in"))
        return shape
    k = shape.index(-1)
    known = size_of(shape[:k] + shape[k + 1 :])
    size = size_of(x.shape)
    if known < 0 or any(n < 0 for n in shape[k + 1 :]):
        raise located(ShapeError(f"reshape: only one size of {list(shape)} can be -1"))
    if not known and not size:
        raise located(
            ShapeError(f"reshape: -1 in {list(shape)} could be any size for {describe(x)}")
        )
    if not known or size % known:
        raise located(
            ShapeError(
                f"reshape: {describe(x)} has {size} elements, which {list(shape)} cannot hold"
            )
        )
    return (*shape[:k], size // known, *shape[k + 1 :])


def reshape(input: Tensor, shape: Any) -> Tensor:
    """The same elements in another shape; one size may be −1. A view where that is possible.
    Errors: TypeError for what is no tensor or no ints; RuntimeError (ShapeError) for a shape of
    another number of elements, two sizes of −1, or one below.
    >>> import denpa as dp; dp.reshape(dp.arange(6), (2, -1)).shape
    (2, 3)
    """
    x = need("reshape", input)
    return op("reshape", x, shape=_infer(x, ints("reshape", (shape,))))


def reshape_method(self: Tensor, *shape: Any) -> Tensor:
    """The same elements in another shape, given as ints or a tuple."""
    return op("reshape", self, shape=_infer(self, ints("reshape", shape)))


def view(self: Tensor, *shape: Any) -> Tensor:
    """The same memory in another shape; an error where that needs a copy (then use `reshape`)."""
    if len(shape) == 1 and isinstance(shape[0], np.dtype):
        raise NotImplementedError("view(dtype) is not offered; .to(dtype) converts the numbers")
    wanted = _infer(self, ints("view", shape))
    if size_of(wanted) == size_of(self.shape):
        try:
            np.reshape(memory(self._value), wanted, copy=False)
        except ValueError:
            raise located(
                ShapeError(
                    f"view: {describe(self)} does not lie in memory in the order that a view as "
                    f"{list(wanted)} needs; use .reshape(), which copies"
                )
            ) from None
    return op("reshape", self, shape=wanted)


def reshape_as(self: Tensor, other: Tensor) -> Tensor:
    """In the shape of another tensor."""
    return reshape_method(self, other.shape)


def view_as(self: Tensor, other: Tensor) -> Tensor:
    """The same memory in the shape of another tensor."""
    return view(self, other.shape)


def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """Dimensions start_dim to end_dim as one; a 0-dim tensor becomes (1,).
    Errors: TypeError for what is no tensor or no int; IndexError (DimError) for a dim out of range;
    RuntimeError (ShapeError) for a start_dim behind end_dim.
    >>> import denpa as dp; dp.flatten(dp.zeros(2, 3, 4), 1).shape
    (2, 12)
    """
    x = need("flatten", input)
    rank = len(x.shape)
    a, b = dim_of(start_dim, rank), dim_of(end_dim, rank)
    if a > b:
        raise located(ShapeError(f"flatten: start_dim {start_dim} lies behind end_dim {end_dim}"))
    if a == b and rank:
        return x
    return op("reshape", x, shape=(*x.shape[:a], size_of(x.shape[a : b + 1]), *x.shape[b + 1 :]))


def ravel(input: Tensor) -> Tensor:
    """All elements in one dimension, in row-major order: a copy where they lie otherwise.
    Errors: TypeError for what is no tensor.
    >>> import denpa as dp; dp.ravel(dp.tensor([[1, 2], [3, 4]]))
    tensor([1, 2, 3, 4])
    """
    return flatten(contiguous(need("ravel", input)))


def unflatten(input: Tensor, dim: int, sizes: Any) -> Tensor:
    """One dimension as several; one of their sizes may be −1.
    Errors: TypeError for what is no tensor or no ints; IndexError (DimError) for a dim out of
    range; RuntimeError (ShapeError) for sizes that do not make up the dimension.
    >>> import denpa as dp; dp.unflatten(dp.zeros(2, 12), 1, (3, -1)).shape
    (2, 3, 4)
    """
    x = need("unflatten", input)
    d = dim_of(dim, len(x.shape))
    parts = ints("unflatten", (sizes,))
    if -1 not in parts and size_of(parts) != x.shape[d]:
        raise located(
            ShapeError(
                f"unflatten: sizes {list(parts)} do not make up dimension {d} of {describe(x)}"
            )
        )
    if -1 in parts:
        known = size_of([n for n in parts if n != -1])
        if parts.count(-1) > 1 or not known or x.shape[d] % known:
            raise located(
                ShapeError(f"unflatten: sizes {list(parts)} do not make up {x.shape[d]} elements")
            )
        parts = tuple(x.shape[d] // known if n == -1 else n for n in parts)
    return op("reshape", x, shape=(*x.shape[:d], *parts, *x.shape[d + 1 :]))


def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """Two dimensions swapped: a view.
    Errors: TypeError for what is no tensor or no int; IndexError (DimError) for a dim out of range.
    >>> import denpa as dp; dp.transpose(dp.zeros(2, 3), 0, 1).shape
    (3, 2)
    """
    x = need("transpose", input)
    order = list(range(len(x.shape)))
    a, b = dim_of(dim0, len(order)), dim_of(dim1, len(order))
    if order:
        order[a], order[b] = order[b], order[a]
    return op("permute", x, dims=tuple(order))


swapaxes = swapdims = transpose


def t(input: Tensor) -> Tensor:
    """The transposed matrix, (n, m) to (m, n); tensors of fewer dimensions stay as they are.
    Errors: TypeError for what is no tensor; RuntimeError (ShapeError) for 3 or more dimensions.
    >>> import denpa as dp; dp.t(dp.zeros(2, 3)).shape
    (3, 2)
    """
    x = need("t", input)
    if len(x.shape) > 2:
        raise located(ShapeError(f"t takes a matrix, not {describe(x)}; use .transpose or .mT"))
    return op("permute", x, dims=tuple(reversed(range(len(x.shape)))))


def permute(input: Tensor, dims: Any) -> Tensor:
    """The dimensions in another order: a view.
    Errors: TypeError for what is no tensor or no ints; IndexError (DimError) for a dim out of
    range; RuntimeError (ShapeError) where dims do not name each dimension once.
    >>> import denpa as dp; dp.permute(dp.zeros(2, 3, 4), (2, 0, 1)).shape
    (4, 2, 3)
    """
    x = need("permute", input)
    order = ints("permute", (dims,))
    rank = len(x.shape)
    if len(order) != rank:
        raise located(
            ShapeError(f"permute: {len(order)} dims for {describe(x)} of {rank} dimensions")
        )
    return op("permute", x, dims=tuple(dim_of(d, rank) for d in order))


def permute_method(self: Tensor, *dims: Any) -> Tensor:
    """The dimensions in another order, given as ints or a tuple."""
    return permute(self, ints("permute", dims))


def movedim(input: Tensor, source: Any, destination: Any) -> Tensor:
    """Dimensions moved to other places (ints, or tuples of as many), the others in order.
    Errors: TypeError for what is no tensor or no ints; IndexError (DimError) for a dim out of
    range; RuntimeError (ShapeError) where they do not pair up, or come twice.
    >>> import denpa as dp; dp.movedim(dp.zeros(2, 3, 4), 0, -1).shape
    (3, 4, 2)
    """
    x = need("movedim", input)
    rank = len(x.shape)
    come = [dim_of(d, rank) for d in ints("movedim", (source,))]
    go = [dim_of(d, rank) for d in ints("movedim", (destination,))]
    if len(come) != len(go) or len(set(come)) != len(come) or len(set(go)) != len(go):
        raise located(
            ShapeError(f"movedim: source {source} and destination {destination} do not pair up")
        )
    placed = dict(zip(go, come, strict=True))
    rest = iter(d for d in range(rank) if d not in come)
    return op(
        "permute", x, dims=tuple(placed[k] if k in placed else next(rest) for k in range(rank))
    )


moveaxis = movedim


def squeeze(input: Tensor, dim: Any = None) -> Tensor:
    """Without its dimensions of size 1, or without those of `dim` (an int or several) of size 1.
    Errors: TypeError for what is no tensor or no int; IndexError (DimError) for a dim out of range;
    RuntimeError (ShapeError) for a dim given twice.
    >>> import denpa as dp; dp.squeeze(dp.zeros(1, 3, 1)).shape
    (3,)
    """
    x = need("squeeze", input)
    chosen = () if isinstance(dim, (tuple, list)) and not dim else dims_of(dim, len(x.shape))
    shape = tuple(n for d, n in enumerate(x.shape) if n != 1 or d not in chosen)
    return op("reshape", x, shape=shape)


def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """With a new dimension of size 1 at `dim`.
    Errors: TypeError for what is no tensor or no int; IndexError (DimError) for a dim out of range.
    >>> import denpa as dp; dp.unsqueeze(dp.zeros(3), 0).shape
    (1, 3)
    """
    x = need("unsqueeze", input)
    d = dim_of(dim, len(x.shape) + 1)
    return op("reshape", x, shape=(*x.shape[:d], 1, *x.shape[d:]))


def expand(self: Tensor, *sizes: Any) -> Tensor:
    """Dimensions of size 1 repeated without a copy; −1 keeps a size.

    >>> import denpa as dp
    >>> dp.ones(3, 1).expand(2, -1, 4).shape
    (2, 3, 4)
    """
    wanted = ints("expand", sizes)
    lead = len(wanted) - len(self.shape)
    if lead < 0 or -1 in wanted[:lead] or any(n < -1 for n in wanted):
        raise located(ShapeError(f"expand: {describe(self)} cannot be expanded to {list(wanted)}"))
    shape = tuple(self.shape[k - lead] if n == -1 else n for k, n in enumerate(wanted))
    return op("broadcast_to", self, shape=shape)


def expand_as(self: Tensor, other: Tensor) -> Tensor:
    """Expanded to the shape of another tensor."""
    return expand(self, other.shape)


def broadcast_to(input: Tensor, size: Any) -> Tensor:
    """Dimensions of size 1 (and missing ones) repeated without a copy, to the shape `size`.
    Errors: TypeError for what is no tensor or no ints; RuntimeError (ShapeError) for a size that
    the input does not broadcast to.
    >>> import denpa as dp; dp.broadcast_to(dp.tensor([1, 2]), (2, 2))
    tensor([[1, 2],
            [1, 2]])
    """
    return expand(need("broadcast_to", input), size)


def broadcast_to_method(self: Tensor, *sizes: Any, size: Any = None) -> Tensor:
    """Dimensions of size 1 (and missing ones) repeated without a copy, to sizes given as ints or a
    tuple."""
    return expand(self, *(sizes if size is None else (size,)))


def matrices_transposed(self: Tensor) -> Tensor:
    """The matrices in the last two dimensions transposed; a 0-dim tensor itself."""
    if len(self.shape) == 1:
        raise located(ShapeError(f".mT takes matrices, not {describe(self)}"))
    return transpose(self, -2, -1) if self.shape else self


def broadcast_tensors(*tensors: Tensor) -> tuple[Tensor, ...]:
    """Tensors expanded to their common shape, as a tuple.
    Errors: TypeError for what is no tensor; RuntimeError (ShapeError) for no common shape.
    >>> import denpa as dp; dp.broadcast_tensors(dp.tensor([1, 2]), dp.tensor(3))
    (tensor([1, 2]), tensor([3, 3]))
    """
    given = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)) else tensors
    xs = [need("broadcast_tensors", x) for x in given]
    shape = broadcast_shapes(*(x.shape for x in xs))
    return tuple(op("broadcast_to", x, shape=shape) for x in xs)


def atleast_1d(input: Tensor) -> Tensor:
    """A 0-dim tensor as one of shape (1,), another as it is.
    Errors: none for a tensor.
    >>> import denpa as dp; dp.atleast_1d(dp.tensor(2))
    tensor([2])
    """
    return input if input.shape else op("reshape", input, shape=(1,))
