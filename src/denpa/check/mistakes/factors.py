"""A gradient that is a constant times the right one, where the constant is one of somebody's.

Any two arrays of one number differ by a factor, and one derivative too few is a factor where there
is one output. So a factor is named only if it is a small whole number, a simple fraction, or stands
in the code or in its shapes, and if it is the same at other points and fits other sizes.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from types import CodeType
from typing import Any

import numpy as np

from denpa.check.case import Case, Compared
from denpa.check.determinism import Seeded
from denpa.check.mistakes.guesses import Guess, signature
from denpa.check.probes import near, point_of, sized
from denpa.check.subjects.places import attributes

_LARGEST = 12  # of the numbers of a simple fraction
_Size = Callable[[Case], float]


@signature
def scale(case: Case, found: Compared) -> Iterator[Guess]:
    """c·n for a constant c."""
    n = found.numeric
    assert n is not None
    known = np.isfinite(n)
    if found.claimed.shape != n.shape or not float(np.sum(n[known] ** 2)):
        return
    c = float(np.sum(found.claimed[known] * n[known]) / np.sum(n[known] ** 2))
    if not np.isfinite(c) or abs(c) < 1e-9 or abs(c - 1) < 1e-4 or abs(c + 1) < 1e-9:
        return
    able = list(_candidates(case, abs(c)))
    fixed = [(shown, "", value) for shown, _, value in able]  # a size that stands in the code
    for strict, (shown, what, value) in [*((True, a) for a in able), *((False, a) for a in fixed)]:
        sign = -1.0 if c < 0 else 1.0
        if _fits(case, found.name, lambda at, f=value, s=sign: s * f(at), strict):  # type: ignore[misc]
            fill = {"factor": ("-" if c < 0 else "") + shown, "what": what}
            yield Guess("scale", c * n, fill, found.claimed / c, rank=0.8, fitted=1)
            return


def _candidates(case: Case, c: float) -> Iterator[tuple[str, str, _Size]]:
    """What a factor may be: its text, what is said of it, and its value for other sizes."""
    for text, size in _sizes(case):
        s = size(case)
        told = f" ({text.format(s)})" if text else ""
        if s > 2 and math.isclose(c, s, rel_tol=1e-5):  # 2 is a factor of its own
            yield f"{s:g}", told, size
        if s > 2 and math.isclose(c, 1 / s, rel_tol=1e-5):
            yield f"1/{s:g}", told, lambda at, f=size: 1 / f(at)  # type: ignore[misc]
    simple = Fraction(c).limit_denominator(_LARGEST)
    plain = simple.numerator <= _LARGEST and math.isclose(c, simple, rel_tol=1e-5)
    if (
        plain
        or _whole(c)
        or _whole(1 / c)
        or any(math.isclose(c, v, rel_tol=1e-5) for x in _numbers(case) for v in _forms(x))
    ):
        yield f"{c:.6g}", "", lambda at: c
    for _, size in _sizes(case):
        s = math.sqrt(size(case))
        if math.isclose(c, s, rel_tol=1e-5):
            yield f"{c:.6g}", "", lambda at, f=size: math.sqrt(f(at))  # type: ignore[misc]
        if math.isclose(c, 1 / s, rel_tol=1e-5):
            yield f"{c:.6g}", "", lambda at, f=size: 1 / math.sqrt(f(at))  # type: ignore[misc]


def _whole(c: float) -> bool:
    return c < 1e4 and abs(c - round(c)) < 1e-5 * c


def _sizes(case: Case) -> Iterator[tuple[str, _Size]]:
    """Sizes that a factor may be, with words for the usual ones."""
    if _examples(case):
        yield "the batch has {} examples", _examples
    if case.output.ndim > 1:
        yield "the output has {} columns", lambda at: at.output.shape[1]
    if case.output.ndim:
        yield "the output has {} elements", lambda at: at.output.size
    for name, a in case.values.items():
        for k in range(a.ndim):
            yield "", lambda at, n=name, d=k: at.values[n].shape[d]  # type: ignore[misc]
        yield "", lambda at, n=name: at.values[n].size  # type: ignore[misc]
        if a.ndim > 2:
            yield "", lambda at, n=name: math.prod(at.values[n].shape[2:])  # type: ignore[misc]
            yield "", lambda at, n=name: at.values[n].size // at.values[n].shape[1]  # type: ignore[misc]
    for k in range(case.output.ndim):
        yield "", lambda at, d=k: at.output.shape[d]  # type: ignore[misc]
    yield from (("", lambda at, d=k: _longest(at, d)) for k in (1, 2))


def _given(case: Case) -> Sequence[Any]:
    """What the code was called with; of a framework's network nothing."""
    given = getattr(case.subject, "given", ())
    return given if isinstance(given, (tuple, list)) else ()


