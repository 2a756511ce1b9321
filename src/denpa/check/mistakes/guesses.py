"""What a signature says, and the table of all signatures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from denpa.check.case import Case, Compared


@dataclass(frozen=True)
class Guess:
    """A mistake that would explain a claim."""

    mistake: str
    predicted: np.ndarray  # what the mistake gives
    fill: dict[str, str]  # for the words
    corrected: np.ndarray | None = None  # the claim with the mistake undone
    expected: str = ""  # code that is right
    rank: float = 1.0  # among equals the lower one is told: the more special
    fitted: int = 0  # numbers in it that were chosen to fit the claim


Signature = Callable[[Case, Compared], Iterator[Guess]]
SIGNATURES: list[Signature] = []


def signature(f: Signature) -> Signature:
    """Add a signature to the table."""
    SIGNATURES.append(f)
    return f


def subsets(n: int) -> list[tuple[int, ...]]:
    """The nonempty sets of n dimensions, the small ones first."""
    return [a for k in range(1, n + 1) for a in combinations(range(n), k)]


def is_weight(case: Case, name: str) -> bool:
    """Whether it may be a parameter: any argument of a loss may, beside those of an object."""
    return name not in case.subject.inputs or not case.output.ndim


def is_moved(case: Case, name: str) -> bool:
    """Whether a second point has other numbers there: not in targets, which have no gradient, or
    are 0 and 1 and may have to be."""
    a = case.values[name]
    return case.claims.get(name) is not None and not bool(np.all((a == 0) | (a == 1)))
