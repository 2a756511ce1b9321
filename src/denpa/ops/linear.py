"""Matrix products."""

from __future__ import annotations

from typing import Any

import numpy as np

from denpa.core.dtype import DType
from denpa.core.errors import DTypeError, ShapeError
from denpa.core.op import OPS, Op, Sample
from denpa.core.shape import Shape, broadcast_shapes, describe, size_of
from denpa.ops.kinds import bilinear, unbroadcast


def mT(x: Any) -> Any:
    """The transposed matrix (the last two dimensions swapped)."""
    n = len(x.shape)
    return OPS["permute"](x, dims=(*range(n - 2), n - 1, n - 2))


def _same_dtype(name: str, a: Any, b: Any) -> DType:
    if a.dtype != b.dtype:
        raise DTypeError(
            f"{name} takes one dtype, not {describe(a)} and {describe(b)}; "
            "convert one with .to(dtype)"
        )
    dtype: DType = a.dtype
    return dtype


def _matmul_infer(a: Any, b: Any) -> tuple[Shape, DType]:
    if len(a.shape) < 2 or len(b.shape) < 2:
        raise ShapeError(f"matmul takes matrices, not {describe(a)} and {describe(b)}")
    if a.shape[-1] != b.shape[-2]:
        raise ShapeError(
            f"matmul: {describe(a)} @ {describe(b)} does not fit: the left has "
            f"{a.shape[-1]} columns, the right {b.shape[-2]} rows; "
            "they must be equal (is one of them transposed?)"
        )
    batch = broadcast_shapes(a.shape[:-2], b.shape[:-2])
    return (*batch, a.shape[-2], b.shape[-1]), _same_dtype("matmul", a, b)


matmul: Op = bilinear(
    "matmul",
    np.matmul,
    _matmul_infer,
    lambda g, a, b: unbroadcast(matmul(g, mT(b)), a.shape),
    lambda g, a, b: unbroadcast(matmul(mT(a), g), b.shape),
    law=r"\frac{\partial E}{\partial A} = \frac{\partial E}{\partial Y} B^\top, "
    r"\frac{\partial E}{\partial B} = A^\top \frac{\partial E}{\partial Y}",
    given=(
        Sample(((2, 3), (3, 4))),
        Sample(((5, 2, 3), (3, 4))),
        Sample(((2, 1, 2, 3), (4, 3, 2))),
        Sample(((2, 0), (0, 3))),
        Sample(((0, 2), (2, 3))),
    ),
)


def _rows(x: Any) -> Any:
    """All leading dimensions as one: a matrix with a row for each example."""
    if len(x.shape) == 2:
        return x
    return OPS["reshape"](x, shape=(size_of(x.shape[:-1]), x.shape[-1]))


def _linear_infer(x: Any, w: Any, b: Any = None) -> tuple[Shape, DType]:
    if len(w.shape) != 2 or not x.shape or len(x.shape) < 2:
        raise ShapeError(
            f"linear takes inputs (..., in) and weights (out, in), not {describe(x)} and "
            f"{describe(w)}"
        )
    if x.shape[-1] != w.shape[1]:
        raise ShapeError(
            f"linear: the input {describe(x)} has {x.shape[-1]} features, the weight {describe(w)} "
            f"takes {w.shape[1]}; use Linear({x.shape[-1]}, {w.shape[0]}) or change the input"
        )
    dtype = _same_dtype("linear", x, w)
    if b is not None:
        _same_dtype("linear", x, b)
        if b.shape not in ((w.shape[0],), (1,), ()):
            raise ShapeError(
                f"linear: the weight {describe(w)} gives {w.shape[0]} features, the bias is "
                f"{describe(b)}; it must be [{w.shape[0]}]"
            )
    return (*x.shape[:-1], w.shape[0]), dtype


def _linear(x: Any, w: Any, b: Any = None) -> Any:
    y = np.matmul(x, w.T)
    return y if b is None else np.add(y, b, out=y if y.dtype == b.dtype else None)


# The affine layer, a primitive although it is x @ Wᵀ + b: so ∂E/∂W = δᵀx comes out in the layout
# of W, and the bias is added while the product is in the cache.
linear: Op = bilinear(
    "linear",
    _linear,
    _linear_infer,
    lambda g, x, w: (
        OPS["reshape"](matmul(_rows(g), w), shape=x.shape) if len(x.shape) > 2 else matmul(g, w)
    ),
    lambda g, x, w: matmul(mT(_rows(g)), _rows(x)),
    law=r"Y = XW^\top + b: \frac{\partial E}{\partial X} = \delta W, "
    r"\frac{\partial E}{\partial W} = \delta^\top X, "
    r"\frac{\partial E}{\partial b} = \sum_n \delta_n",
    given=(
        Sample(((4, 3), (2, 3))),
        Sample(((2, 4, 3), (5, 3))),
        Sample(((0, 3), (2, 3))),
        Sample(((4, 3), (2, 3), (2,))),
        Sample(((2, 2, 3), (5, 3), ())),
    ),
)
