"""Examples of a data set, and the loss for a network that comes without one: by name, or by its
output and the targets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np

from denpa.check.frameworks.base import Framework
from denpa.check.opening.guess import Sizes
from denpa.core.errors import ArgumentError
from denpa.words import say

LOSSES = (
    "cross_entropy",
    "nll_loss",
    "mse_loss",
    "l1_loss",
    "huber_loss",
    "smooth_l1_loss",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "kl_div",
)
_OF_CLASSES = ("cross_entropy", "nll_loss")  # take numbers of classes


@dataclass(frozen=True)
class Examples:
    """Part of a data set: x of floats, the examples along dimension 0; y whole numbers of classes,
    or floats."""

    name: str
    x: np.ndarray
    y: np.ndarray
    classes: int = 0

    @property
    def sizes(self) -> Sizes:
        """For constructors that are given sizes."""
        return Sizes(int(np.prod(self.x.shape[1:])), self.classes or int(self.y[0].size), 5)

    def shapes(self, flat_first: bool) -> list[np.ndarray]:
        """x in the shapes that networks take: with channels, flat, as a picture without them."""
        flat = self.x.reshape(len(self.x), -1)
        found = [flat, self.x] if flat_first else [self.x, flat]
        if self.x.ndim == 4 and self.x.shape[1] == 1:
            found.append(self.x[:, 0])
        return found if self.x.ndim > 2 else [self.x]


def named_loss(framework: Framework, name: str) -> Callable[..., Any]:
    """A loss of the framework's by its name in nn.functional. Errors: ArgumentError otherwise."""
    if name not in LOSSES:
        near = get_close_matches(name, LOSSES, 1, 0.4)
        hint = say(" Did you mean {name!r}?", name=near[0]) if near else ""
        known = ", ".join(LOSSES)
        raise ArgumentError(
            say("unknown --loss {name!r}; choose from {known}.", name=name, known=known) + hint
        )
    found: Callable[..., Any] = getattr(framework.functional, name)
    return found


def usual_loss(
    framework: Framework, y: np.ndarray, data: Examples, name: str | None
) -> tuple[Callable[..., Any], np.ndarray, str]:
    """A loss for outputs y, the targets in the form that it takes, and what it is called.

    Classes: cross-entropy of logits, or what fits if the rows are probabilities or their
    logarithms already; numbers: the mean squared error.

    Errors: ArgumentError where the output's shape fits no loss of these targets.
    """
    t, n = data.y, len(data.y)
    if y.shape[:1] != (n,):
        raise ArgumentError(
            say(
                "the output is {shape}; it should have {n} rows, one an example", shape=y.shape, n=n
            )
        )
    if not data.classes:
        name = name or "mse_loss"
        t = np.asarray(t, np.float64)
        if t.size != y.size:
            raise ArgumentError(
                say(
                    "the output is {shape}; the target {name} has is {shape2}",
                    shape=y.shape,
                    name=data.name,
                    shape2=t.shape,
                )
            )
        return named_loss(framework, name), t.reshape(y.shape), name
    alone = y.size == n and data.classes == 2
    if name is None:
        name = "binary_cross_entropy_with_logits" if alone else "cross_entropy"
        if y.ndim == 2 and not alone:
            if np.allclose(np.exp(y).sum(axis=1), 1):
                name = "nll_loss"
            elif (y >= 0).all() and np.allclose(y.sum(axis=1), 1):
                nll = named_loss(framework, "nll_loss")
                _wide(y, data)
                return (
                    lambda p, t: nll(p.log(), t),
                    t,
                    say("nll_loss of the logarithm"),
                )
    loss = named_loss(framework, name)
    if name in _OF_CLASSES:
        _wide(y, data)
        return loss, t, name
    if alone:
        return loss, t.reshape(y.shape).astype(np.float64), name
    _wide(y, data)
    return loss, np.eye(y.shape[1])[t], name


def _wide(y: np.ndarray, data: Examples) -> None:
    if y.ndim != 2 or y.shape[1] < data.classes:
        raise ArgumentError(
            say(
                "the output is {shape}; {name} has {classes} classes, which takes ({count}, "
                "{classes})",
                shape=y.shape,
                name=data.name,
                classes=data.classes,
                count=len(y),
            )
        )
