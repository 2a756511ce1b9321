"""Whether gradients are right once a line that raised is another one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from denpa.check.determinism import Seeded, relative
from denpa.check.numeric import Values, sharper, slope
from denpa.check.subject import Subject
from denpa.check.subjects.written import Written

_RIGHT = 1e-5  # relative error of a gradient along a direction
_DIRECTIONS = 2
VALUE = "the value"  # among claims: the output of a function that returns its gradients, too


def reopened(subject: Subject) -> Subject:
    """The same thing opened anew: which parameters a layer has may be known only after a backward
    that runs to its end."""
    if isinstance(subject, Seeded):
        return Seeded(reopened(subject.of), subject.seed)
    if isinstance(subject, Written):
        return subject.reopened()
    return subject


@dataclass
class Judge:
    """Compares claims with differences, which are the same whatever backward does."""

    open: Callable[[], Subject]
    values: Values  # those of the subject's that are to be other numbers
    upstream: np.ndarray
    output: np.ndarray | None  # None where forward and backward are one function, which raises
    known: dict[str, list[tuple[np.ndarray, float, float]]] = field(default_factory=dict)

    def claims(self) -> tuple[Subject, dict[str, Any]]:
        """The subject opened anew and the gradients that it claims. Raises what backward raises,
        and ValueError where forward is another one now."""
        now = self.open()
        now.values = {k: np.array(self.values.get(k, a)) for k, a in now.values.items()}
        output = np.asarray(now.forward(now.values))
        claims = now.backward(now.values, self.upstream)
        if self.output is None:
            return now, {**claims, VALUE: output}
        if not np.array_equal(output, self.output, equal_nan=True):
            raise ValueError("forward is another one")
        return now, claims

    def error(self, now: Subject, name: str, claim: Any) -> float:
        """How far a claim is off along random directions, relative; infinite where it is none."""
        a = now.values[name]
        try:
            mine = np.asarray(claim, np.float64)
        except (TypeError, ValueError):
            return float("inf")
        if mine.shape != a.shape or not np.isfinite(mine).all():
            return float("inf")
        if name not in self.known or self.output is None:
            self.known[name] = list(self._along(now, name))
        worst = 0.0
        for v, right, doubt in self.known[name]:
            size = max(float(np.linalg.norm(mine)), abs(right), 1e-12)
            worst = max(worst, (abs(float(np.sum(mine * v)) - right) - 10 * doubt) / size)
        return worst if self.known[name] else float("inf")

    def right(self, now: Subject, name: str, claim: Any) -> bool:
        """Whether a claim is right."""
        return self.error(now, name, claim) <= _RIGHT

    def _along(self, now: Subject, name: str) -> Any:
        rng = np.random.default_rng(3)

        def f(at: Values) -> np.ndarray:
            return np.asarray(np.sum(self.upstream * np.asarray(now.forward(at), np.float64)))

        for _ in range(_DIRECTIONS):
            v = rng.standard_normal(now.values[name].shape)
            along = sharper(f, now.values, {name: v}, slope(f, now.values, {name: v}), 1e-8)
            if not along.kink and np.isfinite(along.value):
                yield v, float(along.value), float(along.error)


def judge_of(
    subject: Subject,
    values: Values,
    upstream: np.ndarray,
    again: Callable[[], Subject] | None = None,
) -> Judge:
    """For a subject whose forward runs, one that draws random numbers included."""
    first, second = (np.asarray(subject.forward(values)) for _ in range(2))
    open_: Callable[[], Subject] = again or (lambda: reopened(subject))
    if not np.array_equal(first, second, equal_nan=True):
        seeded, plain = Seeded(subject, 0), open_
        first = seeded.forward(values)
        return Judge(lambda: Seeded(plain(), 0), values, upstream, first)
    return Judge(open_, values, upstream, first)


def differing(first: dict[str, Any], second: dict[str, Any]) -> set[str]:
    """The names whose claims are not the same in two runs."""
    found = set()
    for name in first.keys() | second.keys():
        a, b = (np.asarray(g[name]) if name in g else np.zeros(0) for g in (first, second))
        try:
            same = relative(a.astype(np.float64), b.astype(np.float64)) < 1e-9
        except (TypeError, ValueError):  # None, or lists of unlike lengths
            same = a is b
        if not same:
            found.add(name)
    return found
