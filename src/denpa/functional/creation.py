"""Making tensors: from data, of one value, from a range."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from denpa.autodiff.mode import STATE
from denpa.autodiff.tensor import Tensor
from denpa.core.dtype import DType, as_dtype, get_default_dtype, int64, scalar_dtype
from denpa.core.errors import ShapeError
from denpa.core.op import OPS
from denpa.functional.common import check_device, fresh, located, shared_with, sizes
from denpa.functional.elements import array_of, number_in

__all__ = [
    "arange",
    "as_tensor",
    "device",
    "empty",
    "eye",
    "from_numpy",
    "full",
    "linspace",
    "ones",
    "tensor",
    "zeros",
]


class device:
    """The place where tensors live: always the CPU.

    `type` is "cpu", "cpu:0", a device or None; an index is kept and means nothing. All devices are
    equal.

    Errors: NotImplementedError for another place, such as "cuda".

    >>> import denpa as dp
    >>> dp.device("cpu")
    device(type='cpu')
    """

    type = "cpu"

    def __init__(self, type: Any = "cpu", index: int | None = None) -> None:
        check_device(type)
        self.index = index

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device)

    def __hash__(self) -> int:
        return hash("cpu")

    def __str__(self) -> str:
        return "cpu"

    def __repr__(self) -> str:
        return "device(type='cpu')"


def tensor(
    data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """A tensor with a copy of `data`: numbers, nested lists, an array or a tensor.

    Arrays keep their dtype; Python floats become the default dtype, ints int64. The shape is that
    of the data, () for a number.

    Errors: TypeError for data that are no numbers (DataError) and an unknown dtype; ValueError for
    lists of unequal lengths, tensors of several elements in a list (ArgumentError) and numbers that
    the dtype cannot hold (NumberError); RuntimeError for `requires_grad` where the dtype is not
    floating point; NotImplementedError for a device other than the CPU.

    >>> import denpa as dp
    >>> dp.tensor([[1, 2], [3, 4]]).shape
    (2, 2)
    """
    check_device(device)
    live = _live(data, dtype)
    if live is not None:
        copy: Tensor = OPS["cast"](live, dtype=live.dtype)
        return copy.requires_grad_() if requires_grad else copy
    return fresh(np.array(array_of(data, dtype), order="C"), requires_grad)


def _live(data: Any, dtype: Any = None) -> Tensor | None:
    """While a program is traced: a NumPy array from outside is read at each call of it, and so is
    one that is an argument, which is a tensor without numbers."""
    if STATE.tracer is None:
        return None
    if isinstance(data, Tensor) and data._value.array is None:
        live: Tensor | None = data.detach()
    else:
        live = STATE.tracer.array(data) if type(data) is np.ndarray else None
    return live if live is None or dtype is None else _to(live, dtype)


def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """`data` as a tensor, without a copy where it is a tensor or an array of that dtype already.

    It takes what `tensor` takes, and gives the same shape and dtype.

    Errors: TypeError for data that are no numbers (DataError) and an unknown dtype; ValueError for
    lists of unequal lengths, tensors of several elements in a list (ArgumentError) and numbers that
    the dtype cannot hold (NumberError); NotImplementedError for a device other than the CPU.

    >>> import denpa as dp
    >>> dp.as_tensor([1.0, 2.0])
    tensor([1., 2.])
    """
    check_device(device)
    if isinstance(data, Tensor):
        return data if dtype is None else _to(data, dtype)
    live = _live(data, dtype)
    return shared_with(array_of(data, dtype)) if live is None else live


def _to(x: Tensor, dtype: Any) -> Tensor:
    from denpa.functional.common import cast

    return cast(x, dtype)


def from_numpy(ndarray: np.ndarray) -> Tensor:
    """A tensor that shares the memory of an array: changes to one are seen in the other. It has the
    array's shape and dtype.

    Errors: TypeError for what is no array, and for an array of a dtype that Denpa does not have.

    >>> import denpa as dp, numpy as np
    >>> a = np.zeros(2)
    >>> t = dp.from_numpy(a)
    >>> a[0] = 1
    >>> t
    tensor([1., 0.], dtype=float64)
    """
    if isinstance(ndarray, Tensor) and STATE.tracer is not None:
        return ndarray  # an array among the arguments
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"from_numpy: expected a NumPy array, not {type(ndarray).__name__}")
    as_dtype(ndarray.dtype)
    live = _live(ndarray)
    return shared_with(ndarray) if live is None else live


def _dtype(dtype: Any) -> DType:
    return get_default_dtype() if dtype is None else as_dtype(dtype)


def zeros(
    *shape: Any,
    size: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Zeros of the given shape: `zeros(2, 3)`, `zeros((2, 3))` or `zeros(size=(2, 3))`.

    Errors: TypeError for sizes that are no ints and an unknown dtype; RuntimeError for negative
    sizes (ShapeError) and for `requires_grad` where the dtype is not floating point;
    NotImplementedError for a device other than the CPU.

    >>> import denpa as dp
    >>> dp.zeros(2)
    tensor([0., 0.])
    """
    check_device(device)
    return fresh(np.zeros(sizes("zeros", shape, size), _dtype(dtype)), requires_grad)


