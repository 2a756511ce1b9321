"""Which variation of a rule gives somebody's numbers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from denpa.check.determinism import relative
from denpa.check.optimizers.bindings import readings
from denpa.check.optimizers.definitions import RULES
from denpa.check.optimizers.hyperparameters import hyper_of, options_of
from denpa.check.optimizers.language import Change, Problem, Rule, edited, trajectory
from denpa.check.optimizers.reading import UpdateCode
from denpa.check.optimizers.runs import Ran

# How far two runs of the same formulas are apart: relative to the way that a parameter has gone,
# and roundings of the parameter itself.
_DOUBLE, _SINGLE = (1e-7, 16 * 2.2e-16), (1e-3, 8 * 1.2e-7)
_SETS = 240  # sets of hyperparameters at most
_TRIED = 16  # sets of hyperparameters with which mistakes are looked for
_FEW = 2  # those with which pairs of mistakes are
_EVIDENCE = 3  # numbers that a factor found from them must explain

Hyper = dict[str, float]


@dataclass(frozen=True)
class Fit:
    """A variation whose numbers are the user's."""

    rule: Rule
    hyper: Hyper
    forms: tuple[Change, ...]
    mistakes: tuple[Change, ...]
    residual: float
    only: str = ""  # the parameter that it concerns, where others are right


