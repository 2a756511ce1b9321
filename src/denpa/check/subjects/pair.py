"""Pairs of functions: one that computes, one that claims to be its gradient."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from denpa.check.remarks import Remark
from denpa.check.subject import Rule, Subject, Values
from denpa.core.errors import ArgumentError


@dataclass
class Pair(Subject):
    """A function and what claims to be its gradient: `f(x, …)` and `gradient(x, …)`.

    `gradient` takes the same arrays and returns one array, or one for each; where f is element by
    element these are its derivatives. It may take the upstream gradient as a last argument and
    return the product.
    """

    f: Callable[..., Any]
    gradient: Callable[..., Any]
    arrays: Sequence[Any]
    title: str = ""
    values: dict[str, np.ndarray] = field(init=False)
    inputs: tuple[str, ...] = field(init=False)
    analytic = True

    def __post_init__(self) -> None:
        self.title = self.title or getattr(self.f, "__name__", "f")
        names = _parameter_names(self.f, len(self.arrays))
        self.inputs = tuple(names)
        self.values = {n: np.array(a, np.float64) for n, a in zip(names, self.arrays, strict=True)}
        takes = _count(self.gradient)
        self.upstream = takes is not None and takes == len(names) + 1

    def forward(self, values: Values) -> np.ndarray:
        """See `Subject`."""
        return np.asarray(self.f(*(np.array(values[n]) for n in self.inputs)))

    def backward(self, values: Values, upstream: np.ndarray) -> dict[str, Any]:
        """See `Subject`."""
        arrays = [np.array(values[n]) for n in self.inputs]
        if self.upstream:
            found = self.gradient(*arrays, np.array(upstream))
        else:
            found = self.gradient(*arrays)
        parts = _parts(found, len(arrays))
        if not self.upstream:
            parts = [None if g is None else _times(g, upstream) for g in parts]
        return {n: g for n, g in zip(self.inputs, parts, strict=True) if g is not None}

    def habits(self, values: Values, upstream: np.ndarray) -> list[str]:
        """See `Subject`."""
        arrays = [np.array(values[n]) for n in self.inputs]
        self.f(*arrays)
        same = all(np.array_equal(a, values[n]) for a, n in zip(arrays, self.inputs, strict=True))
        return [] if same else ["input-changed"]

    def remarks(self) -> list[Remark]:
        """See `Subject`."""
        named = list(zip(self.inputs, self.arrays, strict=True))
        return [
            Remark("aliased", {"a": a, "b": b})
            for k, (a, x) in enumerate(named)
            for b, y in named[k + 1 :]
            if isinstance(x, np.ndarray) and isinstance(y, np.ndarray) and np.shares_memory(x, y)
        ]

    def code(self) -> Any:
        """See `Subject`."""
        return self.gradient

    def rule(self) -> Rule | None:
        """See `Subject`."""
        return Rule(self.gradient, lambda f: Pair(self.f, f, self.arrays, self.title))


def _times(g: Any, upstream: np.ndarray) -> Any:
    """A gradient times what comes from above; one of another shape stays, to be told as such."""
    a = np.asarray(g)
    fits = not upstream.ndim or a.shape == upstream.shape
    return a * upstream if fits and a.dtype.kind in "biufc" else g


def _parts(found: Any, n: int) -> list[Any]:
    parts = list(found) if isinstance(found, (tuple, list)) and n > 1 else [found]
    if len(parts) != n:
        raise ArgumentError(
            f"the gradient function returns {len(parts)} array(s) for {n} arguments; return one "
            "for each, or None for those without"
        )
    return parts


def _parameter_names(f: Any, n: int) -> list[str]:
    try:
        names = list(inspect.signature(f).parameters)
    except (TypeError, ValueError):
        names = []
    return (names + [f"x{k}" for k in range(len(names), n)])[:n]


def _count(f: Any) -> int | None:
    try:
        found = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        return None
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(p.kind in kinds and p.default is inspect.Parameter.empty for p in found)
