"""Further looks at code that is right where it was looked at first: at parameters elsewhere, at
inputs that are farther from 0, at labels that are left out. Each is one difference along a random
direction; only where that does not agree, all is compared there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from denpa.check.case import Case
from denpa.check.determinism import Seeded
from denpa.check.locate import ParsedSource
from denpa.check.numeric import Values, sharper, slope
from denpa.check.opening.load import inputs_of
from denpa.check.opening.pieces import Piece, pieces
from denpa.check.opening.trials import Trial
from denpa.check.subject import Subject
from denpa.check.subjects.moving import nudged
from denpa.check.subjects.written import Written

_OFF = 1e-4  # relative: what a small constant in a logarithm may make of a gradient
_FAR = 1e-3  # and what a bound far away may that only keeps an exponential finite
_JUMP = 30.0  # times what it is off before the bound
_FIRST, _LAST = 0.5, 100.0  # bounds that the usual inputs do not reach, and others are to
_MOST, _STEPS = 4, 4  # bounds that are looked at, and inputs for each
_LEAST = 1e-3  # smaller bounds keep numbers from 0
_SMALL = 10  # a larger size than this is not made larger still


def written(subject: Subject) -> Written | None:
    """The code behind a subject, where it is somebody's."""
    of = subject.of if isinstance(subject, Seeded) else subject
    return of if isinstance(of, Written) else None


def elsewhere(case: Case) -> Written | None:
    """The same with all its parameters moved a little, if it is wrong there: numbers that stand in
    a relation, such as a gain that is the norm of a row, hide mistakes as zeros do."""
    subject = written(case.subject)
    if subject is None or case.single:
        return None
    names = [n for n in subject.places if n in subject.values]
    twin = subject.moved_to(nudged, names) if names else None
    return twin if twin is not None and gap(twin, case.seed) > _OFF else None


def gap(subject: Written, seed: int) -> float:
    """How far, relative and beyond doubt, gradients are off along one random direction each."""
    rng = np.random.default_rng(seed + 4)
    of = Seeded(subject, seed)
    try:
        y = np.asarray(of.forward(subject.values), np.float64)
        above = rng.uniform(0.5, 1.5, y.shape) * rng.choice([-1.0, 1.0], y.shape)
        above = above if y.ndim else np.ones(())
        found = of.backward(subject.values, above)
        claims = {n: np.asarray(g, np.float64) for n, g in found.items() if n in subject.values}
        along = {n: rng.standard_normal(subject.values[n].shape) for n in claims}
        mine = {n: float(np.sum(g * along[n])) for n, g in claims.items()}
    except Exception:  # the user's own: it does not run there
        return 0.0
    least = 1e-3 * max((float(np.linalg.norm(g)) for g in claims.values()), default=0.0)

    def f(values: Values) -> np.ndarray:
        return np.asarray(np.sum(above * np.asarray(of.forward(values), np.float64)))

    worst = 0.0
    for n, v in along.items():
        s = slope(f, subject.values, {n: v})
        if s.kink or float(s.error) > 1e-6 * max(abs(float(s.value)), 1e-3):
            s = sharper(f, subject.values, {n: v}, s)
        size = max(abs(mine[n]), abs(float(s.value)), least, 1e-12)
        off = (abs(float(s.value) - mine[n]) - 4 * float(s.error)) / size
        if np.isfinite(off) and not s.kink:
            worst = max(worst, off)
    return worst


# -- other inputs ----------------------------------------------------------------------------------


def farther(trial: Trial) -> Iterator[Trial]:
    """The same with inputs so large, or so small, that other pieces of the computation are reached,
    where it is wrong there."""
    subject = trial.subject
    name = subject.inputs[0] if isinstance(subject, Written) and subject.inputs else ""
    drawn = re.search(rf"\b{re.escape(name)}=(rand|positive)\(", trial.text) if name else None
    if drawn is None or not isinstance(subject, Written):
        return
    made: dict[float, Trial | None] = {}

    def scaled(k: float) -> Trial | None:
        if k not in made:
            made[k] = _with(trial, drawn[0], f"{name}={k:g}*{drawn[1]}(")
        return made[k]

    here = pieces(subject)
    for piece, start in _bounds(here):
        before, k = 0.6 * start if start > 1 else 1.0, _tidy(start)
        for _ in range(_STEPS):
            other = scaled(k)
            if other is None or not isinstance(other.subject, Written):
                break
            if not piece.within(pieces(other.subject)):
                yield from _proven(
                    [scaled(_tidy(3 * k)) if k > 1 else None, other], scaled(before), here
                )
                break
            before, k = k, _tidy(4 * k if k > 1 else k / 4)


def larger(trial: Trial) -> Iterator[Trial]:
    """The same with one size of the inputs larger, where it is wrong there: with three numbers, a
    kernel of three has one place only, and no stride is seen."""
    found = re.findall(r"(?:rand|unit|positive)\(([\d, ]+)\)", trial.text)
    if trial.family == "given":
        return
    for size in dict.fromkeys(k for t in found for k in t.split(", ") if 1 < int(k) < _SMALL):
        text = re.sub(rf"(?<=[(, ]){size}(?=[,)])", str(2 * int(size) + 3), trial.text)
        other = _with(trial, trial.text, text)
        whole = other.subject if other is not None else None
        if other is not None and isinstance(whole, Written) and gap(whole, other.seed) > _FAR:
            yield other


