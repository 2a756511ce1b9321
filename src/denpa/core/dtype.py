"""Element types: NumPy's dtypes under PyTorch's names, and PyTorch's rules for mixing them.

PyTorch promotes by category (bool < integer < floating point), and inside a category a tensor with
dimensions outweighs a 0-dim tensor, which outweighs a Python number. So an int64 tensor times 0.5
is float32 here, where NumPy would answer float64.
Source: PyTorch, *Tensor Attributes*, section "type promotion".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from denpa.core.errors import DTypeError

DType = np.dtype[Any]

float16: DType = np.dtype("float16")
float32: DType = np.dtype("float32")
float64: DType = np.dtype("float64")
uint8: DType = np.dtype("uint8")
int8: DType = np.dtype("int8")
int16: DType = np.dtype("int16")
int32: DType = np.dtype("int32")
int64: DType = np.dtype("int64")
bool_: DType = np.dtype("bool")

DTYPES = (float16, float32, float64, uint8, int8, int16, int32, int64, bool_)
_SHORT = {"float": "f", "int": "i", "uint": "u"}
_default: DType = float32


def get_default_dtype() -> DType:
    """The dtype of a tensor made from Python floats: float32 unless changed."""
    return _default


def set_default_dtype(dtype: Any) -> None:
    """Set the dtype of tensors made from Python floats (float16, float32 or float64)."""
    global _default
    dtype = as_dtype(dtype)
    if dtype.kind != "f":
        raise TypeError(f"only floating-point types can be the default dtype, not {dtype}")
    _default = dtype


def as_dtype(dtype: Any) -> DType:
    """The supported dtype that `dtype` names (a dtype, a name, a NumPy or Python type)."""
    found: DType | None
    try:
        found = np.dtype(dtype)
    except TypeError:
        found = None
    if found is None or found not in DTYPES:
        names = ", ".join(d.name for d in DTYPES)
        raise TypeError(f"dtype {dtype!r} is not one of Denpa's dtypes: {names}")
    return found


def is_float(dtype: DType) -> bool:
    """Whether values of this dtype have derivatives."""
    return dtype.kind == "f"


def short(dtype: DType) -> str:
    """`f32`, `i64`, `bool`: the dtype as printed in front of a shape."""
    name = dtype.name
    stem = name.rstrip("0123456789")
    return _SHORT[stem] + name[len(stem) :] if stem in _SHORT else name


def _category(kind: str) -> int:
    return 0 if kind == "b" else 2 if kind == "f" else 1


def can_store(value: DType, place: DType) -> bool:
    """Whether numbers of one dtype may be written in place into another: not floating point into
    whole numbers, nor numbers into truth values.

    >>> can_store(float64, float32), can_store(float32, int64), can_store(int64, bool_)
    (True, False, False)
    """
    return _category(value.kind) <= _category(place.kind)


def promote_types(a: DType, b: DType) -> DType:
    """The smallest dtype of the higher category that holds both.

    >>> promote_types(int64, float32)
    dtype('float32')
    """
    ca, cb = _category(a.kind), _category(b.kind)
    if ca != cb:
        return a if ca > cb else b
    common: DType = np.dtype(np.promote_types(a, b))
    return common


def scalar_dtype(x: bool | int | float) -> DType:
    """The dtype that a Python number has on its own."""
    return bool_ if isinstance(x, bool) else int64 if isinstance(x, int) else _default


def result_type(operands: Iterable[Any]) -> DType:
    """The common dtype of tensors (anything with `shape` and `dtype`) and Python numbers."""
    ranks: list[DType | None] = [None, None, None]  # with dimensions, 0-dim, Python numbers
    for x in operands:
        if isinstance(x, (bool, int, float)):
            rank, dtype = 2, scalar_dtype(x)
        else:
            rank, dtype = (0 if x.shape else 1), x.dtype
        known = ranks[rank]
        ranks[rank] = dtype if known is None else promote_types(known, dtype)
    result: DType | None = None
    for candidate in ranks:
        if candidate is None:
            continue
        if result is None or _category(candidate.kind) > _category(result.kind):
            result = candidate
    if result is None:
        raise DTypeError("no operand was given")
    return result
