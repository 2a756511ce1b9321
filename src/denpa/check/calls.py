"""The calls of `dp.check`: what is checked, with which options, and the error of a test."""

from __future__ import annotations

import inspect
import os
import reprlib
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

from denpa.check.determinism import leaves_generators
from denpa.check.frameworks.known import framework_of
from denpa.check.record import Finding
from denpa.check.report import Report
from denpa.check.subjects.jax import jax
from denpa.check.subjects.layer import of_object
from denpa.check.subjects.model import function, model
from denpa.check.subjects.pair import Pair
from denpa.check.subjects.torch import torch
from denpa.check.subjects.written import Written
from denpa.core.errors import ArgumentError, DenpaError
from denpa.words import in_its_language, say, translated


class GradientError(DenpaError, AssertionError):
    """A gradient that is wrong; its text is the report's, and `report` is the report.

    Errors: it is one itself, an AssertionError, so that a test that meets it fails.

    >>> import numpy as np, denpa as dp
    >>> try:
    ...     dp.check.assert_gradient(np.sin, np.array([0.1, 0.2]), grad=lambda x, g: -g * np.cos(x))
    ... except dp.check.GradientError as error:
    ...     print(error.report.findings[0].text)
    the sign is wrong
    """

    __module__ = "denpa.check"  # as users know it, also where pytest shows it

    def __init__(self, found: Report) -> None:
        first = "; ".join(f.text for f in found.findings[:2]) or (
            translated("nothing could be compared", found.language)
        )
        super().__init__(f"{found.title}: {first}\n{found}")
        self.report = found


@in_its_language
@leaves_generators
def layer(
    obj: Any,
    x: Any,
    *targets: Any,
    seed: int = 0,
    budget: float = 10.0,
    evaluations: int | None = None,
    step: float | None = None,
    language: str = "en",
) -> Report:
    """Check the gradients of a layer object, or of a network of them, in textbook form.

    `obj` has `forward(x)` and `backward(dout)`; parameters and gradients are found by name (W and
    dW, W and grad_W, …) or in lists or dicts `params` and `grads`. `x` is an example input, with
    the batch along dimension 0; `targets` are further arguments of `forward`. The object itself is
    not changed. For differences there are `budget` seconds of the processor and, if given,
    `evaluations` forward passes; with a `step` (relative) the report says how good a central
    difference of it is.
    `language`: "en" or "ja". Returns a Report.

    Errors: ArgumentError (a ValueError) for a class in place of an object, for a framework's
    module, where a method is missing, and for options out of range. What the code itself raises
    passes through.

    >>> import numpy as np
    >>> class Square:
    ...     def forward(self, x):
    ...         self.x = x
    ...         return x**2
    ...     def backward(self, dout):
    ...         return self.x * dout
    >>> found = layer(Square(), np.array([[1.0, -2.0], [0.5, 3.0], [4.0, 1.5]]))
    >>> found.ok, found.findings[0].mistake, found.findings[0].text
    (False, 'scale', 'it is 0.5 times what it should be')
    """
    if inspect.isclass(obj):
        name = obj.__name__
        raise ArgumentError(
            say("give an object, as in {name}(W, b), not the class {name}", name=name)
        )
    plain = type(obj).__module__ in ("builtins", "numpy")
    if plain and not hasattr(obj, "forward"):  # a module of Python's may have one
        raise ArgumentError(
            say("give an object with forward and backward, not {shown}", shown=reprlib.repr(obj))
        )
    framework = framework_of(obj)
    if framework is not None:
        raise ArgumentError(
            say(
                "{kind} is a module, whose gradients the framework computes: check.{call} "
                "checks it",
                kind=type(obj).__name__,
                call="torch" if framework.name == "torch" else "model",
            )
        )
    subject = of_object(obj, (x, *targets))
    return _read(subject, seed, budget, step, evaluations, language)


@in_its_language
@leaves_generators
def gradient(
    f: Callable[..., Any],
    *x: Any,
    grad: Callable[..., Any],
    seed: int = 0,
    budget: float = 10.0,
    evaluations: int | None = None,
    step: float | None = None,
    language: str = "en",
) -> Report:
    """Check `grad` as the gradient of `f` at `x`.

    `grad(x, …)` returns ∂f/∂x for each argument; if it takes one argument more, that is the
    gradient of what is above with respect to f's output, and it returns their product. The other
    arguments are those of `layer`. `x` are arrays of any shape; returns a Report.

    Errors: ArgumentError (a ValueError) where `f` returns no floats and where no gradient is found.
    What the code itself raises passes through, as a TypeError for what cannot be called.

    >>> import numpy as np
    >>> gradient(lambda x: np.sum(x**2), np.array([1.0, 2.0]), grad=lambda x: 2 * x).ok
    True
    >>> gradient(np.tanh, np.array([1.0, 2.0]), grad=lambda x, g: g * (1 - x**2)).findings[0].text
    'the derivative is taken at the input in place of the output'
    """
    return _read(Pair(f, grad, x), seed, budget, step, evaluations, language)


