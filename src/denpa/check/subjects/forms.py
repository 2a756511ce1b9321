"""What a gradient may be the gradient of, where the code does not say it by its output: the mean of
the losses of examples, or a loss that a network without one is trained with, as texts have it.

A form is taken only where no loss of the code decides, and said with its source.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from denpa.check.argument_roles import is_target
from denpa.check.remarks import Said


@dataclass(frozen=True)
class Form:
    """A number that is made of an output y (and targets t)."""

    name: str
    text: Said
    source: str
    value: Callable[[np.ndarray, Any], np.ndarray]
    targets: bool = False


def _mean(y: np.ndarray, t: Any) -> np.ndarray:
    return np.asarray(np.mean(y))


def _sum(y: np.ndarray, t: Any) -> np.ndarray:
    return np.asarray(np.sum(y))


_MEAN = Said("the mean of what it returns for each example")
_SUM = Said("the sum of what it returns for each example")
REDUCED = (
    Form("mean", _MEAN, "Kinsley and Kukieła 2020", _mean),
    Form("sum", _SUM, "Nielsen 2015", _sum),
)
"""For losses that return one number for each example."""


def _examples(y: np.ndarray) -> int:
    return len(y) if y.ndim else 1


def _squares(y: np.ndarray, t: Any) -> np.ndarray:
    return np.asarray((y - np.asarray(t, np.float64).reshape(y.shape)) ** 2)


def _cross(y: np.ndarray, t: Any) -> np.ndarray:
    return np.asarray(-np.asarray(t, np.float64).reshape(y.shape) * np.log(y))


def _binary(y: np.ndarray, t: Any) -> np.ndarray:
    t = np.asarray(t, np.float64).reshape(y.shape)
    return np.asarray(-(t * np.log(y) + (1 - t) * np.log(1 - y)))


def _logits(y: np.ndarray, t: Any) -> np.ndarray:
    e = np.exp(y - y.max(axis=-1, keepdims=True))
    return _cross(e / e.sum(axis=-1, keepdims=True), t)


_TERMS = (
    ("½ Σ (y − t)²", "Rumelhart, Hinton and Williams 1986", lambda y, t: 0.5 * _squares(y, t)),
    ("Σ (y − t)²", "Bishop 2006, 5.2", _squares),
    ("−Σ (t log y + (1 − t) log(1 − y))", "Nielsen 2015, chapter 3", _binary),
    ("−Σ t log y", "Bishop 2006, 5.2", _cross),
    ("−Σ t log softmax(y)", "Bishop 2006, 5.2", _logits),
)


LOSS_NAMES = ("cost", "loss", "loss_fn", "loss_function", "cost_function", "criterion",
    "loss_func",
               "compute_cost", "compute_loss", "cross_entropy", "mse_loss", "mse", "cost_fn",
               "cross_entropy_loss", "cross_entropy_error", "binary_cross_entropy",
               "mean_squared_error", "compute_cost_with_sigmoid")  # fmt: skip
_IN_LOSS = ("fn", "loss", "forward", "__call__", "calculate", "compute", "cost")


def own_loss(owner: Any, near: Mapping[str, Any]) -> Form | None:
    """The loss that code itself has for an output and targets: an attribute of the object, or a
    function of its file."""
    held = {n: getattr(owner, n, None) for n in LOSS_NAMES if owner is not None}
    none = (type(None), float, str, list)
    held = {n: f for n, f in held.items() if not isinstance(f, none)}
    for name, f in (held or {n: near[n] for n in LOSS_NAMES if n in near}).items():
        call = (
            f
            if inspect.isroutine(f)
            else next((getattr(f, m) for m in _IN_LOSS if callable(getattr(f, m, None))), None)
        )
        if call is None:
            continue
        try:
            takes = [
                p.name for p in inspect.signature(call).parameters.values() if p.default is p.empty
            ]
        except (TypeError, ValueError):
            continue
        if len(takes) != 2:
            continue
        first = is_target(takes[0], takes) and not is_target(takes[1], takes)

        def value(y: np.ndarray, t: Any, call: Any = call, first: bool = first) -> np.ndarray:
            return np.asarray(call(t, y) if first else call(y, t), np.float64)

        return Form(
            name, Said("the loss that the code has, {name}", name=name), "its own", value, True
        )
    return None


def _form(text: str, source: str, term: Any, by: str) -> Form:
    def value(y: np.ndarray, t: Any) -> np.ndarray:
        with np.errstate(all="ignore"):
            total = np.sum(term(y, t))
        columns = y.shape[1] if y.ndim > 1 else 1
        n = {"": 1, "examples": _examples(y), "columns": columns, "size": y.size}[by]
        return np.asarray(total / n)

    return Form(f"{text}{by}", Said(_DIVIDED[by], term=text), source, value, True)


_DIVIDED = {
    "": "the loss {term}",
    "examples": "the loss {term} / N",
    "columns": "the loss {term} / m (columns are examples)",
    "size": "the loss {term} / (size of y)",
}


LOSSES = tuple(
    _form(text, source, term, by)
    for by in ("", "examples", "columns", "size")
    for text, source, term in _TERMS
)
"""For networks that have an output and a gradient with targets, and no loss."""
