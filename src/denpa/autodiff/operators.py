"""Operators on tensors, and PyTorch's promotion of what stands on their two sides."""

from __future__ import annotations

from typing import Any

import numpy as np

from denpa.core.dtype import DType, result_type
from denpa.core.op import OPS, Traced
from denpa.ops.kinds import is_number


def apply(name: str, *operands: Any, floats: bool = False) -> Any:
    """A pointwise op on tensors, arrays and numbers under PyTorch's promotion; with `floats`,
    integers become the default floating-point type first."""
    args: list[Any] = []
    first: DType | None = None
    mixed = False
    for x in operands:
        if isinstance(x, Traced):
            dtype = x.dtype
            if first is None:
                first = dtype
            elif dtype != first:
                mixed = True
        elif isinstance(x, (np.ndarray, np.generic)):
            x = np.asarray(x)
            mixed = True
        elif not is_number(x):
            return NotImplemented
        args.append(x)
    kind = first.kind if first is not None else ""
    if mixed or (floats and kind != "f") or (kind != "f" and not _holds(kind, args)):
        args = promote(args, floats)
    return OPS[name](*args)


def _holds(kind: str, args: list[Any]) -> bool:
    """Whether the numbers among the operands fit the category of the tensors."""
    numbers = [x for x in args if is_number(x)]
    return all(type(x) is bool or (kind in "iu" and type(x) is int) for x in numbers) and kind != ""


def promote(operands: list[Any], floats: bool = False) -> list[Any]:
    """Tensors cast to their common dtype; numbers stay, unless there is nothing else."""
    dtype = result_type(operands)
    if floats and dtype.kind != "f":
        dtype = result_type([*operands, 0.0])
    out = []
    for x in operands:
        if not is_number(x) and x.dtype != dtype:
            x = OPS["cast"](x, dtype=dtype)
        out.append(x)
    return [np.asarray(x, dtype) for x in out] if all(map(is_number, out)) else out


class Operators:
    """The arithmetic of `Tensor`, in terms of the op table."""

    __slots__ = ()

    def __add__(self, other: Any) -> Any:
        return apply("add", self, other)

    def __radd__(self, other: Any) -> Any:
        return apply("add", other, self)

    def __sub__(self, other: Any) -> Any:
        return apply("sub", self, other)

    def __rsub__(self, other: Any) -> Any:
        return apply("sub", other, self)

    def __mul__(self, other: Any) -> Any:
        return apply("mul", self, other)

    def __rmul__(self, other: Any) -> Any:
        return apply("mul", other, self)

    def __truediv__(self, other: Any) -> Any:
        return apply("div", self, other, floats=True)

    def __rtruediv__(self, other: Any) -> Any:
        return apply("div", other, self, floats=True)

    def __pow__(self, other: Any) -> Any:
        return apply("pow", self, other)

    def __rpow__(self, other: Any) -> Any:
        return apply("pow", other, self)

    def __floordiv__(self, other: Any) -> Any:
        return apply("floor_divide", self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return apply("floor_divide", other, self)

    def __mod__(self, other: Any) -> Any:
        return apply("remainder", self, other)

    def __rmod__(self, other: Any) -> Any:
        return apply("remainder", other, self)

    def __neg__(self) -> Any:
        return OPS["neg"](self)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return OPS["abs"](self)

    def __invert__(self) -> Any:
        return OPS["bitwise_not"](self)

    def __and__(self, other: Any) -> Any:
        return apply("bitwise_and", self, other)

    def __rand__(self, other: Any) -> Any:
        return apply("bitwise_and", other, self)

    def __or__(self, other: Any) -> Any:
        return apply("bitwise_or", self, other)

    def __ror__(self, other: Any) -> Any:
        return apply("bitwise_or", other, self)

    def __xor__(self, other: Any) -> Any:
        return apply("bitwise_xor", self, other)

    def __rxor__(self, other: Any) -> Any:
        return apply("bitwise_xor", other, self)

    def __eq__(self, other: object) -> Any:
        return apply("eq", self, other)

    def __ne__(self, other: object) -> Any:
        same = apply("eq", self, other)
        return same if same is NotImplemented else ~same

    def __lt__(self, other: Any) -> Any:
        return apply("lt", self, other)

    def __le__(self, other: Any) -> Any:
        return apply("le", self, other)

    def __gt__(self, other: Any) -> Any:
        return apply("lt", other, self)

    def __ge__(self, other: Any) -> Any:
        return apply("le", other, self)


def _ufunc(name: str, floats: bool = False) -> Any:
    return lambda *inputs: apply(name, *inputs, floats=floats)


UFUNCS = {
    "add": _ufunc("add"),
    "subtract": _ufunc("sub"),
    "multiply": _ufunc("mul"),
    "divide": _ufunc("div", floats=True),
    "power": _ufunc("pow"),
    "floor_divide": _ufunc("floor_divide"),
    "remainder": _ufunc("remainder"),
    "equal": _ufunc("eq"),
    "less": _ufunc("lt"),
    "less_equal": _ufunc("le"),
    "not_equal": lambda a, b: ~apply("eq", a, b),
    "greater": lambda a, b: apply("lt", b, a),
    "greater_equal": lambda a, b: apply("le", b, a),
}
"""NumPy's functions that a tensor answers to."""
