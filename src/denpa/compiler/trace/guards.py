"""What Python objects hold that a traced program depends on, and whether they still do.

`hold` compares all records in a few loops in C, since it is done before every call;
`differences` says what is not as it was; `undo_trace` puts it back.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from itertools import chain, repeat
from operator import attrgetter, is_, itemgetter
from typing import Any

from denpa.autodiff.tensor import Tensor
from denpa.compiler.trace.records import (
    GONE,
    Difference,
    Part,
    Place,
    Whole,
    dict_of,
    mark_of,
    same,
)

_contents = attrgetter("cell_contents")
_of_function = attrgetter("__code__", "__defaults__", "__kwdefaults__")
_order = attrgetter("__mro__")
_attribute = object.__getattribute__


class Guards:
    """All records of one program."""

    def __init__(self) -> None:
        self.wholes: list[Whole] = []
        self.parts: list[Part] = []
        self.cells: list[tuple[types.CellType, Place]] = []
        self.places: list[Place] = []
        self.kinds: list[tuple[Any, type, Any, str]] = []  # object, its class, its __dict__, path
        self.functions: list[tuple[types.FunctionType, Any, str]] = []
        self.classes: list[tuple[type, Any, str]] = []  # and their bases
        self.growing: list[Whole] = []  # to which optimizers add state of their own
        self.replayed: dict[tuple[int, Any], Any] = {}  # entries that each call sets to a tensor
        self.tracing = True
        self.lines: Callable[[Difference], str] = lambda d: ""  # where something is read
        self._plan: Any = None
        self._spots: dict[tuple[int, Any], tuple[list[Any], int]] = {}

    def kind(self, x: Any, path: str, attributes: bool) -> None:
        """Remember the class of an object, and which dict its attributes are in."""
        self.kinds.append((x, type(x), dict_of(x) if attributes else None, path))

    def function(self, f: types.FunctionType, path: str) -> None:
        """Remember the code and the defaults of a function."""
        self.functions.append((f, _of_function(f), path))

    def bases(self, cls: type, path: str) -> None:
        """Remember the classes that a class is derived from."""
        self.classes.append((cls, cls.__mro__, path))

    # -- comparing ---------------------------------------------------------------------------------

    def hold(self) -> bool:
        """Whether all is as it was."""
        plan = self._plan or self._make()
        try:
            if plan.fast():
                return True
        except Exception:  # an entry is gone, or something grows meanwhile
            pass
        return next(self.differences(), None) is None

    def differences(self) -> Iterator[Difference]:
        """What is not as it was."""
        for record in self._records():
            for d in record.differences():
                if not self._replay_of(d) and not self._grown(record, d):
                    yield d
        for x, kind, attributes, path in self.kinds:
            if type(x) is not kind or (attributes is not None and dict_of(x) is not attributes):
                yield Difference(f"the class of {path}", None, kind, type(x))  # or its __dict__
        for f, known, path in self.functions:
            if not same(_of_function(f), known):
                yield Difference(f"the code or the defaults of {path}")
        for cls, order, path in self.classes:
            if cls.__mro__ is not order:
                yield Difference(f"the bases of {path}")

    def _records(self) -> list[Whole | Part | Place]:
        return [*self.wholes, *self.parts, *(p for _, p in self.cells), *self.places]

    def _replay_of(self, d: Difference) -> bool:
        """Whether it is an entry that each call sets, with a tensor like the one it sets."""
        spec = self.replayed.get((id(d.container), mark_of(d.key)))
        return spec is not None and isinstance(d.new, Tensor) and (d.new.shape, d.new.dtype) == spec

    def _grown(self, record: Any, d: Difference) -> bool:
        """Whether an optimizer has added state while the function is traced."""
        return d.old is GONE and self.tracing and any(record is w for w in self.growing)

    def set_entry(self, container: dict[Any, Any], key: Any, value: Any) -> None:
        """A call sets an entry to a tensor: no difference, if there was such a one before."""
        container[key] = value
        if (id(container), mark_of(key)) not in self.replayed:
            return
        if self._plan is None:
            self._make()
        spot = self._spots.get((id(container), mark_of(key)))
        if spot is not None:
            spot[0][spot[1]] = value

    def undo_trace(self, failed: bool) -> None:
        """Put back what is not as it was; state that optimizers made stays if all went well."""
        kept = set() if failed else set(map(id, self.growing))
        for x, kind, attributes, _ in self.kinds:
            if attributes is not None and dict_of(x) is not attributes:
                x.__dict__ = attributes
            if type(x) is not kind:
                x.__class__ = kind
        for f, (code, defaults, keyword_defaults), _ in self.functions:
            f.__code__, f.__defaults__, f.__kwdefaults__ = code, defaults, keyword_defaults
        for record in self._records():
            if id(record) not in kept and next(record.differences(), None) is not None:
                record.undo()

    def _make(self) -> Any:
        self._spots = {}
        self._plan = _Plan(self, self._spots)
        return self._plan

    def held(self, x: Any) -> int:
        """In how many places an object was found."""
        values = [v for w in self.wholes for v in w.values]
        values += [v for p in self.parts for v in p.entries.values()]
        values += [p.value for p in (*self.places, *(p for _, p in self.cells))]
        return sum(v is x for v in values)

    def moved_options(self) -> set[str]:
        """The options of optimizers that are another number than they were."""
        return {
            d.key
            for p in self.parts
            if "params" in p.entries
            for d in p.differences()
            if type(d.old) is type(d.new) and type(d.new) in (int, float, tuple)
        }

    def renew(self) -> None:
        """Take the state that optimizers have made as what was there."""
        for w in self.growing:
            w.renew()
        self.tracing, self._plan = False, None


class _Plan:
    """The records as flat lists for loops in C."""

    def __init__(self, guards: Guards, spots: dict[tuple[int, Any], tuple[list[Any], int]]) -> None:
        self.empty: list[Any] = []
        self.names: list[Any] = []
        self.named: list[str] = []
        self.through: list[Any] = []
        self.found: list[Any] = []
        self.sized: list[Any] = []
        self.sizes: list[int] = []
        for w in guards.wholes:
            *keys, (source, values) = w.sources()
            if not values:
                self.empty.append(source)
                continue
            self.sized.append(source)
            self.sizes.append(len(values))
            for names, known in keys:
                if all(type(key) is str for key in known):
                    self.names.append(names)
                    self.named += known
                else:
                    self.through.append(names)
                    self.found += known
            for k, mark in enumerate(map(mark_of, w.keys)):
                spots[id(w.container), mark] = self.found, len(self.found) + k
            self.through.append(source)
            self.found += values
        self.parts: list[tuple[Any, Any, list[Any]]] = []
        self.classes: list[tuple[Any, Any, Any]] = []
        self.absent: list[tuple[Any, frozenset[Any]]] = []
        for p in guards.parts:
            keys, held = list(p.entries), list(p.entries.values())
            of_class = type(p.container) is types.MappingProxyType
            if of_class and keys and all(type(x) is types.FunctionType for x in held):
                get = itemgetter(*keys)
                self.classes.append((get, p.container, get(p.entries)))
                keys = []
            for k, mark in enumerate(map(mark_of, keys)):
                spots[id(p.container), mark] = held, k
            if len(keys) == 1:  # itemgetter gives a tuple for two keys and more
                keys, held = keys * 2, _Twice(held * 2)
            if keys:
                self.parts.append((itemgetter(*keys), p.container, held))
            if p.keys is not None:
                self.names.append(p.container.keys())
                self.named += p.keys
                self.sized.append(p.container)
                self.sizes.append(len(p.keys))
            if p.absent:
                self.absent.append((p.container.keys(), frozenset(p.absent)))
        filled = [(c, p.value) for c, p in guards.cells if p.value is not GONE]
        self.cells, self.contents = [c for c, _ in filled], [x for _, x in filled]
        empty = [p for _, p in guards.cells if p.value is GONE]
        self.places = [(p.get, p.value) for p in (*guards.places, *empty)]
        self.objects = [x for x, _, _, _ in guards.kinds]
        self.kinds = [kind for _, kind, _, _ in guards.kinds]
        own = [(x, d) for x, _, d, _ in guards.kinds if d is not None]
        self.owners, self.dicts = [x for x, _ in own], [d for _, d in own]
        self.functions = [f for f, _, _ in guards.functions]
        self.codes = [y for _, known, _ in guards.functions for y in known]
        self.derived = [c for c, _, _ in guards.classes]
        self.orders = [order for _, order, _ in guards.classes]

    def fast(self) -> bool:
        """Whether everything is the very same; if not, it may still be equal."""
        if any(self.empty) or list(map(len, self.sized)) != self.sizes:
            return False
        # Names and methods are compared by ==, which is faster: they have no __eq__ of their own.
        if list(chain.from_iterable(self.names)) != self.named:
            return False
        for get, container, functions in self.classes:
            if get(container) != functions:
                return False
        if not all(map(is_, chain.from_iterable(self.through), self.found)):
            return False
        for get, container, values in self.parts:
            if not all(map(is_, get(container), values)):
                return False
        for keys, names in self.absent:
            if not keys.isdisjoint(names):
                return False
        if not all(map(is_, map(type, self.objects), self.kinds)):
            return False
        pairs = (
            (map(_contents, self.cells), self.contents),
            (map(_attribute, self.owners, repeat("__dict__")), self.dicts),
            (chain.from_iterable(map(_of_function, self.functions)), self.codes),
            (map(_order, self.derived), self.orders),
        )
        for now, before in pairs:
            if before and not all(map(is_, now, before)):
                return False
        return all(same(get(), value) for get, value in self.places)


class _Twice(list[Any]):
    """One value that is compared twice; set once."""

    def __setitem__(self, k: Any, value: Any) -> None:
        super().__setitem__(slice(None), [value, value])
