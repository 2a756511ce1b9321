"""The parameters of an object: what forward reads and does not change, also where the first forward
makes them; what changes from call to call is a state."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from denpa.check.locate import ParsedSource
from denpa.check.subject import Values
from denpa.check.subjects.places import ParameterPlace, Path, leaves, named, read
from denpa.check.subjects.written import Written


class Parameterised(Written):
    """An object whose parameters are found by running it."""

    collects = False  # whether calls of forward are kept in lists until they are cleared

    def _discover(self) -> dict[str, ParameterPlace]:
        """Arrays that forward reads and does not change. Those that the first forward makes are
        kept from then on: so the fresh object is one that has run."""
        fresh = self.fresh
        before = dict(leaves(fresh))
        one = copy.deepcopy(fresh)
        values = {n: np.array(read(self.given, p), np.float64) for n, p in self.arguments.items()}
        first = self._ran_as_array(one, values)
        after = {path: (id(x), np.array(x)) for path, x in leaves(one)}
        self.carries = self._carries(one, values, first)
        shaken = {n: 0.9 * a + 0.05 for n, a in values.items()}
        try:
            self._runs(one)(*self._arrays(shaken))
        except Exception:  # such as targets that must be 0 or 1
            shaken = values
        self.collects = _longer(vars(one), vars(fresh)) if hasattr(fresh, "__dict__") else False
        now = {path: (id(x), np.array(x)) for path, x in leaves(one)}
        found: dict[str, ParameterPlace] = {}
        made: set[str] = set()
        for path, (_, array) in now.items():
            was = after.get(path)
            if was is None or not np.array_equal(was[1], array, equal_nan=True):
                continue
            if path in before:
                if not np.array_equal(np.array(before[path]), array, equal_nan=True):
                    continue
            elif was[0] != now[path][0] or not self._kept(fresh, path) or not array.ndim:
                continue  # made anew in each call
            else:
                made.add(self._called(path, found))
            found[self._called(path, found)] = ParameterPlace(path)
        self.cold = fresh  # as it was made
        self.fresh = self._warm(values) if made else fresh
        found = {n: p for n, p in found.items() if p.there(self.fresh)}
        made &= set(found)
        idle = {n: p for n, p in found.items() if not self._matters(self.fresh, p, values, first)}
        if idle:  # behind weights of 0 nothing else matters
            shaken_ = self._shaken(self.fresh, found.values())
            with suppress(Exception), np.errstate(all="ignore"):
                there = self._ran_as_array(copy.deepcopy(shaken_), values)
                idle = {
                    n: p for n, p in idle.items() if not self._matters(shaken_, p, values, there)
                }
        self.idle = frozenset(idle)
        if made and made <= self.idle:  # such as an input that is kept for backward
            self.fresh = fresh
            found = {n: p for n, p in found.items() if n not in made}
        return found

    def _called(self, path: Path, known: Mapping[str, Any]) -> str:
        name = named(path)
        if name in known:  # another dict has an entry of this name
            name = named(path, True)
        return f"self.{name}" if name in self.arguments else name

    def _warm(self, values: Values) -> Any:
        warm = copy.deepcopy(self.fresh)
        self._runs(warm)(*self._arrays(values))
        _shortened(vars(warm), vars(self.fresh))
        return warm

    def _kept(self, fresh: Any, path: Path) -> bool:
        """Whether what holds it was there before the first forward."""
        try:
            above = read(fresh, path[:-1])
        except (LookupError, AttributeError, TypeError):
            return False
        return above is not None

    def _ran_as_array(self, owner: Any, values: Values) -> list[np.ndarray]:
        parts = self._ran(owner, self._arrays(values))
        return [np.asarray(y) for y in parts[:1] if y is not None]

    def _carries(self, one: Any, values: Values, first: list[np.ndarray]) -> bool:
        """Whether another call with the same numbers gives another output."""
        state = np.random.get_state()
        twin = copy.deepcopy(one)
        try:
            again = self._ran_as_array(twin, values)
        except Exception:
            return False
        finally:
            np.random.set_state(state)
        fresh = copy.deepcopy(self.fresh)
        once = self._ran_as_array(fresh, values)
        return _alike(first, once) and not _alike(first, again)

    @staticmethod
    def _shaken(owner: Any, places: Iterable[ParameterPlace]) -> Any:
        """A copy with other numbers in some places."""
        twin, rng = copy.deepcopy(owner), np.random.default_rng(0)
        for place in places:
            array = np.array(place.read(twin), np.float64)
            noise = rng.uniform(0.1, 0.4, array.shape)
            place.write(twin, array * (1 + noise) + noise)
        return twin

    def _matters(
        self, owner: Any, place: ParameterPlace, values: Values, first: list[np.ndarray]
    ) -> bool:
        """Whether the output depends on it."""
        if not np.size(place.read(owner)):
            return False
        try:
            with np.errstate(all="ignore"):
                other = self._ran_as_array(self._shaken(owner, [place]), values)
        except Exception:
            return False
        return not _alike(first, other)

    def _learnt(self, place: ParameterPlace) -> bool:
        kind, name = place.path[-1]
        kinds = type(read(self.fresh, place.path[:-1])).__mro__[:-1]
        trees = [s.tree for s in map(ParsedSource.of, kinds) if s is not None]
        methods = [
            n
            for tree in trees
            for n in ast.walk(tree)
            if isinstance(n, ast.FunctionDef)
            and not n.name.startswith(("__init", "_init", "init", "reset"))
        ]
        if kind != "attribute":
            return False
        return any(
            isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store) and n.attr == name
            for m in methods
            for n in ast.walk(m)
        )


def _alike(one: Sequence[np.ndarray], other: Sequence[np.ndarray]) -> bool:
    """Whether two runs gave the same outputs."""
    return all(np.array_equal(a, b, equal_nan=True) for a, b in zip(one, other, strict=False))


def _shortened(now: dict[str, Any], before: dict[str, Any]) -> None:
    """Lists that a run has made longer, such as those of inputs for backward, as they were."""
    for name, old in before.items():
        new = now.get(name)
        if isinstance(old, list) and isinstance(new, list):
            new[len(old) :] = []
        elif isinstance(old, dict) and isinstance(new, dict):
            _shortened(new, old)


def _longer(now: dict[str, Any], before: dict[str, Any]) -> bool:
    """Whether two runs have made a list longer by two or more."""
    return any(
        isinstance(old, list)
        and isinstance(now.get(n), list)
        and len(now[n]) >= len(old) + 2
        and len(old) == 0
        for n, old in before.items()
    )
