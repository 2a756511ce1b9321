"""Functions that call modules from outside of them, such as `lambda x: net(x, scale=2.0)`.

A check moves parameters and computes in float64, on copies. So the modules that a function has in
its closure, among the globals that it names, in a `partial` or as the object of a method become
the parts of one module, which calls the function with the copies in their places.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from denpa.check.frameworks.base import Framework

Found = dict[str, Any]


def closed(framework: Framework, f: Any) -> Any:
    """A module in place of a function that calls modules; anything else as it is.

    >>> from denpa import nn
    >>> from denpa.check.frameworks.engine import DENPA
    >>> net = nn.Linear(3, 2)
    >>> [name for name, _ in closed(DENPA, lambda x: net(x) * 2).named_parameters()]
    ['net.weight', 'net.bias']
    >>> closed(DENPA, len)
    <built-in function len>
    """
    if isinstance(f, framework.Module):
        return f
    held = _held(framework, f)
    if not held:
        return f
    taken = {n: f"{n}_" if hasattr(framework.Module, n) else n for n in held}

    class Closed(framework.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            for name, module in held.items():
                setattr(self, taken[name], module)

        def forward(self, *given: Any) -> Any:
            return _with(f, {id(held[n]): getattr(self, taken[n]) for n in held})(*given)

    return Closed()


def _held(framework: Framework, f: Any) -> Found:
    """The modules that a function calls, by the names that it has for them."""
    candidates: Found = {}
    if isinstance(f, partial):
        candidates = {f"x{k}": x for k, x in enumerate(f.args)} | dict(f.keywords)
        inner = f.func
        if isinstance(inner, framework.Module):
            candidates["net"] = inner
        else:
            candidates |= _held(framework, inner)
    elif isinstance(f, types.MethodType):
        candidates = {"self": f.__self__}
    elif isinstance(f, types.FunctionType):
        globals_ = {n: f.__globals__[n] for n in f.__code__.co_names if n in f.__globals__}
        candidates = globals_ | _cells(f)
        defaults = f.__defaults__ or ()
        names = f.__code__.co_varnames[: f.__code__.co_argcount]
        candidates |= dict(zip(names[len(names) - len(defaults) :], defaults, strict=True))
    return {n: x for n, x in candidates.items() if isinstance(x, framework.Module)}


def _cells(f: types.FunctionType) -> Found:
    found = {}
    for name, cell in zip(f.__code__.co_freevars, f.__closure__ or (), strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # it is not filled yet
            continue
    return found


def _with(f: Any, copies: Mapping[int, Any]) -> Callable[..., Any]:
    """The function with copies in the places of modules, which are known by their identity."""

    def other(x: Any) -> Any:
        return copies.get(id(x), x)

    if isinstance(f, partial):
        inner = other(f.func)
        inner = inner if inner is not f.func else _with(f.func, copies)
        return partial(inner, *map(other, f.args), **{n: other(x) for n, x in f.keywords.items()})
    if isinstance(f, types.MethodType):
        return types.MethodType(f.__func__, other(f.__self__))
    if not isinstance(f, types.FunctionType):
        return f  # type: ignore[no-any-return]
    cells = _cells(f)
    closure = tuple(
        types.CellType(other(cells[n])) if n in cells else cell
        for n, cell in zip(f.__code__.co_freevars, f.__closure__ or (), strict=True)
    )
    named = {n: other(f.__globals__[n]) for n in f.__code__.co_names if n in f.__globals__}
    defaults = tuple(map(other, f.__defaults__ or ()))
    made = types.FunctionType(
        f.__code__, {**f.__globals__, **named}, f.__name__, defaults or None, closure
    )
    made.__kwdefaults__ = f.__kwdefaults__
    return made
