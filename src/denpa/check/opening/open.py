"""From what a file holds to a report: what kind of thing it is, and what to put into it.

A class in one of the styles of the table, a Denpa or PyTorch module or Function, a JAX function, a
function with its gradient: each is recognised by its type and names, without importing a framework
that the file itself has not imported.
"""

from __future__ import annotations

import inspect
import itertools
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from denpa.check.frameworks.known import framework_of
from denpa.check.opening.bundles import bundled
from denpa.check.opening.engine import Engine, expression, is_engine
from denpa.check.opening.functions import functions
from denpa.check.opening.further import written
from denpa.check.opening.groups import answering, chained, of_maker, partnered, together
from denpa.check.opening.guess import GuessedArguments
from denpa.check.opening.kinds import returns_gradients
from denpa.check.opening.load import run_theirs
from denpa.check.opening.mending import of_function, tried
from denpa.check.opening.method_pairs import matching
from denpa.check.opening.modules import module_of
from denpa.check.opening.objects import again, lenient, trials_of
from denpa.check.opening.partners import partners
from denpa.check.opening.refusal import no_style, nothing_fits, refused, told, unsure
from denpa.check.opening.reports import examined
from denpa.check.opening.settings import Given, Opened
from denpa.check.opening.shapes import searched
from denpa.check.opening.trials import Search, Trial, attempts
from denpa.check.opening.unkept import told_lost
from denpa.check.opening.verdicts import DOUBT, alone, judged, unreached
from denpa.check.remarks import Said
from denpa.check.repair.budget import purse
from denpa.check.report import Report
from denpa.check.subject import Subject
from denpa.check.subjects.function import OfFunction
from denpa.check.subjects.pair import Joint, Pair
from denpa.check.subjects.written import Written
from denpa.core.errors import ArgumentError
from denpa.words import say


def opened(found: Any, name: str, given: Given) -> Opened:
    """What is to be checked.

    Errors: ArgumentError where nothing fits, with what to say; UserError where their code raises.
    """
    framework = framework_of(found)
    if given.gradient is not None:
        return _pair(found, name, given, given.gradient)
    if framework is not None and framework.is_function(found):
        skip = 0 if framework.splits(found) else 1
        return _plain(lambda x: OfFunction(framework, found, x), found.forward, skip, name, given)
    if framework is not None:
        return Opened(name, module_of(framework, found, name, given))
    if given.jax or _of_jax(found):
        from denpa.check.subjects.jax import OfJax

        return _plain(lambda x: OfJax(found, x), getattr(found, "fun", found), 0, name, given)
    if inspect.isfunction(found) or inspect.isbuiltin(found):
        return _function(found, name, given)
    found = bundled(found, name) or found
    if is_engine(found):
        return _engine(found, name)
    styles = list(matching(found))
    if not styles:
        raise ArgumentError(no_style(found, name))
    return Opened(
        name,
        search=Search(trials_of(found, name, styles, given)),
        again=lambda trial: again(trial, given),
        lenient=lenient,
        refuse=lambda search: (
            refused(found, name, search, given.input or given.init)
            if any(style.backs for style, *_ in styles)
            else ArgumentError(unsure(name, search) or no_style(found, name))
        ),
    )


def _engine(found: Any, name: str) -> Opened:
    tried_ = expression(found)
    part = tried_.looked != tried_.text
    said = Said(
        "an engine of graphs, tried on {text}; wrong by itself, and shown here: {looked}"
        if part
        else "an engine of graphs, tried on {text}",
        text=tried_.text,
        looked=tried_.looked,
    )
    kind = type(name, (Engine,), {"cls": found, "untried": tried_.untried})
    arrays = list(tried_.arrays.values())
    return Opened(name, kind(tried_.value, tried_.gradient, arrays, name, (said,)))


def near(found: Any) -> Mapping[str, Any]:
    """What the file of a class, function or object holds."""
    of = found if inspect.isclass(found) or inspect.isroutine(found) else type(found)
    return (
        vars(sys.modules.get(getattr(of, "__module__", ""), object()))
        if (getattr(of, "__module__", "") in sys.modules)
        else {}
    )


