"""Optimizers that a trace comes across: their parameters, options and state."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from denpa.compiler.trace.guards import Guards
from denpa.compiler.trace.records import GONE, Difference, Part, Whole


class Visitor(Protocol):
    """Who goes through the objects that a trace depends on."""

    guards: Guards
    names: set[str]
    varying: frozenset[str]

    def visit(self, x: Any, path: str) -> None:
        """Something that code can read."""

    def pass_by(self, x: Any) -> None:
        """Something that needs no look."""

    def go(self) -> None:
        """Look at all that was visited."""


class Optimizers:
    """Optimizers that a trace has come across. Of one that takes no step only the parameters count;
    of one that does, its options and its state do, too."""

    def __init__(self, reach: Visitor) -> None:
        self._reach = reach
        self._still: dict[int, tuple[Any, str]] = {}  # those that took no step yet
        self._groups: list[tuple[Part, dict[str, Any], dict[str, Any]]] = []  # and as they were
        self._stepped: list[tuple[Any, str, set[int]]] = []  # and the entries of state known
        self._read = False  # code of the user's reads options

    def add(self, x: Any, own: dict[str, Any], path: str) -> None:
        """An optimizer."""
        part = Part(own, path)
        self._reach.guards.parts.append(part)
        groups = part.enter("param_groups")
        for y in (groups, own.get("state")):
            self._reach.pass_by(y)
        self._reach.guards.wholes.append(Whole(groups, f"{path}.param_groups"))
        for k, group in enumerate(groups):
            self._reach.pass_by(group)
            name = f"{path}.param_groups[{k}]"
            entries = Part(group, name, dotted=False)
            self._reach.guards.parts.append(entries)
            self._reach.visit(entries.enter("params"), f"{name}['params']")
            self._groups.append((entries, group, dict(group)))
        self._still[id(x)] = x, path
        self.more_names(self._reach.names)

    def more_names(self, names: set[str]) -> None:
        """Code of the user's has names for more attributes."""
        if names & {"state", "defaults", "param_groups"}:
            for x, _ in list(self._still.values()):
                self.steps(x)
        if "param_groups" in names:  # who reads a rate gets a number
            self._read = True
            for entries, group, _ in self._groups:
                for key in group:
                    entries.enter(key)

    def steps(self, x: Any) -> None:
        """An optimizer is about to take a step."""
        _, path = self._still.pop(id(x), (None, None))
        if path is None:
            return
        guards, own = self._reach.guards, Part(vars(x), path)
        guards.parts.append(own)
        for key in ("state", "defaults"):
            own.enter(key)
        for y in (x.state, *x.state.values()):
            self._reach.pass_by(y)
            w = Whole(y, f"{path}.state")
            guards.wholes.append(w)
            guards.growing.append(w)
        self._stepped.append((x, path, set(map(id, x.state.values()))))
        for state in x.state.values():
            for y in state.values():
                self._reach.visit(y, f"{path}.state")
        for entries, group, _ in self._groups:
            if any(group is g for g in x.param_groups):
                for key, y in group.items():
                    if self._read or key not in self._reach.varying or not _varies(key, y):
                        entries.enter(key)
                    self._reach.visit(y, f"{entries.path}[{key!r}]")
                entries.keys = list(group)
        self._reach.go()

    def finish(self) -> None:
        """The trace is over: state that it made counts from now on."""
        for x, path, known in self._stepped:
            for y in x.state.values():
                if id(y) not in known:
                    self._reach.guards.wholes.append(Whole(y, f"{path}.state"))

    def changed(self) -> Difference | None:
        """An option that is another one than before the trace; all are put back."""
        found = None
        for _, group, before in self._groups:
            for key, old in before.items():
                new = group.get(key, GONE)
                if new is not old:
                    found = Difference(f"the option {key!r} of an optimizer", key, old, new)
                    group[key] = old
        return found


def _varies(key: str, x: Any) -> bool:
    """Whether an option is an input of the program: a number that is not a zero, which may mean
    that something is left out."""
    if type(x) is tuple:
        return all(_varies(key, y) for y in x)
    return _number(x) and (key == "lr" or x != 0)


def _number(x: Any) -> bool:
    return not isinstance(x, bool) and isinstance(x, (int, float, np.generic))
