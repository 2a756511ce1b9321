"""The comparison: what the code claims against differences, name by name."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from denpa.check.case import Case, Compared
from denpa.check.determinism import (
    Seeded,
    differ,
    generator_state,
    relative,
    rounds_to_float32,
    runs,
)
from denpa.check.locate import locate_random
from denpa.check.numeric import (
    EPS,
    Slope,
    Values,
    central,
    complex_slope,
    sharper,
    slope,
)
from denpa.check.remarks import REMARKS, Remark
from denpa.check.subject import Subject
from denpa.core.errors import ArgumentError
from denpa.words import say

TOLERANCE = 1e-6  # relative error below which two gradients are the same
SINGLE = 1e-3  # the same for code that computes in float32
_FULL = 400  # elements up to which every one is compared
_SAMPLE = 60  # elements of larger arrays, where projections differ
_DIRECTIONS = 3
_HALF = 5e-2  # and in float16


def _bounded(budget: float, step: float | None, evaluations: int | None) -> None:
    if not budget >= 0:
        raise ArgumentError(say("budget is seconds, 0 or more, not {budget!r}", budget=budget))
    for name, value in (("step", step), ("evaluations", evaluations)):
        if value is not None and not value > 0:
            raise ArgumentError(
                say("{name} is a number above 0, not {value!r}", name=name, value=value)
            )


def examine(
    subject: Subject,
    seed: int = 0,
    budget: float = 10.0,
    step: float | None = None,
    evaluations: int | None = None,
) -> Case:
    """Compare every claimed gradient of a subject with differences.

    Every array is compared along random directions; then those of up to 400 elements and all of
    one dimension element by element, and larger ones, where directions differ, in part.
    `budget` is in seconds of the processor, so that a busy machine finds the same, `evaluations` in
    forward passes. With a `step` it is said, too, how good a central difference of this step is.

    Errors: ArgumentError for a negative budget, and for a step or evaluations not above 0.
    """
    _bounded(budget, step, evaluations)
    rng = np.random.default_rng(seed)
    values = {k: np.array(v) for k, v in subject.values.items()}
    habits, remarks = [], subject.remarks()
    drawn = generator_state()
    first, alike = runs(subject, values)
    # Masks may act alike by luck; the generator knows whether it was used.
    if drawn != generator_state() or not alike:
        subject = Seeded(subject, seed)
        first, alike = runs(subject, values)
        if not alike:
            habits.append("random")
        else:
            line = locate_random(subject.code())
            where = "" if line is None else f" ({line}   {line.text})"
            remarks.append(Remark("seeded", {"where": where}))
    output = np.asarray(first, np.float64)
    upstream = rng.uniform(0.5, 1.5, output.shape) * rng.choice([-1.0, 1.0], output.shape)
    if not output.ndim:
        upstream = np.ones(())
    claims = subject.backward(values, upstream)
    eps = float(np.finfo(first.dtype).eps) if first.dtype.kind == "f" else EPS
    if eps <= EPS and rounds_to_float32(subject, values, first):
        eps = float(np.finfo(np.float32).eps)
    tolerance = TOLERANCE if eps <= EPS else SINGLE if eps < 1e-6 else _HALF
    case = Case(
        subject,
        values,
        output,
        upstream,
        claims,
        tolerance,
        time.process_time() + budget,
        10**9 if evaluations is None else evaluations,
        seed,
        budget,
        eps=eps,
        habits=habits,
        remarks=remarks,
    )
    if case.single:
        remarks.append(Remark("single"))
    if "random" in habits:
        return case
    case.unsteady = differ(claims, subject.backward(values, upstream))
    for habit in subject.habits(values, upstream):
        if habit in REMARKS:
            remarks.append(Remark(habit))
        else:
            habits.append(habit)
    shadow = {} if case.single else _shadow(case)
    for k, name in enumerate(values):
        now = time.process_time()
        case.turn = now + max(case.deadline - now, 0.0) / (len(values) - k)
        found = case.compared[name] = _compare(case, name, rng)
        found.single = shadow.get(name, float("nan"))
        remarks += _remarks(case, found)
    if step is not None:
        remarks.append(_judged(case, step, rng))
    return case


def _remarks(case: Case, found: Compared) -> list[Remark]:
    """What should be known of one comparison."""
    told = []
    n = case.values[found.name].size
    of = {"name": found.name, "n": str(n)}
    if found.kinks:
        told.append(Remark("kinks", {**of, "k": str(found.kinks)}))
    if case.spent and found.numeric is not None and found.checked + found.kinks < min(n, _SAMPLE):
        told.append(Remark("budget", {**of, "k": str(found.checked + found.kinks)}))
    if found.ok and not found.checked and not found.kinks and n:
        told.append(Remark("unseen", of))
    if found.ok and found.uncertain > case.tolerance:
        told.append(Remark("steep", {**of, "error": f"{found.uncertain:.1e}"}))
    if found.ok and found.single > 10 * SINGLE:
        told.append(Remark("rounding", {**of, "error": f"{found.single:.1e}"}))
    return told


def _shadow(case: Case) -> dict[str, float]:
    """How far each claim is off if all is computed in float32: what precision alone costs. Nothing
    for code that does not run in it."""
    try:
        with np.errstate(all="ignore"):
            values = {k: a.astype(np.float32) for k, a in case.values.items()}
            claims = case.subject.backward(values, case.upstream.astype(np.float32))
            return {
                k: relative(
                    np.asarray(g, np.float64),
                    np.asarray(case.claims[k], np.float64),
                    1e5 * case.least,
                )
                for k, g in claims.items()
                if k in case.claims and np.shape(g) == np.shape(case.claims[k])
            }
    except Exception:  # the user's own, about dtypes
        return {}


def _judged(case: Case, step: float, rng: np.random.Generator) -> Remark:
    """How good a central difference of a given step is."""
    v = {k: rng.standard_normal(a.shape) for k, a in case.values.items()}

    def f(values: Values) -> np.ndarray:
        return np.asarray(case.value(values))

    right = float(_exact(case, f, v).value)
    size = max(abs(right), 1e-12)
    errors = {
        h: abs(float(central(f, case.values, v, h)) - right) / size
        for h in (step, *(10.0**-k for k in range(1, 11)))
    }
    best = min(errors, key=lambda h: errors[h])
    fill = {
        "step": f"{step:g}",
        "error": f"{errors[step]:.1e}",
        "best": f"{best:g}",
        "least": f"{errors[best]:.1e}",
    }
    if errors[step] < 1e-5:
        return Remark("step-fine", fill)
    return Remark("step-small" if step < best else "step-large", fill)


def _exact(
    case: Case, f: Callable[[Values], np.ndarray], direction: Values, scale: float = 0.0
) -> Slope:
    """The slope of Σ upstream·output along a direction as well as it is to be had: by Richardson's
    extrapolation, where that is rough by the complex step, else by other steps. Slopes far below
    `scale` need not be as exact."""
    if case.single:  # a step that is large enough for its rounding
        return slope(f, case.values, direction, 2 * case.eps ** (1 / 3), case.eps)
    s = slope(f, case.values, direction)
    enough = 1e-8 * max(abs(float(s.value)), 1e-2 * scale, 1e-5)
    if s.error <= enough or case.spent:
        return s
    if case.analytic and not bool(s.kink):
        y = complex_slope(case.subject.forward, case.values, direction)
        if y is not None and np.isfinite(y).all():
            case.evaluations -= 1
            value = np.asarray(np.sum(case.upstream * y))
            return Slope(value, np.abs(value) * 1e-14, s.kink)
    return sharper(f, case.values, direction, s, enough)


def _compare(case: Case, name: str, rng: np.random.Generator) -> Compared:
    found = Compared(name, case.claims.get(name))
    a = case.values[name]
    if found.claimed is None:
        found.problem, found.error = "missing", 1.0
        found.numeric, _ = _differences(case, name, range(a.size if a.size <= _FULL else 0), found)
        return found
    try:
        claimed = np.asarray(found.claimed, np.float64)
    except (TypeError, ValueError):
        found.problem, found.error = "shape", float("inf")
        return found
    found.claimed = claimed
    if claimed.shape != a.shape:
        found.problem, found.error = "shape", float("inf")
        if a.size <= _FULL:
            found.numeric, _ = _differences(case, name, range(a.size), found)
        return found
    if not np.isfinite(claimed).all():
        found.problem, found.error = "nan", float("inf")
        return found
    tries = [_along(case, name, claimed, rng) for _ in range(_DIRECTIONS)]
    found.error, found.uncertain = (max(t[k] for t in tries) for k in (0, 1))
    large = a.size > _FULL and a.ndim > 1
    if found.error <= case.tolerance and (large or case.spent):
        found.checked = _DIRECTIONS
        return found
    places: Any = rng.permutation(a.size)[:_SAMPLE] if large else range(a.size)
    found.numeric, kinked = _differences(case, name, places, found)
    known = np.isfinite(found.numeric)
    found.kinks, found.checked = int(kinked), int(known.sum())
    found.error = relative(claimed[known], found.numeric[known], case.least)
    # What is off by no more than the differences may be off themselves is not called wrong; the
    # wide step for float32 may straddle a kink, which its estimate sees a third of.
    if found.error > max(case.tolerance, (6 if case.single else 2) * found.uncertain):
        found.problem = "differs"
    return found


def _along(
    case: Case, name: str, claimed: np.ndarray, rng: np.random.Generator
) -> tuple[float, float]:
    """How far a claim is off along a random direction, more than the difference may be, and how far
    that may be; both relative. One direction sees every element."""
    v = rng.standard_normal(claimed.shape)
    along = _exact(case, lambda x: np.asarray(case.value(x)), {name: v})
    right, mine, doubt = float(along.value), float(np.sum(claimed * v)), float(along.error)
    size = max(float(np.linalg.norm(claimed)), abs(right), case.least, 1e-12)
    return max(abs(right - mine) - doubt, 0.0) / size, doubt / size


def _differences(case: Case, name: str, places: Any, into: Compared) -> tuple[np.ndarray, int]:
    """Numeric derivatives at some places (NaN elsewhere, and where no derivative exists), and how
    many places had none; into.uncertain is their own error."""
    a = case.values[name]
    found = np.full(a.size, np.nan)
    kinks, off = 0, 0.0
    claimed = into.claimed if isinstance(into.claimed, np.ndarray) else np.zeros(0)
    scale = float(np.max(np.abs(claimed), initial=0.0))

    def f(values: Values) -> np.ndarray:
        return np.asarray(case.value(values))

    for count, k in enumerate(places):
        if case.spent and count:
            break
        unit = np.zeros(a.size)
        unit[k] = 1.0
        s = _exact(case, f, {name: unit.reshape(a.shape)}, scale)
        if bool(s.kink):
            kinks += 1
            continue
        found[k] = float(s.value)
        off += float(s.error) ** 2
    known = np.isfinite(found)
    size = max(float(np.linalg.norm(found[known])), case.least)
    if claimed.size == found.size:
        size = max(size, float(np.linalg.norm(claimed.reshape(-1)[known])))
    into.uncertain = float(np.sqrt(off)) / size if size > 1e-12 else 0.0
    return found.reshape(a.shape), kinks