def _examples(case: Case) -> int:
    """The length of the first input, of a network's data as well."""
    given = _given(case)
    shape: tuple[int, ...] = case.x.shape or np.shape(given[0] if given else 0.0)
    return shape[0] if shape else 0


def _longest(case: Case, dim: int) -> int:
    """A size of the first argument, where it is no input."""
    given = _given(case)
    shape = np.shape(given[0]) if given and isinstance(given[0], np.ndarray) else ()
    return shape[dim] if dim < len(shape) else 1


def _forms(x: float) -> tuple[float, ...]:
    """What a number of the code may be in a derivative."""
    root = math.sqrt(abs(x))
    whole = (x, x * x, root, 1 - x, 1 + x, 2 * x, x - 1)
    return tuple(v for w in whole if w for v in (abs(w), 1 / abs(w)))


def _numbers(case: Case) -> set[float]:
    """The numbers that stand in the code, in its object, and in what it is given."""
    subject: Any = case.subject.of if isinstance(case.subject, Seeded) else case.subject
    found: set[float] = set()
    rule = case.subject.rule()
    for f in (getattr(rule, "function", None), *_methods(subject)):
        plain = inspect.unwrap(getattr(f, "__func__", f)) if f is not None else None
        code, space = getattr(plain, "__code__", None), getattr(plain, "__globals__", {})
        if code is None:
            continue
        found |= {float(x) for x in _constants(code) if _is_number(x)}
        found |= {float(space[n]) for n in code.co_names if _is_number(space.get(n))}
        found |= {float(x) for x in getattr(plain, "__defaults__", None) or () if _is_number(x)}
    for held in (getattr(subject, "fresh", None), getattr(subject, "layer", None)):
        with suppress(Exception):
            found |= {float(x) for x in attributes(held).values() if _is_number(x)}
    found |= {float(x) for x in _given(case) if _is_number(x)}
    return {x for x in found if math.isfinite(x) and x}


def _methods(subject: Any) -> Iterator[Any]:
    for part in (getattr(subject, "run", None), getattr(subject, "back", None)):
        yield getattr(type(subject.owner), part, None) if isinstance(part, str) else part


def _constants(code: CodeType) -> Iterator[Any]:
    for x in code.co_consts:
        if isinstance(x, CodeType):
            yield from _constants(x)
        else:
            yield x


def _is_number(x: Any) -> bool:
    return isinstance(x, (int, float, np.integer, np.floating)) and not isinstance(x, bool)


def _fits(case: Case, name: str, factor: _Size, strict: bool) -> bool:
    """Whether the claim over this factor is right at another point and for other sizes; unless it
    is to be strict, for other numbers of examples alone."""
    for there in sized(case):
        fixed = math.isclose(factor(there), factor(case)) and not there.examples and not strict
        try:
            claim = np.asarray(there.claims[name]) / factor(there)
            if not point_of(there).right(name, claim) and not fixed:  # a size of the code may be
                return False
        except Exception:  # the user's own
            return False
    point = near(case)
    try:
        claim = np.asarray(point.claims()[name], np.float64) / factor(case)
        return point.right(name, claim)
    except Exception:  # outside of the domain of the code
        return True
