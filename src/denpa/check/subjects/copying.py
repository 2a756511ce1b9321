"""Somebody's code on copies of its object and its arguments, with other numbers in the places of
arrays; a file's variables are put back."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np

from denpa.check.remarks import Remark
from denpa.check.subject import Subject, Values
from denpa.check.subjects.listed import as_lists, takes_lists
from denpa.check.subjects.places import ParameterPlace, leaves, named, put
from denpa.check.subjects.readings import numbers, parameter_names, real


class Copying(Subject):
    """A computation and its derivative: methods of `owner`, or functions.

    `run` and `back` are names of methods or functions; `back` None: `run` returns the gradients,
    too. `given` are the arguments of `run`, arrays or dicts and lists of them.
    """

    def __init__(
        self,
        owner: Any,
        run: Any,
        back: Any,
        given: Sequence[Any],
        title: str,
        said: Sequence[Remark],
    ) -> None:
        self.owner, self.run, self.back = owner, run, back
        self.given = tuple(given)
        self.title, self.said = title, tuple(said)
        self.override: Callable[..., Any] | None = None
        self.fresh = copy.deepcopy(owner)
        self.names = parameter_names(self._runs(self.fresh), len(self.given))
        self.arguments = self._arguments()
        self.places: dict[str, ParameterPlace] = {}
        self.inputs: tuple[str, ...] = ()
        self.values: dict[str, np.ndarray] = {}
        self.listed = takes_lists(self.computing())

    def _runs(self, owner: Any) -> Callable[..., Any]:
        found: Callable[..., Any] = (
            getattr(owner, self.run) if isinstance(self.run, str) else self.run
        )
        return found

    def _backs(self, owner: Any) -> Callable[..., Any]:
        if isinstance(self.back, str):
            method: Callable[..., Any] = getattr(owner, self.back)
            return method if self.override is None else partial(self.override, owner)
        return self.override or self.back

    def _arguments(self) -> dict[str, tuple[tuple[str, Any], ...]]:
        """The arrays of floats among the arguments, by name: their paths."""
        found: dict[str, Any] = {}
        for k, (name, a) in enumerate(zip(self.names, self.given, strict=True)):
            if isinstance(a, dict) or (isinstance(a, (list, tuple)) and not numbers(a)):
                for path, x in leaves(a):
                    if isinstance(x, float):
                        continue
                    short = named(path) if path[-1][0] == "item" else ""
                    key = path[-1][1] if len(path) == 1 and isinstance(path[-1][1], str) else ""
                    label = key if key and key not in found else f"{name}{short}"
                    found[label] = (("item", k), *path)
            elif real(a):
                found[name] = (("item", k),)
        return found

    def _arrays(self, values: Values | None) -> list[Any]:
        """The arguments of `run`: copies, with the values in their places."""
        given = copy.deepcopy(list(self.given))
        for name, path in self.arguments.items() if values is not None else ():
            if values is not None and name in values:
                put(given, path, np.array(values[name]))
        return as_lists(given) if self.listed else given

    def _copy(self, values: Values) -> Any:
        """A fresh object with these parameters."""
        if self.owner is None:
            return None
        memo: dict[int, Any] = {}  # arrays that are replaced need not be copied first
        new = {name: np.array(values[name]) for name in self.places}
        for name, place in self.places.items():
            old = place.read(self.fresh)
            if isinstance(old, np.ndarray):
                memo.setdefault(id(old), new[name])
        owner = copy.deepcopy(self.fresh, memo)
        for name, place in self.places.items():
            if place.read(owner) is not new[name]:
                place.write(owner, new[name])
        return owner

    def _module(self) -> Mapping[str, Any]:
        """The names that the code sees."""
        f = self.computing()
        return getattr(inspect.unwrap(f), "__globals__", {}) if callable(f) else {}

    def _held(self) -> Any:
        """What has the parameters: the object, or the variables of the file."""
        if self.owner is not None:
            return self.fresh
        return getattr(inspect.unwrap(self.run), "__globals__", {})

    @contextmanager
    def _swapped(self, values: Values | None) -> Iterator[None]:
        """With other arrays in the places of a file's variables."""
        held = self._held() if self.owner is None else {}
        names = [n for n in self.places if values is not None and n in values]
        if self.owner is not None or not names:
            yield
            return
        before = {n: held[n] for n in names}
        try:
            held.update({n: np.array(values[n]) for n in names if values is not None})
            yield
        finally:
            held.update(before)

    def _function(self) -> Any:
        """What computes the gradients."""
        f = self.run if self.back is None else self.back
        return getattr(type(self.owner), f, None) if isinstance(f, str) else f

    def computing(self) -> Any:
        """What computes the output."""
        return getattr(type(self.owner), self.run, None) if isinstance(self.run, str) else self.run
