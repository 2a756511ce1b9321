"""Arguments and results as flat lists: tensors apart from the structure and the numbers around
them.
"""

from __future__ import annotations

import copy
import inspect
from collections import OrderedDict
from collections.abc import Callable, Iterator
from operator import is_
from typing import Any

import numpy as np

from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.compiler.trace.records import dict_of
from denpa.core.dtype import DType
from denpa.core.graph import Value
from denpa.core.shape import Shape

Spec = tuple[Shape, DType, bool]  # of a tensor: shape, dtype, whether it requires a gradient
_STRUCTURES = (dict, OrderedDict, tuple, list)
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
    if kind is slice:
        return (slice, *[flatten(y, found) for y in (x.start, x.stop, x.step)])
    if kind is range or isinstance(x, np.dtype):
        return (kind, x)
    if kind not in _STRUCTURES and dict_of(x):  # with attributes beside its entries
        return _Same(x)
    if isinstance(x, dict):
        names = tuple([k if type(k) is str else flatten(k, []) for k in x])
        return (kind, names, *[flatten(y, found) for y in x.values()])
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


def describe_changes(keys: list[Any], names: list[str], positional: int) -> str:
    """What differs among keys of calls: `argument x: dim 0 took the sizes 3, 4, 5, …`."""
    rows = [_by_argument(k, positional) for k in keys]
    for name, column in zip(names, zip(*rows, strict=False), strict=False):
        for place in range(min(map(len, column))):
            kinds = {column[0][place][0]}
            values = list(dict.fromkeys(found[place] for found in column))
            if len(values) < 3 or {v[0] for v in values} != kinds:
                continue
            shown = ", ".join(str(v[1]) for v in values[:4])
            kind = values[0][0]
            if kind == "size":
                return f"argument {name}: dim {column[0][place][2]} took the sizes {shown}, …"
            return f"argument {name} took the {kind}s {shown}, …"
    return "its arguments take ever new shapes or numbers"


def _by_argument(key: Any, positional: int) -> list[list[Any]]:
    """For each argument the sizes and numbers in its part of a key, in order."""
    if len(key) == 2 and isinstance(key[1], tuple) and key[1] and key[1][0] is dict:
        parts = [*key[0], *key[1][2:]]  # with keywords
    else:
        parts = list(key)
    return [list(_facts(p)) for p in parts]


def _facts(key: Any) -> Iterator[tuple[Any, ...]]:
    if isinstance(key, _Same):
        yield "object", f"a {type(key.x).__name__}", id(key.x)
    elif isinstance(key, tuple) and len(key) == 3 and isinstance(key[1], np.dtype):
        for d, n in enumerate(key[0]):
            yield "size", n, d
    elif isinstance(key, tuple) and len(key) == 2 and key[0] is float:
        yield "number", float.fromhex(key[1])
    elif isinstance(key, tuple) and len(key) == 2 and _of_numpy(key[0]):
        yield "number", np.frombuffer(key[1], key[0])[0]
    elif isinstance(key, tuple) and len(key) == 2 and key[0] in _NUMBERS:
        yield ("string" if key[0] in (str, bytes) else "number"), key[1]
    elif isinstance(key, tuple):
        for k in key[1:]:
            yield from _facts(k)


def _of_numpy(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, np.number)


def without_arrays(x: Any) -> Any:
    """The same arguments with tensors in the places of arrays; what holds none is the very same
    object."""
    if isinstance(x, np.ndarray):
        return tensor_of(x)
    if type(x) in (tuple, list):
        found = [without_arrays(y) for y in x]
        return x if all(map(is_, found, x)) else type(x)(found)
    if type(x) is dict:
        entries = {key: without_arrays(y) for key, y in x.items()}
        return x if all(map(is_, entries.values(), x.values())) else entries
    return x


def rebuild(x: Any, tensors: Iterator[Any]) -> Any:
    """The same structure with other tensors in the places of tensors and arrays."""
    return mapped(x, lambda _: next(tensors))


def mapped(x: Any, f: Callable[[Any], Any], other: Callable[[Any], Any] = lambda x: x) -> Any:
    """The same structure with `f` of each tensor and array, and `other` of other objects."""
    # Not that of `core.tree`: dicts keep their class, and what has attributes is no structure.
    if isinstance(x, (Tensor, np.ndarray)):
        return f(x)
    if type(x) not in _STRUCTURES and dict_of(x):
        return other(x)
    if isinstance(x, dict):
        entries = {key: mapped(y, f, other) for key, y in x.items()}
        if type(x) is dict:
            return entries
        found = copy.copy(x)
        found.update(entries)
        return found
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        return type(x)(*[mapped(y, f, other) for y in x])
    if isinstance(x, (tuple, list)):
        return type(x)(mapped(y, f, other) for y in x)
    return other(x)


def stand_in(spec: Spec) -> Tensor:
    """An argument without data."""
    shape, dtype, requires_grad = spec
    t = Tensor(Value(shape, dtype))
    return t.requires_grad_() if requires_grad else t
