"""What is checked: a function of named arrays and somebody's claim about its derivative.

Everything that can be checked (a layer class as in a textbook, a pair of functions, a module of
Denpa or PyTorch, a JAX function) becomes a `Subject`; numeric derivatives, signatures and reports
know nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from denpa.check.remarks import Remark

Values = Mapping[str, np.ndarray]


class Subject:
    """A function with a derivative that somebody has written. A kind of subject says how to run
    both; what it cannot say of itself has a default here."""

    title: str
    values: dict[str, np.ndarray]  # inputs and parameters, float64
    inputs: tuple[str, ...]  # those names that are inputs; the others are parameters
    analytic = False  # whether forward may be given complex numbers, for the complex step

    def forward(self, values: Values) -> np.ndarray:
        """The output, with nothing kept from one call to the next."""
        raise NotImplementedError

    def backward(self, values: Values, upstream: np.ndarray) -> dict[str, Any]:
        """The claimed gradients of Σ upstream·output, after a forward pass; a name for which the
        code computes none is absent."""
        raise NotImplementedError

    def again(self, first: Values, values: Values, upstream: np.ndarray) -> dict[str, Any]:
        """`backward(values, upstream)` on an object that has run forward and backward for `first`
        (and the same upstream) before; where there is no such object, the same as `backward`."""
        return self.backward(values, upstream)

    def habits(self, values: Values, upstream: np.ndarray) -> list[str]:
        """What the code does besides: "input-changed", "upstream-changed", or "taken-over" where
        what it changed is also what it returns."""
        return []

    def code(self) -> Any:
        """The Python object whose source is shown, or None."""
        return None

    def parts(self, values: Values) -> list[InnerLayer]:
        """The layers inside that have derivatives of their own, in the order in which they run,
        each as a subject with the numbers that reach it in a forward pass of these values."""
        return []

    def remarks(self) -> list[Remark]:
        """What the code does that is no mistake, but should be known."""
        return []

    def rule(self) -> GradientRule | None:
        """The function whose source computes the gradients, if there is one."""
        return None


@dataclass(frozen=True)
class InnerLayer:
    """A layer inside a network."""

    name: str  # in the network
    subject: Subject
    runs: int = 1  # times in one forward pass
    turn: int | None = 0  # when its backward runs, among all: 0 is first; None: never


@dataclass(frozen=True)
class GradientRule:
    """A function that computes gradients, and the same subject with another one in its place."""

    function: Callable[..., Any]
    replaced: Callable[[Callable[..., Any]], Subject]
