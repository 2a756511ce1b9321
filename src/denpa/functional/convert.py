"""A tensor as another dtype, as Python numbers, as a copy; facts about it."""

from __future__ import annotations

from typing import Any

from denpa.autodiff.layout import memory
from denpa.autodiff.tensor import Tensor
from denpa.core import dtype as dtypes
from denpa.core.shape import Shape, size_of
from denpa.functional.common import cast, check_device, copy_of, dim_of, need
from denpa.functional.creation import device

__all__ = ["clone", "is_floating_point", "is_tensor", "numel", "result_type"]


def clone(input: Tensor) -> Tensor:
    """A copy, of the same shape and dtype; gradients flow through it.

    Errors: TypeError for what is no tensor.

    >>> import denpa as dp
    >>> dp.clone(dp.ones(2))
    tensor([1., 1.])
    """
    x = need("clone", input)
    return copy_of(x)


def contiguous(self: Tensor) -> Tensor:
    """The same elements in row-major order in memory; the tensor itself where they are so
    already.
    """
    if is_contiguous(self):
        return self
    copy = copy_of(self)
    copy._value.form = None
    return copy


def is_contiguous(self: Tensor) -> bool:
    """Whether the elements lie in row-major order in memory."""
    form = self._value.form
    return form is None or bool(form.flags.c_contiguous)


def stride(self: Tensor, dim: int | None = None) -> Any:
    """The distances in memory between neighbours along each dimension, in elements."""
    steps = tuple(s // self.dtype.itemsize for s in memory(self._value).strides)
    return steps if dim is None else steps[dim_of(dim, len(steps))]


def to(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """In another dtype: `to(dtype)`, `to(other_tensor)`, `to("cpu")`, `to("cpu", dtype)`.

    The tensor itself where nothing changes, unless `copy=True`.

    >>> import denpa as dp
    >>> dp.ones(2).to(dp.int64)
    tensor([1, 1])
    """
    copy = kwargs.pop("copy", False)
    kwargs.pop("non_blocking", None)
    dtype = kwargs.pop("dtype", None)
    check_device(kwargs.pop("device", None))
    if kwargs:
        raise TypeError(f"to() got an unexpected keyword argument {next(iter(kwargs))!r}")
    for x in args:
        if isinstance(x, Tensor):
            dtype = x.dtype
        elif is_device(x):
            check_device(x)
        elif x is not None and not isinstance(x, bool):
            dtype = dtypes.as_dtype(x)
    y = self if dtype is None else cast(self, dtype)
    return clone(y) if copy and y is self else y


def is_device(x: Any) -> bool:
    """Whether an argument of `to` names a device."""
    names = ("cpu", "cuda", "mps", "xpu", "meta")
    return isinstance(x, device) or (isinstance(x, str) and x.split(":")[0] in names)


def type_as(self: Tensor, other: Tensor) -> Tensor:
    """In the dtype of another tensor."""
    return cast(self, other.dtype)


def to_float(self: Tensor) -> Tensor:
    """As float32."""
    return cast(self, dtypes.float32)


def to_double(self: Tensor) -> Tensor:
    """As float64."""
    return cast(self, dtypes.float64)


def to_half(self: Tensor) -> Tensor:
    """As float16."""
    return cast(self, dtypes.float16)


def to_int(self: Tensor) -> Tensor:
    """As int32, rounded towards 0."""
    return cast(self, dtypes.int32)


def to_long(self: Tensor) -> Tensor:
    """As int64, rounded towards 0."""
    return cast(self, dtypes.int64)


def to_bool(self: Tensor) -> Tensor:
    """As bool: whether the element is not zero."""
    return cast(self, dtypes.bool_)


def cpu(self: Tensor) -> Tensor:
    """The tensor itself: it lives on the CPU."""
    return self


def cuda(self: Tensor, device: Any = None, non_blocking: bool = False) -> Tensor:
    """NotImplementedError: there is no accelerator."""
    check_device("cuda")
    return self


def tolist(self: Tensor) -> Any:
    """Nested lists of Python numbers; a number for a 0-dim tensor."""
    return self._held().tolist()


def size(self: Tensor, dim: int | None = None) -> Shape | int:
    """The shape, or the size of one dimension."""
    return self.shape if dim is None else self.shape[dim_of(dim, len(self.shape))]


def dim(self: Tensor) -> int:
    """The number of dimensions."""
    return len(self.shape)


def numel(input: Tensor) -> int:
    """The number of elements, a Python int.

    Errors: TypeError for what is no tensor.

    >>> import denpa as dp
    >>> dp.numel(dp.zeros(2, 3))
    6
    """
    return size_of(need("numel", input).shape)


def element_size(self: Tensor) -> int:
    """The bytes of one element."""
    return int(self.dtype.itemsize)


def is_floating_point(input: Tensor) -> bool:
    """Whether the dtype is a floating-point one: a Python bool.

    Errors: TypeError for what is no tensor.

    >>> import denpa as dp
    >>> dp.is_floating_point(dp.tensor([1, 2]))
    False
    """
    return need("is_floating_point", input).dtype.kind == "f"


def is_tensor(obj: Any) -> bool:
    """Whether an object is a tensor: a Python bool.

    Errors: none, `obj` may be anything.

    >>> import denpa as dp
    >>> dp.is_tensor(dp.ones(2)), dp.is_tensor([1.0, 1.0])
    (True, False)
    """
    return isinstance(obj, Tensor)


def result_type(tensor1: Any, tensor2: Any) -> dtypes.DType:
    """The dtype that an operation on the two (tensors, arrays or numbers) has.

    Errors: AttributeError for what is no tensor, array or number.

    >>> import denpa as dp
    >>> dp.result_type(dp.tensor([1, 2]), 1.0)
    dtype('float32')
    """
    return dtypes.result_type([tensor1, tensor2])


def get_device(self: Tensor) -> device:
    """Where the tensor lives: the CPU."""
    return device("cpu")


def nbytes(self: Tensor) -> int:
    """The bytes of all elements."""
    return size_of(self.shape) * int(self.dtype.itemsize)


def data_ptr(self: Tensor) -> int:
    """The address of the first element."""
    return int(self._memory().__array_interface__["data"][0])
