"""Functions that share what they know, taken as one object: closures that a function returns, in a
dict or a tuple, and functions of a file that read and set its variables. Their methods are the
functions, its attributes the variables; a copy has variables of its own."""

from __future__ import annotations

import copy
import inspect
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from denpa.check.subjects.places import leaves

_PAIR = ("forward", "backward", "more")


class Bundle:
    """An object that is made of functions; its class is made for it (`bundled`)."""

    _kept: Callable[[], dict[str, Any]]  # behind a function, where nobody takes it for parameters

    def __deepcopy__(self, memo: dict[int, Any]) -> Bundle:
        made = type(self).__new__(type(self))
        memo[id(self)] = made
        fill(made, copy.deepcopy(self._kept(), memo))
        return made


def fill(made: Bundle, kept: dict[str, Any]) -> None:
    """Give a new object its variables, and functions that see these."""
    kind: Any = type(made)
    made.__dict__["_kept"] = lambda: kept
    for name, function in kind.functions.items():
        made.__dict__[name] = _with(function, kept, kind.functions)
        if "globals" in kept:
            kept["globals"][name] = made.__dict__[name]


def _with(f: Any, kept: dict[str, Any], functions: Mapping[str, Any]) -> Any:
    """A function whose variables are those of an object."""
    if not isinstance(f, types.FunctionType):
        return f
    cells = tuple(
        _cell(name, cell, kept, functions)
        for name, cell in zip(f.__code__.co_freevars, f.__closure__ or (), strict=True)
    )
    if not f.__code__.co_freevars:
        names = kept.get("globals", f.__globals__)
        made = types.FunctionType(f.__code__, names, f.__name__, f.__defaults__)
    else:
        made = types.FunctionType(f.__code__, f.__globals__, f.__name__, f.__defaults__, cells)
    made.__kwdefaults__, made.__doc__ = f.__kwdefaults__, f.__doc__
    made.__module__, made.__qualname__ = f.__module__, f.__qualname__
    return made


def _cell(name: str, cell: Any, kept: dict[str, Any], functions: Mapping[str, Any]) -> Any:
    cells = kept.setdefault("cells", _Cells())
    if name not in cells:
        cells[name] = types.CellType()
        try:
            held = cell.cell_contents
        except ValueError:  # not filled yet
            return cells[name]
        if isinstance(held, types.FunctionType) and held.__closure__:
            cells[name].cell_contents = _with(held, kept, functions)
        else:
            own = kept["values"].setdefault(name, copy.deepcopy(held) if _data(held) else held)
            cells[name].cell_contents = own
    return cells[name]


class _Cells(dict[str, Any]):
    """The cells of closures, by name; a copy has none yet, they are made from the values."""

    def __deepcopy__(self, memo: dict[int, Any]) -> _Cells:
        return _Cells()


def _data(x: Any) -> bool:
    return not (inspect.ismodule(x) or inspect.isclass(x) or inspect.isroutine(x))


def bundled(x: Any, title: str) -> Any:
    """An object in the place of a dict, list or tuple of functions; None where it is none."""
    named = _named(x)
    if len(named) < 2:
        return None
    values: dict[str, Any] = {}
    for f in named.values():
        values |= {n: h for n, h in _contents(f) if _data(h)}
    return _made(title, named, values)


def _named(x: Any) -> dict[str, Any]:
    if isinstance(x, dict):
        return {k: f for k, f in x.items() if isinstance(k, str) and inspect.isroutine(f)}
    fields = getattr(x, "_fields", None) if isinstance(x, tuple) else None
    if isinstance(x, types.SimpleNamespace):
        return {k: f for k, f in vars(x).items() if inspect.isroutine(f)}
    if not isinstance(x, (tuple, list)) or len(x) > 4 or not all(map(inspect.isroutine, x)):
        return {}
    names = list(fields or [f.__name__ for f in x])
    if len(set(names)) < len(x) or any(not n.isidentifier() for n in names):
        names = [_PAIR[min(k, 2)] + ("" if k < 2 else str(k)) for k in range(len(x))]
    return dict(zip(names, x, strict=True))


def _contents(f: Any, seen: frozenset[int] = frozenset()) -> Iterator[tuple[str, Any]]:
    """The variables of closures, and of those that they use."""
    code = getattr(f, "__code__", None)
    if code is None or id(f) in seen:
        return
    for name, cell in zip(code.co_freevars, f.__closure__ or (), strict=True):
        try:
            held = cell.cell_contents
        except ValueError:
            continue
        if isinstance(held, types.FunctionType):
            yield from _contents(held, seen | {id(f)})
        else:
            yield name, held


def _made(title: str, functions: Mapping[str, Any], values: dict[str, Any]) -> Any:
    body: dict[str, Any] = {n: staticmethod(f) for n, f in functions.items()}
    body |= {"functions": dict(functions), "__module__": __name__}
    body |= {n: _property(n) for n in values if n not in functions}
    made = type(title, (Bundle,), body)()
    fill(made, {"values": copy.deepcopy(values)})
    return made


def _property(name: str) -> property:
    def get(self: Any) -> Any:
        cell = self._kept()["cells"].get(name)
        return self._kept()["values"][name] if cell is None else cell.cell_contents

    def put(self: Any, value: Any) -> None:
        self._kept()["values"][name] = value
        if name in self._kept()["cells"]:
            self._kept()["cells"][name].cell_contents = value

    return property(get, put)


# -- functions of a file ---------------------------------------------------------------------------


def of_file(f: Any, title: str) -> Any:
    """The functions of the file of `f` as one object, if they set its variables, or read dicts of
    arrays; None where they do not."""
    names = getattr(inspect.unwrap(f), "__globals__", None)
    if names is None:
        return None
    own = {
        n: g
        for n, g in names.items()
        if isinstance(g, types.FunctionType) and g.__globals__ is names
    }
    told = {n for g in own.values() for n in g.__code__.co_names}
    sets = {n for g in own.values() for n in _globals(g)}
    held = {
        n: x
        for n, x in names.items()
        if n in told
        and _data(x)
        and not n.startswith("__")
        and any(isinstance(a, np.ndarray) for _, a in leaves(x))
    }
    stores = [n for n, x in held.items() if isinstance(x, (dict, list))]
    if not (sets or stores):
        return None
    body: dict[str, Any] = {n: staticmethod(g) for n, g in own.items()}
    body |= {"functions": own, "__module__": __name__}
    body |= {n: _global(n) for n in {*held, *sets} if n not in own}
    made = type(title, (Bundle,), body)()
    fill(made, {"globals": _File(names, {*held, *sets})})
    return made


class _File(dict[str, Any]):
    """The variables of a file as its functions see them; those that belong to the object are copied
    with it."""

    def __init__(self, names: Mapping[str, Any], own: set[str]) -> None:
        super().__init__(names)
        self.own = own

    def __deepcopy__(self, memo: dict[int, Any]) -> _File:
        made = _File(self, self.own)
        made |= {n: copy.deepcopy(self[n], memo) for n in self.own if n in self}
        return made


def _globals(f: Callable[..., Any]) -> set[str]:
    import dis

    return {str(i.argval) for i in dis.get_instructions(f) if i.opname == "STORE_GLOBAL"}


def _global(name: str) -> property:
    def get(self: Any) -> Any:
        try:
            return self._kept()["globals"][name]
        except KeyError:
            raise AttributeError(name) from None

    def put(self: Any, value: Any) -> None:
        self._kept()["globals"][name] = value

    return property(get, put)
