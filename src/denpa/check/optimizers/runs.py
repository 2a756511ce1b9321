"""Somebody's update rule run on parameters and gradients of many sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from denpa.check.opening.load import UserError, run_theirs
from denpa.check.optimizers.language import Problem, joined
from denpa.check.optimizers.style import Style
from denpa.core.errors import ArgumentError
from denpa.words import say

# Sizes of gradients: ordinary ones, some where ε decides, one that is always zero.
_SIZES = (1.0, 1e-3, 30.0, 1e-6, 0.1, 1e-9, 0.0, 3e-8)
_STEPS = (1.0, 1.0, 0.05, 2.0)  # and of the steps, so that squares fall too
_SHAPES = {"W": (4, 3), "b": (3,), "V": (2, 3)}
_SLOPE = 0.3


def problem(shapes: dict[str, tuple[int, ...]], steps: int, seed: int, slope: float) -> Problem:
    """Parameters of these shapes, and random gradients whose sizes differ from place to place."""
    rng = np.random.default_rng(seed)
    start = {n: rng.standard_normal(s) for n, s in shapes.items()}
    sizes = {}
    for k, (name, a) in enumerate(start.items()):
        sizes[name] = np.resize(np.roll(_SIZES, k), a.size).reshape(a.shape)
        a *= np.resize((1.0, 0.1, 3.0), a.size).reshape(a.shape)
    grads = [
        {n: rng.standard_normal(a.shape) * sizes[n] * _STEPS[k % 4] for n, a in start.items()}
        for k in range(steps)
    ]
    return Problem(start, grads, slope)


@dataclass
class Ran:
    """What somebody's update has made of the parameters."""

    style: Style
    problem: Problem
    after: np.ndarray  # (steps, elements), float64
    single: bool = False  # it computes in float32
    changed: bool = False  # it writes into the gradients
    trouble: str = ""  # "", "not-applied", "shape", "t-from-zero": then `after` is not complete
    fill: dict[str, str] = field(default_factory=dict)
    first: int = 1  # the number of the first step, where the caller counts

    @property
    def told(self) -> float:
        """The part of the numbers that are some."""
        return float(np.isfinite(self.after).mean())

    def only(self, name: str) -> Ran:
        """The run of one of the parameters."""
        whole = self.problem
        part = whole.index == list(whole.start).index(name)
        own = Problem(
            {name: whole.start[name]}, [{name: g[name]} for g in whole.grads], whole.slope
        )
        return Ran(self.style, own, self.after[:, part], self.single)


def shapes_for(style: Style) -> dict[str, tuple[int, ...]]:
    """Parameters that a style can be run with."""
    return style.shapes or ({"W": _SHAPES["W"]} if style.single else _SHAPES)


@dataclass(frozen=True)
class RunPlan:
    """How somebody's code is run: so many steps, drawn from a seed, for so many seconds."""

    title: str
    steps: int
    seed: int
    seconds: float


def run(style: Style, plan: RunPlan, shapes: Any = None, reuse: bool = False) -> Ran:
    """Run a style. With `reuse` each gradient comes in the same array as the one
    before, as it does where backward writes into buffers.

    Errors: UserError where the user's code raises; ArgumentError for what is no array.
    """
    given = problem(
        shapes or shapes_for(style), plan.steps, plan.seed, _SLOPE if style.function else 0.0
    )
    ran = Ran(style, given, np.full((plan.steps, len(given.flat[0])), np.nan), first=style.first)
    buffers = {n: np.zeros_like(a) for n, a in given.start.items()}

    def all_steps() -> None:
        advance = style.begin(given.start)
        for k, grads in enumerate(given.grads):
            held = {n: g.copy() for n, g in grads.items()}
            if reuse:
                for n, g in grads.items():
                    buffers[n][...] = g
                held = buffers
            asked = _functions(given, k) if style.function else held
            found = advance(asked)
            ran.changed |= any(
                not np.array_equal(held[n], g) and held[n].any() for n, g in grads.items()
            )  # zeros are as zero_grad has it
            if not _kept(ran, k, found):
                return
        if np.array_equal(ran.after, np.broadcast_to(given.flat[0], ran.after.shape)):
            ran.trouble = "not-applied"

    def guarded() -> None:
        try:
            with np.errstate(all="ignore"):
                all_steps()
        except ZeroDivisionError as error:
            error.ran = ran  # type: ignore[attr-defined]
            raise

    run_theirs(guarded, plan.title, "its step", plan.seconds)
    return ran


def _functions(given: Problem, step: int) -> dict[str, Callable[[Any], np.ndarray]]:
    def made(g: np.ndarray) -> Callable[[Any], np.ndarray]:
        return lambda x: g + given.slope * np.asarray(x)

    return {n: made(g) for n, g in given.grads[step].items()}


def _kept(ran: Ran, step: int, found: dict[str, Any]) -> bool:
    """Keep the parameters after a step; False where there is nothing to go on with."""
    arrays: dict[str, np.ndarray] = {}
    for name, x in found.items():
        want = ran.problem.start[name].shape
        if x is None:
            if step == 0 and all(y is None for y in found.values()):
                ran.trouble = "not-applied"
                return False
            x = ran.after[step - 1] if step else joined(ran.problem.start)
            x = x[ran.problem.index == list(found).index(name)].reshape(want)
        try:
            a = np.asarray(x)
            arrays[name] = a.astype(np.float64)
        except (TypeError, ValueError):
            raise ArgumentError(
                say(
                    "after a step {name} is {x!r}; an array of the shape {want} was expected",
                    name=name,
                    x=x,
                    want=list(want),
                )
            ) from None
        if a.dtype.kind == "f" and a.dtype.itemsize < 8:
            ran.single = True
        if a.shape != want:
            ran.trouble = "shape"
            ran.fill = {"name": name, "got": str(list(a.shape)), "want": str(list(want))}
            return False
    ran.after[step] = joined(arrays)
    return True


def those_that_run(styles: list[Style], plan: RunPlan, alike: bool = False) -> Iterator[Ran]:
    """The runs of the styles that do not raise, with parameters of one shape if `alike`.

    Errors: what the likeliest style raised, where all do.
    """
    raised: list[UserError] = []
    ran = False
    for style in styles:
        if alike and (style.single or not style.like):
            continue
        one = dict.fromkeys(list(shapes_for(style)), (4, 3)) if alike else None
        for first in (style.first, *style.other_firsts):
            style.first = first
            try:
                found = run(style, plan, one)
            except UserError as error:
                raised.append(error)
            else:
                ran = True
                yield found
    if ran:
        return
    if not raised:
        raise ArgumentError(say("{title} has one parameter only", title=plan.title))
    raise next((e for e in raised if not _mismatch(e)), raised[0])


def _mismatch(error: UserError) -> bool:
    """Whether what was raised rather says that the style is another."""
    return isinstance(error.__context__, (AttributeError, TypeError, KeyError, IndexError))
