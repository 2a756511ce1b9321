"""Other points at which an explanation must hold: with other numbers, and with other sizes.

A change of the code that is right for one input may be right by luck: `g / g.size` is, where g has
as many numbers as a window has places. So what is proposed is held against derivatives on inputs of
other sizes as well, as far as the code runs there and is right where it was right before.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from denpa.check.case import Case
from denpa.check.determinism import Seeded
from denpa.check.mistakes.guesses import is_moved
from denpa.check.numeric import Slope, Values, sharper, slope
from denpa.check.patience import Patience
from denpa.check.subject import Subject
from denpa.check.subjects.places import read
from denpa.check.subjects.readings import held_target, trial_target
from denpa.check.subjects.written import Written
from denpa.core.tree import leaves, mapped

_MOST = 3  # points of other sizes
_SECONDS = 0.6  # of the processor, for finding them


@dataclass
class Point:
    """A subject, numbers to put in, and what its gradients are along one direction each."""

    subject: Subject
    values: Values
    upstream: np.ndarray
    seed: int
    tolerance: float
    examples: bool = False  # whether only the number of examples is another
    known: dict[str, tuple[np.ndarray, Slope]] = field(default_factory=dict)

    def along(self, name: str) -> tuple[np.ndarray, Slope]:
        """A direction, and the derivative along it."""
        if name not in self.known:
            rng = np.random.default_rng(self.seed)
            v = rng.standard_normal(self.values[name].shape)

            def f(at: Values) -> np.ndarray:
                y = np.asarray(self.subject.forward(at), np.float64)
                return np.asarray(np.sum(self.upstream * y))

            rough = slope(f, self.values, {name: v})
            self.known[name] = v, sharper(f, self.values, {name: v}, rough)
        return self.known[name]

    def right(self, name: str, claim: Any) -> bool:
        """Whether a claim agrees with the derivative; so, too, where that has a kink."""
        mine = np.asarray(claim, np.float64)
        if mine.shape != self.values[name].shape or not np.isfinite(mine).all():
            return False
        v, found = self.along(name)
        off = abs(float(found.value) - float(np.sum(mine * v))) - 10 * float(found.error)
        return bool(found.kink) or off <= self.tolerance * float(np.linalg.norm(mine))

    def claims(self) -> dict[str, Any]:
        """What the code says there, as it is now."""
        return self.subject.backward(self.values, self.upstream)


def near(case: Case) -> Point:
    """The same sizes, and other numbers."""
    rng = np.random.default_rng(case.seed + 2)

    def moved(a: np.ndarray) -> np.ndarray:
        return a + 0.03 * float(np.mean(np.abs(a))) * rng.standard_normal(a.shape)

    values = {k: moved(a) if is_moved(case, k) else a for k, a in case.values.items()}
    upstream = case.upstream  # of a loss it is 1, and code may rely on that
    if upstream.ndim:
        upstream = upstream * rng.uniform(0.7, 1.3, upstream.shape)
    return Point(case.subject, values, upstream, case.seed + 4, 1e-2 if case.single else 1e-4)


def sized(case: Case) -> list[Case]:
    """The same code on inputs of other sizes, a few; of those on which it runs both ways and is
    right wherever it was. Known only where arrays are arguments."""
    if case.resized is None:
        case.resized = []
        subject = case.subject.of if isinstance(case.subject, Seeded) else case.subject
        if isinstance(subject, Written):
            case.resized += _found(case, subject)
    return case.resized


def _found(case: Case, subject: Written) -> list[Case]:
    patience = Patience(_SECONDS)
    found: list[Case] = []
    own = subject.given if isinstance(subject.given, (tuple, list)) else ()
    for given in _others(own):
        if patience.over or len(found) >= _MOST:
            break
        with suppress(Exception), np.errstate(all="ignore"):
            there = _at(case, subject, given)
            if there is not None:
                there.examples = _only_first(subject.given, given)
                found.append(there)
    return found


def point_of(case: Case) -> Point:
    """The point at which a case was examined."""
    return Point(
        case.subject,
        case.values,
        case.upstream,
        case.seed + 4,
        1e-2 if case.single else 1e-4,
        case.examples,
    )


def _others(given: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    """Arguments in which one size is another: that of the examples alone, then every size."""
    arrays = list(_arrays(given))
    first = next((a.shape[0] for a in arrays if a.ndim), 0)
    sizes = list(dict.fromkeys(s for a in arrays for s in a.shape if s > 1))
    options = tuple(_moved(x) for x in given)
    if any(_differ(a, b) for a, b in zip(given, options, strict=True)):
        yield options
    if first > 1:
        yield tuple(_with(x, first, first + 2, True) for x in given)
    for size, more in itertools.product(sizes, (1, 2)):
        if size != first or more == 2 or any(size in a.shape[1:] for a in arrays):
            yield tuple(_with(x, size, size + more, False) for x in given)


def _arrays(x: Any) -> Iterator[np.ndarray]:
    return (a for a in leaves(x) if isinstance(a, np.ndarray))


def _only_first(before: Sequence[Any], after: Sequence[Any]) -> bool:
    """Whether arrays differ in their first dimension alone, those that are inputs in all."""
    pairs = list(zip(_arrays(before), _arrays(after), strict=True))
    return all(a.shape[1:] == b.shape[1:] for a, b in pairs) and any(
        a.shape != b.shape and a.ndim > 1 for a, b in pairs
    )


def _moved(x: Any) -> Any:
    """An argument with other shares, such as that which dropout keeps."""
    if isinstance(x, float) and 0 < x < 1:
        return 0.8 * x
    return {k: _moved(held) for k, held in x.items()} if isinstance(x, dict) else x


def _differ(a: Any, b: Any) -> bool:
    if isinstance(a, dict):
        return any(_differ(held, b[k]) for k, held in a.items())
    return isinstance(a, float) and a != b


def _with(x: Any, size: int, new: int, first: bool) -> Any:
    """An argument with one size for another, in the first dimension of arrays alone or in all."""

    def lengthened(a: Any) -> Any:
        for axis, s in enumerate(a.shape if isinstance(a, np.ndarray) else ()):
            if s == size and not (first and axis):
                a = _longer(a, axis, new)
        return a

    return mapped(x, lengthened)


def _longer(a: np.ndarray, axis: int, new: int) -> np.ndarray:
    """More of the same along a dimension; of numbers the nearest, of classes none."""
    flags = bool(np.all((a == 0) | (a == 1)))
    if flags and a.ndim > 1 and axis == a.ndim - 1 and np.all(a.sum(axis=axis) == 1):
        more = np.zeros((*a.shape[:axis], new - a.shape[axis]), a.dtype)
        return np.concatenate([a, more], axis=axis)
    more = np.take(a, np.arange(new - a.shape[axis]) % a.shape[axis], axis)
    if a.dtype.kind != "f" or flags:
        return np.concatenate([a, more], axis=axis)
    rng = np.random.default_rng(new)
    whole = np.concatenate([a, more * rng.uniform(0.6, 0.9, more.shape)], axis=axis)
    for k in range(a.ndim):  # shares stay shares
        if (a > 0).all() and np.allclose(a.sum(axis=k), 1):
            whole = whole / whole.sum(axis=k, keepdims=True)
    return whole


def _at(case: Case, subject: Written, given: tuple[Any, ...]) -> Case | None:
    """The case for other arguments; None where it is none."""
    twin = copy.copy(subject)
    twin.given = given
    if twin.damp.ndim:
        return None
    values = {
        n: np.array(read(given, twin.arguments[n]), np.float64) if n in twin.arguments else a
        for n, a in case.values.items()
    }
    twin.values = values
    form = twin.reading.form
    if form is not None and form.targets:
        y = twin._outputs(twin._parts(twin._copy(values), twin._arrays(values)))[0]
        held = held_target(twin.fresh, y)
        twin.target = trial_target(y) if held is None else held
    whole: Subject = Seeded(twin, case.seed) if isinstance(case.subject, Seeded) else twin
    output = np.asarray(whole.forward(values), np.float64)
    if not np.isfinite(output).all():
        return None
    rng = np.random.default_rng(case.seed + 5)
    upstream = rng.uniform(0.5, 1.5, output.shape) * rng.choice([-1.0, 1.0], output.shape)
    if not output.ndim:
        upstream = np.ones(())
    claims = whole.backward(values, upstream)
    point = Point(whole, values, upstream, case.seed + 4, 1e-2 if case.single else 1e-4)
    for name, c in case.compared.items():
        alike = np.shape(c.claimed) == case.values[name].shape
        if alike and np.shape(claims[name]) != values[name].shape:
            return None
        if c.ok and not point.right(name, claims[name]):
            return None
    return replace(
        case,
        subject=whole,
        values=values,
        upstream=upstream,
        output=output,
        claims=claims,
        resized=[],
    )
