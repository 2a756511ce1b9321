"""What the composites share: typed calls of the table, checks of arguments, errors with a place."""

from __future__ import annotations

import operator
from typing import Any, TypeVar

import numpy as np

from denpa.autodiff.mode import STATE
from denpa.autodiff.tensor import Tensor, apply, tensor_of
from denpa.core import dtype as dtypes
from denpa.core.errors import ArgumentError, DenpaError, DimError, DTypeError, ShapeError
from denpa.core.graph import Value
from denpa.core.op import OPS
from denpa.core.shape import Shape, canonical_dim, canonical_dims, describe
from denpa.core.source import current_scope, here, where

E = TypeVar("E", bound=DenpaError)


class OptionError(ArgumentError, RuntimeError):
    """A value that an option cannot have, where PyTorch raises RuntimeError."""


class RangeError(DimError, RuntimeError):
    """An index out of range, where PyTorch raises RuntimeError."""


def op(name: str, *args: Any, **params: Any) -> Tensor:
    """A primitive of the table on at least one tensor."""
    result: Tensor = OPS[name](*args, **params)
    return result


def unrecorded(name: str, *args: Any, **params: Any) -> Tensor:
    """A primitive whose result takes no gradient: `no_grad` for one call, at less cost."""
    before, STATE.recording = STATE.recording, False
    try:
        return op(name, *args, **params)
    finally:
        STATE.recording = before


def located(error: E) -> E:
    """The error with the user's line and the layer added, as primitives do it."""
    error.where = error.where or where(here(), current_scope())
    return error


def need(name: str, x: Any, what: str = "input") -> Tensor:
    """x, if it is a tensor."""
    if not isinstance(x, Tensor):
        fix = "; wrap it with denpa.tensor" if isinstance(x, (np.ndarray, list, int, float)) else ""
        raise TypeError(f"{name}(): {what} must be a Tensor, not {type(x).__name__}{fix}")
    return x


def both(name: str, *operands: Any, floats: bool = False) -> Tensor:
    """A pointwise primitive under PyTorch's promotion; anything but tensors and numbers is
    refused.
    """
    result = apply(name, *operands, floats=floats)
    if result is NotImplemented:
        wrong = next(
            x for x in operands if not isinstance(x, (Tensor, np.ndarray, np.generic, int, float))
        )
        raise TypeError(f"{name}() takes tensors and numbers, not {type(wrong).__name__}")
    tensor: Tensor = result
    return tensor


def copy_of(x: Tensor) -> Tensor:
    """A copy through which gradients flow."""
    return op("cast", x, dtype=x.dtype)


def floating(name: str, x: Any) -> Tensor:
    """x as a floating-point tensor: integers become the default dtype, as PyTorch's exp does it."""
    t = need(name, x)
    if t.dtype.kind != "f":
        t = op("cast", t, dtype=dtypes.get_default_dtype())
    return t


def need_float(name: str, x: Tensor, hint: str = "convert it with .float()") -> Tensor:
    """x, if it is floating point."""
    if x.dtype.kind != "f":
        raise located(
            DTypeError(f"{name} takes a floating-point tensor, not {describe(x)}; {hint}")
        )
    return x


def dim_of(dim: Any, rank: int) -> int:
    """A dimension counted from the front."""
    try:
        return canonical_dim(dim, rank)
    except DenpaError as error:
        raise located(error) from None


def dims_of(dim: Any, rank: int) -> Shape:
    """Dimensions as a sorted tuple; None means all."""
    if dim is None:
        return tuple(range(rank))
    if type(dim) is int and -rank <= dim < rank:
        return (dim % rank,)
    try:
        return canonical_dims(dim, rank)
    except DenpaError as error:
        raise located(error) from None


def ints(name: str, args: tuple[Any, ...]) -> Shape:
    """Sizes or dims given as f(2, 3) or as f((2, 3))."""
    if len(args) == 1 and isinstance(args[0], (tuple, list)):
        args = tuple(args[0])
    try:
        return tuple(operator.index(n) for n in args)
    except TypeError:
        raise TypeError(f"{name}() takes ints or one tuple of ints, not {args!r}") from None


def sizes(name: str, args: tuple[Any, ...], size: Any = None) -> Shape:
    """The shape of a new tensor, given as f(2, 3), f((2, 3)) or f(size=(2, 3))."""
    if size is not None:
        if args:
            raise TypeError(f"{name}() takes its sizes once, not also as size=")
        args = (size,)
    shape = ints(name, args)
    if any(n < 0 for n in shape):
        raise located(ShapeError(f"{name}: sizes cannot be negative: {list(shape)}"))
    return shape


def cast(x: Tensor, dtype: Any) -> Tensor:
    """x in another dtype; x itself where it has that dtype."""
    dtype = dtypes.as_dtype(dtype)
    return x if x.dtype == dtype else op("cast", x, dtype=dtype)


def single(x: Tensor) -> Tensor:
    """x in float32 where it is float16, in which sums and squares soon overflow."""
    return op("cast", x, dtype=dtypes.float32) if x.dtype == dtypes.float16 else x


def check_device(device: Any) -> None:
    """Tensors live on the CPU; anything else is not offered."""
    if device is not None and str(device) not in ("cpu", "cpu:0"):
        raise NotImplementedError(
            f"device {str(device)!r}: there is no accelerator, Denpa's tensors live on the CPU; "
            "use 'cpu', or ask accelerator.is_available() or cuda.is_available() first"
        )


def fresh(array: Any, requires_grad: bool = False) -> Tensor:
    """A tensor around an array that nobody else holds."""
    t = tensor_of(array)
    return t.requires_grad_(True) if requires_grad else t


def take(x: Tensor, dim: int, start: int, stop: int, step: int = 1) -> Tensor:
    """x[start:stop:step] along one dimension."""
    rank = len(x.shape)
    one = (1,) * rank
    return op(
        "slice",
        x,
        start=(*(0,) * dim, start, *(0,) * (rank - dim - 1)),
        stop=(*x.shape[:dim], stop, *x.shape[dim + 1 :]),
        step=(*one[:dim], step, *one[dim + 1 :]) if step != 1 else one,
    )


def reshape_to(x: Tensor, shape: Shape) -> Tensor:
    """x with another shape; x itself where it has that shape."""
    return x if x.shape == shape else op("reshape", x, shape=shape)


def shared_with(array: np.ndarray) -> Tensor:
    """A tensor around an array that others see too: it keeps the strides it has."""
    value = Value(array.shape, array.dtype, array)
    if not array.flags.c_contiguous:
        value.form = array
    return Tensor(value)
