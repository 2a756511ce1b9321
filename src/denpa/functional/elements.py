"""The array that a tensor holds: from numbers, nested lists, arrays."""

from __future__ import annotations

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


class DataError(TypeError, RuntimeError):
    """Data that cannot be the elements of a tensor."""


def _plain(data: Any) -> Any:
    """Nested lists with arrays in the place of tensors."""
    if isinstance(data, Tensor):
        return data._held()
    if isinstance(data, (list, tuple)) and any(isinstance(x, (Tensor, list, tuple)) for x in data):
        return [_plain(x) for x in data]
    return data


_PYTHON: dict[type, Callable[[], DType]] = {
    float: get_default_dtype, int: lambda: int64, bool: lambda: bool_
}  # fmt: skip


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
        array, keeps = _number(data, wanted), False
    elif isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        listed, keeps = list(data), False
        try:
            array = np.asarray(_plain(listed))
        except ValueError:
            raise ArgumentError(
                "tensor: the lists are not of equal lengths; every row must have as many elements"
            ) from None
    elif hasattr(data, "__array__"):
        array = np.asarray(data)
    else:
        raise DataError(
            "tensor: expected numbers, nested lists, an array or a tensor, not "
            f"{type(data).__name__}"
        )
    if array.dtype.kind not in "fiub" or array.dtype.itemsize > 8:
        if not keeps and array.dtype.kind == "u":
            raise RuntimeError("tensor: an integer is too large for int64")
        raise DataError(
            f"tensor: elements of type {array.dtype} are not numbers that Denpa has; "
            "convert them to float, int or bool first"
        )
    if wanted is None and listed is not None:
        wanted = _common(listed) or get_default_dtype()
    elif wanted is None:
        wanted = scalar_dtype(data) if not keeps else as_dtype(array.dtype.newbyteorder("="))
    if array.dtype != wanted:
        with np.errstate(all="ignore"):
            array = array.astype(wanted)
    return array


def _number(x: bool | int | float, dtype: DType | None) -> np.ndarray:
    try:
        if dtype is not None and dtype.kind in "iu":
            x = int(x)
        return np.asarray(x, dtype or scalar_dtype(x))
    except (OverflowError, ValueError) as error:
        raise RuntimeError(f"tensor: {x!r} does not fit: {error}") from None
