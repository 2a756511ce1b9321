"""What a class says itself of the number that its backward differentiates: a loss among what
forward returns, or a method that makes it once forward has run. Which it is, is decided by running:
a loss changes a little where what it is of does, and with the targets."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from denpa.check.argument_roles import RATES
from denpa.check.subjects.binding import RATE, TARGET, Binding, required
from denpa.check.subjects.calling import Calling
from denpa.check.subjects.places import ParameterPlace, attributes
from denpa.check.subjects.readings import (
    BackwardReading,
    held_target,
    is_number,
    optional_rates,
    trial_target,
)
from denpa.words import say

_NEAR = 1e-6
_LITTLE = 1e-2  # that a number changes by, at most


def numbers_of(subject: Calling, parts: Sequence[Any]) -> Iterator[int]:
    """Which parts behind the first are numbers that change a little with the parameters."""
    able = [k for k, y in enumerate(parts) if k and is_number(y)]
    if not able or is_number(parts[0]):
        return
    near = {n: a * (1 + _NEAR) + _NEAR for n, a in subject.values.items()}
    with suppress(Exception), np.errstate(all="ignore"):
        there = subject._ran(subject._copy(near), subject._arrays(near))
        yield from (k for k in able if _smooth(parts[k], there[k]))


def own_readings(subject: Calling, parts: Sequence[Any], back: Any) -> Iterator[BackwardReading]:
    """Readings with a loss of the class, for a backward that takes nothing, or the targets."""
    takes = required(back)
    if subject.owner is None or not isinstance(subject.run, str) or takes is None:
        return
    if len(takes) > 1 or set(takes) & set(subject.names):
        return
    if not takes:
        held = list(inspect.signature(back).parameters.values())
        if any(p.kind is p.VAR_POSITIONAL or p.default is None for p in held):
            return  # what is above may be given
        for k in numbers_of(subject, parts):
            yield BackwardReading(1, False, Binding(()), at=k)
            return
    roles = Binding(tuple((n, TARGET, 0) for n in takes))
    y = np.asarray(parts[0])
    if len(parts) > 1 or y.dtype.kind != "f" or is_number(parts[0]):
        return
    for name in _methods(subject.owner, (subject.run, str(subject.back))):
        if required(getattr(subject.owner, name)) == takes and _is_loss(subject, name, y, takes):
            yield BackwardReading(1, False, roles, at=1, loss=name)


def _methods(owner: Any, without: Sequence[str]) -> Iterator[str]:
    for name in dir(type(owner)):
        own = not name.startswith("__") and name not in without
        if own and inspect.isfunction(getattr(type(owner), name, None)):
            yield name


def _is_loss(subject: Calling, name: str, y: np.ndarray, takes: Sequence[str]) -> bool:
    """Whether a method makes a number, moves nothing, and depends on parameters and targets."""
    near = {n: a * (1 + _NEAR) + _NEAR for n, a in subject.values.items()}
    aims = [trial_target(y)] * len(takes)

    def value(values: Any, *targets: Any, of: Callable[[Any], None] | None = None) -> Any:
        owner = subject._copy(values)
        if of is not None:
            of(owner)
        subject._ran(owner, subject._arrays(values))
        before = {n: np.array(p.read(owner)) for n, p in subject.places.items()}
        found = getattr(owner, name)(*copy.deepcopy(targets))
        same = all(
            np.array_equal(before[n], np.asarray(p.read(owner)), equal_nan=True)
            for n, p in subject.places.items()
        )
        return found if same else None

    with suppress(Exception), np.errstate(all="ignore"):
        one = value(subject.values, *aims)
        if not is_number(one) or not _smooth(one, value(near, *aims)):
            return False
        if takes:
            return bool(value(subject.values, *(0.8 * t + 0.1 for t in aims)) != one)
        moved = [
            value(subject.values, of=_moving(subject.places[n]))
            for n in subject.idle
            if n in subject.places
        ]
        held = held_target(subject.owner, y) is not None
        return held or any(is_number(v) and v != one for v in moved)
    return False


def _moving(place: ParameterPlace) -> Callable[[Any], None]:
    def move(owner: Any) -> None:
        place.write(owner, 0.8 * np.array(place.read(owner)) + 0.1)

    return move


def moved_error(returned: Any, x: Any) -> bool:
    """Whether what a method that moves parameters returns is a number, so that it is no gradient of
    the input."""
    return is_number(returned) and x is not None and np.ndim(x) > 0


def rates_of(subject: Calling, moved: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Learning rates of the parameters that backward has moved: of numbers that it has a default
    for, or that the object holds, those that the movements are proportional to, whatever they are
    called. A parameter whose movement is proportional to none has that of the others.

    Errors: ValueError where backward is given one that no movement is proportional to.
    """
    binding = subject.reading.binding
    back = subject._backs(subject.fresh)
    if not moved:
        return {}
    if binding.takes(RATE):
        name = next(n for n, role, _ in binding.roles if role == RATE)
        if name not in RATES and not _follow(subject, moved, {"step": 2.0}, {}):
            raise ValueError(say("no parameter moves in proportion to {name}", name=name))
        return {}
    if optional_rates(back):
        return {}
    defaults = {
        p.name: p.default
        for p in inspect.signature(back).parameters.values()
        if type(p.default) in (int, float) and p.default
    }
    found: dict[str, float] = {}
    for name, number in defaults.items():
        for n in _follow(subject, moved, {"chosen": {name: 2.0 * number}}, {}):
            found[n] = found.get(n, 1.0) * number
    held = {n: x for n, x in attributes(subject.fresh).items() if isinstance(x, float) and x}
    named = [n for n in held if n in RATES]
    if not found and named:
        return dict.fromkeys(moved, float(held[named[0]]))
    for name in [n for n in held if n in subject.idle] if not found else []:
        for n in _follow(subject, moved, {}, {name: 2.0 * held[name]}):
            found[n] = found.get(n, 1.0) * held[name]
    usual = next(iter(found.values()), 1.0)
    return {n: found.get(n, usual) for n in moved}


def _follow(
    subject: Calling, moved: Mapping[str, np.ndarray], told: dict[str, Any], held: dict[str, float]
) -> list[str]:
    """The parameters that move twice as far with another number."""
    twin = copy.copy(subject)
    twin.__dict__.update(told)
    found = []
    with suppress(Exception), np.errstate(all="ignore"):
        owner = twin._copy(twin.values)
        for name, number in held.items():
            setattr(owner, name, number)
        parts = twin._parts(owner, twin._arrays(twin.values))
        y = twin._value(parts)
        twin._back(owner, parts, twin.values, np.ones(y.shape))
        for n, one in moved.items():
            two = twin.values[n] - np.asarray(twin.places[n].read(owner), np.float64)
            if np.any(one) and np.allclose(two, 2.0 * one, rtol=1e-6, atol=1e-12):
                found.append(n)
    return found


def _smooth(one: Any, near: Any) -> bool:
    if not (is_number(near) and np.isfinite(one) and np.isfinite(near)):
        return False
    return bool(0 < abs(float(near) - float(one)) < _LITTLE * (1 + abs(float(one))))
