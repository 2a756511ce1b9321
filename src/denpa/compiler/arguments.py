"""Arguments and results as flat lists: tensors apart from the structure and the numbers around
them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.dtype import DType
from denpa.core.graph import Value
from denpa.core.shape import Shape

Spec = tuple[Shape, DType, bool]  # of a tensor: shape, dtype, whether it requires a gradient
_NUMBERS = (bool, int, str, bytes, type(None))


class _Same:
    """An argument that is neither a tensor nor a number: the program holds for this very one."""

    __slots__ = ("x",)

    def __init__(self, x: Any) -> None:
        self.x = x

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.x is self.x

    def __hash__(self) -> int:
        return id(self.x)


def flatten(x: Any, found: list[Tensor]) -> Any:
    """The key of nested tuples, lists and dicts; their tensors and arrays are added to `found`.

    The key of a tensor is its `Spec`, that of a number the number.
    """
    if isinstance(x, Tensor):
        found.append(x)
        v = x._value
        return (v.shape, v.dtype, v.requires_grad)
    kind = type(x)
    if kind is tuple or kind is list:
        return (kind, *[flatten(y, found) for y in x])
    if kind is float:
        return (float, x.hex())  # 0.0 is not -0.0
    if kind in _NUMBERS:
        return (kind, x)
    if isinstance(x, dict):
        return (kind, tuple(x), *[flatten(y, found) for y in x.values()])
    if isinstance(x, np.ndarray):
        found.append(tensor_of(x))
        return (x.shape, x.dtype, False)
    if isinstance(x, (tuple, list)):
        return (kind, *[flatten(y, found) for y in x])
    if isinstance(x, np.generic):
        return (kind, x.tobytes())
    return _Same(x)


def argument_names(f: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[str]:
    """A name for each argument, as the function calls it."""
    try:
        parameters = list(inspect.signature(getattr(f, "forward", f)).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    names = []
    for k in range(len(args)):
        p = parameters[min(k, len(parameters) - 1)] if parameters else None
        if p is None or p.kind is p.VAR_POSITIONAL:
            names.append(f"argument {k}")
        else:
            names.append(p.name)
    return [*names, *kwargs]


def rebuild(x: Any, tensors: Iterator[Any]) -> Any:
    """The same structure with other tensors in the places of tensors and arrays."""
    return mapped(x, lambda _: next(tensors))


def mapped(x: Any, f: Callable[[Any], Any]) -> Any:
    """The same structure with `f` of each tensor and array."""
    if isinstance(x, (Tensor, np.ndarray)):
        return f(x)
    if isinstance(x, dict):
        entries = {key: mapped(y, f) for key, y in x.items()}
        return entries if type(x) is dict else type(x)(entries)
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        return type(x)(*[mapped(y, f) for y in x])
    if isinstance(x, (tuple, list)):
        return type(x)(mapped(y, f) for y in x)
    return x


def stand_in(spec: Spec) -> Tensor:
    """An argument without data."""
    shape, dtype, requires_grad = spec
    t = Tensor(Value(shape, dtype))
    return t.requires_grad_() if requires_grad else t
