"""Reading and writing elements at positions that a tensor gives."""

from __future__ import annotations

from typing import Any

import numpy as np

from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.dtype import bool_, int64
from denpa.core.errors import DimError, DTypeError, ShapeError
from denpa.core.shape import Shape, broadcast_shapes, describe, size_of
from denpa.functional.common import (
    RangeError,
    cast,
    copy_of,
    dim_of,
    located,
    need,
    op,
    reshape_to,
    take,
)
from denpa.functional.elements import number_in

__all__ = [
    "gather",
    "index_add",
    "index_select",
    "masked_fill",
    "masked_select",
    "nonzero",
    "scatter",
    "scatter_add",
    "take_along_dim",
]


def open_mesh(shape: Shape, dim: int, index: Any) -> list[Any]:
    """An index for every dimension: `index` for `dim`, 0, 1, 2, … for the others."""
    rank = len(shape)
    return [
        index if d == dim else np.arange(n).reshape([n if k == d else 1 for k in range(rank)])
        for d, n in enumerate(shape)
    ]


def take_at(x: Tensor, index: Tensor, dim: int) -> Tensor:
    """y[i, j] = x[i, index[i, j]] for dim = 1, and so on."""
    return op("gather", x, *open_mesh(index.shape, dim, index))


def _index(name: str, index: Any, rank: int, what: str = "index") -> Tensor:
    i = need(name, index, what)
    if len(i.shape) != rank and not (rank <= 1 and len(i.shape) <= 1):
        wrong = DimError if name in ("index_select", "index_add") else ShapeError
        raise located(wrong(f"{name}: {what} {describe(i)} must have {rank} dimensions"))
    if i.dtype.kind not in "iu" or i.dtype.itemsize < 4:
        raise located(DTypeError(f"{name}: {what} must be an int64 tensor, not {describe(i)}"))
    return i


def _nothing(name: str, index: Any) -> bool:
    """Whether an index is empty: then it names nothing, of whatever dtype and rank it is."""
    return not size_of(need(name, index, "index").shape)


def _in_range(name: str, i: Tensor, n: int, wrong: type[DimError] = RangeError) -> None:
    """Positions count from the front here; they are checked where they are known."""
    array = i._value.array
    if array is None or not array.size:
        return
    low, high = int(array.min()), int(array.max())
    if low < 0 or high >= n:
        raise located(
            wrong(
                f"{name}: index {low if low < 0 else high} is out of range (expected 0 to {n - 1})"
            )
        )


