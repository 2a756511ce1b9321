"""Trials of a class or an object: made in the ways that fit, run on the inputs that suit it."""

from __future__ import annotations

import copy
import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from denpa.check.argument_roles import is_target
from denpa.check.opening.chains import methods
from denpa.check.opening.class_inputs import made, sized
from denpa.check.opening.constructors import constructors
from denpa.check.opening.guess import GuessedArguments, inputs, needed
from denpa.check.opening.load import arrays_of, bound, inputs_of, run_theirs
from denpa.check.opening.mending import of_function, tried
from denpa.check.opening.method_pairs import ANY, ClassStyle
from denpa.check.opening.shapes import searched_class
from denpa.check.opening.trials import Trial, attempts
from denpa.check.subject import Subject
from denpa.check.subjects.chained import ChainedMethods, ChainPlan, number, signed
from denpa.check.subjects.layer import Layer
from denpa.check.subjects.written import Written

if TYPE_CHECKING:
    from denpa.check.opening.settings import Given

_Maker = Callable[[], Any]


def makers(cls: Any, name: str, given: Given) -> Iterator[tuple[str | None, _Maker]]:
    """Ways to make an instance: the one that is there, with --init, or with guessed arguments, and
    the text of these."""
    if not inspect.isclass(cls):
        yield None, lambda: cls
        return
    if given.init is not None:
        arguments = arrays_of(given.init, given.seed, given.near)
        one = run_theirs(lambda: made(cls, arguments), name, "making it with --init")
        yield given.init, lambda: one
        return
    texts = list(constructors(cls, given.sizes, given.near))
    alone = constructors(cls, replace(given.sizes, outs=1), given.near)  # one output
    for text in [*texts, *(t for t in alone if t not in texts)]:
        yield text, lambda t=text: bound(cls, arrays_of(t, given.seed, given.near))  # type: ignore[misc]


def trials_of(
    found: Any, name: str, styles: Sequence[tuple[ClassStyle, str, str | None]], given: Given
) -> Iterator[Trial]:
    """All trials, style by style."""
    guessed = given.input is None and given.examples is None and given.init is None
    strange = all(style is ANY for style, *_ in styles)
    if guessed and strange:
        yield from _sized(found, name, styles, given)
    for style, run, back in styles:
        for init, maker in makers(found, name, given):
            try:
                obj = prepared(maker())
            except Exception as error:
                yield Trial(None, "", init, "", (), error)
                continue
            if callable(getattr(obj, run, None)):
                yield from _of_style(style, run, back, init, obj, name, given)
    if given.examples is None:
        yield from _chained(found, name, given)
    if guessed:
        yield Trial(None, "searched", None, "", ())  # from here on, whatever runs
        if not strange:
            yield from _sized(found, name, styles, given)
        yield from _climbed(found, name, styles, given)


def _chained(found: Any, name: str, given: Given) -> Iterator[Trial]:
    """Trials of methods that are given what others have returned or left."""
    mended_ = 0
    for init, maker in makers(found, name, given):
        try:
            obj = prepared(maker())
        except Exception:  # told elsewhere
            continue
        for plan, back in list(methods(obj))[:4]:

            def build(
                values: Sequence[Any],
                lenient: bool = False,
                obj: Any = obj,
                plan: ChainPlan = plan,
                back: str = back,
            ) -> ChainedMethods:
                return ChainedMethods(plan, copy.deepcopy(obj), back, values, name, lenient)

            def runs(values: Sequence[Any], obj: Any = obj, plan: ChainPlan = plan) -> Any:
                return number(plan, copy.deepcopy(obj), values)

            def takes() -> None: ...

            takes.__signature__ = signed(plan.names)  # type: ignore[attr-defined]
            texts = [GuessedArguments(given.input, "given")] if given.input is not None else None
            for guess in texts or inputs(obj, takes, given.sizes):
                yield from attempts(guess, init, runs, build, given)
            if texts is None and mended_ < 2:
                mended_ += 1
                takes.__wrapped__ = getattr(obj, str(plan.first))  # type: ignore[attr-defined]
                text = of_function(takes, build, (), given, plan.names, False, 0.6)
                yield from tried(text, init, runs, build, given)


def _sized(
    found: Any, name: str, styles: Sequence[tuple[ClassStyle, str, str | None]], given: Given
) -> Iterator[Trial]:
    """Trials of a class with arguments that are found by mending."""
    if not inspect.isclass(found):
        return
    slopes = {(run, back): style.slope for style, run, back in styles}

    def build(
        obj: Any, values: Sequence[Any], run: str, back: str | None, lenient: bool = False
    ) -> Layer:
        return Layer(obj, values, name, run, back, slope_first=slopes[run, back], lenient=lenient)

    guessed = all(style is ANY for style, *_ in styles)
    yield from sized(found, list(slopes), given, prepared, build, guessed)


def _climbed(
    found: Any, name: str, styles: Sequence[tuple[ClassStyle, str, str | None]], given: Given
) -> Iterator[Trial]:
    """Trials with arguments that are found by how far the code runs with them."""
    if not inspect.isclass(found):
        return
    style, run, back = styles[0]
    start = next(constructors(found, given.sizes, given.near), None)
    method = getattr(found, run)
    names = [p.name for p in needed(method)][1:]
    if start is None or not names:
        return

    def make(init: str) -> Any:
        return prepared(bound(found, arrays_of(init, given.seed, given.near)))

    def build(init: str, values: Sequence[Any], lenient: bool = False) -> Layer:
        return Layer(make(init), values, name, run, back, slope_first=style.slope, lenient=lenient)

    for init, text in searched_class(start, names, build, make, found, given):
        values = inputs_of(text, given.seed + 1, given.near)
        trial = Trial(
            None,
            "searched",
            init,
            text,
            values,
            build=partial(build, init),
            seed=given.seed + 1,
            near=given.near,
        )
        try:
            trial.subject = build(init, values)
        except Exception as error:
            trial.error = error
        yield trial


