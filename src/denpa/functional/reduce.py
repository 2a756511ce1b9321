"""Reductions: sums and what is made of them, norms."""

from __future__ import annotations

import builtins
import math
from typing import Any

from denpa.autodiff.tensor import Tensor
from denpa.core.dtype import as_dtype, float16, int64
from denpa.core.errors import ArgumentError, DTypeError, ShapeError
from denpa.core.shape import Shape, describe, reduced_shape, size_of
from denpa.functional.common import (
    cast,
    copy_of,
    dim_of,
    dims_of,
    located,
    need,
    need_float,
    op,
    reshape_to,
    single,
    take,
    unrecorded,
)

__all__ = ["cumsum", "mean", "nansum", "norm", "prod", "std", "std_mean", "sum", "var", "var_mean"]


def _wide(name: str, input: Any, dtype: Any) -> Tensor:
    """The input of a sum: in `dtype`, or whole numbers as int64."""
    x = need(name, input)
    if dtype is not None:
        return cast(x, dtype)
    return x if x.dtype.kind == "f" or x.dtype == int64 else cast(x, int64)


def sum(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum over all elements (0-dim), or along `dim` (an int or several), which goes or stays
    with size 1 (`keepdim`). Whole numbers sum to int64.

    Floats are added as a tree (`denpa.ops.sums`), as in all that is made of sums: the error is at
    most 4 ε log₂ n Σ|x| for n numbers, in any memory layout, eager and compiled.

    Errors: TypeError for what is no tensor, int or dtype; IndexError (DimError) for a dim out of
    range; RuntimeError (ShapeError) for a dim given twice.

    >>> import denpa as dp
    >>> dp.sum(dp.tensor([[1.0, 2.0], [3.0, 4.0]]), dim=0)
    tensor([4., 6.])
    """
    x = _wide("sum", input, dtype)
    return op("sum", x, dim=dims_of(dim, len(x.shape)), keepdim=keepdim)


def nansum(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum that counts NaN as 0, of the shape that `sum` gives.

    Errors: as `sum`.

    >>> import denpa as dp
    >>> dp.nansum(dp.tensor([1.0, float("nan"), 2.0]))
    tensor(3.)
    """
    x = _wide("nansum", input, dtype)
    x = op("where", op("eq", x, x), x, 0)
    return op("sum", x, dim=dims_of(dim, len(x.shape)), keepdim=keepdim)


def mean(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The mean of all elements (0-dim), or along `dim` (an int or several), which goes or stays
    with size 1 (`keepdim`); of no elements it is NaN.

    Errors: as `sum`; TypeError (DTypeError) for a tensor or dtype that is not floating point.

    >>> import denpa as dp
    >>> dp.mean(dp.tensor([[1.0, 2.0], [3.0, 4.0]]), 1)
    tensor([1.5, 3.5])
    """
    x = need("mean", input)
    if dtype is not None:
        x = cast(x, dtype)
    if x.dtype.kind != "f":
        raise located(
            DTypeError(
                f"mean takes a floating-point tensor, not {describe(x)}; convert it with .float(), "
                "or pass dtype="
            )
        )
    dims = dims_of(dim, len(x.shape))
    return cast(op("mean", single(x), dim=dims, keepdim=keepdim), x.dtype)


def _count(shape: Shape, dims: Shape) -> int:
    return size_of([shape[d] for d in dims])


def _moments(
    name: str, input: Any, dim: Any, unbiased: Any, keepdim: bool, correction: Any
) -> tuple[Tensor, Tensor]:
    """(variance, mean), the mean with its reduced dimensions kept."""
    x = single(need_float(name, need(name, input)))
    if isinstance(dim, bool):  # PyTorch's older form: var(input, unbiased)
        dim, unbiased = None, dim
    if correction is None:
        correction = 1 if unbiased is None else int(unbiased)
    elif unbiased is not None:
        raise TypeError(f"{name}() takes unbiased or correction, not both")
    dims = dims_of(dim, len(x.shape))
    n = _count(x.shape, dims)
    centre = mean(x, dims, True) if dims else x
    free = builtins.max(n - correction, 0)
    # The messages to the mean cancel out, since deviations sum to 0: infinite ones would give NaN.
    still = centre.detach()
    if free or n == 1:  # of one number all is 0/0
        still = op("where", op("lt", op("abs", still), math.inf), centre, still)
    off = x - still
    total = op("sum", off * off, dim=dims, keepdim=keepdim)
    return total / float(free), centre  # over no degrees of freedom: 0/0 is NaN, else infinite


def var(
    input: Tensor,
    dim: Any = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> Tensor:
    """The variance Σ(x − mean)²/(n − correction); the correction is 1 unless given. Over all
    elements (0-dim), or along `dim`, which goes or stays with size 1 (`keepdim`).

    Errors: TypeError for what is no tensor, a dim that is no int, and both of unbiased and
    correction, (DTypeError) for a tensor that is not floating point; IndexError (DimError) for a
    dim out of range; RuntimeError (ShapeError) for a dim given twice.

    >>> import denpa as dp
    >>> dp.var(dp.tensor([1.0, 2.0, 3.0]))
    tensor(1.)
    """
    return cast(_moments("var", input, dim, unbiased, keepdim, correction)[0], input.dtype)


def std(
    input: Tensor,
    dim: Any = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> Tensor:
    """The standard deviation, the root of `var`, of its shape. Where it is 0 its gradient is taken
    as 0.

    Errors: as `var`.

    >>> import denpa as dp
    >>> dp.std(dp.tensor([1.0, 2.0, 3.0]))
    tensor(1.)
    """
    v = _moments("std", input, dim, unbiased, keepdim, correction)[0]
    return cast(_root(v), input.dtype)


def var_mean(
    input: Tensor,
    dim: Any = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> tuple[Tensor, Tensor]:
    """(variance, mean), two tensors of the shape of `var`.

    Errors: as `var`.

    >>> import denpa as dp
    >>> dp.var_mean(dp.tensor([1.0, 2.0, 3.0]))
    (tensor(1.), tensor(2.))
    """
    v, m = _moments("var_mean", input, dim, unbiased, keepdim, correction)
    return cast(v, input.dtype), cast(reshape_to(m, v.shape), input.dtype)


def std_mean(
    input: Tensor,
    dim: Any = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> tuple[Tensor, Tensor]:
    """(standard deviation, mean), two tensors of the shape of `var`.

    Errors: as `var`.

    >>> import denpa as dp
    >>> dp.std_mean(dp.tensor([1.0, 3.0, 5.0]))
    (tensor(2.), tensor(3.))
    """
    v, m = _moments("std_mean", input, dim, unbiased, keepdim, correction)
    return cast(_root(v), input.dtype), cast(reshape_to(m, v.shape), input.dtype)


def _root(v: Tensor, power: float = 0.5) -> Tensor:
    """v to a power below 1 whose gradient at 0 is taken as 0."""
    zero = op("eq", v, 0)
    safe = op("where", zero, 1, v)
    root = op("sqrt", safe) if power == 0.5 else op("pow", safe, power)
    return op("where", zero, 0 if power > 0 else math.inf, root)


def prod(
    input: Tensor, dim: int | None = None, keepdim: bool = False, *, dtype: Any = None
) -> Tensor:
    """The product of all elements (0-dim), or along one dimension, which goes or stays with size 1
    (`keepdim`); its gradient is right at zeros too. Whole numbers give int64.

    Errors: TypeError for what is no tensor, int or dtype; IndexError (DimError) for a dim out of
    range.

    >>> import denpa as dp
    >>> dp.prod(dp.tensor([[1.0, 2.0], [3.0, 4.0]]), 1)
    tensor([ 2., 12.])
    """
    x = _wide("prod", input, dtype)
    whole = dim is None
    rank = len(x.shape)
    if whole or not rank:
        d = 0 if whole else dim_of(dim, rank)
        x = reshape_to(x, (size_of(x.shape),))
    else:
        d = dim_of(dim, rank)
    x = _product(x, d)
    if whole or not rank:
        return reshape_to(x, (1,) * rank if whole and keepdim else ())
    return x if keepdim else reshape_to(x, (*x.shape[:d], *x.shape[d + 1 :]))


def _product(x: Tensor, d: int) -> Tensor:
    """Products of pairs, of pairs of those, …: no division, so a zero harms nothing."""
    if not x.shape[d]:
        from denpa.functional.creation import ones

        return (
            ones((*x.shape[:d], 1, *x.shape[d + 1 :]), dtype=x.dtype)
            + op("sum", x, dim=(d,), keepdim=True)
            if x.requires_grad
            else ones((*x.shape[:d], 1, *x.shape[d + 1 :]), dtype=x.dtype)
        )
    rest = None
    while (n := x.shape[d]) > 1:
        if n % 2:
            last = take(x, d, n - 1, n)
            rest = last if rest is None else rest * last
        x = take(x, d, 0, n // 2) * take(x, d, n // 2, n - n % 2)
    return x if rest is None else x * rest


def norm(
    input: Tensor, p: Any = "fro", dim: Any = None, keepdim: bool = False, dtype: Any = None
) -> Tensor:
    """(Σ|x|ᵖ)^(1/p) over all elements (0-dim), or along `dim`, which goes or stays with size 1
    (`keepdim`); p may be inf, −inf or 0 (the count of non-zeros). "fro" is p = 2. At a zero vector
    the gradient is taken as 0.

    Errors: as `sum`; TypeError (DTypeError) for what is not floating point; ValueError
    (ArgumentError) for an unknown word as p; NotImplementedError for p = "nuc"; RuntimeError
    (ShapeError) for p = ±inf over no elements.

    >>> import denpa as dp
    >>> dp.norm(dp.tensor([3.0, 4.0]))
    tensor(5.)
    """
    x = need("norm", input)
    x = need_float("norm", x if dtype is None else cast(x, as_dtype(dtype)))
    if p == "nuc":
        raise NotImplementedError("norm: the nuclear norm is not offered; use p='fro' or a number")
    if p == "fro" or p is None:
        p = 2
    if isinstance(p, str):
        raise located(ArgumentError(f"norm: p must be a number, inf or 'fro', not {p!r}"))
    p = float(p)
    dims = dims_of(dim, len(x.shape))
    if x.dtype == float16:
        return cast(norm(single(x), p, dims, keepdim), float16)
    if p and _count(x.shape, dims) == 1:
        return _size(x, dims, keepdim, math.isinf(p) or p == 1)
    if p == 2:
        return _root(op("sum", x * x, dim=dims, keepdim=keepdim))
    if p == 0:
        ones = op("where", op("eq", x, x), op("abs", op("sign", x)), 1)  # NaN is not 0
        return op("sum", ones, dim=dims, keepdim=keepdim)
    size = op("abs", x)
    if p == 1:
        return op("sum", size, dim=dims, keepdim=keepdim)
    if math.isinf(p):
        if not _count(x.shape, dims):
            raise located(ShapeError(f"norm: {describe(x)} has no elements, so no largest one"))
        if p > 0:
            return _largest(size, dims, keepdim)
        return op("neg", _largest(op("neg", size), dims, keepdim))
    if p < 1:  # |x|ᵖ has no slope at 0
        zero = op("eq", x, 0)
        powers = op("where", zero, 0 if p > 0 else math.inf, op("where", zero, 1, size) ** p)
    else:
        powers = size**p
    return _root(op("sum", powers, dim=dims, keepdim=keepdim), 1 / p)


def _size(x: Tensor, dims: Shape, keepdim: bool, straight: bool) -> Tensor:
    """The norm of one element, |x|: its square may overflow. Only the norms without powers
    (`straight`) have a slope, 0, at NaN."""
    y = op("abs", x)
    if not straight:
        known = op("eq", x, x)
        unknown = op("where", known, 0, x)
        y = op("where", known, y, unknown * unknown)
    return reshape_to(y, reduced_shape(x.shape, dims, keepdim))


def _largest(x: Tensor, dims: Shape, keepdim: bool) -> Tensor:
    """The maximum. Where it is NaN, no element has a share in it."""
    top = unrecorded("amax", x, dim=dims, keepdim=keepdim)
    known = op("where", op("eq", x, x), x, -math.inf)
    y = op("amax", known, dim=dims, keepdim=keepdim)
    return op("where", op("eq", top, top), y, top)


def cumsum(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """The running sum along one dimension, of the input's shape. Whole numbers sum to int64.

    Errors: TypeError for what is no tensor, int or dtype; IndexError (DimError) for a dim out of
    range.

    >>> import denpa as dp
    >>> dp.cumsum(dp.tensor([1, 2, 3]), 0)
    tensor([1, 3, 6])
    """
    x = _wide("cumsum", input, dtype)
    d = dim_of(dim, len(x.shape))
    return op("cumsum", x, dim=d) if x.shape else copy_of(x)
