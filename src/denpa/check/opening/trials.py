"""Which of many inputs a check is made on, and what it says when the first is not the right one.

The first input on which everything runs and every gradient has the right shape is examined. Where
the code is wrong there, and neither a known mistake nor its form explains it, other readings and
other admissible inputs are tried: what is right for one of them is told as right for that. Where it
is right, inputs that reach other lines of the code are examined, too.
"""

from __future__ import annotations

import copy
import random
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from denpa.check.opening.draws import shown
from denpa.check.opening.guess import GuessedArguments, ranged
from denpa.check.opening.load import inputs_of
from denpa.check.patience import Patience, spend
from denpa.check.remarks import Said
from denpa.check.subject import Subject
from denpa.check.subjects.places import attributes, floats
from denpa.check.subjects.readings import LEFT
from denpa.check.subjects.written import Written
from denpa.core.errors import ArgumentError
from denpa.words import say

_SEARCH = 3.5  # seconds of work for inputs that run
_TRY, _BUILT = 3e-4, 3e-3  # of work for a try, and for what runs, besides the runs
_KEPT = 20  # inputs on which backward raises: the nearest are told
_AFTER = 0.8  # of them for a better one, once one runs


@dataclass
class Trial:
    """One way to run it: the subject, or why there is none."""

    subject: Subject | None
    family: str
    init: str | None
    text: str
    given: tuple[Any, ...]
    error: Exception | None = None
    order: int = 0
    build: Callable[..., Subject] | None = None
    runs: Callable[[Sequence[Any]], Any] | None = None
    guessed: bool = False  # whether the methods are known by no name
    general: bool = False  # whether its sizes are one only where the code cannot do otherwise
    endless: bool = False  # the output is not finite
    seed: int = 1  # of the arguments; what an object is made with has one less
    near: Any = None
    tried: tuple[Any, ...] = ()  # the arguments, also where forward raises
    said: tuple[Said, ...] | None = None  # how it was read, where not as the others

    @property
    def clean(self) -> bool:
        """Whether it runs, with gradients of the right shapes."""
        fits = not getattr(self.subject, "misfits", 0)
        return self.subject is not None and fits and not self.endless

    @property
    def far(self) -> bool:
        """Whether it was found by going on until the code runs, with whatever fits."""
        return self.general or self.family == "searched"

    def shown(self) -> str:
        """The input in words."""
        names = getattr(self.subject, "names", [f"x{k}" for k in range(len(self.given))])
        texts = [shown(n, a) for n, a in zip(names, self.given, strict=False)]
        if not isinstance(self.subject, Written):
            return " · ".join(texts)
        if self.subject.reading.form is not None and self.subject.reading.form.targets:
            texts.append(shown("target", self.subject.target))
        return " · ".join(texts)


def attempts(
    guess: GuessedArguments,
    init: str | None,
    runs: Callable[[Sequence[Any]], Any] | None,
    build: Callable[..., Subject],
    given: Any,
    values: tuple[Any, ...] | None = None,
) -> Iterator[Trial]:
    """A guess tried: forward first, in the range of numbers in which it is finite; then both."""
    asked = guess.text
    for one in (guess, *(ranged(guess) if guess.family != "given" else ())):
        x = inputs_of(one.text, given.seed + 1, given.near) if values is None else values
        spend(_TRY)
        trial = Trial(
            None,
            one.family,
            init,
            one.text,
            (),
            None,
            0,
            build,
            runs,
            tried=x,
            seed=given.seed + 1,
            near=given.near,
        )
        if runs is not None:
            try:
                with np.errstate(all="ignore"), warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    y = _first(runs(copy.deepcopy(x)))
            except Exception as error:
                if one.text == asked:
                    trial.error = error
                    yield trial
                    return
                continue
            if y is None or y.dtype.kind in "iucb":
                trial.error = ArgumentError(_no_floats(y))
                yield trial
                return
            if not y.size:
                trial.error = ArgumentError(say("forward returned an array without numbers"))
                yield trial
                return
            if y.dtype.kind == "f" and not np.isfinite(y).all():
                continue
        trial.given = x
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                spend(_BUILT)
                trial.subject = build(x)
            if not isinstance(trial.subject, Written):  # a framework's
                with np.errstate(all="ignore"):
                    y = np.asarray(trial.subject.forward(trial.subject.values))
                if y.dtype.kind != "f":
                    raise TypeError(say("the output is {dtype}", dtype=y.dtype))
        except Exception as error:
            trial.error = error
            told = isinstance(error, ArgumentError)
            trial.given = () if told else x
        yield trial
        return
    x = inputs_of(asked, given.seed + 1, given.near) if values is None else values
    trial = Trial(
        None,
        guess.family,
        init,
        asked,
        x,
        None,
        0,
        build,
        runs,
        seed=given.seed + 1,
        near=given.near,
    )
    try:
        trial.subject, trial.endless = build(x), True
    except Exception as error:
        trial.error, trial.given = error, ()
    yield trial


