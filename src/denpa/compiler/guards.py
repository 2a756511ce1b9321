"""What must still hold for a traced program to say what its function says.

Numbers, flags and tensors that the function reads through Python are fixed in the program; each is
remembered with the place where it was found and compared at every call. Tensors are compared by
identity: their numbers are read anew each time.
"""

from __future__ import annotations

import dis
import types
from collections.abc import Callable
from operator import eq, is_, itemgetter
from typing import Any

import numpy as np

from denpa.autodiff.tensor import Tensor
from denpa.core.errors import GraphError
from denpa.core.source import _ROOT, Source, where

_GONE = object()
_PLAIN = (bool, int, float, complex, str, bytes, tuple, type(None), np.dtype, np.generic)
_MOST = 2000  # entries of one container that are looked at
_FINE = {"grad", "data", "requires_grad"}  # attributes of tensors, which the tracer follows


def _same(x: Any, y: Any) -> bool:
    """Whether an equal number or string came in the place of another."""
    if type(x) is not type(y) or not isinstance(x, _PLAIN):
        return False
    if type(x) is tuple:
        return len(x) == len(y) and all(a is b or _same(a, b) for a, b in zip(x, y, strict=True))
    return bool(x == y)


class Guards:
    """Places and what was found there."""

    def __init__(self) -> None:
        self.items: list[tuple[Any, Any, Any]] = []  # (container, key, value)
        self.sizes: list[tuple[Any, int]] = []
        self.cells: list[tuple[types.CellType, Any]] = []
        self._known: set[tuple[int, Any]] = set()
        self._plan: Any = None
        self._walked: dict[int, Any] = {}

    def hold(self) -> bool:
        """Whether all is as it was."""
        if self._plan is None:
            self._plan = self._grouped()
        groups, containers, sizes = self._plan
        try:
            for get, container, values in groups:
                if not all(map(is_, get(container), values)) and not all(
                    x is y or _same(x, y) for x, y in zip(get(container), values, strict=True)
                ):
                    return False
        except (KeyError, IndexError):
            return False
        if not all(map(eq, map(len, containers), sizes)):
            return False
        for cell, value in self.cells:
            try:
                x = cell.cell_contents
            except ValueError:  # deleted
                return False
            if x is not value and not _same(x, value):
                return False
        return True

    def _grouped(self) -> Any:
        """The same, a container at a time, for loops in C: this is done at every call."""
        groups: dict[int, tuple[Any, list[Any], list[Any]]] = {}
        for container, key, value in self.items:
            _, keys, values = groups.setdefault(id(container), (container, [], []))
            keys.append(key)
            values.append(value)
        for _, keys, values in groups.values():
            if len(keys) == 1:  # itemgetter gives a tuple for two keys and more
                keys += keys
                values += values
        plan = [(itemgetter(*keys), c, tuple(values)) for c, keys, values in groups.values()]
        return plan, [c for c, _ in self.sizes], [n for _, n in self.sizes]

    def undo(self) -> str:
        """Put back what is not as it was; says what that is, "" if nothing."""
        found = ""
        for container, key, value in self.items:
            try:
                x = container[key]
            except (KeyError, IndexError):
                x = _GONE
            if x is not value and not _same(x, value):
                container[key] = value
                found = found or f"{key!r} (it was {value!r:.60})"
        for container, n in self.sizes:
            while len(container) > n:  # what was added stands at the end
                last = len(container) - 1 if isinstance(container, list) else list(container)[-1]
                del container[last]
                found = found or f"a list, a dict or an object, to which it adds entry {last!r}"
        return found

    def item(self, container: Any, key: Any) -> None:
        """Remember an entry of a dict or list."""
        if (id(container), key) not in self._known:
            self._known.add((id(container), key))
            self.items.append((container, key, container[key]))
            self._plan = None

    def size(self, container: Any) -> None:
        """Remember how many entries there are."""
        if (id(container), _GONE) not in self._known:
            self._known.add((id(container), _GONE))
            self.sizes.append((container, len(container)))
            self._plan = None

    def module(self, module: Any) -> None:
        """The flags, numbers, tensors, parts and hooks of one module."""
        own = module.__dict__
        for key, x in own.items():
            if isinstance(x, (*_PLAIN, Tensor)):
                self.item(own, key)
        for kind in ("_parameters", "_buffers", "_modules"):
            for key in own[kind]:
                self.item(own[kind], key)
            self.size(own[kind])
        for hooks in ("_before", "_after"):
            self.size(own[hooks])
        self.size(own)

    def optimizer(self, optimizer: Any) -> None:
        """Its groups and its state, which loading a checkpoint replaces."""
        own = optimizer.__dict__
        for key in ("state", "param_groups"):
            self.item(own, key)
        self.size(own["param_groups"])
        for group in own["param_groups"]:
            self.size(group["params"])
            for k in range(len(group["params"])):
                self.item(group["params"], k)

    def state_of(self, optimizer: Any) -> None:
        """The tensors of an optimizer's state, once there are any."""
        for state in optimizer.state.values():
            for key in state:
                self.item(state, key)

    def numbers_moved(self) -> set[str]:
        """The options of optimizers that are another number than they were."""
        found = set()
        for container, key, value in self.items:
            if isinstance(container, dict) and "params" in container and key in container:
                x = container[key]
                if type(x) is type(value) and type(x) in (int, float, tuple) and x != value:
                    found.add(key)
        return found

    # -- what a function can see -------------------------------------------------------------------

    def root(self, x: Any) -> None:
        """What a compiled function or module depends on, as far as it can be seen."""
        self._object(x, 0, set())

    def function(self, f: Any) -> None:
        """The globals, closure and instance that a function reads."""
        if isinstance(f, types.MethodType):
            self._object(f.__self__, 0, _names_of(f.__func__))
            f = f.__func__
        if not isinstance(f, types.FunctionType) or self._walk(f):
            return
        if f.__code__.co_filename.startswith(_ROOT):
            return
        names = _names_of(f)
        for cell in f.__closure__ or ():
            try:
                x = cell.cell_contents
            except ValueError:
                continue
            self.cells.append((cell, x))
            self._object(x, 0, names)
        for name in _globals_of(f.__code__):
            if name in f.__globals__:
                x = f.__globals__[name]
                if not isinstance(x, types.ModuleType):
                    self.item(f.__globals__, name)
                    self._object(x, 0, names)
        for x in (f.__defaults__ or ()) + tuple((f.__kwdefaults__ or {}).values()):
            self._object(x, 0, names)

    def _walk(self, x: Any) -> bool:
        known = id(x) in self._walked
        self._walked[id(x)] = x
        return known

    def _object(self, x: Any, depth: int, names: set[str]) -> None:
        """The plain entries of what a name means, two levels deep; of an object those among
        `names`, the names that the code reads."""
        if depth > 2 or isinstance(x, (*_PLAIN, Tensor, np.ndarray, type)):
            return
        if isinstance(x, (types.FunctionType, types.MethodType)):
            self.function(x)
            return
        if self._walk(x):
            return
        if hasattr(x, "named_modules") and hasattr(x, "_parameters"):
            for m in x.modules():
                self.module(m)
            return
        if hasattr(x, "param_groups") and hasattr(x, "state"):
            return  # the tracer hears of it when it steps
        keys: Any
        if isinstance(x, (dict, list)):
            entries: Any = x
            if len(entries) > _MOST:
                return
            self.size(entries)
            keys = entries if isinstance(entries, dict) else range(len(entries))
        else:
            entries = getattr(x, "__dict__", None)
            if not isinstance(entries, dict) or type(x).__module__.startswith("denpa."):
                return
            for name in sorted(names):
                method = getattr(type(x), name, None)
                if isinstance(method, types.FunctionType):
                    names = names | _names_of(method)
                    self.function(method)
            keys = [key for key in entries if key in names]
        for key in keys:
            y = entries[key]
            if isinstance(y, (*_PLAIN, Tensor)):
                self.item(entries, key)
            else:
                self._object(y, depth + 1, names)


