"""Comparison and logic."""

from __future__ import annotations

from typing import Any

import numpy as np

from denpa.autodiff.mode import no_grad
from denpa.autodiff.tensor import Tensor
from denpa.core.dtype import bool_, int64
from denpa.functional.common import both, cast, dims_of, need, op
from denpa.functional.limits import isfinite, isnan
from denpa.functional.pointwise import as_bool

__all__ = [
    "all",
    "allclose",
    "any",
    "count_nonzero",
    "eq",
    "equal",
    "ge",
    "greater",
    "greater_equal",
    "gt",
    "isclose",
    "le",
    "less",
    "less_equal",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "lt",
    "ne",
    "not_equal",
]


def eq(input: Any, other: Any) -> Tensor:
    """Where input = other: a bool tensor of the broadcast shape.

    Errors: TypeError for what is no tensor, array or number; RuntimeError (ShapeError) for shapes
    that do not broadcast.

    >>> import denpa as dp
    >>> dp.eq(dp.tensor([1, 2]), 2)
    tensor([False,  True])
    """
    return both("eq", input, other)


def ne(input: Any, other: Any) -> Tensor:
    """Where input ≠ other: a bool tensor of the broadcast shape.

    Errors: TypeError for what is no tensor, array or number; RuntimeError (ShapeError) for shapes
    that do not broadcast.

    >>> import denpa as dp
    >>> dp.ne(dp.tensor([1, 2]), 2)
    tensor([ True, False])
    """
    return op("bitwise_not", both("eq", input, other))


def lt(input: Any, other: Any) -> Tensor:
    """Where input < other: a bool tensor of the broadcast shape.

    Errors: TypeError for what is no tensor, array or number; RuntimeError (ShapeError) for shapes
    that do not broadcast.

    >>> import denpa as dp
    >>> dp.lt(dp.tensor([1, 2, 3]), 2)
    tensor([ True, False, False])
    """
    return both("lt", input, other)


def le(input: Any, other: Any) -> Tensor:
    """Where input ≤ other: a bool tensor of the broadcast shape.

    Errors: TypeError for what is no tensor, array or number; RuntimeError (ShapeError) for shapes
    that do not broadcast.

    >>> import denpa as dp
    >>> dp.le(dp.tensor([1, 2, 3]), 2)
    tensor([ True,  True, False])
    """
    return both("le", input, other)


def gt(input: Any, other: Any) -> Tensor:
    """Where input > other: a bool tensor of the broadcast shape.

    Errors: TypeError for what is no tensor, array or number; RuntimeError (ShapeError) for shapes
    that do not broadcast.

    >>> import denpa as dp
    >>> dp.gt(dp.tensor([1, 2, 3]), 2)
    tensor([False, False,  True])
    """
    return both("lt", other, input)


def ge(input: Any, other: Any) -> Tensor:
    """Where input ≥ other: a bool tensor of the broadcast shape.

    Errors: TypeError for what is no tensor, array or number; RuntimeError (ShapeError) for shapes
    that do not broadcast.

    >>> import denpa as dp
    >>> dp.ge(dp.tensor([1, 2, 3]), 2)
    tensor([False,  True,  True])
    """
    return both("le", other, input)


not_equal, less, less_equal, greater, greater_equal = ne, lt, le, gt, ge


def logical_not(input: Tensor) -> Tensor:
    """Where x is zero or False: a bool tensor of the input's shape.

    Errors: TypeError for what is no tensor.

    >>> import denpa as dp
    >>> dp.logical_not(dp.tensor([0, 2]))
    tensor([ True, False])
    """
    return op("bitwise_not", as_bool(need("logical_not", input)))


def logical_and(input: Tensor, other: Tensor) -> Tensor:
    """Where both are not zero: a bool tensor of the broadcast shape.

    Errors: TypeError for what is no tensor; RuntimeError (ShapeError) for shapes that do not
    broadcast.

    >>> import denpa as dp
    >>> dp.logical_and(dp.tensor([True, True]), dp.tensor([True, False]))
    tensor([ True, False])
    """
    a, b = need("logical_and", input), need("logical_and", other, "other")
    return op("bitwise_and", as_bool(a), as_bool(b))


def logical_or(input: Tensor, other: Tensor) -> Tensor:
    """Where at least one is not zero: a bool tensor of the broadcast shape.

    Errors: TypeError for what is no tensor; RuntimeError (ShapeError) for shapes that do not
    broadcast.

    >>> import denpa as dp
    >>> dp.logical_or(dp.tensor([True, False]), dp.tensor([False, False]))
    tensor([ True, False])
    """
    a, b = need("logical_or", input), need("logical_or", other, "other")
    return op("bitwise_or", as_bool(a), as_bool(b))


