"""Records of what a container, an object, a variable or an array held: by identity, and numbers
and strings by exact type and value.

`differences` says what is not as it was, `undo` puts it back. No code of the objects' own classes
runs for that: no `__eq__`, no `__hash__`, no `__repr__`.
"""

from __future__ import annotations

import math
import types
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

GONE: Any = type("Gone", (), {"__repr__": lambda self: "nothing", "__slots__": ()})()
_NUMBERS: Any = object()  # in the place of an array's numbers in a Difference
_EXACT = (bool, int, str, bytes, type(None))
_SHOWN = (*_EXACT, float, complex)
_MOST = 60  # characters of a value in a message


def same(x: Any, y: Any) -> bool:
    """Whether an equal number, string or tuple of such came in the place of another one."""
    kind = type(x)
    if x is y or kind is not type(y):
        return x is y
    if kind in _EXACT or isinstance(x, np.dtype):
        return bool(x == y)
    if kind is float:  # 0.0 is not -0.0, NaN is NaN
        return (x != x and y != y) or (x == y and math.copysign(1, x) == math.copysign(1, y))
    if kind is complex:
        return same(x.real, y.real) and same(x.imag, y.imag)
    if isinstance(x, np.generic):
        return x.dtype == y.dtype and x.dtype.kind != "O" and x.tobytes() == y.tobytes()
    if isinstance(x, tuple):
        return tuple.__len__(x) == tuple.__len__(y) and all(
            map(same, tuple.__iter__(x), tuple.__iter__(y))
        )
    if kind is types.MethodType:
        return x.__func__ is y.__func__ and x.__self__ is y.__self__
    return False


def dict_of(x: Any) -> dict[str, Any] | None:
    """The dict of an object's attributes."""
    try:
        own = object.__getattribute__(x, "__dict__")
    except AttributeError:
        return None
    return own if isinstance(own, dict) else None


def mark_of(x: Any) -> Any:
    """A key or a member of a set as something to look up, the same for what is `same`."""
    kind = type(x)
    if kind in _EXACT:
        return kind, x
    return (kind, repr(x)) if kind in (float, complex) else id(x)


def shown(x: Any) -> str:
    """A value in a message: numbers and strings as they are, of others what they are."""
    kind = type(x)
    if kind in _SHOWN:
        text = repr(x)
        return text if len(text) <= _MOST else f"{text[: _MOST - 1]}…"
    if kind in (list, tuple, set, dict, deque):
        inner = [*x, *x.values()] if kind is dict else list(x)
        if len(inner) <= 6 and all(type(y) in _SHOWN for y in inner):
            text = repr(x)
            if len(text) <= _MOST:
                return text
        return f"a {kind.__name__} of {len(x)}"
    if isinstance(x, (type, types.FunctionType, types.BuiltinFunctionType)):
        return str(x.__name__)
    return f"a {kind.__name__}"


@dataclass(eq=False)
class Difference:
    """Something that is not as it was."""

    path: str  # how a reader would write it: cfg['scale'], net.scale
    key: Any = None
    old: Any = _NUMBERS  # GONE: there was nothing
    new: Any = _NUMBERS
    container: Any = None  # a dict in which `key` stands
    lazily: bool = False  # it is a cache: it was filled

    @property
    def what(self) -> str:
        """For "the compiled function …"."""
        if self.old is _NUMBERS:
            return f"changes {self.path}"
        if self.old is GONE:
            return f"changes {self.path} (it was not there)"
        return f"changes {self.path} (it was {shown(self.old)})"

    @property
    def moved(self) -> str:
        """For "…, since …"."""
        if self.old is _NUMBERS:
            return f"{self.path} changed"
        if self.old is GONE or self.new is GONE:
            return f"{self.path} is {'new' if self.old is GONE else 'gone'}"
        old, new = shown(self.old), shown(self.new)
        return f"{self.path} is another one" if old == new else f"{self.path} was {old}, is {new}"


class _Plainly:
    """A list, deque or set of a class with an `__iter__` or `__len__` of its own, without these."""

    def __init__(self, x: Any, kind: Any) -> None:
        self._x, self._kind = x, kind

    def __iter__(self) -> Iterator[Any]:
        found: Iterator[Any] = self._kind.__iter__(self._x)
        return found

    def __len__(self) -> int:
        n: int = self._kind.__len__(self._x)
        return n