def _codes(code: types.CodeType) -> list[types.CodeType]:
    """A function's code and that of the functions written inside it."""
    found = [code]
    for c in code.co_consts:
        if isinstance(c, types.CodeType):
            found += _codes(c)
    return found


def _globals_of(code: types.CodeType) -> list[str]:
    names: dict[str, None] = {}
    for c in _codes(code):
        for i in dis.get_instructions(c):
            if i.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
                names[i.argval] = None
    return list(names)


def _names_of(f: Any) -> set[str]:
    code = getattr(f, "__code__", None)
    return set() if code is None else {n for c in _codes(code) for n in c.co_names}


def no_side_effects(f: Callable[..., Any]) -> None:
    """Raise for an assignment to something outside: it would happen once, when the function is
    traced, and never again.
    """
    f = getattr(f, "__func__", f)
    if not isinstance(f, types.FunctionType):
        return
    for code in _codes(f.__code__):
        own = code is f.__code__
        for i in dis.get_instructions(code):
            what = ""
            if i.opname == "STORE_GLOBAL":
                what = f"the global {i.argval}"
            elif i.opname == "STORE_DEREF" and own and i.argval in code.co_freevars:
                what = f"the variable {i.argval} of the function around it"
            elif i.opname == "STORE_ATTR" and i.argval not in _FINE:
                what = f"the attribute .{i.argval}"
            if what:
                error = GraphError(
                    f"a compiled function assigns to {what}; this would happen once, when the "
                    "function is traced, and never again. Return the value instead, and assign it "
                    "outside"
                )
                error.where = where(Source(code, i.offset), "")
                raise error
