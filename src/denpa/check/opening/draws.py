"""Arrays that --init and --input may draw, by name: what a check guesses is written in them, too,
so that a line of text repeats it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from denpa.words import say


def draws(rng: np.random.Generator) -> dict[str, Callable[..., Any]]:
    """Functions that draw from a generator: rand (normal), unit (between 0 and 1), positive (0.5 to
    2), labels(n, k) (whole numbers 0 to k−1, all of them if n allows), onehot(n, k) (such rows of 0
    and 1), binary(shape) (0.0 and 1.0, both).

    >>> d = draws(np.random.default_rng(0))
    >>> sorted(d["labels"](4, 3).tolist())[:3], d["onehot"](2, 3).sum(axis=1).tolist()
    ([0, 0, 1], [1.0, 1.0])
    """

    def labels(n: int, k: int) -> np.ndarray:
        return rng.permutation(np.arange(n) % k)

    def onehot(n: int, k: int) -> np.ndarray:
        return np.asarray(np.eye(k)[labels(n, k)])

    def binary(*shape: int) -> np.ndarray:
        size = int(np.prod(shape))
        return rng.permutation((np.arange(size) + 1) % 2).reshape(shape).astype(np.float64)

    return {
        "rand": lambda *s: rng.standard_normal(s),
        "unit": lambda *s: rng.uniform(0.05, 0.95, s),
        "positive": lambda *s: rng.uniform(0.5, 2.0, s),
        "labels": labels,
        "onehot": onehot,
        "binary": binary,
    }


def shown(name: str, a: Any) -> str:
    """An argument in words, for a report.

    >>> shown("x", np.zeros((5, 4))), shown("t", np.array([0, 2, 1]))
    ('x (5, 4)', 't (3,) whole numbers 0..2')
    """
    if isinstance(a, np.ndarray):
        shape = f"({a.shape[0]},)" if a.ndim == 1 else str(tuple(map(int, a.shape)))
        if a.dtype.kind in "iu" and a.size:
            return f"{name} {shape} {say('whole numbers')} {a.min()}..{a.max()}"
        if a.dtype.kind == "f" and a.size and np.isin(a, (0, 1)).all() and a.any():
            rows = a.ndim == 2 and (a.sum(axis=1) == 1).all() and a.shape[1] > 1
            bits = say("0 and 1")
            return f"{name} {shape} " + (say("rows of 0 and 1") if rows else bits)
        if a.dtype.kind == "f" and a.size and (a > 0).all() and (a < 1).all() and a.size > 2:
            return f"{name} {shape} {say('between 0 and 1')}"
        return f"{name} {shape}"
    if isinstance(a, dict):
        return f"{name} {{{', '.join(shown(str(k), v) for k, v in a.items())}}}"
    if isinstance(a, (list, tuple)) and any(isinstance(x, np.ndarray) for x in a):
        return f"{name} [{', '.join(shown('', x).strip() for x in a)}]"
    return f"{name} = {a!r}" if len(repr(a)) < 60 else name