def made(found: Any, name: str) -> Any:
    """What a function without arguments returns; anything else as it is."""
    factory = inspect.isfunction(found) and not inspect.signature(found).parameters
    return run_theirs(found, name, "calling it") if factory else found


def reported(asked: Opened, given: Given) -> Report:
    """The report on it."""
    with purse(_SEARCHES):
        return _reported(asked, given)


_SEARCHES = 4.0  # seconds of the processor, for changes of the code


def _reported(asked: Opened, given: Given) -> Report:
    options = {
        "seed": given.seed,
        "budget": given.budget,
        "language": given.language,
        **given.options,
    }
    if asked.subject is not None:
        report = examined(asked.subject, options)
        report.repeat = given.repeated()
        if isinstance(asked.subject, Engine) and asked.subject.untried:
            names = ", ".join(asked.subject.untried)
            words = Said("{names}: not tried on any value", names=names)
            report.unlooked.append(words.text(given.language))
        return report
    search = asked.search
    assert search is not None
    found = judged(search, options, asked.again)
    raising = [t for t in search.raising if not t.guessed]
    if found is None and raising and asked.lenient is not None:
        found = _raised(raising[0], asked.lenient, options)
        found = found or search.later or alone(search, options)
    if found is None and asked.joint is not None and search.failed is not None:
        found = _raised_joint(search.failed, asked, options["language"])
    if found is None:
        raise asked.refuse(search)
    report, trial = found
    said = asked.said if trial.said is None else trial.said
    report.notes = [*(s.text(given.language) for s in said), *report.notes]
    told_lost(trial.subject, report)
    if trial.subject is not None:
        _tell_inputs(report, trial, given)
    return report


def _raised(
    trial: Trial, made: Callable[[Trial], Subject], options: dict[str, Any]
) -> tuple[Report, Trial] | None:
    """What is wrong where backward raises, if it can be told."""
    from denpa.check.exceptions import told_raise

    assert trial.error is not None
    try:
        subject = made(trial)
        y = np.asarray(subject.forward(subject.values))
    except Exception:  # then the error itself is told
        return None
    rng = np.random.default_rng(options["seed"])
    upstream = rng.uniform(0.5, 1.5, y.shape) * rng.choice([-1.0, 1.0], y.shape)
    upstream = upstream if y.ndim else np.ones(())
    report = told_raise(subject, subject.values, upstream, trial.error, options["language"])
    if report is None:
        return None
    trial.subject = subject
    return report, trial


def _raised_joint(trial: Trial, asked: Opened, language: str) -> tuple[Report, Trial] | None:
    """The same of one function that returns its value and its gradients."""
    from denpa.check.exceptions import told_joint

    assert asked.joint is not None
    if trial.error is None or isinstance(trial.error, ArgumentError) or not trial.tried:
        return None
    report = told_joint(asked.joint, trial.tried, trial.error, language, asked.name)
    return None if report is None else (report, trial)


def _tell_inputs(report: Report, trial: Trial, given: Given) -> None:
    """The input that was used, what was not looked at, and a line that repeats it."""
    subject = trial.subject
    assert subject is not None
    report.inputs = trial.shown()
    code = None if report.case is None else written(report.case.subject)
    if code is not None and code.moved:
        which = ", ".join(code.moved)
        report.inputs += say(" · moved at random: {which}", which=which)
    single = trial.family == "vector" and isinstance(subject, Written) and subject.owner is not None
    if trial.family == "row" or single:
        words = Said("the code takes one example at a time; no batch runs")
        report.notes.append(words.text(given.language))
    if lines := unreached(subject):
        shown = ", ".join(lines[:4])
        words = Said("lines that no input reached: {shown}", shown=shown)
        report.unlooked.append(words.text(given.language))
    guessed = {"init": trial.init or "", "input": "" if given.examples else trial.text}
    report.repeat = given.repeated(**{k: text for k, text in guessed.items() if text})


def _of_jax(x: Any) -> bool:
    kind = type(x)
    return kind.__module__.split(".")[0] in ("jax", "jaxlib") and callable(x)


