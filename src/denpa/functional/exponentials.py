"""The normalised exponentials: softmax, its logarithm, and logsumexp."""

from __future__ import annotations

from typing import Any

from denpa.autodiff.tensor import Tensor
from denpa.functional.common import (
    cast,
    dim_of,
    dims_of,
    floating,
    need,
    need_float,
    op,
    single,
    unrecorded,
)

__all__ = ["log_softmax", "logsumexp", "softmax"]


def logsumexp(input: Tensor, dim: Any, keepdim: bool = False) -> Tensor:
    """ln Σ exp(x) along `dim` (an int, several, or None for all), without overflow: floating point,
    and the dims go or stay with size 1 (`keepdim`).

    Errors: TypeError for what is no tensor or no int; IndexError (DimError) for a dim out of range;
    RuntimeError (ShapeError) for a dim given twice.

    >>> import denpa as dp
    >>> dp.logsumexp(dp.tensor([1000.0, 1000.0]), 0)
    tensor(1000.6932)
    """
    x = floating("logsumexp", input)
    dims = dims_of(dim, len(x.shape))
    return cast(op("logsumexp", single(x), dim=dims, keepdim=keepdim), x.dtype)


def _shifted(name: str, input: Any, dim: Any, dtype: Any) -> tuple[Tensor, int]:
    """x less its maximum along dim. The maximum is taken as a constant: both functions are the same
    for any shift, so their derivatives of every order are too."""
    x = need(name, input)
    x = need_float(name, x if dtype is None else cast(x, dtype), "pass dtype= or use .float()")
    if dim is None:
        raise TypeError(f"{name}() misses its argument dim: the dimension that sums to 1")
    d = dim_of(dim, len(x.shape))
    if not x.shape:
        return x - x, d
    if x.shape[d]:
        x = op("sub", x, unrecorded("amax", x, dim=(d,), keepdim=True))
    return x, d


def softmax(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """exp(x) / Σ exp(x) along `dim`: a tensor of the input's shape that sums to 1 there.

    Errors: TypeError for what is no tensor, int or dtype, and for no dim, (DTypeError) for what is
    not floating point; IndexError (DimError) for a dim out of range.

    >>> import denpa as dp
    >>> dp.softmax(dp.zeros(4), 0)
    tensor([0.25, 0.25, 0.25, 0.25])
    """
    x, d = _shifted("softmax", input, dim, dtype)
    e = op("exp", single(x))
    dims = (d,) if x.shape else ()
    return cast(op("div", e, op("sum", e, dim=dims, keepdim=True)), x.dtype)


def log_softmax(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """x − ln Σ exp(x) along `dim`, of the input's shape: the logarithm of `softmax`, without its
    loss of digits.

    Errors: as `softmax`.

    >>> import denpa as dp
    >>> dp.log_softmax(dp.zeros(2), 0)
    tensor([-0.6931, -0.6931])
    """
    x, d = _shifted("log_softmax", input, dim, dtype)
    dims = (d,) if x.shape else ()
    wide = single(x)
    logs = op("log", op("sum", op("exp", wide), dim=dims, keepdim=True))
    return cast(op("sub", wide, logs), x.dtype)
