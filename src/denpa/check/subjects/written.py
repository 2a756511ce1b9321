"""Code as people write it: something that computes (a function or a method) and something that
claims to be its derivative, with arrays in arguments, in attributes, in dicts and lists of both.

How the derivative is to be called and what it is the derivative of is a `BackwardReading`; the
first that runs is taken, the others are at hand where a check finds it wrong.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from denpa.check.argument_roles import is_above, is_cache, is_target
from denpa.check.subjects.binding import ABOVE, CACHE, RATE, TARGET, Binding, bindings, required
from denpa.check.subjects.calling import Calling
from denpa.check.subjects.claims import returned_names
from denpa.check.subjects.forms import LOSS_NAMES, LOSSES, REDUCED, own_loss
from denpa.check.subjects.moving import generic, special
from denpa.check.subjects.owned import moved_error, own_readings, rates_of
from denpa.check.subjects.places import ParameterPlace, read
from denpa.check.subjects.readings import (
    BackwardReading,
    called,
    held_target,
    is_number,
    real,
    trial_target,
)
from denpa.core.errors import ArgumentError
from denpa.words import say


class Written(Calling):
    """Code as people write it, with what is differentiated chosen by what runs."""

    # -- finding out -------------------------------------------------------------------------------

    def _open(self) -> None:
        """Choose what is differentiated and how the derivative is read."""
        all_ = {n: np.array(read(self.given, p), np.float64) for n, p in self.arguments.items()}
        self._stay_whole(all_)
        self.places = self._discover()
        params = {n: np.array(p.read(self._held()), np.float64) for n, p in self.places.items()}
        self.values = {n: all_[n] for n in self.arguments} | params
        with self._swapped(None):
            parts = self._ran(copy.deepcopy(self.fresh), self._arrays(self.values))
        self.order = self._order()
        self.readings = list(self._readings(parts))
        if not self.readings:
            raise ArgumentError(self._refusal(parts))
        self.everything = dict(self.values), dict(self.places)
        self._choose(parts)
        self._leave_special()

    def _leave_special(self) -> None:
        """Parameters with a gradient, moved from where they would hide mistakes; and what the code
        itself changes as it learns, such as a running variance."""
        if self.misfits:
            return
        values, places = self.everything
        found = [n for n in self.places if n in self.values and special(self.values[n])]
        learnt = [
            n
            for n in places
            if n not in self.values
            and n not in self.idle
            and special(values[n])
            and self._learnt(places[n])
        ]
        twin = self.moved_to(generic, found, learnt) if found or learnt else None
        if twin is not None:
            self.values, self.everything, self.moved = twin.values, twin.everything, twin.moved
            self.fresh = twin.fresh

    def _learnt(self, place: ParameterPlace) -> bool:
        """Whether a method other than the constructor gives it other numbers."""
        return False

    def moved_to(
        self,
        move: Callable[[np.ndarray, np.random.Generator], np.ndarray],
        names: Sequence[str],
        held: Sequence[str] = (),
    ) -> Written | None:
        """The same with other numbers in some parameters, and in what is `held` besides; None where
        it does not run there, or not to finite numbers."""
        rng, twin = np.random.default_rng(3), copy.copy(self)
        if held:
            twin.fresh = copy.deepcopy(self.fresh)
        for n in held:
            self.everything[1][n].write(twin.fresh, move(self.everything[0][n], rng))
        new = {n: move(self.values[n], rng) for n in names}
        twin.values = self.values | new
        twin.everything = self.everything[0] | new, self.everything[1]
        twin.moved = tuple(dict.fromkeys([*self.moved, *names, *held]))
        try:
            with np.errstate(all="ignore"):
                y = np.asarray(twin.forward(twin.values), np.float64)
                claims = twin.backward(twin.values, np.ones(y.shape))
                whole = all(np.isfinite(np.asarray(g, np.float64)).all() for g in claims.values())
        except Exception:  # the user's own: such numbers are outside of what it is for
            return None
        fits = all(np.shape(claims[n]) == a.shape for n, a in new.items() if n in claims)
        return twin if fits and whole and np.isfinite(y).all() else None

    def _stay_whole(self, all_: dict[str, np.ndarray]) -> None:
        """Whole numbers stay whole where floats do not do."""
        kept = dict(self.arguments)
        whole = [n for n, p in kept.items() if np.asarray(read(self.given, p)).dtype.kind in "iu"]
        if not whole:
            return
        aims = [n for n in whole if is_target(n, self.names)]
        single = [n for n in whole if not np.ndim(read(self.given, kept[n]))]
        for drop in ([], aims, single, [*aims, *single], whole):
            self.arguments = {n: p for n, p in kept.items() if n not in drop}
            with suppress(Exception), np.errstate(all="ignore"):
                y = self._runs(copy.deepcopy(self.fresh))(*self._arrays(all_))
                if y is not None or self.owner is not None:
                    break

    def _order(self) -> tuple[str, ...]:
        names = list(dict.fromkeys([*self.names, *self.values]))
        code = self._function()
        return () if code is None else returned_names(code, names)

    def _refusal(self, parts: Sequence[Any]) -> str:
        back = called(self.back or self.run)
        if self.back is None:
            return say("{title} does not return (value, gradient)", title=self.title)
        takes = ", ".join(required(self._backs(self.fresh)) or ())
        if len(parts) > 1:
            return say(
                "{back} takes {takes}; {title} returns {count} output(s) and a cache, so it "
                "should take a gradient for each output, and the cache",
                back=back,
                takes=takes,
                title=self.title,
                count=len(parts) - 1,
            )
        shown = type(parts[0]).__name__
        if isinstance(parts[0], np.ndarray):
            whole = say("whole numbers")
            sorts = {"i": whole, "u": whole, "c": say("complex numbers")}
            sort = sorts.get(parts[0].dtype.kind, say("an array"))
            shown = f"{sort} ({parts[0].dtype})"
        return say(
            "{title}: {called} returned {shown}; it must return an array, or a number, of floats",
            title=self.title,
            called=called(self.run),
            shown=shown,
        )

    def _readings(self, parts: Sequence[Any]) -> Iterator[BackwardReading]:
        """The ways to read it, the likeliest first."""
        n = len(parts)
        if self.back is None:
            if n > 1 and any(is_number(y) for y in parts):
                yield BackwardReading(1, False, Binding(()))
            return
        if not real(parts[0]):
            return
        back = self._backs(copy.deepcopy(self.fresh))
        own = list(own_readings(self, parts, back))
        yield from own
        if own:
            return  # a loss of the code decides
        shapes = [(1, False)] if n == 1 else [(n - 1, True), (n, False), (1, False)]
        if n > 1 and self._above_each(back, n):
            shapes = [(n, False), *shapes]
        for outputs, cached in dict.fromkeys(shapes):
            if not all(real(y) for y in parts[:outputs]):
                continue
            for b in bindings(back, self.names, outputs, cached, self.slope_first):
                above = [k for _, role, k in b.roles if role == ABOVE]
                if cached != b.takes(CACHE) or (above and len(above) != outputs):
                    continue
                if n > 1 and not cached and any(is_cache(name) for name, *_ in b.roles):
                    continue
                yield from self._formed(BackwardReading(outputs, cached, b), np.asarray(parts[0]))

    def _above_each(self, back: Any, n: int) -> bool:
        """Whether backward takes as many gradients from above as there are outputs, by their names:
        then the last output is no cache."""
        found = bindings(back, self.names, n, False, self.slope_first)[:1]
        above = [name for b in found for name, role, _ in b.roles if role == ABOVE]
        return len(above) == n and all(is_above(name) for name in above)

    def _formed(self, reading: BackwardReading, y: np.ndarray) -> Iterator[BackwardReading]:
        own, held = own_loss(self.owner, self._module()), None
        if own is not None:
            try:
                fits = own.value(y, trial_target(y)).size == 1
            except Exception:  # the user's own: it takes something else
                fits = False
            own = own if fits else None
        if not reading.binding.roles:
            held = held_target(self.fresh, y)
        if reading.binding.takes(TARGET) or held is not None:
            if own is not None:
                yield replace(reading, form=own)
                return
            if any(callable(getattr(type(self.owner), n, None)) for n in LOSS_NAMES):
                return  # a loss of the code decides
            yield from (replace(reading, form=f) for f in LOSSES)
        elif reading.binding.takes(ABOVE) or not y.ndim or y.size == 1:
            yield reading
        else:
            yield replace(reading, slope=True)
            yield from (replace(reading, form=f) for f in REDUCED)

    def _begin(self, reading: BackwardReading) -> None:
        """Everything as it was before a reading."""
        values, places = self.everything
        self.reading, self.values, self.places = reading, dict(values), dict(places)

    def _choose(self, parts: Sequence[Any]) -> None:
        """The first reading that runs, those first that have gradients of the right shapes."""
        error: Exception | None = None
        best: tuple[int, dict[str, Any]] | None = None
        for reading in self.readings:
            self._begin(reading)
            self.updates, self.unlooked, self.own_rates = frozenset(), [], {}
            if reading.loss:
                self.target = trial_target(np.asarray(parts[0]))
            try:
                with np.errstate(all="ignore"):
                    rank = self._trial(parts)
            except Exception as e:
                error = error or e
                continue
            if best is None or rank < best[0]:
                best = rank, {k: getattr(self, k) for k in _CHOSEN}
            if not rank:
                break
        if best is None:
            self._begin(self.readings[0])
            assert error is not None
            if not self.lenient:
                raise error
            self._inputs()
            return
        self.misfits = best[0]
        for key, value in best[1].items():
            setattr(self, key, value)

    def _trial(self, parts: Sequence[Any]) -> int:
        """Run a reading; keep what has gradients. How little it fits: 0 for shapes that agree."""
        self._inputs()
        if self.reading.loss:
            parts = self._parts(self._copy(self.values), self._arrays(self.values))
        first = self._outputs(parts)[0]
        if self.reading.form is not None and self.reading.form.targets:
            held = held_target(self.fresh, first)
            self.target = trial_target(first) if held is None else held
        y = self._value(parts)
        if self.reading.form is not None and not np.isfinite(y).all():
            raise FloatingPointError("not finite")
        owner = self._copy(self.values)
        upstream = np.ones(y.shape)
        with self._swapped(self.values):
            claims = self._derived(owner, self.values, upstream)
        if self.reading.slope and any(np.shape(g) != y.shape for g in claims.values()):
            raise ValueError(say("no derivatives element by element"))
        if owner is not None:
            claims = claims | self._moved(owner, claims)
            first_ = self.inputs[0] if self.inputs else ""
            if moved_error(claims.get(first_), self.values.get(first_)) and self.updates:
                del claims[first_]
        return self._keep(claims)

    def _inputs(self) -> None:
        """Which arguments are inputs: of a layer the first, of a function all."""
        usual = [n for n in self.arguments if not is_target(n, self.names)] or list(self.arguments)
        alone = self.owner is not None or self.reading.cached or self.back is None
        self.inputs = tuple(usual[:1] if alone else usual)

    def _moved(self, owner: Any, claims: dict[str, Any]) -> dict[str, Any]:
        """Parameters that backward has moved itself, and by what."""
        moved = {}
        for name, place in self.places.items():
            if name in self.idle or (name in claims and not self.reading.binding.takes(RATE)):
                continue
            after = np.asarray(place.read(owner), np.float64)
            same = after.shape == self.values[name].shape
            if not (same and np.array_equal(after, self.values[name])):
                moved[name] = self.values[name] - after if same else after
        self.own_rates = rates_of(self, moved)
        self.updates = frozenset(moved)
        return moved

    def _keep(self, claims: dict[str, Any]) -> int:
        """Keep the arrays that have gradients; note the others. How many do not fit."""
        used = [n for n in self.values if n in claims]
        if not used:
            raise ArgumentError(
                say(
                    "{title}: no gradient is found in what {called} returns or leaves behind, "
                    "so nothing can be compared",
                    title=self.title,
                    called=called(self.back or self.run),
                )
            )
        kept = set(used) | set(self._missing(used))
        for name, array in self.values.items():
            aim = is_target(name, self.names) and name in self.arguments
            told = not aim and (array.ndim or self.owner is None) and name not in self.idle
            if name not in kept and told:
                self.unlooked.append(name)
        self.values = {n: a for n, a in self.values.items() if n in kept}
        self.places = {n: p for n, p in self.places.items() if n in kept}
        self.inputs = tuple(n for n in self.inputs if n in kept)
        unlike = [n for n in used if np.shape(claims[n]) != self.values[n].shape]
        nobodys = [n for n in self.left if n.startswith("an array") and self.owner is None]
        return len(unlike) + len(nobodys)

    def _missing(self, used: Sequence[str]) -> list[str]:
        """Names without a gradient that should have one."""
        return []

    def _discover(self) -> dict[str, ParameterPlace]:
        """The parameters: here arrays outside of a function, as in scripts."""
        code = self._function()
        names = getattr(inspect.unwrap(code), "__code__", None) if callable(code) else None
        held = getattr(inspect.unwrap(self.run), "__globals__", {}) if callable(self.run) else {}
        runs = getattr(inspect.unwrap(self.run), "__code__", None) if callable(self.run) else None
        if names is None or runs is None:
            return {}
        told = set(names.co_names) & set(runs.co_names) | set(runs.co_names)
        arrays = [
            n
            for n in held
            if n in told
            and isinstance(held[n], np.ndarray)
            and held[n].dtype.kind == "f"
            and n not in self.arguments
        ]
        return {n: ParameterPlace((("item", n),)) for n in arrays}

    def others(self) -> Iterator[Written]:
        """The same code read in other ways, where names leave that open."""
        lone = [n for n in self.unlooked if n in self.arguments] if len(self.values) == 1 else []
        aims = [n for n in self.arguments if is_target(n, self.names)] if self.slope_first else []
        of = [replace(self.reading, of=n) for n in (*lone, *aims) if self.owner is None or aims]
        each = [replace(r, form=None) for r in of if r.form in REDUCED]
        of += [*(replace(r, rows=True) for r in each), *each]
        for reading in [*of, *self.readings]:
            if reading == self.reading:
                continue
            twin = copy.copy(self)
            twin.readings = [reading]
            try:
                with np.errstate(all="ignore"):
                    twin._choose(
                        self._ran(copy.deepcopy(self.fresh), self._arrays(self.everything[0]))
                    )
            except Exception:  # the user's own: it does not run so
                continue
            yield twin


_CHOSEN = (
    "reading",
    "values",
    "places",
    "inputs",
    "updates",
    "unlooked",
    "left",
    "target",
    "own_rates",
)