# -- functions -------------------------------------------------------------------------------------


def _pair(
    f: Any,
    name: str,
    given: Given,
    gradient: Callable[..., Any],
    said: tuple[Said, ...] = (),
    more: Callable[[], Iterator[Trial]] = lambda: iter(()),
) -> Opened:
    if not callable(f):
        raise ArgumentError(
            say("{name} is no function, and --grad takes the gradient of one", name=name)
        )
    return _plain(
        partial(_made_pair, f, gradient, name), f, 0, name, given, said, (gradient,), more
    )


def _made_pair(f: Any, gradient: Any, name: str, x: Sequence[Any], lenient: bool = False) -> Pair:
    return Pair(f, gradient, x, name, lenient=lenient)


def _function(f: Any, name: str, given: Given) -> Opened:
    """A function alone: its gradient is beside it by its name, or it returns that, too."""
    beside = getattr(f, "__globals__", {})
    more = partial(together, f, name, given)
    if (inner := of_maker(f, name, given)) is not None:
        return opened(inner, name, given)
    if (both := answering(f)) is not None:
        return _pair(both[0], name, given, both[1])
    joint = returns_gradients(f)  # what others do with them is another thing
    free = given.input is None and not joint
    links = list(itertools.islice(chained(f, name, given, True), 1)) if free else []
    if links:
        return Opened(
            name,
            search=Search(chained(f, name, given, True)),
            refuse=lambda search: refused(f, name, search, None),
            lenient=lenient,
        )
    forward, backward = partners(name, beside)
    if backward:
        said = Said(
            "{backward} is taken for the gradient of {forward} (--grad names another)",
            backward=backward,
            forward=forward,
        )
        return _pair(beside[forward], forward, given, beside[backward], (said,), more)
    said = Said("the function returns its gradient, too, after its value")
    found = _plain(lambda x: Joint(f, x, name), f, 0, name, given, (said,), (), more)

    def refuse(search: Search) -> Exception:
        given_ = given.input is not None or str(search.first) == say(DOUBT)
        if given_ and search.first is not None:
            return told(search.first, name, "calling it")
        if joint:
            return nothing_fits(f, name, search.first)
        return ArgumentError(
            say(
                "{name} is a function with arguments; say which function of the same file is "
                "its gradient with --grad NAME, or --jax if JAX differentiates it. (A function "
                "without arguments may return a layer or a network.)",
                name=name,
            )
        )

    found.refuse, found.joint = refuse, f
    return found


def _plain(
    build: Callable[..., Subject],
    f: Any,
    skip: int,
    name: str,
    given: Given,
    said: tuple[Said, ...] = (),
    others: Sequence[Any] = (),
    more: Callable[[], Iterator[Trial]] = lambda: iter(()),
) -> Opened:
    """A function of arrays, with the arguments given or the first that it takes."""
    arrays = given.arrays()
    if arrays is None and given.examples is not None:
        arrays = (given.examples.shapes(True)[0],)
    if arrays is not None:
        subject = run_theirs(lambda: build(arrays), name, "calling it")
        if isinstance(subject, Written):
            subject.said = (*subject.said, *said)
        return Opened(name, subject)

    def runs(values: Sequence[Any]) -> Any:
        return build(values) if skip or (others == () and not inspect.isroutine(f)) else f(*values)

    def trials() -> Iterator[Trial]:
        starts = []
        for guess in functions(f, skip, others):
            starts.append(guess.text)
            yield from attempts(guess, None, runs if not skip else None, build, given)
        yield from more()
        if not skip and inspect.isfunction(f):
            texts = of_function(f, build, others, given)
            yield from tried(texts, None, runs, build, given)
            if not others:
                yield from partnered(f, name, given)
            for text in searched(starts, build, f, others, given):
                yield from attempts(GuessedArguments(text, "searched"), None, runs, build, given)

    return Opened(
        name,
        search=Search(trials()),
        said=said,
        refuse=lambda search: refused(f, name, search, None),
        lenient=lambda t: build(t.given, lenient=True),
    )


# -- modules ---------------------------------------------------------------------------------------
