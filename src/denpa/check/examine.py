"""The comparison: what the code claims against differences, name by name."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from denpa.check.numeric import EPS, STEP, Values, entries, sharper, slope
from denpa.check.subject import Part, Rule, Subject

TOLERANCE = 1e-6  # relative error below which two gradients are the same
SINGLE = 1e-3  # the same for code that computes in float32
_FULL = 400  # elements up to which every one is compared
_SAMPLE = 60  # elements of larger arrays, where projections differ
_DIRECTIONS = 3
_SINGLE_STEP, _SINGLE_EPS = 1e-2, 1.2e-7


@dataclass
class Compared:
    """One gradient: what was claimed, what differences give, and how far apart they are."""

    name: str
    claimed: Any
    numeric: np.ndarray | None = None  # NaN where no difference was taken
    error: float = 0.0
    kinks: int = 0
    checked: int = 0
    problem: str = ""  # "", "differs", "shape", "missing", "nan"

    @property
    def ok(self) -> bool:
        """Whether the claim holds."""
        return not self.problem


@dataclass
class Case:
    """One examination of a subject: the numbers that signatures look at."""

    subject: Subject
    values: dict[str, np.ndarray]
    output: np.ndarray
    upstream: np.ndarray
    claims: dict[str, Any]
    tolerance: float
    deadline: float
    compared: dict[str, Compared] = field(default_factory=dict)
    single: bool = False  # the code computes in float32
    habits: list[str] = field(default_factory=list)  # mistakes of no one gradient
    notes: list[str] = field(default_factory=list)

    @property
    def x(self) -> np.ndarray:
        """The first input; nothing where no input has a derivative."""
        inputs = self.subject.inputs
        return self.values[inputs[0]] if inputs else np.zeros(())

    def value(self, values: Values) -> float:
        """Σ upstream · output."""
        return float(np.sum(self.upstream * np.asarray(self.subject.forward(values), np.float64)))

    @cached_property
    def elementwise(self) -> np.ndarray | None:
        """∂y/∂x element by element, if every output depends on the input at its place alone."""
        if not self.subject.inputs or self.output.shape != self.x.shape or not self.x.size:
            return None
        name = self.subject.inputs[0]
        ones = {name: np.ones_like(self.x)}
        along = slope(self.subject.forward, self.values, ones).value
        signs = np.where(np.arange(self.x.size).reshape(self.x.shape) % 3 == 1, -1.0, 1.0)
        mixed = slope(self.subject.forward, self.values, {name: signs}).value
        scale = np.max(np.abs(along), initial=1e-12)
        return along if np.max(np.abs(mixed - signs * along)) < 1e-6 * scale else None

    def numeric(self, name: str, upstream: np.ndarray) -> np.ndarray:
        """The gradient for another upstream gradient, element by element."""
        u = np.asarray(upstream, np.float64)
        y = self.subject.forward

        def f(values: Values) -> np.ndarray:
            return np.asarray(np.sum(u * np.asarray(y(values), np.float64)))

        found = np.zeros(self.values[name].size)
        for k, unit in entries(name, self.values):
            found[k] = float(slope(f, self.values, unit).value)
        return found.reshape(self.values[name].shape)


class Seeded(Subject):
    """A subject that is given NumPy's generator in the same state at each forward pass."""

    def __init__(self, of: Subject, seed: int) -> None:
        self.of, self.seed = of, seed
        self.title, self.values, self.inputs = of.title, of.values, of.inputs

    def _seeded(self, call: Callable[..., Any], *args: Any) -> Any:
        kept = np.random.get_state()
        np.random.seed(self.seed)
        try:
            return call(*args)
        finally:
            np.random.set_state(kept)

    def forward(self, values: Values) -> np.ndarray:
        """See `Subject`."""
        return np.asarray(self._seeded(self.of.forward, values))

    def backward(self, values: Values, upstream: np.ndarray) -> dict[str, Any]:
        """See `Subject`."""
        return dict(self._seeded(self.of.backward, values, upstream))

    def habits(self, values: Values, upstream: np.ndarray) -> list[str]:
        """See `Subject`."""
        return self.of.habits(values, upstream)

    def code(self) -> Any:
        """See `Subject`."""
        return self.of.code()

    def parts(self, values: Values) -> list[Part]:
        """See `Subject`."""
        return list(self._seeded(self.of.parts, values))

    def rule(self) -> Rule | None:
        """See `Subject`."""
        rule = self.of.rule()
        if rule is None:
            return None
        return Rule(rule.function, lambda f: Seeded(rule.replaced(f), self.seed))


