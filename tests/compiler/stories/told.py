"""The tables of stories, and what stories share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import denpa as dp

Wrap = Callable[[Any], Any]
Case = Callable[[Wrap], Iterator[Any]]
X = dp.tensor(np.random.default_rng(0).standard_normal((5, 4)).astype(np.float32))

COMPILED: dict[str, Case] = {}  # every call that can goes through a program
EAGER: dict[str, Case] = {}  # runs eagerly after a warning
REFUSED: dict[str, Case] = {}  # is a GraphError


def _in(table: dict[str, Case]) -> Callable[[Case], Case]:
    def add(f: Case) -> Case:
        table[f.__name__] = f
        return f

    return add


compiled, eager, refused = _in(COMPILED), _in(EAGER), _in(REFUSED)


class Box:
    """An object with one attribute."""

    def __init__(self, k: Any) -> None:
        self.k = k