def logical_xor(input: Tensor, other: Tensor) -> Tensor:
    """Where exactly one is not zero: a bool tensor of the broadcast shape.

    Errors: TypeError for what is no tensor; RuntimeError (ShapeError) for shapes that do not
    broadcast.

    >>> import denpa as dp
    >>> dp.logical_xor(dp.tensor([True, True]), dp.tensor([True, False]))
    tensor([False,  True])
    """
    a, b = need("logical_xor", input), need("logical_xor", other, "other")
    return ne(as_bool(a), as_bool(b))


def any(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    """Whether any element (along `dim`) is not zero.

    `dim` is an int or a tuple of ints; without it all elements count and the result is 0-dim. The
    dims go, or stay with size 1 under `keepdim`. The result is bool, uint8 for a uint8 tensor.

    Errors: TypeError for what is no tensor and for a dim that is no int; IndexError (DimError) for
    a dim out of range; RuntimeError (ShapeError) for a dim named twice.

    >>> import denpa as dp
    >>> dp.any(dp.tensor([[0, 1], [0, 0]]), dim=1)
    tensor([ True, False])
    """
    x = need("any", input)
    found = count(x, dim, keepdim) > 0
    return cast(found, x.dtype) if x.dtype == np.uint8 else found


def all(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    """Whether all elements (along `dim`) are not zero; true of no elements.

    `dim` is an int or a tuple of ints; without it all elements count and the result is 0-dim. The
    dims go, or stay with size 1 under `keepdim`. The result is bool, uint8 for a uint8 tensor.

    Errors: TypeError for what is no tensor and for a dim that is no int; IndexError (DimError) for
    a dim out of range; RuntimeError (ShapeError) for a dim named twice.

    >>> import denpa as dp
    >>> dp.all(dp.tensor([1, 2, 0]))
    tensor(False)
    """
    x = need("all", input)
    found = count(logical_not(x), dim, keepdim) == 0
    return cast(found, x.dtype) if x.dtype == np.uint8 else found


def count(x: Tensor, dim: Any, keepdim: bool) -> Tensor:
    """The number of elements that are not zero, int64."""
    dims = dims_of(dim, len(x.shape))
    return op("sum", cast(as_bool(x), int64), dim=dims, keepdim=keepdim)


def count_nonzero(input: Tensor, dim: Any = None) -> Tensor:
    """The number of elements (along `dim`, an int or a tuple, which goes) that are not zero: an
    int64 tensor, 0-dim without `dim`.

    Errors: TypeError for what is no tensor and for a dim that is no int; IndexError (DimError) for
    a dim out of range; RuntimeError (ShapeError) for a dim named twice.

    >>> import denpa as dp
    >>> dp.count_nonzero(dp.tensor([0, 3, 4]))
    tensor(2)
    """
    return count(need("count_nonzero", input), dim, False)


def isclose(
    input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> Tensor:
    """Where |input − other| ≤ atol + rtol·|other|; infinities are close to themselves only. A bool
    tensor of the broadcast shape.

    Errors: TypeError for what is no tensor, for a tolerance that is no number, and for a bool
    `other` beside another dtype (DTypeError); RuntimeError (ShapeError) for shapes that do not
    broadcast.

    >>> import denpa as dp
    >>> dp.isclose(dp.tensor([1.0, 2.0]), dp.tensor([1.0, 2.1]))
    tensor([ True, False])
    """
    a, b = need("isclose", input), need("isclose", other, "other")
    with no_grad():
        same = eq(a, b)
        if equal_nan:
            same = logical_or(same, logical_and(isnan(a), isnan(b)))
        if a.dtype == bool_:
            return same
        gap = op("abs", a - b)
        near = le(gap, op("abs", b) * rtol + atol)
        return logical_or(same, logical_and(near, isfinite(gap)))


def allclose(
    input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> bool:
    """Whether all elements are close, see `isclose`: a Python bool.

    Errors: TypeError for what is no tensor, for a tolerance that is no number, and for a bool
    `other` beside another dtype (DTypeError); RuntimeError (ShapeError) for shapes that do not
    broadcast.

    >>> import denpa as dp
    >>> dp.allclose(dp.ones(2), dp.ones(2) + 1e-9)
    True
    """
    return bool(all(isclose(input, other, rtol, atol, equal_nan)).item())


def equal(input: Tensor, other: Tensor) -> bool:
    """Whether two tensors have the same shape and elements: a Python bool. Their dtypes may differ.

    Errors: TypeError for what is no tensor.

    >>> import denpa as dp
    >>> dp.equal(dp.tensor([1, 2]), dp.tensor([1, 2]))
    True
    """
    a, b = need("equal", input), need("equal", other, "other")
    return a.shape == b.shape and bool(np.array_equal(a._held(), b._held()))