def relative(a: np.ndarray, n: np.ndarray) -> float:
    """‖a − n‖ / max(‖a‖, ‖n‖), 0 for two zeros.

    >>> relative(np.array([1.0, 2.0]), np.array([1.0, 2.0])), relative(np.zeros(2), np.zeros(2))
    (0.0, 0.0)
    """
    a, n = np.asarray(a, np.float64), np.asarray(n, np.float64)
    if a.shape != n.shape:
        return float("inf")
    size = max(float(np.linalg.norm(a)), float(np.linalg.norm(n)))
    if not np.isfinite(size):
        return float("inf")
    return float(np.linalg.norm(a - n)) / size if size > 1e-12 else 0.0


def examine(subject: Subject, seed: int = 0, budget: float = 10.0) -> Case:
    """Compare every claimed gradient of a subject with differences.

    Arrays of up to 400 elements and all of one dimension are compared element by element, larger
    ones along random directions first and, where these differ, in part.
    """
    rng = np.random.default_rng(seed)
    values = {k: np.array(v) for k, v in subject.values.items()}
    habits, notes = [], []
    first, second = (np.asarray(subject.forward(values)) for _ in range(2))
    if not np.array_equal(first, second, equal_nan=True):
        subject = Seeded(subject, seed)
        first, second = (np.asarray(subject.forward(values)) for _ in range(2))
        if not np.array_equal(first, second, equal_nan=True):
            habits.append("random")
        else:
            notes.append("the code draws from np.random without a seed; each evaluation was given "
                         "the same one")  # fmt: skip
    output = np.asarray(first, np.float64)
    upstream = rng.uniform(0.5, 1.5, output.shape) * rng.choice([-1.0, 1.0], output.shape)
    if not output.ndim:
        upstream = np.ones(())
    claims = subject.backward(values, upstream)
    single = first.dtype.itemsize < 8 and first.dtype.kind == "f"
    case = Case(
        subject, values, output, upstream, claims, SINGLE if single else TOLERANCE,
        time.perf_counter() + budget, single=single, habits=habits, notes=notes,
    )  # fmt: skip
    if single:
        notes.append("the code computes in float32: gradients are compared to three digits")
    if "random" in habits:
        return case
    habits += subject.habits(values, upstream)
    for name in values:
        case.compared[name] = _compare(case, name, rng)
    return case


def _compare(case: Case, name: str, rng: np.random.Generator) -> Compared:
    found = Compared(name, case.claims.get(name))
    a = case.values[name]
    if found.claimed is None:
        found.problem, found.error = "missing", 1.0
        found.numeric, _ = _differences(case, name, range(a.size) if a.size <= _FULL else range(0))
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
            found.numeric, _ = _differences(case, name, range(a.size))
        return found
    if not np.isfinite(claimed).all():
        found.problem, found.error = "nan", float("inf")
        return found
    if a.size > _FULL and a.ndim > 1:
        found.error = max(_along(case, name, claimed, rng) for _ in range(_DIRECTIONS))
        found.checked = _DIRECTIONS
        if found.error <= case.tolerance:
            return found
        places: Any = rng.permutation(a.size)[:_SAMPLE]
    else:
        places = range(a.size)
    found.numeric, kinked = _differences(case, name, places)
    known = np.isfinite(found.numeric)
    found.kinks, found.checked = int(kinked), int(known.sum())
    found.error = relative(claimed[known], found.numeric[known])
    if found.error > case.tolerance:
        found.problem = "differs"
    return found


def _along(case: Case, name: str, claimed: np.ndarray, rng: np.random.Generator) -> float:
    v = rng.standard_normal(claimed.shape)
    how = (_SINGLE_STEP, _SINGLE_EPS) if case.single else (STEP, EPS)
    along = slope(lambda x: np.asarray(case.value(x)), case.values, {name: v}, *how)
    right, mine = float(along.value), float(np.sum(claimed * v))
    size = max(float(np.linalg.norm(claimed)), abs(right), 1e-12)
    return max(abs(right - mine) - float(along.error), 0.0) / size


def _differences(case: Case, name: str, places: Any) -> tuple[np.ndarray, int]:
    """Numeric derivatives at some places (NaN elsewhere, and where no derivative exists), and how
    many places had none."""
    a = case.values[name]
    found = np.full(a.size, np.nan)
    kinks = 0

    def f(values: Values) -> np.ndarray:
        return np.asarray(case.value(values))

    for k in places:
        if time.perf_counter() > case.deadline and k > 3:
            break
        unit = np.zeros(a.size)
        unit[k] = 1.0
        direction = {name: unit.reshape(a.shape)}
        if case.single:  # a step that is large enough for its rounding
            found[k] = float(slope(f, case.values, direction, _SINGLE_STEP, _SINGLE_EPS).value)
            continue
        s = slope(f, case.values, direction)
        if s.error > 1e-8 * max(abs(float(s.value)), 1e-3):
            s = sharper(f, case.values, direction, s)
        if bool(s.kink):
            kinks += 1
            continue
        found[k] = float(s.value)
    return found.reshape(a.shape), kinks
