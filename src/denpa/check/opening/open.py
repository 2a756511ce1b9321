"""From what a file holds to a report: what kind of thing it is, and what to put into it.

A layer in textbook form, a network with loss and gradient, a Denpa or PyTorch module or Function,
a JAX function, a function with its gradient: each is recognised by its type, without importing a
framework that the file itself has not imported.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from denpa.check.opening.guess import Sizes, arguments_of, make, makers, nothing_fits, raising
from denpa.check.opening.load import UserError, inputs_of, run_theirs
from denpa.check.opening.losses import Examples, named_loss, usual_loss
from denpa.check.opening.partners import partners
from denpa.check.report import Report
from denpa.check.subject import Subject
from denpa.check.subjects.framework import Framework, framework_of
from denpa.check.subjects.function import OfFunction
from denpa.check.subjects.layer import Layer
from denpa.check.subjects.model import checked
from denpa.check.subjects.network import Network
from denpa.check.subjects.pair import Joint, Pair
from denpa.check.subjects.tensors import Said, Tensors
from denpa.check.subjects.whole import Whole, is_whole
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

    @property
    def sizes(self) -> Sizes:
        """For constructors."""
        return self.examples.sizes if self.examples is not None else Sizes()

    def arrays(self) -> tuple[Any, ...] | None:
        """The arguments of --input."""
        return None if self.input is None else inputs_of(self.input, self.seed + 1)


def opened(found: Any, name: str, given: Given) -> Subject:
    """What is to be checked.

    Errors: ArgumentError where nothing fits, with what to say; UserError where their code raises.
    """
    framework = framework_of(found)
    if given.gradient is not None:
        return _pair(found, name, given)
    if framework is not None and framework.is_function(found):
        return _plain(lambda x: OfFunction(framework, found, x), found.forward,
                      0 if framework.splits(found) else 1, name, given)  # fmt: skip
    if framework is not None:
        return _module(framework, found, name, given)
    if given.jax or _of_jax(found):
        from denpa.check.subjects.jax import OfJax

        return _plain(lambda x: OfJax(found, x), getattr(found, "fun", found), 0, name, given)
    if inspect.isfunction(found) or inspect.isbuiltin(found):
        return _function(found, name, given)
    if is_whole(found) and _is_loss(found):
        obj: Any = found() if inspect.isclass(found) else found
        return _pair(obj.loss, name, replace(given, gradient=obj.gradient))
    if is_whole(found):
        return _whole(found, name, given)
    return _layer(found, name, given)


def reported(subject: Subject, given: Given) -> Report:
    """The report on it."""
    return checked(subject, given.seed, given.budget, given.language, **given.options)


def _of_jax(x: Any) -> bool:
    kind = type(x)
    return kind.__module__.split(".")[0] in ("jax", "jaxlib") and callable(x)


def _pair(f: Any, name: str, given: Given, said: tuple[Said, ...] = ()) -> Subject:
    if not callable(f):
        raise ArgumentError(f"{name} is no function, and --grad takes the gradient of one")

    def build(x: Sequence[Any]) -> Subject:
        subject = Pair(f, given.gradient, x, name, said)  # type: ignore[arg-type]
        if given.input is None and given.examples is None:  # guessed ones should suit both
            y = subject.forward(subject.values)
            with suppress(ArgumentError):
                subject.backward(subject.values, np.ones(y.shape))
        return subject

    return _plain(build, f, 0, name, given)


def _is_loss(found: Any) -> bool:
    """A class of one loss: no arguments to make it, and nothing to learn (Grus 2019)."""
    try:
        obj = found() if inspect.isclass(found) else found
    except Exception:
        return False
    return not any(hasattr(obj, name) for name in ("params", "parameters", "weights", "layers"))


def _function(f: Any, name: str, given: Given) -> Subject:
    """A function alone: its gradient is beside it by its name, or it returns that, too."""
    beside = getattr(f, "__globals__", {})
    forward, backward = partners(name, beside)
    if backward:
        pair = replace(given, gradient=beside[backward])
        said = Said(
            f"{backward} is taken for the gradient of {forward} (--grad names another)",
            f"{forward} の勾配は {backward} とみなしました(--grad で変えられます)",
        )
        return _pair(beside[forward], forward, pair, (said,))
    said = Said(
        "the function returns its gradient, too, after its value",
        "この関数は値に続けて勾配も返すものとして調べました",
    )
    try:
        return _plain(lambda x: Joint(f, x, name, (said,)), f, 0, name, given)
    except UserError:
        if given.input is not None:
            raise
    except Exception:  # it is told what is missing
        pass
    raise ArgumentError(
        f"{name} is a function with arguments; say which function of the same file is its "
        "gradient with --grad NAME, or --jax if JAX differentiates it. (A function without "
        "arguments may return a layer or a network.)"
    )


def _plain(
    build: Callable[[Sequence[Any]], Subject], f: Any, skip: int, name: str, given: Given
) -> Subject:
    """A function of arrays, with the arguments given or the first that it takes."""
    arrays = given.arrays()
    if arrays is not None:
        return build(arrays)
    if given.examples is not None:
        return build((given.examples.shapes(True)[0],))
    last: Exception | None = None
    for arrays in arguments_of(f, skip, np.random.default_rng(given.seed)):
        try:
            subject = build(arrays)
            y = subject.forward(subject.values)
            if np.asarray(y).dtype.kind == "f":
                return subject
        except Exception as error:
            last = error
    if isinstance(last, ArgumentError):
        raise last
    if last is not None and len(inspect.signature(f).parameters) == skip + 1:
        run_theirs(raising(last), name, "calling it")
    raise nothing_fits(f, name, last, True)


def _layer(found: Any, name: str, given: Given) -> Subject:
    if given.examples is None:
        obj, x = make(found, name, given.init, given.input, given.seed, given.sizes)
        return Layer(obj, tuple(x))
    return _on_examples(
        found, name, given, lambda obj, x, t: Layer(obj, (x, t) if _takes_target(obj) else (x,))
    )


def _takes_target(obj: Any) -> bool:
    return len(inspect.signature(obj.forward).parameters) > 1


def _whole(found: Any, name: str, given: Given) -> Subject:
    if given.examples is None:
        obj, x = make(found, name, given.init, given.input, given.seed, given.sizes, "loss")
        if len(x) != 2:
            raise ArgumentError(f"{name}.loss takes x and t; give both with --input")
        return Whole(obj, *x)
    return _on_examples(found, name, given, Whole)


def _on_examples(
    found: Any, name: str, given: Given, build: Callable[[Any, Any, Any], Subject]
) -> Subject:
    """An object in textbook form with examples, whose targets are rows of 0 and 1 or numbers."""
    examples = given.examples
    assert examples is not None
    targets = [examples.y]
    if examples.classes:
        targets.insert(0, np.eye(examples.classes)[examples.y])
    last: Exception | None = None
    for maker in makers(found, name, given.init, given.seed, given.sizes):
        for x in examples.shapes(True):
            for t in targets:
                try:
                    subject = build(maker(), x, t)
                    subject.forward(subject.values)
                except Exception as error:
                    last = last or error
                    continue
                return subject
    if last is not None:
        run_theirs(raising(last), name, f"giving it {examples.name}")
    raise nothing_fits(found, name, last, False)


# -- modules ---------------------------------------------------------------------------------------


def _module(framework: Framework, found: Any, name: str, given: Given) -> Subject:
    last: Exception | None = None
    tried = False
    for maker in makers(found, name, given.init, given.seed, given.sizes):
        tried = True
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
    raise nothing_fits(found, name, last, tried)


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
