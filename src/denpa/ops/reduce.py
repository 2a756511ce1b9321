"""Functions that fold a dimension."""

from __future__ import annotations

from typing import Any

import numpy as np

from denpa.core.dtype import DType, int64
from denpa.core.errors import DimError
from denpa.core.op import OPS, Op, Sample
from denpa.core.shape import Shape, reduced_shape, size_of
from denpa.ops.kinds import constant, general, linear, need_float
from denpa.ops.sums import running, total

_S = Sample
_REDUCTIONS = (
    _S(((2, 3, 4),), {"dim": (1,), "keepdim": False}),
    _S(((2, 3, 4),), {"dim": (0, 2), "keepdim": True}),
    _S(((2, 3),), {"dim": (0, 1), "keepdim": False}),
    _S(((),), {"dim": (), "keepdim": False}),
)


def _spread(t: Any, x: Any, dim: Shape) -> Any:
    """Repeat a reduced value along the dimensions that were folded."""
    kept = tuple(1 if k in dim else n for k, n in enumerate(x.shape))
    t = t if t.shape == kept else OPS["reshape"](t, shape=kept)
    return OPS["broadcast_to"](t, shape=x.shape)


def _some(name: str, x: Any, dim: Shape) -> None:
    if any(x.shape[d] == 0 for d in dim):
        raise DimError(f"{name} of no elements: shape {list(x.shape)} is empty along dim {dim}")


def _sum_infer(x: Any, *, dim: Shape, keepdim: bool) -> tuple[Shape, DType]:
    return reduced_shape(x.shape, dim, keepdim), x.dtype


sum: Op = linear(
    "sum",
    total,
    _sum_infer,
    lambda g, x, dim, keepdim: _spread(g, x, dim),
    law=r"\frac{\partial \sum_j x_j}{\partial x_i} = 1",
    given=(*_REDUCTIONS, _S(((0, 3),), {"dim": (0,), "keepdim": False})),
)


def _count(x: Any, dim: Shape) -> int:
    return size_of([x.shape[d] for d in dim])


def _mean_infer(x: Any, *, dim: Shape, keepdim: bool) -> tuple[Shape, DType]:
    need_float("mean", x)
    return reduced_shape(x.shape, dim, keepdim), x.dtype


def _mean(x: Any, dim: Shape, keepdim: bool) -> Any:
    if x.dtype == np.float16:  # which has no number for a sum or a count above 65504
        return np.asarray(_mean(x.astype(np.float32), dim, keepdim)).astype(x.dtype)
    return total(x, dim, keepdim) / x.dtype.type(_count(x, dim))


mean: Op = linear(
    "mean",
    _mean,
    _mean_infer,
    lambda g, x, dim, keepdim: _spread(g / max(_count(x, dim), 1), x, dim),
    law=r"\frac{\partial}{\partial x_i} \frac1N \sum_j x_j = \frac1N",
    given=_REDUCTIONS,
)


def _amax_infer(x: Any, *, dim: Shape, keepdim: bool) -> tuple[Shape, DType]:
    _some("amax", x, dim)
    return reduced_shape(x.shape, dim, keepdim), x.dtype


def _amax_share(y: Any, x: Any, dim: Shape) -> Any:
    """Each maximum's part of the message: 1 over the number of elements that reach it."""
    hit = OPS["cast"](x == _spread(y, x, dim), dtype=x.dtype)
    return hit / sum(hit, dim=dim, keepdim=True)


amax: Op = general(
    "amax",
    lambda x, dim, keepdim: np.maximum.reduce(x, axis=dim, keepdims=keepdim),
    _amax_infer,
    lambda g, y, x, dim, keepdim: _spread(g, x, dim) * _amax_share(y, x, dim),
    lambda t, y, x, dim, keepdim: sum(t * _amax_share(y, x, dim), dim=dim, keepdim=keepdim),
    law=r"\frac{\partial \max_j x_j}{\partial x_i} = \frac{[x_i = \max]}{\#\{j : x_j = \max\}}",
    given=_REDUCTIONS,
)