@dataclass
class RuleSearch:
    """The variations of a rule, tried on one run."""

    rule: Rule
    ran: Ran
    given: Mapping[str, float]

    def __post_init__(self) -> None:
        seen = self.ran.style.seen() | dict(self.given)
        self.code = self.ran.style.code()
        self.options = options_of(self.rule.usual, seen)
        self.rule = self.rule.with_options(self.options)
        self.read = hyper_of(self.rule.usual, seen) | {
            k: float(x) for k, x in self.given.items() if k in self.rule.usual
        }
        self.sets = self._sets(readings(self.rule.usual, seen, self.given))
        self.seen = seen

    @cached_property
    def begun(self) -> Problem:
        """The first two steps."""
        whole = self.ran.problem
        return Problem(whole.start, whole.grads[:2], whole.slope)

    @property
    def unread(self) -> list[str]:
        """Hyperparameters that could not be read."""
        quiet = ("weight_decay", "initial_accumulator_value", "momentum_decay")
        return [n for n in self.rule.usual if n not in self.read and n not in quiet]

    def _sets(self, readings_: list[Hyper]) -> list[Hyper]:
        """Hyperparameters that the user may have meant: what names say, and what they may say
        besides, in turn."""
        written = [] if self.code is None else self.code.numbers()
        all_ = [
            list(itertools.islice(self._filled(r, written, k == 0), 12 if k else 200))
            for k, r in enumerate(readings_)
        ]
        rounds = itertools.zip_longest(*(x[:3] for x in all_))
        mixed = [h for row in rounds for h in row if h is not None]
        return [*mixed, *(h for x in all_ for h in x[3:])][:_SETS]

    def _filled(self, read: Hyper, written: Sequence[float], named: bool) -> Iterator[Hyper]:
        """What was read, with what the rest may be."""
        numbers = [x for x in written if x not in read.values()]
        choices = {n: [x] for n, x in read.items()}
        for name, x in self.rule.usual.items():
            if name not in choices:
                own = written if name == "initial_accumulator_value" else numbers
                choices[name] = _choices(name, x, own, self.code)
        for values in itertools.product(*choices.values()):
            found = dict(zip(choices, values, strict=True))
            sure = named and "beta1" in read and "beta2" in read
            if sure or not found.get("beta1", 0.0) > found.get("beta2", 1.0):
                yield found | self.options

    def fit(
        self,
        hyper: Hyper,
        forms: Sequence[Change],
        mistakes: Sequence[Change] = (),
        rule: Rule | None = None,
    ) -> Fit | None:
        """The variation, if it gives the user's numbers."""
        rule, changes = rule or self.rule, (*forms, *mistakes)
        if any(c.name == "sutskever" for c in forms) and not self.ran.problem.slope:
            return None
        if np.isnan(hyper.get("lr", 0.0)):
            lr = self._lr(rule, hyper, changes)
            if lr is None:
                return None
            hyper = hyper | {"lr": lr}
        begun = trajectory(rule, self.begun, hyper, changes)  # most fail at once
        if begun is None or not fits(self.ran, begun):
            return None
        predicted = trajectory(rule, self.ran.problem, hyper, changes)
        if predicted is None or not fits(self.ran, predicted):
            return None
        residual = distance(self.ran, predicted)
        return Fit(rule, hyper, tuple(forms), tuple(mistakes), residual)

    def _lr(self, rule: Rule, hyper: Hyper, changes: Sequence[Change]) -> float | None:
        """The learning rate with which the first step has the right length."""
        unit = trajectory(rule, self.ran.problem, hyper | {"lr": 1.0}, changes)
        start = self.ran.problem.flat[0]
        if unit is None:
            return None
        found = ratio(self.ran.after[0] - start, unit[0] - start)
        # A rate of 0 fits whatever leaves the parameters as they are.
        return abs(float(f"{found:.7g}")) if found else None

    @cached_property
    def right(self) -> Fit | None:
        """The definition or one of its published forms."""
        for chosen in self._forms():
            for hyper in self.sets:
                found = self.fit(hyper, chosen)
                if found is not None:
                    return found
        return None

    def _forms(self) -> list[tuple[Change, ...]]:
        """The definition as it stands, the other forms, and two of them together."""
        forms = self.rule.forms
        return [f for n in (0, 1, 2) for f in itertools.combinations(forms, n)]

    def mistakes(self) -> list[Fit]:
        """The variations that give the user's numbers: one mistake, or a constant factor, or
        another rule, or two mistakes together; the likeliest first."""
        return self.one or self._scaled() or self._other() or self._partly() or self._two()

    @cached_property
    def one(self) -> list[Fit]:
        """The single mistakes that give the user's numbers."""
        for form in self._forms():
            for hyper in self.sets[: (_TRIED, _TRIED // 2, _FEW)[len(form)]]:
                tried = [self.fit(hyper, form, (c,)) for c in self.rule.mistakes]
                if found := [f for f in tried if f is not None]:
                    return found
        return []

    def _scaled(self) -> list[Fit]:
        start = self.ran.problem.flat[0]
        for form in self._forms():
            for hyper in self.sets[:_TRIED]:
                right = trajectory(self.rule, self.ran.problem, hyper, form)
                if right is None or np.isnan(hyper.get("lr", 0.0)):
                    continue
                factor = ratio(self.ran.after[0] - start, right[0] - start)
                if factor is None or abs(factor - 1) < 1e-6:
                    continue
                found = self.fit(hyper | {"lr": hyper["lr"] * factor}, form)
                if found is not None:
                    change = Change("scale", what=f"{factor:.4g}", line="p")
                    return [Fit(found.rule, hyper, form, (change,), found.residual)]
        return []

    def _other(self) -> list[Fit]:
        for rule in RULES.values():
            if rule.name != self.rule.name:
                other = RuleSearch(rule, self.ran, self.given)
                other.sets = other.sets[:_TRIED]
                found = other.right
                if found is not None:
                    change = Change("other-rule", what=rule.title, line="p")
                    return [Fit(self.rule, self.sets[0], (), (change,), found.residual)]
        return []

    def _partly(self) -> list[Fit]:
        """A mistake in the update of some parameters, where that of the others is right."""
        parts = {
            n: RuleSearch(self.rule, self.ran.only(n), self.given) for n in self.ran.problem.start
        }
        right = {n: s.right for n, s in parts.items()}
        known = next((f for f in right.values() if f is not None), None)
        if known is None or len(parts) < 2:
            return []
        found = []
        for name in (n for n, f in right.items() if f is None):
            parts[name].sets = [known.hyper, *parts[name].sets]
            fits_ = parts[name].one or parts[name]._scaled()
            found += [replace(f, only=name) for f in fits_[:1]]
        return found

    def _two(self) -> list[Fit]:
        if not np.isfinite(self.ran.after).any():
            return []
        for hyper in self.sets[:_FEW]:
            for pair in itertools.combinations(self.rule.mistakes, 2):
                if not np.isnan(hyper.get("lr", 0.0)):
                    first = trajectory(self.rule, self.begun, hyper, pair)
                    if first is None or not fits(self.ran, first):
                        continue
                if edited(self.rule.text, pair) is not None:
                    found = self.fit(hyper, (), pair)
                    if found is not None:
                        return [found]
        return []

    def nearest(self) -> tuple[Hyper, np.ndarray]:
        """The definition's numbers, with the hyperparameters that come nearest."""
        best: tuple[float, Hyper, np.ndarray] | None = None
        decay = self.sets[0].get("weight_decay")
        for hyper in self.sets:
            if hyper.get("weight_decay") != decay:  # none unless something says so
                continue
            if np.isnan(hyper.get("lr", 0.0)):
                hyper = hyper | {"lr": self._lr(self.rule, hyper, ()) or self.rule.usual["lr"]}
            predicted = trajectory(self.rule, self.ran.problem, hyper)
            assert predicted is not None
            away = distance(self.ran, predicted)
            if best is None or away < best[0]:
                best = (away, hyper, predicted)
        assert best is not None
        return best[1], best[2]


def _choices(
    name: str, usual: float, numbers: Sequence[float], code: UpdateCode | None
) -> list[float]:
    """What a hyperparameter may be that no name tells, from the numbers in the source. NaN stands
    for a learning rate that is found from the first step."""
    if name == "lr":
        found = [x for x in numbers if 1e-6 < x < 0.5]
        return [*found, *([usual] if usual == 1.0 else [])] or [usual, np.nan]
    if name == "eps":
        small = [x for x in numbers if x <= 1e-3]
        if code is not None and code.sources:
            return small or [usual]
        return [usual, *(x for x in (1e-8, 1e-7, 1e-6, 1e-10, 1e-5, 1e-12) if x != usual)]
    if name == "weight_decay":
        return [usual, *(x for x in numbers if 1e-6 < x < 0.5 and x != usual)]
    if name == "initial_accumulator_value":
        return [usual, *(x for x in numbers if x > 1e-6)]
    if name == "momentum_decay":
        return [usual]
    large = {round(max(x, 1 - x), 12) for x in numbers if max(x, 1 - x) > 0.5 and x > 1e-4}
    if large:
        return sorted(large, key=lambda x: (x != usual, x))
    return [usual, *(x for x in (0.9, 0.99, 0.999, 0.95) if x != usual)]


def fits(ran: Ran, predicted: np.ndarray) -> bool:
    """Whether a prediction, of all steps or the first ones, is the user's numbers, but for
    rounding."""
    return bool(np.all(excess(ran, predicted) <= 1.0))


def excess(ran: Ran, predicted: np.ndarray) -> np.ndarray:
    """How far each number is off, in units of what rounding may do (steps, elements)."""
    loose, eps = _SINGLE if ran.single else _DOUBLE
    start = ran.problem.flat[0]
    with np.errstate(all="ignore"):
        whole = np.vstack([start, predicted])
        way = np.cumsum(np.abs(np.diff(whole, axis=0)), axis=0)
        size = np.maximum.accumulate(np.abs(whole), axis=0)[1:]
        steps = np.arange(1, len(predicted) + 1)[:, None]
        off: np.ndarray = np.abs(ran.after[: len(predicted)] - predicted) / (
            loose * way + eps * steps * size + 1e-300
        )
    mine, theirs = np.isfinite(predicted), np.isfinite(ran.after[: len(predicted)])
    off[~mine & ~theirs] = 0.0
    off[mine != theirs] = np.inf
    return off


def distance(ran: Ran, predicted: np.ndarray) -> float:
    """The relative distance of the ways that the parameters have gone."""
    start = ran.problem.flat[0]
    both = np.isfinite(predicted) & np.isfinite(ran.after)
    if (np.isfinite(predicted) != np.isfinite(ran.after)).any():
        return float("inf")
    return relative((ran.after - start)[both], (predicted - start)[both])


def ratio(a: np.ndarray, b: np.ndarray) -> float | None:
    """The factor between two rows of numbers, from those that are large enough to tell."""
    with np.errstate(all="ignore"):
        known = np.isfinite(a) & np.isfinite(b)
        known &= np.abs(b) > 1e-9 * np.max(np.abs(b[known]), initial=0.0)
    if known.sum() < _EVIDENCE:  # one number is always a multiple of another
        return None
    large = known & (np.abs(b) >= np.median(np.abs(b[known])))
    return float(np.median(a[large] / b[large]))


def first_wrong(ran: Ran, right: np.ndarray) -> tuple[int, str, Any, float, float]:
    """Where a run first leaves the right one: the step (from 0), the parameter, the place in it,
    and by how much it moves there and should."""
    off = excess(ran, right)
    step = int(np.argmax((off > 1).any(axis=1)))
    place = int(np.argmax(off[step]))
    before = ran.problem.flat[0] if step == 0 else ran.after[step - 1]
    expected = ran.problem.flat[0] if step == 0 else right[step - 1]
    got, want = ran.after[step] - before, right[step] - expected
    name, at = _place(ran.problem, place)
    return step, name, at, float(got[place]), float(want[place])


def _place(given: Problem, place: int) -> tuple[str, list[int]]:
    which = int(given.index[place])
    name = list(given.start)[which]
    inside = place - int(np.argmax(given.index == which))
    return name, [int(i) for i in np.unravel_index(inside, given.start[name].shape)]
