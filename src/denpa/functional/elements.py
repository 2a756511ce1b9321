"""The array that a tensor holds: from numbers, nested lists, arrays."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np

from denpa.autodiff.tensor import Tensor
from denpa.core.dtype import (
    DType,
    as_dtype,
    bool_,
    get_default_dtype,
    int64,
    promote_types,
    scalar_dtype,
)
from denpa.core.errors import ArgumentError
from denpa.core.shape import describe


class ElementError(TypeError, RuntimeError):
    """Data that cannot be the elements of a tensor."""


class NumberError(ArgumentError, RuntimeError):
    """A number that an element type cannot hold (PyTorch raises ValueError or RuntimeError)."""


def _plain(data: Any) -> Any:
    """Nested lists with numbers in the place of tensors, which must have one element each."""
    if isinstance(data, Tensor):
        held = data._held()
        if held.size != 1:
            raise ArgumentError(
                f"tensor: {describe(data)} in a list is not one number; join such tensors with "
                "stack or cat"
            )
        return held.item()
    if isinstance(data, (list, tuple)) and any(isinstance(x, (Tensor, list, tuple)) for x in data):
        return [_plain(x) for x in data]
    return data


_PYTHON: dict[type, Callable[[], DType]] = {
    float: get_default_dtype,
    int: lambda: int64,
    bool: lambda: bool_,
}


def _common(data: Any) -> DType | None:
    """The dtype that the elements of nested lists have in common, Python's numbers counted as the
    default dtype, int64 and bool; None for no elements."""
    found: set[DType] = set()
    for kind in set(map(type, data)):
        plain = _PYTHON.get(kind)
        if plain is not None:
            found.add(plain())
            continue
        for x in data:
            if type(x) is not kind:
                continue
            if isinstance(x, (list, tuple)):
                dtype = _common(x)
            elif isinstance(x, (bool, int, float)) and not isinstance(x, np.generic):
                dtype = scalar_dtype(x)
            else:
                held = x.dtype if hasattr(x, "dtype") else np.asarray(x).dtype
                dtype = as_dtype(held.newbyteorder("="))
            if dtype is not None:
                found.add(dtype)
    return reduce(promote_types, found) if found else None


def array_of(data: Any, dtype: Any = None) -> np.ndarray:
    """The array that `tensor(data, dtype)` holds; shared with `data` where no conversion is
    needed.
    """
    wanted = None if dtype is None else as_dtype(dtype)
    keeps, listed = True, None  # whether data has a dtype of its own; nested lists
    if isinstance(data, Tensor):
        array = data._held()
    elif isinstance(data, (np.ndarray, np.generic)):
        array = np.asarray(data)
    elif isinstance(data, (bool, int, float)):
        array, keeps = np.asarray(data), False
    elif isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        listed, keeps = list(data), False
        plain = _plain(listed)
        try:
            array = np.asarray(plain)
        except ValueError:
            raise ArgumentError(
                "tensor: the lists are not of equal lengths; every row must have as many elements"
            ) from None
    elif hasattr(data, "__array__"):
        array = np.asarray(data)
    else:
        raise ElementError(
            "tensor: expected numbers, nested lists, an array or a tensor, not "
            f"{type(data).__name__}"
        )
    large = array.dtype.kind == "O" and all(isinstance(x, (int, float)) for x in array.flat)
    if (array.dtype.kind not in "fiub" or array.dtype.itemsize > 8) and not large:
        raise ElementError(
            f"tensor: elements of type {array.dtype} are not numbers that Denpa has; "
            "convert them to float, int or bool first"
        )
    if wanted is None and listed is not None:
        wanted = _common(listed) or get_default_dtype()
    elif wanted is None:
        wanted = scalar_dtype(data) if not keeps else as_dtype(array.dtype.newbyteorder("="))
    if array.dtype != wanted:
        if not keeps or isinstance(data, np.generic):
            _check_range(array, wanted)
        with np.errstate(all="ignore"):
            array = array.astype(wanted)
    return array


def _check_range(array: np.ndarray, dtype: DType) -> None:
    """Raise for a number that the dtype cannot hold. Floats become infinite and integers wrap into
    unsigned ones from below, as in PyTorch."""
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        low = limits.min
        if array.dtype.kind == "f":  # 2⁶³ is the float next to the largest int64
            array = array.astype(np.float64)
            fits = (array >= float(low)) & (array <= float(limits.max)) & (array < 2.0**63)
        else:
            fits = (array >= (low or -limits.max)) & (array <= limits.max)
    elif dtype.kind == "f" and array.dtype.kind == "O":
        most = int(np.finfo(np.float64).max)
        fits = np.array([isinstance(x, float) or abs(x) <= most for x in array.flat])
        array = array.reshape(-1)
    else:
        return
    wrong = array[~np.asarray(fits, bool)]
    if wrong.size:
        raise _unfit(wrong.flat[0], dtype)


def _unfit(x: Any, dtype: DType) -> NumberError:
    return NumberError(f"{x} does not fit into elements of type {dtype}; use another dtype")


def number_in(x: bool | int | float, dtype: DType) -> Any:
    """A number as an element of type `dtype`, rounded towards 0 for integers. Raise where there is
    no such element, or only an infinite one for a finite number."""
    y = array_of(x, dtype).item()
    if dtype.kind == "f" and math.isinf(y) and not (isinstance(x, float) and math.isinf(x)):
        raise _unfit(x, dtype)
    return y
