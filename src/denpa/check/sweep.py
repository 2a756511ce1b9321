"""How a claimed gradient compares with differences as the step shrinks: the ε sweep.

A central difference errs by truncation, which falls as ε², and by rounding, which grows as 1/ε. A
right gradient therefore shows a V: the error falls, then rises. A wrong one stays at the error of
the claim whatever the step is; at a kink the slopes from both sides never meet.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from denpa.check.case import Case, Compared
from denpa.check.numeric import Values, complex_slope, moved, scale_of
from denpa.core.errors import ArgumentError
from denpa.words import say

_PER_DECADE = 2
_FIRST, _LAST = -1, -13  # powers of ten
_DIRECTIONS = 3
_SLOW = 0.03  # seconds a forward pass; slower ones get fewer steps and one direction
_PLATEAU = 4  # neighbouring steps (1.5 decades) that agree
_RUN = 3  # neighbouring steps; one alone may be right by luck
_SAME = 0.1  # how far the members of a plateau may lie apart, relatively
_BEND = 1e-4  # of the slope: a smaller corner cannot be told from rounding
_CORNER = 0.01  # how far the slopes of both sides differ at most at a corner that is of interest


@dataclass(frozen=True)
class Sweep:
    """Relative errors of a claimed gradient against differences with many steps.

    `steps`: ε, relative to the size of what is moved, from large to small. `forward`, `central`,
    `richardson` (two central differences): relative errors of the claim against these, NaN where
    the function is not finite. `sides`: how far the slopes from left and right lie apart,
    relatively. `rounding`: the error that the arithmetic alone makes at that step, roughly.

    `verdict` is "right" (the error falls below the tolerance over several steps), "right-nearby"
    (so, but only for steps that do not reach a kink or a bend nearby), "wrong" (a plateau that does
    not depend on ε), "kink" (the slopes from both sides differ however small the step is) or
    "unclear". `plateau` is the height of the plateau, if there is one.
    """

    name: str
    place: str  # "[1, 2]" for one element, "" for random directions
    steps: NDArray[np.float64]
    forward: NDArray[np.float64]
    central: NDArray[np.float64]
    richardson: NDArray[np.float64]
    sides: NDArray[np.float64]
    rounding: NDArray[np.float64]
    tolerance: float
    verdict: str
    plateau: float | None = None
    complex_step: float | None = None  # error against a step into the complex plane, if it can run

    @property
    def best(self) -> tuple[float, float]:
        """The step where the claim and the central difference are nearest, and their error."""
        if not np.isfinite(self.central).any():
            return float("nan"), float("nan")
        at = int(np.nanargmin(self.central))
        return float(self.steps[at]), float(self.central[at])


def can_sweep(compared: Compared) -> bool:
    """Whether a claim has numbers that a sweep can look at."""
    return compared.problem in ("", "differs") and np.size(compared.claimed) > 0


def sweep(case: Case, name: str, seed: int = 0, budget: float = 5.0) -> Sweep:
    """Compare the claimed gradient of `name` with differences of ε = 1e-1 … 1e-13.

    A claim that differs is looked at in its worst element, where that is known; any other along
    random directions, of whose errors the largest counts. Elements on a kink stay out, if there are
    others. `budget`: seconds that it may take at most.

    Errors: ArgumentError where the claim is missing, of the wrong shape, or not finite, and where
    the budget does not suffice.

    >>> from denpa.check.examine import examine
    >>> from denpa.check.subjects.pair import Pair
    >>> cube = Pair(lambda x: x**3, lambda x: 3 * x**2, [np.array([1.0, 2.0])])
    >>> sweep(examine(cube), "x").verdict
    'right'
    """
    compared = case.compared.get(name)
    if compared is None or not can_sweep(compared):
        absent, empty = say("no such gradient"), say("empty")
        said = absent if compared is None else compared.problem or empty
        raise ArgumentError(
            say(
                "the gradient of {name!r} cannot be swept over steps ({said}): it needs finite "
                "numbers in the shape of {name!r}. Those of this case: {compared}",
                name=name,
                said=said,
                compared=", ".join(case.compared),
            )
        )
    claimed = np.asarray(compared.claimed, np.float64)
    place, directions = _directions(compared, claimed, seed)
    started = time.process_time()
    here = case.value(case.values)
    seconds = time.process_time() - started
    slow = seconds > _SLOW
    count = (_FIRST - _LAST) * (1 if slow else _PER_DECADE) + 1
    if 2 * count * seconds > budget:
        raise ArgumentError(
            say(
                "one forward pass of {title} takes {seconds:.2g} s; a sweep of {what} needs a "
                "larger budget than {budget:g} s",
                title=case.subject.title,
                seconds=seconds,
                what=2 * count,
                budget=budget,
            )
        )
    steps = np.logspace(_FIRST, _LAST, count)
    eps = case.eps
    size = float(np.sum(np.abs(case.upstream * case.output)))  # each term is rounded
    columns = [
        _along(case, name, v, steps, float(np.sum(claimed * v)), here, eps * size)
        for v in (directions[:1] if slow else directions)
    ]
    forward, central, richardson, sides, rounding = (
        np.max([c[k] for c in columns], axis=0) for k in range(5)
    )
    verdict, plateau = _judge(central, sides, rounding, case.tolerance)
    return Sweep(
        name,
        place,
        steps,
        forward,
        central,
        richardson,
        sides,
        rounding,
        case.tolerance,
        verdict,
        plateau,
        _complex(case, name, directions[0], claimed),
    )


def _directions(
    compared: Compared, claimed: NDArray[np.float64], seed: int
) -> tuple[str, list[NDArray[np.float64]]]:
    right = compared.numeric
    known = np.isfinite(right) if right is not None else np.ones(claimed.shape, bool)
    if right is not None and known.any() and compared.problem:
        gap = np.where(known, np.abs(claimed - right), -1.0)
        at = np.unravel_index(int(np.argmax(gap)), gap.shape)
        unit = np.zeros(claimed.shape)
        unit[at] = 1.0
        return str([int(i) for i in at]) if at else "", [unit]
    if not known.any():  # all on kinks, which the sweep then shows
        known = np.ones(claimed.shape, bool)
    rng = np.random.default_rng(seed)
    return "", [rng.standard_normal(claimed.shape) * known for _ in range(_DIRECTIONS)]


def _along(
    case: Case,
    name: str,
    v: NDArray[np.float64],
    steps: NDArray[np.float64],
    claim: float,
    here: float,
    noise: float,
) -> list[NDArray[np.float64]]:
    """Errors along one direction: forward, central, Richardson, both sides apart, rounding."""
    direction = {name: v}
    h = steps * scale_of(case.values, direction)
    with np.errstate(all="ignore"):
        ahead = np.array([case.value(moved(case.values, direction, k)) for k in h])
        behind = np.array([case.value(moved(case.values, direction, -k)) for k in h])
        right, left = (ahead - here) / h, (here - behind) / h
        central = (ahead - behind) / (2 * h)
        ratio = (steps[:-1] / steps[1:]) ** 2  # of the h² in the errors of neighbours
        sharper = np.append((ratio * central[1:] - central[:-1]) / (ratio - 1), np.nan)
        slopes = central[np.isfinite(central)]
        size = max(abs(claim), float(np.median(np.abs(slopes))) if slopes.size else 0.0)
        if size < 1e-12:  # nothing depends on it, and nothing is claimed
            size = 1.0
        errors = [np.abs(claim - found) / size for found in (right, central, sharper)]
    return [*errors, np.abs(right - left) / size, 8 * noise / h / size]


def _complex(
    case: Case, name: str, v: NDArray[np.float64], claimed: NDArray[np.float64]
) -> float | None:
    def f(values: Values) -> NDArray[np.float64]:
        return np.asarray(np.sum(case.upstream * np.asarray(case.subject.forward(values))))

    found = complex_slope(f, case.values, {name: v})
    if found is None or not np.isfinite(found):
        return None
    claim = float(np.sum(claimed * v))
    return abs(claim - float(found)) / max(abs(claim), abs(float(found)), 1e-12)


def _judge(
    central: NDArray[np.float64],
    sides: NDArray[np.float64],
    rounding: NDArray[np.float64],
    tolerance: float,
) -> tuple[str, float | None]:
    corner = _flat(sides, rounding, max(_BEND, 10 * tolerance), lowest=True)
    if corner is not None and corner > _CORNER and _flat_to_the_end(sides, rounding):
        return "kink", corner
    low = central <= tolerance
    right = _longest(low) >= _RUN
    plateau = _flat(central, rounding, tolerance, lowest=False)
    if right:
        # A plateau at large steps, from where the error falls: these reach over a kink or a bend.
        first = int(np.argmax(low))
        early = _flat(central[:first], rounding[:first], 100 * tolerance, lowest=False)
        return ("right", None) if early is None else ("right-nearby", early)
    return ("unclear", None) if plateau is None else ("wrong", plateau)


def _flat(
    values: NDArray[np.float64], rounding: NDArray[np.float64], above: float, *, lowest: bool
) -> float | None:
    """The height of a plateau above some number and out of reach of rounding: of the one at the
    smallest steps (`lowest`), or of the longest."""
    best: NDArray[np.float64] | None = None
    for start in range(len(values)):
        for stop in range(start + _PLATEAU, len(values) + 1):
            part = values[start:stop]
            if not np.isfinite(part).all() or np.min(part) <= above:
                break
            if np.ptp(part) > _SAME * np.max(part) or (rounding[start:stop] > 0.1 * part).any():
                break
            if best is None or lowest or len(part) > len(best):
                best = part
    return None if best is None else float(np.median(best))


def _flat_to_the_end(sides: NDArray[np.float64], rounding: NDArray[np.float64]) -> bool:
    """Whether the slopes of both sides stay apart down to the smallest step that can be trusted."""
    trusted = np.flatnonzero(np.isfinite(sides) & (rounding < 1e-3))
    return trusted.size >= _PLATEAU and bool(
        _flat(sides[trusted[-_PLATEAU:]], rounding[trusted[-_PLATEAU:]], _BEND, lowest=True)
    )


def _longest(marks: NDArray[np.bool_]) -> int:
    best = run = 0
    for mark in marks:
        run = run + 1 if mark else 0
        best = max(best, run)
    return best