class Whole:
    """All that is in a dict, list, deque or set."""

    def __init__(self, container: Any, path: str, dotted: bool = False) -> None:
        self.container, self.path, self.dotted = container, path, dotted
        kinds: tuple[Any, ...] = (OrderedDict, dict, list, deque, set)
        self._kind = next(k for k in kinds if isinstance(container, k))
        self.mapping = isinstance(container, dict)
        self.renew()

    def renew(self) -> None:
        """Take what is in it now."""
        kind, x = self._kind, self.container
        self.keys = list(kind.keys(x)) if self.mapping else []
        self.values = list(kind.values(x) if self.mapping else kind.__iter__(x))

    def sources(self) -> list[tuple[Any, list[Any]]]:
        """What to go through, live, and what is to be found."""
        kind, x = self._kind, self.container
        if self.mapping:
            return [(kind.keys(x), self.keys), (kind.values(x), self.values)]
        return [(x if type(x) is kind else _Plainly(x, kind), self.values)]

    def _name(self, key: Any) -> str:
        return f"{self.path}.{key}" if self.dotted else f"{self.path}[{shown(key)}]"

    def differences(self) -> Iterator[Difference]:
        """What is not as it was."""
        kind, x = self._kind, self.container
        if self.mapping:
            yield from self._of_mapping(list(kind.keys(x)), list(kind.values(x)))
            return
        now = list(kind.__iter__(x))
        if kind is set:
            if set(map(mark_of, now)) != set(map(mark_of, self.values)):
                yield Difference(self.path, None, set(self.values), x)
        elif len(now) != len(self.values):
            yield Difference(self.path, None, list(self.values), x)
        else:
            for k, (old, new) in enumerate(zip(self.values, now, strict=True)):
                if not same(old, new):
                    yield Difference(self._name(k), k, old, new)

    def _of_mapping(self, keys: list[Any], values: list[Any]) -> Iterator[Difference]:
        x = self.container
        if len(keys) == len(self.keys) and all(map(same, self.keys, keys)):
            for key, old, new in zip(keys, self.values, values, strict=True):
                if not same(old, new):
                    yield Difference(self._name(key), key, old, new, x)
            return
        before = {mark_of(k): (k, v) for k, v in zip(self.keys, self.values, strict=True)}
        after = {mark_of(k): (k, v) for k, v in zip(keys, values, strict=True)}
        for mark, (key, new) in after.items():
            _, old = before.get(mark, (key, GONE))
            if not same(old, new):
                yield Difference(self._name(key), key, old, new, x)
        for mark, (key, old) in before.items():
            if mark not in after:
                yield Difference(self._name(key), key, old, GONE, x)
        if before.keys() == after.keys():
            yield Difference(f"the order of {self.path}")

    def undo(self) -> None:
        """Put everything back."""
        kind, x = self._kind, self.container
        if kind is list:
            list.__setitem__(x, slice(None), self.values)
            return
        kind.clear(x)
        if self.mapping:
            for key, value in zip(self.keys, self.values, strict=True):
                kind.__setitem__(x, key, value)
        else:
            (kind.extend if kind is deque else kind.update)(x, self.values)


class Part:
    """Some entries of a dict, or of the namespace of a class or module, and names that are not
    among its keys."""

    def __init__(self, container: Any, path: str, owner: Any = None, dotted: bool = True) -> None:
        self.container, self.path, self.dotted = container, path, dotted
        self._owner = owner  # the class
        self.entries: dict[Any, Any] = {}
        self.absent: set[Any] = set()
        self.keys: list[Any] | None = None  # all of them in order, if that counts

    def enter(self, key: Any) -> Any:
        """Remember an entry, or that there is none; returns it."""
        if key in self.entries:
            return self.entries[key]
        x = self.container.get(key, GONE)
        if x is GONE:
            self.absent.add(key)
        else:
            self.entries[key] = x
        return x

    def name(self, key: Any) -> str:
        """An entry as a reader would write it."""
        if not self.path:
            return str(key)
        return f"{self.path}.{key}" if self.dotted else f"{self.path}[{shown(key)}]"

    def differences(self) -> Iterator[Difference]:
        """What is not as it was."""
        x = self.container
        for key, old in self.entries.items():
            new = x.get(key, GONE)
            if not same(old, new):
                yield Difference(self.name(key), key, old, new, x)
        for key in sorted(self.absent & x.keys()):
            yield Difference(self.name(key), key, GONE, x[key], x)
        if self.keys is not None and list(x) != self.keys:
            yield Difference(f"the keys of {self.path}")

    def undo(self) -> None:
        """Put the entries back."""
        x = self.container
        for key, old in self.entries.items():
            if x.get(key, GONE) is not old:
                if isinstance(x, dict):
                    x[key] = old
                else:
                    type.__setattr__(self._owner, key, old)
        for key in self.absent & x.keys():
            if isinstance(x, dict):
                del x[key]
            else:
                type.__delattr__(self._owner, key)


class Place:
    """One thing that is read and set by functions of its own: a variable, a slot, bytes."""

    def __init__(
        self,
        path: str,
        get: Callable[[], Any],
        put: Callable[[Any], None] | None = None,
        of: str = "",
        lazily: bool = False,
    ) -> None:
        self.path, self.get, self._put, self._lazily = path, get, put, lazily
        self._of = of  # what of it, if the value itself is not to be shown
        self.value = get()

    def differences(self) -> Iterator[Difference]:
        """What is not as it was."""
        new = self.get()
        if not same(self.value, new):
            if self._of:
                yield Difference(f"{self._of} of {self.path}")
            else:
                yield Difference(self.path, None, self.value, new, lazily=self._lazily)

    def undo(self) -> None:
        """Put it back."""
        if self._put is not None:
            self._put(self.value)


def cell_place(cell: types.CellType, path: str) -> Place:
    """A variable of a function around."""

    def get() -> Any:
        try:
            return cell.cell_contents
        except ValueError:
            return GONE

    def put(x: Any) -> None:
        if x is GONE:
            del cell.cell_contents
        else:
            cell.cell_contents = x

    return Place(path, get, put)


def slot_place(x: Any, descriptor: Any, path: str) -> Place:
    """An attribute in a slot."""

    def get() -> Any:
        try:
            return descriptor.__get__(x)
        except AttributeError:
            return GONE

    def put(value: Any) -> None:
        descriptor.__delete__(x) if value is GONE else descriptor.__set__(x, value)

    return Place(path, get, put)


def array_place(a: np.ndarray, path: str) -> Place:
    """The numbers of an array that Python may have read."""

    def put(old: tuple[Any, ...]) -> None:
        np.copyto(a, np.frombuffer(old[0], old[3]).reshape(old[1]))

    def get() -> tuple[Any, ...]:
        return a.tobytes(), a.shape, a.strides, a.dtype, a.flags.writeable

    return Place(path, get, put, "the numbers")


def buffer_place(x: Any, path: str) -> Place:
    """The contents of a bytearray or array.array."""

    def put(old: bytes) -> None:
        x[:] = old if isinstance(x, bytearray) else type(x)(x.typecode, old)

    return Place(path, lambda: bytes(x), put, "the contents")
