"""What the user's own functions do while a step is traced must be what they do at every step.

A program repeats ops on tensors. A line that is printed, an entry that is added to a list, a number
that NumPy draws would come once, when the step is traced; so such a step is not compiled, and
training does what it always did.
"""

from __future__ import annotations

import random
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from denpa.autodiff.mode import STATE
from denpa.compiler.guards import no_side_effects
from denpa.compiler.trace import value_of
from denpa.core.errors import GraphError
from denpa.nn import Module

_FUNCTIONS = (types.FunctionType, types.MethodType)
State = tuple[Callable[[], Any], Callable[[Any], None]]  # how to get it, how to set it


@contextmanager
def repeatable(net: Module, *functions: Any) -> Iterator[None]:
    """Around a step: while it is traced, guard what the user's functions and layers read, and raise
    a GraphError for effects that a program cannot have. Otherwise nothing."""
    if STATE.tracer is None:
        yield
        return
    guards = STATE.tracer.guards
    own = [f for f in functions if f is not None]
    held: list[Any] = []
    for module in net.modules():
        own += [hook for (hook,) in (*module._before, *module._after)]
        if not _ours(type(module)):
            guards.function(module.forward)
            own.append(module.forward)
            held += vars(module).values()
    for p in net.parameters():
        own += [hook for (hook,) in value_of(p).hooks or ()]
    for x in held:
        if type(x) in (list, dict):
            guards.size(x)
    for f in own:
        no_side_effects(f)
        guards.root(f)
    known: set[int] = set()
    while own:
        f = own.pop()
        if id(f) in known:
            continue
        known.add(id(f))
        if "print" in _names(f):
            raise GraphError(f"{getattr(f, '__qualname__', f)} prints")
        found = _reached(f)
        own += [x for x in found if isinstance(x, _FUNCTIONS) and not _ours(x)]
        held += found
    sources = _random(held)
    before = [get() for get, _ in sources]
    try:
        yield
        moved = any(not _equal(get(), old) for (get, _), old in zip(sources, before, strict=True))
    finally:
        for (_, put), old in zip(sources, before, strict=True):
            put(old)
    if moved:
        raise GraphError(
            "it draws random numbers with NumPy or Python, which would be the same at every step; "
            "denpa.rand, denpa.randn and Dropout give new ones"
        )


def _ours(x: Any) -> bool:
    return str(x.__module__).split(".")[0] in ("denpa", "numpy")


def _code(f: Any) -> Any:
    return getattr(getattr(f, "__func__", f), "__code__", None)


def _names(f: Any) -> tuple[str, ...]:
    code = _code(f)
    return () if code is None else code.co_names


def _reached(f: Any) -> list[Any]:
    """Objects that a function finds under a name: closure, globals, defaults."""
    f = getattr(f, "__func__", f)
    if _code(f) is None:
        return list(vars(f).values()) if hasattr(f, "__dict__") else []
    found = [f.__globals__[name] for name in _names(f) if name in f.__globals__]
    for cell in f.__closure__ or ():
        try:
            found.append(cell.cell_contents)
        except ValueError:  # not assigned yet
            continue
    return found + list(f.__defaults__ or ())


def _random(objects: list[Any]) -> list[State]:
    """The random numbers of NumPy and Python that code can draw from."""
    found: list[State] = [(random.getstate, random.setstate), _legacy(np.random)]
    for x in {id(x): x for x in objects}.values():
        if isinstance(x, np.random.Generator):
            found.append(_bits(x.bit_generator))
        elif isinstance(x, np.random.RandomState):
            found.append(_legacy(x))
        elif isinstance(x, random.Random):
            found.append((x.getstate, x.setstate))
    return found


def _legacy(x: Any) -> State:
    return lambda: x.get_state(legacy=False), x.set_state


def _bits(x: Any) -> State:
    return lambda: x.state, lambda state: setattr(x, "state", state)


def _equal(a: Any, b: Any) -> bool:
    """Whether two states are the same: dicts and tuples of numbers and arrays."""
    if isinstance(a, dict):
        return all(_equal(x, b[key]) for key, x in a.items())
    return np.array_equal(a, b) if isinstance(a, np.ndarray) else bool(a == b)
