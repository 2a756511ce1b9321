"""Making tensors like another: with its shape and dtype, or with its dtype alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from denpa.autodiff.tensor import Tensor
from denpa.core.dtype import DType, as_dtype
from denpa.functional.common import check_device, fresh, need
from denpa.functional.creation import empty, full, ones, tensor, zeros

__all__ = ["empty_like", "full_like", "ones_like", "zeros_like"]


def _like(x: Any, name: str, dtype: Any, device: Any) -> tuple[tuple[int, ...], DType]:
    check_device(device)
    x = need(name, x)
    return x.shape, x.dtype if dtype is None else as_dtype(dtype)


def zeros_like(
    input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Zeros with the shape and dtype of another tensor.

    Errors: TypeError for what is no tensor and an unknown dtype; RuntimeError for `requires_grad`
    where the dtype is not floating point; NotImplementedError for a device other than the CPU.

    >>> import denpa as dp
    >>> dp.zeros_like(dp.tensor([1, 2]))
    tensor([0, 0])
    """
    return fresh(np.zeros(*_like(input, "zeros_like", dtype, device)), requires_grad)


def ones_like(
    input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Ones with the shape and dtype of another tensor.

    Errors: TypeError for what is no tensor and an unknown dtype; RuntimeError for `requires_grad`
    where the dtype is not floating point; NotImplementedError for a device other than the CPU.

    >>> import denpa as dp
    >>> dp.ones_like(dp.tensor([1, 2]))
    tensor([1, 1])
    """
    return fresh(np.ones(*_like(input, "ones_like", dtype, device)), requires_grad)


def empty_like(
    input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Memory that was not filled, with the shape and dtype of another tensor.

    Errors: TypeError for what is no tensor and an unknown dtype; RuntimeError for `requires_grad`
    where the dtype is not floating point; NotImplementedError for a device other than the CPU.

    >>> import denpa as dp
    >>> dp.empty_like(dp.ones(2, 3)).shape
    (2, 3)
    """
    return fresh(np.empty(*_like(input, "empty_like", dtype, device)), requires_grad)


def full_like(
    input: Tensor,
    fill_value: Any,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """`fill_value`, a number or a tensor of one element, everywhere, with the shape and dtype of
    another tensor.

    Errors: TypeError for what is no tensor, a value that is no number (DataError) and an unknown
    dtype; ValueError (NumberError) for a value that the dtype cannot hold; RuntimeError for a value
    that is a tensor of several elements and for `requires_grad` where the dtype is not floating
    point; NotImplementedError for a device other than the CPU.

    >>> import denpa as dp
    >>> dp.full_like(dp.zeros(2), 7)
    tensor([7., 7.])
    """
    shape, kind = _like(input, "full_like", dtype, device)
    return full(shape, fill_value, dtype=kind, requires_grad=requires_grad)


def new_tensor(
    self: Tensor, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """A tensor of `data` with the dtype of this one."""
    dtype = self.dtype if dtype is None else dtype
    return tensor(data, dtype=dtype, device=device, requires_grad=requires_grad)


def new_zeros(
    self: Tensor, *size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Zeros with the dtype of this tensor."""
    dtype = self.dtype if dtype is None else dtype
    return zeros(*size, dtype=dtype, device=device, requires_grad=requires_grad)


def new_ones(
    self: Tensor, *size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Ones with the dtype of this tensor."""
    dtype = self.dtype if dtype is None else dtype
    return ones(*size, dtype=dtype, device=device, requires_grad=requires_grad)


def new_empty(
    self: Tensor, *size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Memory that was not filled, with the dtype of this tensor."""
    dtype = self.dtype if dtype is None else dtype
    return empty(*size, dtype=dtype, device=device, requires_grad=requires_grad)


def new_full(
    self: Tensor,
    size: Any,
    fill_value: Any,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """`fill_value` everywhere, with the dtype of this tensor."""
    dtype = self.dtype if dtype is None else dtype
    return full(size, fill_value, dtype=dtype, device=device, requires_grad=requires_grad)
