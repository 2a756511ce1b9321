"""What backward is given: by the names of its arguments, those of forward, and their places.

Where names leave it open there are several bindings; the first that runs is taken, and another if
it alone makes the gradients right.
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from denpa.check.argument_roles import (
    RATES,
    is_above,
    is_cache,
    is_flag,
    is_output,
    is_sure_output,
    is_target,
)

ABOVE, CACHE, OUTPUT, RATE, TARGET, FLAG = "above", "cache", "output", "rate", "target", "flag"


@dataclass(frozen=True)
class Binding:
    """For each argument of backward what it is: "above" with the number of the output, "given" with
    that of forward's argument, "cache", "output", "rate", "target", "flag"."""

    roles: tuple[tuple[str, str, int], ...]  # (argument, role, number)

    def takes(self, role: str) -> bool:
        """Whether an argument has this role."""
        return any(r == role for _, r, _ in self.roles)

    @property
    def above(self) -> str:
        """What backward calls the gradient from above; "" if it takes none."""
        return next((n for n, r, _ in self.roles if r == ABOVE), "")


def required(f: Any) -> list[str] | None:
    """The names of the arguments that a function must be given; None where nobody knows."""
    try:
        found = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        return None
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [p.name for p in found if p.kind in kinds and p.default is inspect.Parameter.empty]


def bindings(
    back: Any, names: Sequence[str], outputs: int, cached: bool, slope_first: bool = False
) -> list[Binding]:
    """Ways to call `back` after a forward with arguments of these names that had some outputs and,
    `cached`, returned a cache behind them. `slope_first`: the same name as forward's argument means
    that argument rather than what is above.

    >>> [b.roles for b in bindings(lambda dout, x: 0, ["x"], 1, False)]
    [(('dout', 'above', 0), ('x', 'given', 0))]
    """
    takes = required(back)
    if takes is None:
        roles = [("", ABOVE, k) for k in range(outputs)] + [("", CACHE, 0)] * cached
        return [Binding(tuple(roles))]
    if not takes:
        optional = list(inspect.signature(back).parameters.values())
        if not optional or optional[0].kind is inspect.Parameter.VAR_KEYWORD:
            return [Binding(())]
        if optional[0].kind is inspect.Parameter.VAR_POSITIONAL:
            return [Binding((("", ABOVE, 0),))]
        first = optional[0].name
        if is_flag(first):
            return [Binding(())]
        if first in names and slope_first:
            return [Binding(((first, "given", names.index(first)),)), Binding(())]
        return [Binding(((first, ABOVE, 0),))]
    found = [_first(takes, names, outputs, cached, slope_first)]
    found += _others(takes, names, outputs, cached, found[0], slope_first)
    missing = outputs - sum(role == ABOVE for _, role, _ in found[0].roles)
    more = _optional(back, len(takes))
    if 0 < missing <= len(more) and not cached:  # as in backward(dz, dkl=1.0)
        found.insert(0, _first([*takes, *more[:missing]], names, outputs, cached, slope_first))
    return list({b.roles: b for b in found if b.roles}.values())


def _optional(back: Any, skip: int) -> list[str]:
    """Gradients from above that need not be given, right behind what must be."""
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    rest = [p for p in inspect.signature(back).parameters.values() if p.kind is kind][skip:]
    return [p.name for p in itertools.takewhile(lambda p: is_above(p.name), rest)]


def _known(name: str, names: Sequence[str], cached: bool) -> tuple[str, str, int] | None:
    """The role that a name says, beside that of being above."""
    aims = [k for k, n in enumerate(names) if is_target(n, names)]
    if name in RATES and name not in names:
        return name, RATE, 0
    if is_cache(name) and cached:
        return name, CACHE, 0
    if name in names:
        return name, "given", names.index(name)
    if is_target(name, ["x"]):
        return (name, "given", aims[0]) if aims else (name, TARGET, 0)
    if is_flag(name):
        return name, FLAG, 0
    return None


