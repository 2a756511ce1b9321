"""Whole models and functions of tensors: `dp.check.model`, `dp.check.function`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from denpa.check.determinism import leaves_generators
from denpa.check.diagnose import report
from denpa.check.examine import examine
from denpa.check.frameworks.base import Framework
from denpa.check.frameworks.known import denpa
from denpa.check.report import Report
from denpa.check.subject import Subject
from denpa.check.subjects.cuts import constant, retold
from denpa.check.subjects.function import OfFunction
from denpa.check.subjects.network import Network
from denpa.core.errors import ArgumentError, DenpaError
from denpa.words import in_its_language, say


@leaves_generators
def checked(subject: Subject, seed: int, budget: float, language: str, **options: Any) -> Report:
    """The report on a subject. Where an engine itself refuses what a rule inside returned, such as
    a gradient of the wrong shape, the report is on that rule alone."""
    try:
        found = report(examine(subject, seed, budget, **options), language)
    except (DenpaError, RuntimeError, TypeError, ValueError):
        for part in subject.parts(subject.values):
            found = checked(part.subject, seed, budget, language, **options)
            if not found.ok:
                return found
        raise
    return constant(retold(found, subject))


@in_its_language
def model(
    net: Any,
    loss: Callable[..., Any] | None,
    x: Any,
    t: Any = None,
    *,
    seed: int = 0,
    budget: float = 10.0,
    language: str = "en",
    **options: Any,
) -> Report:
    """Check a whole Denpa network with its loss: every parameter, and the input.

    `net` is a Module; `loss(net(x), t)` a number (or, without a target, `loss(net(x))`; None: the
    output itself is checked). `x` is an array or tensor with the batch along dimension 0, or a
    tuple of several inputs; arrays of whole numbers have no derivative and stay. The net is
    copied, computes in float64 and in training mode, and stays as it is. Returns a Report.

    Errors: ArgumentError (a ValueError) if `net` is no Module; TypeError for an option that there
    is not; what the code itself raises passes through (RuntimeError for shapes that do not fit).

    >>> import numpy as np, denpa as dp
    >>> net = dp.nn.Sequential(dp.nn.Linear(4, 5), dp.nn.ReLU(), dp.nn.Linear(5, 3))
    >>> x, t = np.random.default_rng(0).standard_normal((6, 4)), np.array([0, 1, 2, 2, 1, 0])
    >>> found = model(net, dp.nn.functional.cross_entropy, x, t)
    >>> found.ok, list(found.compared)
    (True, ['x', '0.weight', '0.bias', '2.weight', '2.bias'])
    """
    if not isinstance(net, denpa().Module):
        raise ArgumentError(
            say(
                "check.model takes a Denpa Module, not {kind}; check.layer takes layers in "
                "textbook form, check.torch PyTorch's modules, check.function functions of "
                "tensors",
                kind=type(net).__name__,
            )
        )
    several = x if isinstance(x, tuple) else (x,)
    targets = () if t is None else (t,)
    subject = Network(denpa(), net, several, loss=loss, targets=targets, shift=True)
    return checked(subject, seed, budget, language, **options)


@in_its_language
def function(
    f: Any, *x: Any, seed: int = 0, budget: float = 10.0, language: str = "en", **options: Any
) -> Report:
    """Check an `autograd.Function`, or any function of Denpa tensors.

    `f` is the class (its own backward is called, outside any graph) or a callable of tensors (the
    engine's gradient is taken); `x` are its arguments, of which arrays of floats are
    differentiated. Returns a Report.

    Errors: ArgumentError (a ValueError) for what cannot be called, and if nothing can be
    differentiated; what the code raises passes through.

    >>> import numpy as np, denpa as dp
    >>> class Square(dp.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x * x
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         (x,) = ctx.saved_tensors
    ...         return g * x
    >>> function(Square, np.array([1.0, -2.0, 3.0])).findings[0].text
    'it is 0.5 times what it should be'
    """
    return of_framework(denpa(), f, x, None, (), seed, budget, language, **options)


def of_framework(
    framework: Framework,
    f: Any,
    x: Sequence[Any],
    loss: Any,
    targets: Sequence[Any],
    seed: int,
    budget: float,
    language: str,
    **options: Any,
) -> Report:
    """The report on a Function, a module or a callable of one framework."""
    if framework.is_function(f) and loss is None:
        return checked(OfFunction(framework, f, x), seed, budget, language, **options)
    if framework.is_function(f):
        f = f.apply
    if not callable(f):
        raise ArgumentError(
            say("{kind} is nothing that can be called with tensors", kind=type(f).__name__)
        )
    subject = Network(
        framework, f, x, loss=loss, targets=targets, shift=isinstance(f, framework.Module)
    )
    return checked(subject, seed, budget, language, **options)