def gather(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """y[i][j] = x[index[i][j]][j] for dim = 0, x[i][index[i][j]] for dim = 1, and so on. The index
    (int64 or int32) has as many dimensions as the input; the result has the index's shape.

    Errors: TypeError for what is no tensor, (DTypeError) for an index of another dtype; IndexError
    (DimError) for a dim and (RangeError) for an index out of range, and a negative index;
    RuntimeError (ShapeError) for an index of another rank, or larger than the input in a dimension
    but `dim`.

    >>> import denpa as dp
    >>> dp.gather(dp.tensor([[1, 2], [3, 4]]), 1, dp.tensor([[1], [0]]))
    tensor([[2],
            [3]])
    """
    x = need("gather", input)
    d = dim_of(dim, len(x.shape))
    if _nothing("gather", index):
        return reshape_to(take(reshape_to(x, (size_of(x.shape),)), 0, 0, 0), index.shape)
    i = _index("gather", index, len(x.shape))
    _fits("gather", i, x, d, "input")
    _in_range("gather", i, x.shape[d] if x.shape else 1)
    if not x.shape:
        return reshape_to(op("gather", reshape_to(x, (1,)), reshape_to(i, (1,))), i.shape)
    return take_at(x, i, d) if i.shape else reshape_to(take_at(x, reshape_to(i, (1,)), d), ())


def _fits(name: str, i: Tensor, x: Tensor, d: int, what: str) -> None:
    if len(i.shape) != len(x.shape):
        return
    if any(k != d and n > m for k, (n, m) in enumerate(zip(i.shape, x.shape, strict=True))):
        raise located(
            ShapeError(
                f"{name}: index {describe(i)} must not be larger than {what} {describe(x)} in any "
                f"dimension but {d}"
            )
        )


def _part(src: Tensor, shape: Shape) -> Tensor:
    if src.shape == shape:
        return src
    zero = (0,) * len(shape)
    return op("slice", src, start=zero, stop=shape, step=(1,) * len(shape))


def _with(x: Tensor, src: Any) -> Tensor:
    """A copy of x in whose graph `src` has its place, though none of its elements is taken."""
    if not (isinstance(src, Tensor) and src.requires_grad):
        return copy_of(x)
    nothing = op(
        "sum", take(reshape_to(src, (size_of(src.shape),)), 0, 0, 0), dim=(0,), keepdim=False
    )
    return op("where", np.ones(x.shape, bool), x, nothing)


def scatter_add(input: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """input with src[i][j] added at [index[i][j]][j] for dim = 0, and so on; equal positions add
    up. A tensor of the input's shape; index and src have as many dimensions, index no larger than
    src.

    Errors: TypeError for what is no tensor, (DTypeError) for an index that is not int64 or int32,
    and for a src of another dtype than input; IndexError (DimError) for a dim and (RangeError) for
    an index out of range; RuntimeError (ShapeError) for an index of another rank, larger than src
    or, but in `dim`, than input.

    >>> import denpa as dp
    >>> dp.scatter_add(dp.zeros(3), 0, dp.tensor([0, 0, 2]), dp.ones(3))
    tensor([2., 0., 1.])
    """
    x, s = need("scatter_add", input), need("scatter_add", src, "src")
    if x.dtype != s.dtype:
        raise located(
            DTypeError(f"scatter_add: src {describe(s)} must have the dtype of input {describe(x)}")
        )
    d = dim_of(dim, len(x.shape))
    if _nothing("scatter_add", index):
        return _with(x, s)
    i = _index("scatter_add", index, len(x.shape))
    _fits("scatter_add", i, x, d, "input")
    _fits("scatter_add", i, s, -1, "src")
    _in_range("scatter_add", i, x.shape[d] if x.shape else 1)
    one = reshape_to(x, (1,)) if not x.shape else x
    i = reshape_to(i, (1,)) if not i.shape else i
    s = reshape_to(s, (1,)) if not s.shape else s
    added = op("scatter_add", _part(s, i.shape), *open_mesh(i.shape, d, i), shape=one.shape)
    return op("add", x, reshape_to(added, x.shape))


def scatter(input: Tensor, dim: int, index: Tensor, src: Any) -> Tensor:
    """input with src (a tensor or a number) written at the positions of `scatter_add`, in the
    input's shape.

    Where a position comes twice, the last one stays.

    Errors: as `scatter_add`; TypeError (DataError) for a src that is no number, ValueError
    (NumberError) for a number that the dtype of input cannot hold.

    >>> import denpa as dp
    >>> dp.scatter(dp.zeros(3), 0, dp.tensor([2]), 5.0)
    tensor([0., 0., 5.])
    """
    x = need("scatter", input)
    d = dim_of(dim, len(x.shape))
    if isinstance(src, Tensor) and src.dtype != x.dtype:
        raise located(
            DTypeError(f"scatter: src {describe(src)} must have the dtype of {describe(x)}")
        )
    if _nothing("scatter", index):
        return _with(x, src)
    i = _index("scatter", index, len(x.shape))
    _fits("scatter", i, x, d, "input")
    _in_range("scatter", i, x.shape[d] if x.shape else 1)
    if isinstance(src, Tensor):
        _fits("scatter", i, src, -1, "src")
        values = _part(src, i.shape)
    else:
        from denpa.functional.creation import full

        values = full(i.shape, src, dtype=x.dtype)
    places = np.arange(size_of(x.shape)).reshape(x.shape or (1,))
    held = i._held().reshape(i.shape or (1,))
    return put(x, places[tuple(open_mesh(held.shape, d, held))], values)


def put(x: Tensor, places: np.ndarray, values: Tensor) -> Tensor:
    """x with values[k] at the flat position places[k] (the last one, where a position comes
    twice).
    """
    source = np.full(size_of(x.shape), -1)
    source[places.reshape(-1)] = np.arange(places.size)
    hit = (source >= 0).reshape(x.shape)
    if not places.size:
        return _with(x, values)
    flat = reshape_to(values, (places.size,))
    spread = op("gather", flat, np.maximum(source, 0).reshape(x.shape)) if x.shape else flat
    return op("where", tensor_of(hit), reshape_to(spread, x.shape), x)


def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """The slices along one dimension that a 1-D index (int64 or int32) names: the input's shape,
    with the length of the index in that dimension.

    Errors: TypeError for what is no tensor, (DTypeError) for an index of another dtype; IndexError
    (DimError) for a dim or an index out of range, a negative index, and an index of 2 or more
    dimensions.

    >>> import denpa as dp
    >>> dp.index_select(dp.tensor([[1, 2], [3, 4]]), 1, dp.tensor([1, 1]))
    tensor([[2, 2],
            [4, 4]])
    """
    x = need("index_select", input)
    d = dim_of(dim, len(x.shape))
    i = _index("index_select", index, 1)
    _in_range("index_select", i, x.shape[d] if x.shape else 1, DimError)
    i = reshape_to(i, (1,)) if not i.shape else i
    if not x.shape:
        return reshape_to(op("gather", reshape_to(x, (1,)), i), ())
    return select_at(x, d, i)


def select_at(x: Tensor, d: int, index: Any) -> Tensor:
    """x with dimension d replaced by the elements at `index` (1-D)."""
    if d == 0:
        return op("gather", x, index)
    order = (d, *(k for k in range(len(x.shape)) if k != d))
    back = (*range(1, d + 1), 0, *range(d + 1, len(x.shape)))
    return op("permute", op("gather", op("permute", x, dims=order), index), dims=back)


def index_add(input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: Any = 1) -> Tensor:
    """input with alpha·source[k] added to its slice index[k] along one dimension; of the input's
    shape. `source` has that shape too, with the length of the 1-D index in that dimension.

    Errors: TypeError for what is no tensor, (DTypeError) for an index that is not int64 or int32,
    and for a source of another dtype than input; IndexError (DimError) for a dim or an index out of
    range, and an index of 2 or more dimensions; RuntimeError (ShapeError) for a source of another
    shape.

    >>> import denpa as dp
    >>> dp.index_add(dp.zeros(2), 0, dp.tensor([0, 0]), dp.ones(2))
    tensor([2., 0.])
    """
    x, s = need("index_add", input), need("index_add", source, "source")
    d = dim_of(dim, len(x.shape))
    i = _index("index_add", index, 1)
    if not x.shape:
        x, s = reshape_to(x, (1,)), reshape_to(s, (1,)) if size_of(s.shape) == 1 else s
    i = reshape_to(i, (1,)) if not i.shape else i
    _in_range("index_add", i, x.shape[d], DimError)
    if s.dtype != x.dtype:
        raise located(
            DTypeError(f"index_add: source {describe(s)} must have the dtype of {describe(x)}")
        )
    wanted = (*x.shape[:d], i.shape[0], *x.shape[d + 1 :])
    if s.shape != wanted:
        raise located(
            ShapeError(
                f"index_add: an index of {i.shape[0]} for dim {d} of {describe(x)} takes a source "
                f"of shape {list(wanted)}, not {describe(s)}"
            )
        )
    if not i.shape[0]:
        return reshape_to(_with(x, s), input.shape)
    rank = len(x.shape)
    order = (d, *(k for k in range(rank) if k != d))
    back = (*range(1, d + 1), 0, *range(d + 1, rank))
    s = op("permute", s if alpha == 1 else s * alpha, dims=order)
    added = op("scatter_add", s, i, shape=tuple(x.shape[k] for k in order))
    return reshape_to(op("add", x, op("permute", added, dims=back)), input.shape)


def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None) -> Tensor:
    """As `gather`, with broadcasting; without `dim`, positions in the flattened tensor, and a 1-D
    result.

    Errors: TypeError for what is no tensor, (DTypeError) for indices that are not int64 or int32;
    IndexError for a dim or an index out of range; RuntimeError (ShapeError) for indices of another
    rank and shapes that, `dim` apart, do not broadcast.

    >>> import denpa as dp
    >>> x = dp.tensor([[3, 1], [2, 4]])
    >>> dp.take_along_dim(x, x.argsort(dim=1), dim=1)
    tensor([[1, 3],
            [2, 4]])
    """
    x = need("take_along_dim", input)
    if dim is None:
        flat = reshape_to(need("take_along_dim", indices, "indices"), (size_of(indices.shape),))
        return gather(reshape_to(x, (size_of(x.shape),)), 0, flat)
    i = _index("take_along_dim", indices, len(x.shape), "indices")
    if len(i.shape) != len(x.shape):
        raise located(
            ShapeError(
                f"take_along_dim: indices {describe(i)} must have as many dimensions as "
                f"{describe(x)}"
            )
        )
    d = dim_of(dim, len(x.shape))
    if not x.shape:
        return gather(x, d, i)
    rest = broadcast_shapes(
        (*x.shape[:d], 1, *x.shape[d + 1 :]), (*i.shape[:d], 1, *i.shape[d + 1 :])
    )
    wide = (*rest[:d], x.shape[d], *rest[d + 1 :])
    long = (*rest[:d], i.shape[d], *rest[d + 1 :])
    x = x if x.shape == wide else op("broadcast_to", x, shape=wide)
    return take_at(x, i if i.shape == long else op("broadcast_to", i, shape=long), d)


def masked_fill(input: Tensor, mask: Tensor, value: Any) -> Tensor:
    """`value` (a number or a 0-dim tensor) where the mask, a bool tensor, is True, input elsewhere;
    mask and input broadcast, and the dtype stays.

    Errors: TypeError for what is no tensor and a value that is no number, (DTypeError) for a mask
    that is not bool; RuntimeError (ShapeError) for shapes that do not broadcast and a value with
    dimensions; ValueError (NumberError) for a value that the dtype of input cannot hold.

    >>> import denpa as dp
    >>> dp.masked_fill(dp.ones(2), dp.tensor([True, False]), 9.0)
    tensor([9., 1.])
    """
    x, m = need("masked_fill", input), need("masked_fill", mask, "mask")
    if m.dtype != bool_:
        raise located(DTypeError(f"masked_fill: the mask must be bool, not {describe(m)}"))
    if isinstance(value, Tensor):
        if value.shape:
            raise located(
                ShapeError(f"masked_fill: value must be a number or 0-dim, not {describe(value)}")
            )
        return op("where", m, cast(value, x.dtype), x)
    if not isinstance(value, (bool, int, float)):
        raise TypeError(f"masked_fill(): value must be a number, not {type(value).__name__}")
    return op("where", m, number_in(value, x.dtype), x)


def nonzero(input: Tensor, *, as_tuple: bool = False) -> Any:
    """The positions of the elements that are not zero, a row each: int64, (count, dimensions); as a
    tuple of index tensors (count,), one for each dimension, with `as_tuple`.

    Errors: TypeError for what is no tensor.

    >>> import denpa as dp
    >>> dp.nonzero(dp.tensor([0, 5, 7]))
    tensor([[1],
            [2]])
    """
    held = need("nonzero", input)._held()
    if as_tuple:
        found = np.nonzero(held if held.ndim else held.reshape(1))
        return tuple(tensor_of(i.astype(np.int64, copy=False)) for i in found)
    return tensor_of(np.argwhere(held).astype(np.int64, copy=False))


def masked_select(input: Tensor, mask: Tensor) -> Tensor:
    """The elements where the mask, a bool tensor, is True, in one dimension; mask and input
    broadcast.

    Errors: TypeError for what is no tensor, (DTypeError) for a mask that is not bool; RuntimeError
    (ShapeError) for shapes that do not broadcast.

    >>> import denpa as dp
    >>> x = dp.tensor([1, 2, 3])
    >>> dp.masked_select(x, x > 1)
    tensor([2, 3])
    """
    x, m = need("masked_select", input), need("masked_select", mask, "mask")
    if m.dtype != bool_:
        raise located(DTypeError(f"masked_select: the mask must be bool, not {describe(m)}"))
    shape = broadcast_shapes(x.shape, m.shape)
    x = x if x.shape == shape else op("broadcast_to", x, shape=shape)
    flat = reshape_to(x, (size_of(shape),))
    (index,) = np.nonzero(np.broadcast_to(m._held(), shape).reshape(-1))
    return op("gather", flat, index.astype(int64, copy=False))
