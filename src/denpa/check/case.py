"""One examination of a subject: its numbers, what the code claims, and what differences give."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from denpa.check.numeric import EPS, Values, complex_slope, entries, slope
from denpa.check.remarks import Remark
from denpa.check.subject import Subject

_UNSURE = 0.1  # relative, what differences may be off by before they say nothing


@dataclass
class Compared:
    """One gradient: what was claimed, what differences give, and how far apart they are."""

    name: str
    claimed: Any
    numeric: np.ndarray | None = None  # NaN where no difference was taken
    error: float = 0.0
    kinks: int = 0
    checked: int = 0
    uncertain: float = 0.0  # relative, what the differences themselves may be off by
    single: float = 0.0  # relative, what float32 alone makes of the claim; NaN if unknown
    problem: str = ""  # "", "differs", "shape", "missing", "nan"

    @property
    def ok(self) -> bool:
        """Whether nothing speaks against the claim."""
        return not self.problem

    @property
    def sure(self) -> bool:
        """Whether differences were good enough to speak for it."""
        return self.ok and self.checked > 0 and self.uncertain < _UNSURE


@dataclass
class Case:
    """One examination of a subject: the numbers that signatures look at."""

    subject: Subject
    values: dict[str, np.ndarray]
    output: np.ndarray
    upstream: np.ndarray
    claims: dict[str, Any]
    tolerance: float
    deadline: float  # on the clock of the processor
    evaluations: int  # of forward passes that may still be spent
    seed: int = 0
    budget: float = 10.0  # seconds of the processor, of which the deadline is the end
    turn: float = np.inf  # when the share of the array ends that is compared now
    compared: dict[str, Compared] = field(default_factory=dict)
    eps: float = EPS  # the precision that the code computes in
    unsteady: bool = False  # backward gives other numbers each time, though forward does not
    habits: list[str] = field(default_factory=list)  # mistakes of no one gradient
    remarks: list[Remark] = field(default_factory=list)
    resized: list[Case] | None = None  # on inputs of other sizes; None: nobody has asked
    examples: bool = False  # whether it is one of these, with another number of examples

    @property
    def x(self) -> np.ndarray:
        """The first input; nothing where no input has a derivative."""
        inputs = self.subject.inputs
        return self.values[inputs[0]] if inputs else np.zeros(())

    @property
    def single(self) -> bool:
        """Whether the code computes in float32, or in less."""
        return self.eps > EPS

    @property
    def spent(self) -> bool:
        """Whether the budget, or the share of it that one array has, is used up."""
        return time.process_time() > min(self.deadline, self.turn) or self.evaluations <= 0

    def value(self, values: Values) -> float:
        """Σ upstream · output."""
        self.evaluations -= 1
        return float(np.sum(self.upstream * np.asarray(self.subject.forward(values), np.float64)))

    @cached_property
    def least(self) -> float:
        """A norm below which a gradient is 0 but for rounding, beside the largest one: such as that
        of a bias before batch norm."""
        norms = [
            float(np.linalg.norm(g))
            for g in self.claims.values()
            if isinstance(g, np.ndarray) and g.dtype.kind == "f" and np.isfinite(g).all()
        ]
        return (1e-5 if self.single else 1e-10) * max(norms, default=0.0)

    @cached_property
    def analytic(self) -> bool:
        """Whether forward takes complex numbers and is analytic: the complex step agrees with
        differences along a random direction."""
        if not self.subject.analytic or self.single:
            return False
        rng = np.random.default_rng(self.seed + 1)
        v = {k: rng.standard_normal(a.shape) for k, a in self.values.items()}
        exact = complex_slope(self.subject.forward, self.values, v)
        if exact is None or exact.shape != self.output.shape:
            return False
        rough = slope(self.subject.forward, self.values, v)
        off = np.abs(exact - rough.value) - 4 * rough.error - 1e-6 * np.abs(exact)
        return bool(np.all(off <= 1e-9)) and not bool(np.any(rough.kink))

    @cached_property
    def elementwise(self) -> np.ndarray | None:
        """∂y/∂x element by element, if every output depends on the input at its place alone."""
        if not self.subject.inputs or self.output.shape != self.x.shape or not self.x.size:
            return None
        name = self.subject.inputs[0]
        ones = {name: np.ones_like(self.x)}
        along = slope(self.subject.forward, self.values, ones).value
        signs = np.random.default_rng(self.seed).choice([-1.0, 1.0], self.x.shape)
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