def _logsumexp(x: Any, dim: Shape, keepdim: bool) -> Any:
    top = np.maximum.reduce(x, axis=dim, keepdims=True, initial=-np.inf)
    if not np.isfinite(top).all():
        top = np.where(np.isfinite(top), top, x.dtype.type(0))
    y = np.log(total(np.exp(x - top), dim, True)) + top
    return y if keepdim else np.reshape(y, reduced_shape(x.shape, dim, False))


def _logsumexp_infer(x: Any, *, dim: Shape, keepdim: bool) -> tuple[Shape, DType]:
    need_float("logsumexp", x)
    return reduced_shape(x.shape, dim, keepdim), x.dtype


def _shares(y: Any, x: Any, dim: Shape) -> Any:
    return OPS["exp"](x - _spread(y, x, dim))  # softmax


logsumexp: Op = general(
    "logsumexp",
    _logsumexp,
    _logsumexp_infer,
    lambda g, y, x, dim, keepdim: _spread(g, x, dim) * _shares(y, x, dim),
    lambda t, y, x, dim, keepdim: sum(t * _shares(y, x, dim), dim=dim, keepdim=keepdim),
    law=r"\frac{\partial \ln\sum_j e^{x_j}}{\partial x_i} = \operatorname{softmax}(x)_i",
    given=_REDUCTIONS,
    plain=lambda x, dim, keepdim: np.log(np.sum(np.exp(x), axis=dim, keepdims=keepdim)),
)


def _same(x: Any, **params: Any) -> tuple[Shape, DType]:
    return x.shape, x.dtype


cumsum: Op = linear(
    "cumsum",
    running,
    _same,
    lambda g, x, dim: OPS["flip"](cumsum(OPS["flip"](g, dim=(dim,)), dim=dim), dim=(dim,)),
    law=r"\frac{\partial y_j}{\partial x_i} = [i \le j]",
    given=(_S(((3, 4),), {"dim": 1}), _S(((4,),), {"dim": 0}), _S(((0, 2),), {"dim": 0})),
)


def _argmax_infer(x: Any, *, dim: int) -> tuple[Shape, DType]:
    _some("argmax", x, (dim,))
    return reduced_shape(x.shape, (dim,), False), int64


def _argmax(x: Any, dim: int) -> Any:
    n = x.shape[dim]
    if n > 16 or x.dtype.kind == "b":
        return np.argmax(x, axis=dim)
    # A few strided passes are several times faster than NumPy's search along a short dimension.
    x = np.moveaxis(x, dim, 0)
    best, index = x[0], np.zeros(x.shape[1:], np.int64)
    for k in range(1, n):
        better = (x[k] > best) | (
            (x[k] != x[k]) & (best == best)
        )  # the first NaN wins, as in NumPy
        best = np.where(better, x[k], best)
        index = np.where(better, k, index)
    return index


argmax: Op = constant(
    "argmax",
    _argmax,
    _argmax_infer,
    law="0",
    given=(_S(((3, 4),), {"dim": 1}), _S(((20, 2),), {"dim": 0})),
)


def _argsort_infer(x: Any, *, dim: int, descending: bool) -> tuple[Shape, DType]:
    return x.shape, int64


def _argsort(x: Any, dim: int, descending: bool) -> Any:
    if not descending:
        return np.argsort(x, axis=dim, kind="stable")
    # Reversed twice, so that equal elements keep their order.
    order = np.argsort(np.flip(x, dim), axis=dim, kind="stable")
    return x.shape[dim] - 1 - np.flip(order, dim)


argsort: Op = constant(
    "argsort",
    _argsort,
    _argsort_infer,
    law="0",
    given=(
        _S(((3, 4),), {"dim": 1, "descending": False}),
        _S(((5,),), {"dim": 0, "descending": True}),
    ),
)
