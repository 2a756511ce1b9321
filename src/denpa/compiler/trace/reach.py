"""What a function can reach: from its variables, arguments and `self` through attributes, entries
and closures, as far as the code that runs has names for it.

Nothing is looked for that no code reads: an attribute counts once its name stands in code that is
entered while the function is traced (`Reach.entered`), which is before that code can read or change
it. Entries of dicts and lists have no names; all of them count. What Python cannot see into
(generators, files, random numbers, objects written in C) ends the trace.
"""

from __future__ import annotations

import builtins
import functools
import gc
import re
import sys
import types
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

import numpy as np

from denpa.compiler.trace import purity
from denpa.compiler.trace.bytecode import Path, Reads, reads
from denpa.compiler.trace.guards import Guards
from denpa.compiler.trace.optimizers import Optimizers
from denpa.compiler.trace.records import GONE, Difference, Part, Place, cell_place, slot_place
from denpa.core.source import where

# Entries of the user's own, which are compared at each call: with a list of so many a call takes 81
# µs, with half 0.56 and with twice as many 1.90 times as long (`benchmarks.tuned reach.MOST`, AMD
# EPYC, Zen 5).
MOST = 5000
RANDOM = (
    "which draws random numbers with NumPy or Python: they would be the same at every call; "
    "denpa.rand, denpa.randn and Dropout give new ones"
)


_INSIDES = frozenset({"__globals__", "__closure__", "cell_contents", "f_globals", "f_locals"})


class Refused(BaseException):
    """A trace cannot go on: the function depends on what cannot be watched.

    No Exception, so that code which is traced does not catch it.
    """

    def __init__(self, text: str, place: str = "") -> None:
        super().__init__(text)
        self.text, self.place = text, place


class Open:
    """Something with attributes, of which those count that code has names for."""

    def __init__(self, part: Part, extra: Iterable[str] = (), free: bool = True) -> None:
        self.part = part
        self.extra = frozenset(extra)  # names that count in any case
        self.free = free  # it may get attributes, and code may compute their names
        self.listed = False  # its keys are in the guards, too