def ones(
    *shape: Any,
    size: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Ones of the given shape: `ones(2, 3)`, `ones((2, 3))` or `ones(size=(2, 3))`.

    Errors: TypeError for sizes that are no ints and an unknown dtype; RuntimeError for negative
    sizes (ShapeError) and for `requires_grad` where the dtype is not floating point;
    NotImplementedError for a device other than the CPU.

    >>> import denpa as dp
    >>> dp.ones(2, dtype=dp.int64)
    tensor([1, 1])
    """
    check_device(device)
    return fresh(np.ones(sizes("ones", shape, size), _dtype(dtype)), requires_grad)


def empty(
    *shape: Any,
    size: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor of the given shape (as for `zeros`) with whatever numbers its memory held.

    Errors: TypeError for sizes that are no ints and an unknown dtype; RuntimeError for negative
    sizes (ShapeError) and for `requires_grad` where the dtype is not floating point;
    NotImplementedError for a device other than the CPU.

    >>> import denpa as dp
    >>> dp.empty(2, 3).shape
    (2, 3)
    """
    check_device(device)
    return fresh(np.empty(sizes("empty", shape, size), _dtype(dtype)), requires_grad)


def full(
    size: Any,
    fill_value: Any,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """`fill_value`, a number or a tensor of one element, everywhere; the dtype is that of the value
    unless given. `size` is the shape: an int or a tuple.

    Errors: TypeError for sizes that are no ints, a value that is no number (DataError) and an
    unknown dtype; ValueError (NumberError) for a value that the dtype cannot hold; RuntimeError for
    negative sizes (ShapeError), for a tensor of several elements and for `requires_grad` where the
    dtype is not floating point; NotImplementedError for a device other than the CPU.

    >>> import denpa as dp
    >>> dp.full((2,), 3)
    tensor([3, 3])
    """
    check_device(device)
    value = fill_value.item() if isinstance(fill_value, Tensor) else fill_value
    kind = scalar_dtype(value) if dtype is None else as_dtype(dtype)
    return fresh(np.full(sizes("full", (size,)), number_in(value, kind), kind), requires_grad)


def arange(
    start: Any,
    end: Any = None,
    step: Any = 1,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """start, start + step, … up to but not including end. `arange(n)` counts from 0.

    A 1-D tensor of ⌈(end − start) / step⌉ elements, int64 where all three are ints.

    Errors: TypeError for bounds that are no numbers and an unknown dtype; RuntimeError for a step
    of 0 or away from the end (ShapeError), and for `requires_grad` where the dtype is not floating
    point; OverflowError for an infinite bound, ValueError for NaN; NotImplementedError for a device
    other than the CPU.

    >>> import denpa as dp
    >>> dp.arange(1, 7, 2)
    tensor([1, 3, 5])
    """
    check_device(device)
    if end is None:
        start, end = 0, start
    start, end, step = (x.item() if isinstance(x, Tensor) else x for x in (start, end, step))
    if step == 0:
        raise located(ShapeError("arange: step must not be 0"))
    if (end - start) * step < 0:
        raise located(
            ShapeError(f"arange: from {start} to {end} is not the direction of step {step}")
        )
    integral = all(isinstance(x, (int, np.integer)) for x in (start, end, step))
    kind = (int64 if integral else get_default_dtype()) if dtype is None else as_dtype(dtype)
    n = -(-(end - start) // step) if integral else math.ceil((end - start) / step)
    return fresh((start + step * np.arange(n)).astype(kind), requires_grad)


def linspace(
    start: Any,
    end: Any,
    steps: int,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """`steps` numbers from start to end, both included, at equal distances: a tensor of shape
    (steps,).

    Errors: TypeError for strings or None as bounds, `steps` that is no int and an unknown dtype;
    RuntimeError for negative `steps` (ShapeError) and for `requires_grad` where the dtype is not
    floating point; NotImplementedError for a device other than the CPU.

    >>> import denpa as dp
    >>> dp.linspace(0, 1, 3)
    tensor([0. , 0.5, 1. ])
    """
    check_device(device)
    if steps < 0:
        raise located(ShapeError(f"linspace: the number of steps cannot be negative: {steps}"))
    start, end = (x.item() if isinstance(x, Tensor) else x for x in (start, end))
    return fresh(np.linspace(start, end, steps).astype(_dtype(dtype)), requires_grad)


def eye(
    n: int,
    m: int | None = None,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Ones on the diagonal of an n by m matrix, zeros elsewhere; m is n unless given.

    Errors: TypeError for sizes that are no ints and an unknown dtype; RuntimeError for negative
    sizes (ShapeError) and for `requires_grad` where the dtype is not floating point;
    NotImplementedError for a device other than the CPU.

    >>> import denpa as dp
    >>> dp.eye(2)
    tensor([[1., 0.],
            [0., 1.]])
    """
    check_device(device)
    shape = sizes("eye", (n, n if m is None else m))
    return fresh(np.eye(*shape, dtype=_dtype(dtype)), requires_grad)