# What arguments may be besides arrays, and is known by names that arrays do not have.
_OTHER_KINDS = (dict, list, set, str, np.random.Generator, np.random.RandomState, random.Random)


def _of_another_kind(error: Exception) -> bool:
    """Whether an array was asked for what only another kind of argument has, such as a dict or a
    generator of random numbers: then the guess was wrong, not the code."""
    if not isinstance(error, AttributeError) or not isinstance(error.obj, np.ndarray):
        return False
    return any(hasattr(kind, error.name or "") for kind in _OTHER_KINDS)


def _partly(trial: Trial) -> bool:
    """Whether a usual batch runs both ways, and some gradients have the right shapes."""
    subject = trial.subject
    if trial.far or trial.family not in ("rows", "columns") or not isinstance(subject, Written):
        return False
    return not trial.guessed and 0 < subject.misfits < len(subject.values)


def _no_floats(y: np.ndarray | None) -> str:
    whole = say("whole numbers")
    sorts = {"i": whole, "u": whole, "c": say("complex numbers"), "b": say("truth values")}
    shown = "NoneType" if y is None else f"{sorts[y.dtype.kind]} ({y.dtype})"
    return say(
        "forward returned {shown}; it must return an array, or a number, of floats", shown=shown
    )


def _first(returned: Any) -> Any:
    """The first output."""
    owner = getattr(returned, "owner", None)
    if owner is not None:
        held = attributes(owner)
        returned = next((held[n] for n in LEFT if floats(held.get(n))), None)
    while isinstance(returned, tuple) and returned:
        returned = next((y for y in returned if np.isscalar(y)), returned[0])
    while isinstance(returned, list) and returned and not np.isscalar(returned[0]):
        returned = returned[0]
    try:
        return None if returned is None else np.asarray(returned)
    except ValueError:
        return np.zeros(0)


@dataclass
class Search:
    """What running all of them has shown."""

    trials: Iterator[Trial]
    usable: list[Trial] = field(default_factory=list)
    raising: list[Trial] = field(default_factory=list)
    first: Exception | None = None
    later: Any = None  # the report on an input that is farther than one on which backward raises
    failed: Trial | None = None  # whose error is the first
    doing: str = "running it"

    def run(self) -> Trial | None:
        """The one to examine: the first that is clean; else the first that runs or raises in
        backward."""
        patience = Patience(_SEARCH)
        for k, trial in enumerate(self.trials):
            trial.order = k
            if trial.family == "searched" and any(t.clean for t in self.usable):
                break  # a batch of one runs
            if trial.far and any(_partly(t) for t in self.usable):
                break  # what is wrong on usual inputs is not looked away from
            if trial.subject is not None:
                self.usable.append(trial)
            elif trial.error is not None and trial.given and not _of_another_kind(trial.error):
                if len(self.raising) < _KEPT:  # each holds its arrays, and those of its frames
                    self.raising.append(trial)
            elif trial.error is not None:
                self.first, self.failed = self.first or trial.error, self.failed or trial
                if trial.general and not trial.guessed:  # what came furthest
                    self.failed = trial
            if trial.clean and trial.family != "row":
                return trial
            if patience.over or (self.usable and patience.used > _AFTER and k > 60):
                break
        found = [t for t in (*self.usable, *self.raising) if t.family != "row"]
        alone = [t for t in (*self.usable, *self.raising) if t.family == "row"]
        clean = [t for t in alone if t.clean]
        return min(found, key=lambda t: t.order, default=None) or next(iter(clean or alone), None)

    def more(self, seconds: float) -> Iterator[Trial]:
        """Further clean ones, for some time of making them, whatever is done with them."""
        while seconds > 0:
            patience = Patience(seconds)
            trial = next(self.trials, None)
            seconds = patience.left
            if trial is None:
                return
            if trial.subject is not None:
                self.usable.append(trial)
                yield trial
