"""Reading and adding at integer positions, and sliding windows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np

from denpa.core.dtype import DType, float64
from denpa.core.errors import DimError, DTypeError, ShapeError
from denpa.core.op import Op, Sample
from denpa.core.shape import Shape, broadcast_shapes, describe, size_of
from denpa.ops.kinds import linear
from denpa.ops.sums import FAN

_I = np.array


def _check_index(name: str, shape: Shape, index: tuple[Any, ...]) -> Shape:
    """The broadcast shape of the index arrays; positions are checked where they are known."""
    if not index or len(index) > len(shape):
        raise ShapeError(f"{name}: {len(index)} index arrays for {len(shape)} dimensions")
    for d, i in enumerate(index):
        if i.dtype.kind not in "iu":
            raise DTypeError(f"{name}: an index must be an integer tensor, not {describe(i)}")
        held = getattr(i, "array", i)  # a Value's array, or the array itself; None while tracing
        if held is not None and held.size:
            low, high = int(held.min()), int(held.max())
            if low < -shape[d] or high >= shape[d]:
                wrong = low if low < -shape[d] else high
                raise DimError(
                    f"{name}: index {wrong} is out of range for dimension {d} of size {shape[d]} "
                    f"(expected {-shape[d]} to {shape[d] - 1})"
                )
    return broadcast_shapes(*(i.shape for i in index))


def _gather_infer(x: Any, *index: Any) -> tuple[Shape, DType]:
    picked = _check_index("gather", x.shape, index)
    return (*picked, *x.shape[len(index) :]), x.dtype


gather: Op = linear(
    "gather",
    lambda x, *index: x[index],
    _gather_infer,
    lambda g, x, *index: scatter_add(g, *index, shape=x.shape),
    law=r"y_k = x_{i_k}: \frac{\partial E}{\partial x_i} = \sum_{k : i_k = i} \delta_k",
    given=(
        Sample(((4, 3), _I([0, 2, 2, -1]))),
        Sample(((4, 3), _I([[0], [3]]), _I([1, 1, 2]))),
        Sample(((4, 3), _I([], dtype=np.int64))),
    ),
)


def _scatter_infer(g: Any, *index: Any, shape: Shape) -> tuple[Shape, DType]:
    picked = _check_index("scatter_add", shape, index)
    if g.shape != (*picked, *shape[len(index) :]):
        raise ShapeError(
            f"scatter_add: {describe(g)} cannot be added at {list(picked)} positions of "
            f"{list(shape)}"
        )
    return shape, g.dtype


def precision(dtype: DType, index: Sequence[Any]) -> DType:
    """In which float type `scatter_add` adds: any number may fall on one place, in any order, so
    where they are many in float64."""
    many = size_of(broadcast_shapes(*(i.shape for i in index))) > FAN
    return float64 if many and dtype.kind == "f" else dtype


def _scatter_add(g: Any, *index: Any, shape: Shape) -> Any:
    wide = g.astype(precision(g.dtype, index), copy=False)
    y = np.zeros_like(wide, shape=shape)
    np.add.at(y, index, wide)
    return y.astype(g.dtype, copy=False)


scatter_add: Op = linear(
    "scatter_add",
    _scatter_add,
    _scatter_infer,
    lambda g, x, *index, shape: gather(g, *index),
    law=r"y_i = \sum_{k : i_k = i} x_k: \delta_{x_k} = \delta_{i_k}",
    given=(
        Sample(((3, 2), _I([0, 2, 2])), {"shape": (4, 2)}),
        Sample(((2, 3), _I([[0], [1]]), _I([1, 1, 2])), {"shape": (2, 3)}),
    ),
)


def _count(n: int, k: int, s: int, d: int) -> int:
    return (n - d * (k - 1) - 1) // s + 1


def _unfold_infer(x: Any, *, size: Shape, stride: Shape, dilation: Shape) -> tuple[Shape, DType]:
    r = len(size)
    space = x.shape[len(x.shape) - r :]
    out = []
    for n, k, s, d in zip(space, size, stride, dilation, strict=True):
        if k < 1 or s < 1 or d < 1:
            raise ShapeError(
                f"window {size}, stride {stride} and dilation {dilation} must be positive"
            )
        if n < d * (k - 1) + 1:
            raise ShapeError(
                f"a window of {d * (k - 1) + 1} does not fit into a dimension of {n} of "
                f"{describe(x)}; make the kernel smaller or pad the input"
            )
        out.append(_count(n, k, s, d))
    return (*x.shape[: len(x.shape) - r], *size, *out), x.dtype


def _unfold(x: Any, size: Shape, stride: Shape, dilation: Shape) -> Any:
    r = len(size)
    reach = tuple(d * (k - 1) + 1 for k, d in zip(size, dilation, strict=True))
    axes = tuple(range(x.ndim - r, x.ndim))
    w = np.lib.stride_tricks.sliding_window_view(x, reach, axes)  # (..., places, reach)
    rest = (np.s_[:],) * (x.ndim - r)
    w = w[(*rest, *(np.s_[::s] for s in stride), *(np.s_[::d] for d in dilation))]
    return np.moveaxis(w, tuple(range(x.ndim, x.ndim + r)), axes)  # (..., size, places)


unfold: Op = linear(
    "unfold",
    _unfold,
    _unfold_infer,
    lambda g, x, size, stride, dilation: fold(
        g, shape=x.shape[len(x.shape) - len(size) :], stride=stride, dilation=dilation
    ),
    law=r"y_{k,p} = x_{sp + dk}: \delta_x = \operatorname{fold}(\delta_y)",
    given=(
        Sample(((2, 7),), {"size": (3,), "stride": (2,), "dilation": (1,)}),
        Sample(((2, 5, 6),), {"size": (2, 3), "stride": (1, 2), "dilation": (2, 1)}),
    ),
    view=True,
)


def _fold_infer(x: Any, *, shape: Shape, stride: Shape, dilation: Shape) -> tuple[Shape, DType]:
    r = len(shape)
    lead = len(x.shape) - 2 * r
    size, places = x.shape[lead : lead + r], x.shape[lead + r :]
    if places != tuple(map(_count, shape, size, stride, dilation)):
        raise ShapeError(f"fold: {describe(x)} is not a set of windows of {list(shape)}")
    return (*x.shape[:lead], *shape), x.dtype


def _fold(x: Any, shape: Shape, stride: Shape, dilation: Shape) -> Any:
    r = len(shape)
    lead = x.ndim - 2 * r
    size, places = x.shape[lead : lead + r], x.shape[lead + r :]
    every = (np.s_[:],) * lead
    # In the memory order of the windows, which for images is N, H, W, C: adding across it is slow.
    y = np.zeros_like(x[(*every, *(0,) * r)], shape=(*x.shape[:lead], *shape))
    for offset in product(*map(range, size)):  # one strided addition for each element of the window
        span = tuple(
            np.s_[k * d : k * d + (n - 1) * s + 1 : s]
            for k, d, n, s in zip(offset, dilation, places, stride, strict=True)
        )
        y[(*every, *span)] += x[(*every, *offset)]
    return y


fold: Op = linear(
    "fold",
    _fold,
    _fold_infer,
    lambda g, x, shape, stride, dilation: unfold(
        g,
        size=x.shape[len(x.shape) - 2 * len(shape) : len(x.shape) - len(shape)],
        stride=stride,
        dilation=dilation,
    ),
    law=r"y_i = \sum_{sp + dk = i} x_{k,p}: \delta_x = \operatorname{unfold}(\delta_y)",
    given=(
        Sample(((2, 3, 3),), {"shape": (7,), "stride": (2,), "dilation": (1,)}),
        Sample(((2, 2, 3, 3, 2),), {"shape": (5, 6), "stride": (1, 2), "dilation": (2, 1)}),
    ),
)