def _read(
    subject: Written,
    seed: int,
    budget: float,
    step: float | None,
    evaluations: int | None,
    language: str,
) -> Report:
    from denpa.check.opening.reports import examined
    from denpa.check.opening.unkept import told_lost

    report = examined(
        subject,
        {
            "seed": seed,
            "budget": budget,
            "step": step,
            "evaluations": evaluations,
            "language": language,
        },
    )
    told_lost(subject, report)
    return report


@in_its_language
def file(spec: str | os.PathLike[str], **options: Any) -> Report:
    """Check what `FILE:NAME` names, or the one thing that FILE holds, as the command `denpa check`
    does, with its options by their names: arguments for its constructor (`init`) and an input
    (`input`) as texts, or guessed ones, which the report tells (`inputs`, `repeat`); the function
    that is the `grad`ient; `jax`; examples of `data`, with `target` and `batch`; `loss`, `seed`,
    `step`, `budget`, `evaluations` and `language`. The report's notes begin with what of the file
    was not run. `spec` is a text or a path; returns a Report.

    The file is run in this process, with your rights, and the texts are evaluated as Python: give
    it to strangers' code on the command line, where limits hold.

    Errors: ArgumentError (a ValueError) for a file or a name that is not there, where nothing or
    too much fits, and for options that there are not; its subclasses Unwritten where it is an
    exercise that is not filled in, and UserError for what the file itself raises.

    >>> import pathlib, tempfile, denpa as dp
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "mine.py"
    ...     with path.open("w") as mine:
    ...         print("def f(x): return (x**2).sum()", file=mine)
    ...         print("def grad_f(x): return 2 * x", file=mine)
    ...     found = dp.check.file(f"{path}:f", grad="grad_f")
    >>> found.ok, found.inputs
    (True, 'x (5, 4)')
    """
    from denpa.check.opening.options import Options, asked

    if not isinstance(spec, (str, os.PathLike)):
        raise ArgumentError(
            say("give a text such as 'layer.py:Affine', not {shown}", shown=reprlib.repr(spec))
        )
    known = Options.__dataclass_fields__
    for name in options:
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = (
                say("Did you mean {name}?", name=near[0])
                if near
                else say("It has {names}.", names=", ".join(known))
            )
            raise ArgumentError(
                say("denpa.check.file has no option {name}. {hint}", name=name, hint=hint)
            )
    return asked(os.fspath(spec), Options(**options))


def assert_gradient(
    f: Callable[..., Any], *x: Any, grad: Callable[..., Any], **options: Any
) -> None:
    """Raise a GradientError whose text is the report, if `grad` is not the gradient of `f`.

    The arguments are those of `gradient`; returns None.

    Errors: GradientError (an AssertionError) for a wrong gradient; TypeError for an option that
    there is not; those of `gradient`.

    >>> import numpy as np
    >>> assert_gradient(np.sin, np.array([0.1, 0.2]), grad=lambda x, g: g * np.cos(x))
    """
    found = gradient(f, *x, grad=grad, **options)
    if not found.ok:
        raise GradientError(found)


@in_its_language
@leaves_generators
def update_rule(step: Any, rule: str, **options: Any) -> Report:
    """Compare an optimizer's update with its definition; the arguments are those of
    `denpa.check.optimizers.update.update_rule`: `step` a function step(p, g) of arrays, an object
    with update(params, grads) or an optimizer, `rule` a name such as "adam". Returns a Report.

    Errors: ArgumentError (a ValueError) for an unknown rule or hyperparameter, fewer than two steps
    and what cannot be called; its subclass UserError where `step` raises or hangs.

    >>> update_rule(lambda p, g, lr=0.1: p + lr * g, "sgd").findings[0].text
    'the sign of the step is wrong: it climbs'
    """
    from denpa.check.optimizers.update import (
        update_rule as compared,  # ten files, for those who ask
    )

    return compared(step, rule, **options)


__all__ = [
    "Finding",
    "GradientError",
    "Report",
    "assert_gradient",
    "file",
    "function",
    "gradient",
    "jax",
    "layer",
    "model",
    "torch",
    "update_rule",
]