class Descent:
    """An optimizer that takes the gradient off: what classes are initialized with that update
    themselves (Linder-Norén 2017)."""

    learning_rate = 1.0

    def update(self, w: Any, grad_wrt_w: Any, *_: Any) -> Any:
        """The parameter without its gradient."""
        return w - grad_wrt_w

    def __call__(self, w: Any, grad_wrt_w: Any, *_: Any) -> Any:
        return self.update(w, grad_wrt_w)


_PREPARING: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("set_input_shape", ((4,),)),
    ("initialize", (Descent(),)),
    ("initialize", ()),
    ("init_weights", ()),
    ("initialize_weights", ()),
    ("init_params", ()),
    ("initialize_parameters", ()),
    ("initialise", ()),
    ("build", ((5, 4),)),
    ("init_parameters", ()),
    ("initialize_params", ()),
    ("initialise_weights", ()),
    ("setup", ()),
)
"""Methods that make the parameters once an object is there, and what they take."""


def prepared(obj: Any) -> Any:
    """An object with its parameters made by the methods that are for it."""
    called: set[str] = set()
    for name, arguments in _PREPARING:
        call = getattr(obj, name, None)
        if not callable(call) or name in called or inspect.isclass(obj):
            continue
        if len(needed(call)) == len(arguments):
            with suppress(Exception):
                call(*arguments)
                called.add(name)
    return obj


def _of_style(
    style: ClassStyle,
    run: str,
    back: str | None,
    init: str | None,
    obj: Any,
    name: str,
    given: Given,
) -> Iterator[Trial]:
    def build(values: Sequence[Any], lenient: bool = False) -> Layer:
        return Layer(
            copy.deepcopy(obj), values, name, run, back, slope_first=style.slope, lenient=lenient
        )

    def runs(values: Sequence[Any]) -> Any:
        made = copy.deepcopy(obj)
        returned = getattr(made, run)(*copy.deepcopy(values))
        return returned if returned is not None else Left(made)

    if given.examples is not None:
        for values in _on_examples(given):
            yield from attempts(GuessedArguments("", "given"), init, runs, build, given, values)
        return
    if given.input is not None:
        yield from attempts(GuessedArguments(given.input, "given"), init, runs, build, given)
        return
    for guess in inputs(obj, getattr(obj, run), given.sizes):
        for trial in attempts(guess, init, runs, build, given):
            trial.guessed = style is ANY
            yield trial


class Left:
    """What a method without a return has left in its object."""

    def __init__(self, owner: Any) -> None:
        self.owner = owner


def _on_examples(given: Given) -> Iterator[tuple[Any, ...]]:
    """Examples of a data set, whose targets are rows of 0 and 1 or numbers."""
    examples = given.examples
    assert examples is not None
    aims: list[Any] = [examples.y]
    if examples.classes:
        aims.insert(0, np.eye(examples.classes)[examples.y])
    for x in examples.shapes(True):
        for t in aims:
            yield x, t
    for x in examples.shapes(True):
        yield (x,)


def lenient(trial: Trial) -> Subject:
    """The subject of a trial whose backward raises."""
    assert trial.build is not None
    return trial.build(trial.given, lenient=True)


def again(trial: Trial, given: Given) -> Iterator[Trial]:
    """The same with targets in the other form, flags turned, and inputs of other ranks."""
    subject = trial.subject
    if trial.build is None or not isinstance(subject, Written) or not trial.text:
        return
    if trial.runs is None:
        return
    texts: list[str] = []
    for name in subject.names:
        if is_target(name, subject.names):
            texts += _other_targets(trial.text, name)
    if "rand(5, 4)" in trial.text:
        texts.append(trial.text.replace("rand(5, 4)", "rand(5, 2, 2)", 1))
    texts.append(re.sub(r"rand\(5, (\d+)\)", r"3*rand(5, \1)", trial.text, count=1))
    for text in dict.fromkeys(texts):
        if text != trial.text:
            guess = GuessedArguments(text, trial.family)
            yield from attempts(guess, trial.init, trial.runs, trial.build, given)
    yield from _other_flags(trial, given)


def _other_targets(text: str, name: str) -> Iterator[str]:
    found = re.search(rf"\b{name}=(onehot|labels)\((\d+), (\d+)\)(?!\.)", text)
    if found is not None:
        other = "labels" if found[1] == "onehot" else "onehot"
        yield text.replace(found[0], f"{name}={other}({found[2]}, {found[3]})")


def _other_flags(trial: Trial, given: Given) -> Iterator[Trial]:
    """Optional arguments of the first method that are True or False, turned."""
    subject = trial.subject
    if not isinstance(subject, Written) or not isinstance(subject.run, str):
        return
    if trial.build is None:
        return
    parameters = inspect.signature(getattr(subject.owner, subject.run)).parameters.values()
    for p in parameters:
        if isinstance(p.default, bool) and p.name not in trial.text:
            text = f"{trial.text}, {p.name}={not p.default}"
            names = [q.name for q in parameters][: len(subject.given) + 1]
            if names and names[-1] == p.name:
                guess = GuessedArguments(text, trial.family)
                yield from attempts(guess, trial.init, trial.runs, trial.build, given)


__all__ = ["Left", "again", "inputs_of", "lenient", "makers", "trials_of"]
