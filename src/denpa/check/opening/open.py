"""From what a file holds to a report: what kind of thing it is, and what to put into it.

A class in one of the styles of the table, a Denpa or PyTorch module or Function, a JAX function, a
function with its gradient: each is recognised by its type and names, without importing a framework
that the file itself has not imported.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from denpa.check.opening.engine import Engine, expression, is_engine
from denpa.check.opening.functions import functions
from denpa.check.opening.guess import Guess, Sizes
from denpa.check.opening.judging import alone, examined, judged, unreached
from denpa.check.opening.load import inputs_of, run_theirs
from denpa.check.opening.losses import Examples, named_loss, usual_loss
from denpa.check.opening.objects import again, lenient, makers, trials_of
from denpa.check.opening.partners import partners
from denpa.check.opening.refusal import no_style, nothing_fits, refused, told
from denpa.check.opening.shapes import searched
from denpa.check.opening.styles import matching
from denpa.check.opening.trials import Search, Trial, attempts
from denpa.check.report import Report
from denpa.check.subject import Subject
from denpa.check.subjects.framework import Framework, framework_of
from denpa.check.subjects.function import OfFunction
from denpa.check.subjects.network import Network
from denpa.check.subjects.pair import Joint, Pair
from denpa.check.subjects.tensors import Said, Tensors
from denpa.check.subjects.written import Written
from denpa.core.errors import ArgumentError


@dataclass(frozen=True)
class Given:
    """What the user said besides FILE:NAME."""

    init: str | None = None
    input: str | None = None
    gradient: Callable[..., Any] | None = None
    jax: bool = False
    loss: str | None = None
    examples: Examples | None = None
    seed: int = 0
    budget: float = 10.0
    language: str = "en"
    options: dict[str, Any] = field(default_factory=dict)
    spec: str = ""  # FILE:NAME, for the line that repeats a finding
    near: Mapping[str, Any] = field(default_factory=dict)  # what the file holds

    @property
    def sizes(self) -> Sizes:
        """For constructors."""
        return self.examples.sizes if self.examples is not None else Sizes()

    def arrays(self) -> tuple[Any, ...] | None:
        """The arguments of --input."""
        return None if self.input is None else inputs_of(self.input, self.seed + 1, self.near)


@dataclass
class Opened:
    """What is to be checked: one subject, or a search for inputs on which it can be."""

    name: str
    subject: Subject | None = None
    search: Search | None = None
    again: Callable[[Trial], Iterator[Trial]] = lambda trial: iter(())
    refuse: Callable[[Search], Exception] = lambda search: ArgumentError("nothing fits")
    lenient: Callable[[Trial], Subject] | None = None
    joint: Callable[..., Any] | None = None  # a function that returns its gradients, too
    said: tuple[Said, ...] = ()


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
        return Opened(name, _module(framework, found, name, given))
    if given.jax or _of_jax(found):
        from denpa.check.subjects.jax import OfJax

        return _plain(lambda x: OfJax(found, x), getattr(found, "fun", found), 0, name, given)
    if inspect.isfunction(found) or inspect.isbuiltin(found):
        return _function(found, name, given)
    if is_engine(found):
        return _engine(found, name)
    styles = list(matching(found))
    if not styles:
        raise ArgumentError(no_style(found, name))
    return Opened(
        name, search=Search(trials_of(found, name, styles, given)),
        again=lambda trial: again(trial, given), lenient=lenient,
        refuse=lambda search: (
            refused(found, name, search, given.input or given.init)
            if any(style.backs for style, *_ in styles) else ArgumentError(no_style(found, name))
        ),
    )  # fmt: skip


def _engine(found: Any, name: str) -> Opened:
    f, gradient, arrays, text = expression(found)
    said = Said(
        f"an engine of graphs, tried on {text}", f"計算グラフのエンジン。{text} で調べました"
    )
    kind = type(name, (Engine,), {"cls": found})
    return Opened(name, kind(f, gradient, arrays, name, (said,)))


def near(found: Any) -> Mapping[str, Any]:
    """What the file of a class, function or object holds."""
    of = found if inspect.isclass(found) or inspect.isroutine(found) else type(found)
    return vars(sys.modules.get(getattr(of, "__module__", ""), object())) if (
        getattr(of, "__module__", "") in sys.modules) else {}  # fmt: skip


def made(found: Any, name: str) -> Any:
    """What a function without arguments returns; anything else as it is."""
    factory = inspect.isfunction(found) and not inspect.signature(found).parameters
    return run_theirs(found, name, "calling it") if factory else found


def reported(asked: Opened, given: Given) -> Report:
    """The report on it."""
    options = {"seed": given.seed, "budget": given.budget, "language": given.language,
               **given.options}  # fmt: skip
    if asked.subject is not None:
        return examined(asked.subject, options)
    search = asked.search
    assert search is not None
    found = judged(search, options, asked.again)
    if found is None and search.raising and asked.lenient is not None:
        found = _raised(search.raising[0], asked.lenient, options)
        found = found or search.later or alone(search, options)
    if found is None and asked.joint is not None and search.failed is not None:
        found = _raised_joint(search.failed, asked, options["language"])
    if found is None:
        raise asked.refuse(search)
    report, trial = found
    report.notes = [*(s.text(given.language) for s in asked.said), *report.notes]
    if trial.subject is not None:
        _tell_inputs(report, trial, given)
    return report


def _raised(
    trial: Trial, made: Callable[[Trial], Subject], options: dict[str, Any]
) -> tuple[Report, Trial] | None:
    """What is wrong where backward raises, if it can be told."""
    from denpa.check.raising import told_raise

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
    from denpa.check.raising import told_joint

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
    if trial.family == "row":
        words = Said("nothing else runs than a batch of one example",
                     "1 例だけのバッチでしか動きません")  # fmt: skip
        report.notes.append(words.text(given.language))
    if lines := unreached(subject):
        shown = ", ".join(lines[:4])
        words = Said(f"lines that no input reached: {shown}",
                     f"どの入力でも実行されなかった行: {shown}")  # fmt: skip
        report.unlooked.append(words.text(given.language))
    if given.spec:
        texts = [repr(given.spec)]
        texts += [f"init={trial.init!r}"] if trial.init else []
        texts += [f"input={trial.text!r}"]
        texts += [f"seed={given.seed}"] if given.seed else []
        report.repeat = f"denpa.check.file({', '.join(texts)})"


def _of_jax(x: Any) -> bool:
    kind = type(x)
    return kind.__module__.split(".")[0] in ("jax", "jaxlib") and callable(x)


# -- functions -------------------------------------------------------------------------------------


def _pair(
    f: Any, name: str, given: Given, gradient: Callable[..., Any], said: tuple[Said, ...] = ()
) -> Opened:
    if not callable(f):
        raise ArgumentError(f"{name} is no function, and --grad takes the gradient of one")
    return _plain(partial(_made_pair, f, gradient, name), f, 0, name, given, said, (gradient,))


def _made_pair(f: Any, gradient: Any, name: str, x: Sequence[Any], lenient: bool = False) -> Pair:
    return Pair(f, gradient, x, name, lenient=lenient)


def _function(f: Any, name: str, given: Given) -> Opened:
    """A function alone: its gradient is beside it by its name, or it returns that, too."""
    beside = getattr(f, "__globals__", {})
    forward, backward = partners(name, beside)
    if backward:
        said = Said(
            f"{backward} is taken for the gradient of {forward} (--grad names another)",
            f"{forward} の勾配は {backward} とみなしました(--grad で変えられます)",
        )
        return _pair(beside[forward], forward, given, beside[backward], (said,))
    said = Said(
        "the function returns its gradient, too, after its value",
        "この関数は値に続けて勾配も返すものとして調べました",
    )
    found = _plain(lambda x: Joint(f, x, name), f, 0, name, given, (said,))

    def refuse(search: Search) -> Exception:
        given_ = given.input is not None or str(search.first).startswith("no input was found")
        if given_ and search.first is not None:
            return told(search.first, name, "calling it")
        return ArgumentError(
            f"{name} is a function with arguments; say which function of the same file is its "
            "gradient with --grad NAME, or --jax if JAX differentiates it. (A function without "
            "arguments may return a layer or a network.)"
        )

    found.refuse, found.joint = refuse, f
    return found


def _plain(
    build: Callable[..., Subject], f: Any, skip: int, name: str, given: Given,
    said: tuple[Said, ...] = (), others: Sequence[Any] = (),
) -> Opened:  # fmt: skip
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
        if not skip and inspect.isfunction(f):
            for text in searched(starts, build, f, others, given):
                yield from attempts(Guess(text, "searched"), None, runs, build, given)

    return Opened(name, search=Search(trials()), said=said,
                  refuse=lambda search: refused(f, name, search, None),
                  lenient=lambda t: build(t.given, lenient=True))  # fmt: skip


# -- modules ---------------------------------------------------------------------------------------


def _module(framework: Framework, found: Any, name: str, given: Given) -> Subject:
    last: Exception | None = None
    for _, maker in makers(found, name, given):
        try:
            net = maker()
        except Exception as error:
            last = error
            continue
        arrays = given.arrays()
        if arrays is not None:
            return _with_loss(framework, net, arrays, name, given)
        if given.examples is not None:
            return _taught(framework, net, name, given)
        for x in _module_inputs(framework, net, given.seed):
            try:
                return Network(framework, net, x, title=name, shift=True)
            except ArgumentError:
                raise
            except Exception as error:
                last = last or error
        if last is not None:
            raise ArgumentError(
                f"{name}: no usual input fits ({type(last).__name__}: {last}). Give one with "
                '--input "x=rand(5,4)", or data with --data'
            )
    raise nothing_fits(found, name, last)


def _with_loss(
    framework: Framework, net: Any, arrays: tuple[Any, ...], name: str, given: Given
) -> Subject:
    loss = None if given.loss is None else named_loss(framework, given.loss)
    cut = len(arrays) - 1 if loss is not None and len(arrays) > 1 else len(arrays)
    return Network(
        framework, net, arrays[:cut], loss=loss, targets=arrays[cut:], title=name, shift=True
    )


def _module_inputs(framework: Framework, net: Any, seed: int) -> Iterator[tuple[Any, ...]]:
    """Inputs by the shape of the first parameter: (out, in), or a kernel (out, in, …)."""
    rng = np.random.default_rng(seed)
    first: tuple[int, ...] = next((tuple(p.shape) for p in net.parameters()), ())
    shapes: list[tuple[int, ...]] = [(5, 4), (5, 3), (2, 2, 7, 6), (4, 2, 9)]
    if len(first) == 2:
        shapes.insert(0, (5, int(first[1])))
        shapes.insert(1, (5, int(first[0])))
        shapes.insert(2, (2, 5, int(first[1])))
    elif len(first) == 1:
        shapes[:0] = [(5, int(first[0])), (3, int(first[0]), 6, 6)]
    elif len(first) > 2:
        shapes[:0] = [(2, int(first[1]), *[n] * (len(first) - 2)) for n in (9, 8, 28, 32)]
    for shape in shapes:
        yield (rng.standard_normal(shape),)
    yield (rng.integers(0, 2, (3, 4)),)  # an embedding's


def _taught(framework: Framework, net: Any, name: str, given: Given) -> Subject:
    """A network on real examples, with the loss that fits its output and the targets."""
    examples = given.examples
    assert examples is not None
    first = next((tuple(p.shape) for p in net.parameters()), ())
    flat = len(first) == 2 and first[1] == int(np.prod(examples.x.shape[1:]))
    reasons: list[str] = []
    nearest = ""  # where the network ran, but its output has the wrong shape
    for x in examples.shapes(flat):
        shape = tuple(int(n) for n in x.shape)
        ran = False
        try:
            trial = Network(framework, net, (x,), title=name)
            y = trial.forward(trial.values)
            ran = True
            loss, t, said = usual_loss(framework, y, examples, given.loss)
            subject = Network(framework, net, (x,), loss=loss, targets=(t,), title=name, shift=True)
        except Exception as error:
            text = str(error.args[0]) if error.args else type(error).__name__
            reasons.append(f"given as {shape}: {text}")
            if ran and not nearest:
                nearest = reasons[-1]
            continue
        _say(subject, examples, shape, said)
        return subject
    raise ArgumentError(f"{name} does not take {examples.name}: {nearest or '; '.join(reasons)}")


def _say(subject: Tensors, examples: Examples, shape: tuple[int, ...], loss: str) -> None:
    en = f"checked on {shape[0]} examples of {examples.name}, given as {shape}, with {loss}"
    ja = f"{examples.name} の {shape[0]} 例を形 {shape} で与え、損失は {loss} としました"
    subject.said = (Said(en, ja), *subject.said)