def _tidy(k: float) -> float:
    return float(f"{k:.1g}") if k < 1 else float(np.ceil(k))


def _proven(
    found: Sequence[Trial | None], near: Trial | None, here: Sequence[Piece]
) -> Iterator[Trial]:
    """Those that are wrong, and not because numbers are large, as in log(p + 1e-7): near the bound
    they are right. Far beyond it first, where more numbers are evidence."""
    for other in found:
        if other is None or not isinstance(other.subject, Written):
            continue
        off = gap(other.subject, other.seed)
        if off < _FAR or _cut_off(here, pieces(other.subject)):
            continue
        known = near.subject if near is not None else None
        if not isinstance(known, Written) or off > _JUMP * gap(known, other.seed):
            yield other


def _bounds(found: Sequence[Piece]) -> list[tuple[Piece, float]]:
    """Bounds that are not reached, and about what inputs are to be multiplied by to reach them."""
    out: dict[tuple[Any, float], tuple[Piece, float]] = {}
    guards = list(_guards(found))
    for p in found:
        sizes = np.abs(p.values)
        number, size = abs(p.number), float(np.max(sizes))
        if not p.one_sided or not size or p.values.dtype.kind != "f" or p in guards:
            continue
        if max(_FIRST, size) <= number <= _LAST:
            out[p.at, p.number] = p, 1.5 * number / size
        elif _LEAST <= number < float(np.min(sizes)):
            out[p.at, p.number] = p, 0.5 * number / float(np.median(sizes))
    return list(out.values())[:_MOST]


def _guards(found: Sequence[Piece]) -> Iterator[Piece]:
    """Bounds that only keep a logarithm, a root or a quotient finite, such as 1e-7."""
    for p in found:
        if 0 < abs(p.number) < _LEAST or 0 < abs(1 - p.number) < _LEAST:
            yield p


def _cut_off(here: Sequence[Piece], there: Sequence[Piece]) -> bool:
    """Whether numbers meet such a bound that they did not meet before."""
    kept = {p.at for p in _guards(here) if p.one_sided}
    return any(p.at in kept and not p.one_sided for p in _guards(there))


def bounded(here: Written, there: Written) -> bool:
    """Whether the numbers of the first meet such a bound, and those of the second do not."""
    kept = {p.at for p in _guards(pieces(there)) if p.one_sided}
    return any(p.at in kept and not p.one_sided for p in _guards(pieces(here)))


def walks(trial: Trial) -> bool:
    """Whether the code goes along the second dimension of an input of two, as along time: it may be
    meant for one of three."""
    subject = trial.subject
    if not isinstance(subject, Written) or not trial.given or np.ndim(trial.given[0]) != 2:
        return False
    source = ParsedSource.of(subject.computing())
    if source is None or not subject.inputs:
        return False
    for loop in ast.walk(source.tree):
        if not isinstance(loop, ast.For):
            continue
        names = {n.id for n in ast.walk(loop.target) if isinstance(n, ast.Name)}
        for node in ast.walk(loop):
            if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
                first, *rest = node.slice.elts
                along = rest and isinstance(rest[0], ast.Name) and rest[0].id in names
                of = getattr(node.value, "attr", getattr(node.value, "id", ""))
                if isinstance(first, ast.Slice) and along and of == subject.names[0]:
                    return True
    return False


def left_out(trial: Trial) -> Iterator[Trial]:
    """The same with labels of another sort among them, where the code compares labels with a number
    that none of them is, such as -1, and is wrong there."""
    subject = trial.subject
    drawn = re.search(r"\b(\w+)=(labels\((\d+), (\d+)\)(?:\.reshape\(([\d, ]+)\))?)", trial.text)
    if drawn is None or not isinstance(subject, Written):
        return
    numbers = range(int(drawn[4]))
    shape = tuple(int(n) for n in (drawn[5] or drawn[3]).split(","))
    tried: set[int] = set()
    for p in pieces(subject):
        own = np.shape(p.values) in (shape, ()) and np.isin(p.values, numbers).all()
        whole = p.values.dtype.kind in "iu" and float(p.number).is_integer()
        if not own or not whole or not p.alike:
            continue
        for n in (int(p.number), int(p.number) - 1):
            if n in numbers or n in tried:
                continue
            tried.add(n)
            places = f"np.arange({drawn[3]})" + (f".reshape({drawn[5]})" if drawn[5] else "")
            text = f"{drawn[1]}=np.where({places} % 3 == 1, {n}, {drawn[2]})"
            other = _with(trial, drawn[0], text)
            if other is not None and isinstance(other.subject, Written):
                if gap(other.subject, trial.seed) > _OFF:
                    yield other
                break


def _with(trial: Trial, old: str, new: str) -> Trial | None:
    """A trial with another input, where it runs and gradients have the right shapes."""
    assert trial.build is not None
    text = trial.text.replace(old, new, 1)
    other = replace(trial, text=text, subject=None)
    try:
        other.given = inputs_of(text, trial.seed, trial.near)
        with np.errstate(all="ignore"):
            other.subject = trial.build(other.given)
    except Exception:  # the user's own
        return None
    return other if other.clean else None