def _first(
    takes: Sequence[str], names: Sequence[str], outputs: int, cached: bool, slope_first: bool
) -> Binding:
    roles: list[tuple[str, str, int]] = []
    unknown: list[int] = []
    for k, name in enumerate(takes):
        known = _known(name, names, cached)
        if known is None:
            unknown.append(k)
        roles.append(known or (name, "", 0))
    if not unknown and len(takes) == 1 and roles[0][1] == "given" and not slope_first:
        unknown = [0]  # backward(x): what comes from above, whatever it is called
    above = _above([takes[k] for k in unknown], outputs, cached)
    inputs = [k for k, n in enumerate(names) if n not in takes and not is_target(n, names)]
    number = 0
    for k in unknown:
        name = takes[k]
        if name in above:
            roles[k] = (name, ABOVE, number)
            number += 1
        elif cached and not any(r == CACHE for _, r, _ in roles):
            roles[k] = (name, CACHE, 0)
        elif is_sure_output(name) or (is_output(name) and not inputs):
            roles[k] = (name, OUTPUT, 0)
        elif inputs:
            roles[k] = (name, "given", inputs.pop(0))
        elif is_output(name):
            roles[k] = (name, OUTPUT, 0)
        else:
            roles[k] = (name, ABOVE, number)
            number += 1
    return Binding(tuple(roles))


def _above(unknown: Sequence[str], outputs: int, cached: bool) -> list[str]:
    """Which of the names that say nothing else are gradients from above."""
    if len(unknown) <= outputs and not (cached and len(unknown) == outputs + 1):
        outs = [n for n in unknown if is_output(n) and not is_above(n)]
        outs += [n for n in unknown if is_sure_output(n)]
        return [n for n in unknown if n not in outs]
    able = [n for n in unknown if is_above(n)]
    if len(able) >= outputs:
        return able[:outputs]
    if cached:  # the last one is the cache
        return list(unknown[:outputs])
    return list(unknown[-outputs:]) if outputs else []


def _others(
    takes: Sequence[str],
    names: Sequence[str],
    outputs: int,
    cached: bool,
    first: Binding,
    slope_first: bool,
) -> list[Binding]:
    """What the first may be mistaken in: the gradient from above at the other end, none at all, or
    the prediction in its place (Kinsley and Kukieła 2020: backward(dvalues, y_true))."""
    found = []
    plain = [k for k, (_, role, _) in enumerate(first.roles) if role in (ABOVE, "given", OUTPUT)]
    placed = [name not in names for name, role, _ in first.roles if role == "given"] or [True]
    if outputs == 1 and not cached and len(plain) == len(names) + 1 and any(placed):
        for place in (plain[0], plain[-1]):
            roles, inputs = list(first.roles), iter(range(len(names)))
            for k in plain:
                roles[k] = (takes[k], ABOVE, 0) if k == place else (takes[k], "given", next(inputs))
            found.append(Binding(tuple(roles)))
    aims = [k for k, n in enumerate(names) if is_target(n, names)]
    ups = [k for k, (_, role, _) in enumerate(first.roles) if role == ABOVE]
    if len(ups) == 1 and not cached and (aims or slope_first or first.takes(TARGET)):
        taken = {k for _, role, k in first.roles if role == "given"}
        free = [k for k in range(len(names)) if k not in aims and (len(names) == 1 or aims)]
        free = [k for k in free if k not in taken and (aims or not is_above(takes[ups[0]]))]
        for k in free[:1]:
            roles = list(first.roles)
            roles[ups[0]] = (takes[ups[0]], "given", k)
            found.append(Binding(tuple(roles)))
        roles = list(first.roles)
        roles[ups[0]] = (takes[ups[0]], OUTPUT, 0)
        if first.takes(TARGET) or aims or not is_above(takes[ups[0]]):
            found.append(Binding(tuple(roles)))
    aimed = first.takes(TARGET) or any(role == "given" and k in aims for _, role, k in first.roles)
    for k in [k for k in plain if aimed and takes[k] not in names] if not cached else []:
        roles = list(first.roles)  # learn(targets, speed)
        roles[k] = (takes[k], RATE, 0)
        found.append(Binding(tuple(roles)))
    if all(role == "given" for _, role, _ in first.roles) and len(first.roles) == 1:
        found.append(Binding(((takes[0], ABOVE, 0),)))
        found.append(Binding(((takes[0], OUTPUT, 0),)))
    return found
