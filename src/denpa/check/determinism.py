"""Whether code gives the same numbers twice, and in which precision: what differences rest on."""

from __future__ import annotations

import functools
import random
import threading
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import numpy as np

from denpa.check.numeric import Values
from denpa.check.subject import GradientRule, InnerLayer, Subject

_P = ParamSpec("_P")
_R = TypeVar("_R")


ALONE = threading.RLock()
"""Held while code is checked. A check changes the user's functions, the terminal and the global
generators for a while: two at once, in threads, would see each other's."""


def leaves_generators(run: Callable[_P, _R]) -> Callable[_P, _R]:
    """The same, after which NumPy's and Python's global generators are as before: a check runs code
    that may draw from them, any number of times. One check after the other, whatever the thread."""

    @functools.wraps(run)
    def kept(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        with ALONE:
            numpys, pythons = np.random.get_state(), random.getstate()
            try:
                return run(*args, **kwargs)
            finally:
                np.random.set_state(numpys)
                random.setstate(pythons)

    return kept


class Seeded(Subject):
    """A subject that is given NumPy's generator in the same state at each forward pass."""

    def __init__(self, of: Subject, seed: int) -> None:
        self.of, self.seed = of, seed
        self.title, self.values, self.inputs = of.title, of.values, of.inputs

    def _seeded(self, call: Callable[..., Any], *args: Any) -> Any:
        kept = np.random.get_state()
        np.random.seed(self.seed)
        try:
            return call(*args)
        finally:
            np.random.set_state(kept)

    def forward(self, values: Values) -> np.ndarray:
        """See `Subject`."""
        return np.asarray(self._seeded(self.of.forward, values))

    def backward(self, values: Values, upstream: np.ndarray) -> dict[str, Any]:
        """See `Subject`."""
        return dict(self._seeded(self.of.backward, values, upstream))

    def habits(self, values: Values, upstream: np.ndarray) -> list[str]:
        """See `Subject`."""
        return self.of.habits(values, upstream)

    def code(self) -> Any:
        """See `Subject`."""
        return self.of.code()

    def parts(self, values: Values) -> list[InnerLayer]:
        """See `Subject`."""
        return list(self._seeded(self.of.parts, values))

    def rule(self) -> GradientRule | None:
        """See `Subject`."""
        rule = self.of.rule()
        if rule is None:
            return None
        return GradientRule(rule.function, lambda f: Seeded(rule.replaced(f), self.seed))


def relative(a: np.ndarray, n: np.ndarray, least: float = 0.0) -> float:
    """‖a − n‖ / max(‖a‖, ‖n‖, least), 0 for two zeros, infinite where a number is not finite.

    >>> relative(np.array([1.0, 2.0]), np.array([1.0, 2.0])), relative(np.zeros(2), np.zeros(2))
    (0.0, 0.0)
    """
    a, n = np.asarray(a, np.float64), np.asarray(n, np.float64)
    if a.shape != n.shape:
        return float("inf")
    # Asked first: max() and > lose a NaN.
    if not (np.isfinite(a).all() and np.isfinite(n).all()):
        return float("inf")
    size = max(float(np.linalg.norm(a)), float(np.linalg.norm(n)), least)
    if not np.isfinite(size):
        return float("inf")
    return float(np.linalg.norm(a - n)) / size if size > 1e-12 else 0.0


def runs(subject: Subject, values: Values) -> tuple[np.ndarray, bool]:
    """The output, and whether two more runs give the same."""
    first, *others = (np.asarray(subject.forward(values)) for _ in range(3))
    return first, all(np.array_equal(first, y, equal_nan=True) for y in others)


def differ(first: dict[str, Any], second: dict[str, Any]) -> bool:
    """Whether two runs of backward give other gradients."""
    try:
        return any(relative(g, second[k]) > 0 for k, g in first.items() if k in second)
    except (TypeError, ValueError):  # not numbers: told elsewhere
        return False


def generator_state() -> tuple[bytes, int]:
    """What NumPy's global generator draws next."""
    _, keys, place, *_ = np.random.get_state()
    return np.asarray(keys).tobytes(), int(place)


def rounds_to_float32(subject: Subject, values: Values, y: np.ndarray) -> bool:
    """Whether code whose output is float64 computes in float32 all the same: then it gives the very
    same numbers for rounded ones."""
    rounded = {k: a.astype(np.float32).astype(np.float64) for k, a in values.items()}
    # That means something only if it sees a change that is little more than rounding.
    near = {k: a if np.array_equal(rounded[k], a) else a * (1 + 1e-6) for k, a in values.items()}
    same = [np.array_equal(subject.forward(v), y, equal_nan=True) for v in (rounded, near)]
    return same == [True, False]