class Reach:
    """The objects that a trace depends on, entered as guards."""

    def __init__(
        self, look: Callable[[Reach, Any, str], None], varying: frozenset[str] = frozenset()
    ) -> None:
        self._look = look  # enters what one object holds: `objects.look`
        self.guards = Guards()
        self.varying = varying  # options of optimizers that are inputs of the program
        self.names: set[str] = set()
        self.arrays: dict[int, np.ndarray] = {}
        self.weak: set[int] = set()  # objects that are not kept alive
        self.optimizers = Optimizers(self)
        self._readers: dict[str, Reads] = {}  # who reads a name: the first
        self._entered: dict[int, types.CodeType] = {}
        self._everything = False
        self._open: list[Open] = []
        self._slots: list[tuple[Any, dict[str, Any], str, set[str]]] = []
        self._functions: dict[int, list[tuple[types.FunctionType, str]]] = {}
        self._namespaces: dict[int, Part] = {}  # of modules
        self._seen: dict[int, Any] = {}
        self._todo: list[tuple[Any, str]] = []
        self._count = 0

    def close(self) -> None:
        """The trace is over: what was needed to fill the guards is forgotten."""
        self.optimizers.finish()
        self.guards.lines = _Lines(self._readers).writer_of
        self._seen, self._functions, self._namespaces, self._entered = {}, {}, {}, {}
        self._open, self._slots, self.arrays = [], [], {}
        self.optimizers = Optimizers(self)

    # -- where it starts ---------------------------------------------------------------------------

    def root(self, x: Any, name: str, weak: bool = False) -> None:
        """Something that the function starts from. A weak one is not kept alive."""
        if weak:
            self.weak.add(id(x))
        self.visit(x, name)
        self.go()

    def entered(self, code: types.CodeType, namespace: dict[str, Any]) -> None:
        """Code that is not Denpa's is about to run for the first time."""
        if id(code) in self._entered:
            return
        self._entered[id(code)] = code
        for c in code.co_consts:  # made while it runs; its variables are those of this code
            if isinstance(c, types.CodeType):
                self._functions.setdefault(id(c), [])
        if id(code) not in self._functions:  # nobody knows where it came from
            self._functions[id(code)] = []
            for f in gc.get_referrers(code):
                if isinstance(f, types.FunctionType) and f.__code__ is code:
                    self.visit(f, f.__qualname__)
        found = reads(code)
        for name in (*found.names, *code.co_freevars, *code.co_varnames):
            known = self._readers.get(name)
            if known is None or (purity.of_python(known.code) and not purity.of_python(code)):
                self._readers[name] = found
        if found.names & _INSIDES:
            name = min(found.names & _INSIDES)
            raise Refused(
                f"reads {name}, the inside of functions, which is not watched; read the variable "
                "itself",
                where(found.line(name), ""),
            )
        if "datetime64" in found.names and found.names & {"now", "today"}:
            raise Refused("reads the clock", where(found.line("datetime64"), ""))
        for f, path in self._functions[id(code)]:
            self._variables(f, found, path)
        self._globals(found, namespace)
        self.more_names(found.names)
        if found.computed:
            self.computed()
        self.go()

    def computed(self) -> None:
        """Code reads attributes under names that it computes: all of them count from now on."""
        if not self._everything:
            self._everything = True
            self._again(self.names)
            self.go()

    def more_names(self, names: Iterable[str]) -> None:
        """Code has names for more attributes."""
        fresh = set(names) - self.names
        if fresh:
            self.names |= fresh
            self._again(fresh)
            self.optimizers.more_names(fresh)

    def _again(self, names: set[str]) -> None:
        for o in list(self._open):
            self._enter(o, names)
        for entry in list(self._slots):
            self._enter_slots(*entry, names)

    # -- variables ---------------------------------------------------------------------------------

    def function(self, f: types.FunctionType, path: str) -> None:
        """A function of the user's: its variables count if its code runs."""
        known = self._functions.setdefault(id(f.__code__), [])
        known.append((f, path))
        if id(f.__code__) in self._entered:
            self._variables(f, reads(f.__code__), path)

    def _variables(self, f: types.FunctionType, found: Reads, path: str) -> None:
        follow = {p.name: p for p in found.cells}
        for name, cell in zip(f.__code__.co_freevars, f.__closure__ or (), strict=False):
            place = cell_place(cell, name)
            self.guards.cells.append((cell, place))
            if place.value is not GONE:
                self._follow(place.value, follow.get(name, Path(name, ())))

    def _globals(self, found: Reads, namespace: dict[str, Any]) -> None:
        part = self.namespace(namespace, "")
        for path in found.globals:
            x = part.enter(path.name)
            if x is GONE:
                x = self.namespace(vars(builtins), "").enter(path.name)
            if x is not GONE:
                self._follow(x, path)
        for name in found.stores:
            part.enter(name)
        for name in found.imports:
            if name not in sys.modules:
                raise Refused(
                    f"imports {name}, which was not imported before; import it outside",
                    where(found.line(name), ""),
                )
            for module in (name, name.split(".")[0]):
                self.namespace(sys.modules, "sys.modules").enter(module)
                self.visit(sys.modules[module], module)

    def _follow(self, x: Any, path: Path) -> None:
        """A variable's value; of modules only the attributes that are read behind it."""
        name = path.name
        for attribute in path.attributes:
            if not isinstance(x, types.ModuleType):
                break
            if x.__name__.startswith("numpy.random"):
                self.refuse(f"{name}.{attribute}", RANDOM)
            if attribute.startswith("__") and attribute not in vars(x):  # such as __dict__
                break
            part = self.namespace(vars(x), name)
            x, name = part.enter(attribute), f"{name}.{attribute}"
        if x is not GONE:
            self.visit(x, name)

    def namespace(self, entries: dict[str, Any], path: str) -> Part:
        """The record of a module's variables."""
        part = self._namespaces.get(id(entries))
        if part is None:
            part = self._namespaces[id(entries)] = Part(entries, path)
            self.guards.parts.append(part)
        return part

    # -- objects -----------------------------------------------------------------------------------

    def visit(self, x: Any, path: str) -> None:
        """Something that code can read: what it holds is looked at later, by `go`."""
        if id(x) not in self._seen and type(x) not in purity.PLAIN:
            self._seen[id(x)] = x
            self._todo.append((x, path))

    def knows(self, x: Any) -> bool:
        """Whether an object is one from outside."""
        return self._seen.get(id(x)) is x

    def pass_by(self, x: Any) -> None:
        """Something that needs no look."""
        self._seen[id(x)] = x

    def go(self) -> None:
        """Look at all that was visited; nobody recurses over it."""
        while self._todo:
            self._look(self, *self._todo.pop())

    def refuse(self, path: str, why: str) -> NoReturn:
        """The function reads what cannot be watched."""
        raise Refused(f"reads {path}, {why}", _Lines(self._readers).of_path(path))

    def count(self, n: int, path: str) -> None:
        """Entries of containers of the user's own."""
        self._count += n
        if self._count > MOST:
            self.refuse(
                path,
                f"with which there are more than {MOST:,} entries to be compared at each call; "
                "make it a tensor, or pass it as an argument",
            )

    # -- attributes --------------------------------------------------------------------------------

    def attributes(self, o: Open) -> None:
        """Something with attributes."""
        if not any(o.part is p for p in self._namespaces.values()):
            self.guards.parts.append(o.part)
        self._open.append(o)
        self._enter(o, self.names | o.extra)

    def _enter(self, o: Open, names: Iterable[str]) -> None:
        own = o.part.container
        if self._everything and o.free:
            if not o.listed:  # a new one would count as well
                o.listed = True
                keys, put = functools.partial(_keys, own), functools.partial(_without, own)
                self.guards.places.append(Place(f"the attributes of {o.part.path}", keys, put))
            names = {*names, *(k for k in own if isinstance(k, str))}
        for name in names:
            if name in o.part.entries or name in o.part.absent:
                continue
            if o.free or name in own:  # nobody adds to classes and modules of Denpa's
                x = o.part.enter(name)
                if x is not GONE:
                    self.visit(x, o.part.name(name))

    def slots(self, x: Any, descriptors: dict[str, Any], path: str) -> None:
        """An object with attributes in slots."""
        self._slots.append((x, descriptors, path, set()))
        self._enter_slots(*self._slots[-1], self.names)

    def _enter_slots(
        self,
        x: Any,
        descriptors: dict[str, Any],
        path: str,
        done: set[str],
        names: Iterable[str],
    ) -> None:
        wanted = descriptors.keys() if self._everything else descriptors.keys() & set(names)
        for name in wanted - done:
            done.add(name)
            place = slot_place(x, descriptors[name], f"{path}.{name}")
            self.guards.places.append(place)
            self.visit(place.value, place.path)

    def line_of(self, d: Difference) -> str:
        """Where something is changed: `at train.py:12   …`; "" if that is not known."""
        return _Lines(self._readers).writer_of(d, written=True)


def _keys(own: Any) -> tuple[str, ...]:
    """The names of all attributes but Python's own, which `copy` and others add when they wish."""
    return tuple(k for k in own if not k.startswith("__"))


def _without(own: Any, keys: tuple[str, ...]) -> None:
    """Take away what is not among the names of before."""
    for k in set(_keys(own)).difference(keys) if isinstance(own, dict) else ():
        del own[k]


class _Lines:
    """Where names stand in the code that ran."""

    def __init__(self, readers: dict[str, Reads]) -> None:
        self._readers = readers

    def of_path(self, path: str, key: Any = None, written: bool = False) -> str:
        """Where something is read or written: the place of the last of its names that code has."""
        names = [*re.findall(r"\w+", path.split("[")[0]), *([key] if isinstance(key, str) else [])]
        for name in reversed(names):
            found = self._readers.get(name)
            if found is not None:
                return where(found.line(name, written), "")
        return ""

    def writer_of(self, d: Difference, written: bool = False) -> str:
        """Where what differs is read or changed."""
        return self.of_path(d.path, d.key, written)
