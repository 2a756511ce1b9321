"""What a derivation is made of: levels of terms, in numbers and in symbols.

A level is one element of one value: ∂E/∂x = Σ_j ∂E/∂y_j ∂y_j/∂x over every y_j that reads it. The
terms are multiplied and added here in float64; what stands in `messages` is never copied.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from denpa.explanation.sparse import Index


@dataclass(frozen=True)
class Term:
    """One message to an element: `delta` = ∂E/∂y_j of the value `to` at `index`, times `partial` =
    ∂y_j/∂x."""

    to: str
    index: Index
    edge: int
    delta: float
    partial: float

    @property
    def product(self) -> float:
        """The term itself."""
        return self.delta * self.partial


@dataclass(frozen=True)
class Level:
    """∂E/∂x at one element, as the sum of its terms in the order of arrival. `chosen` is the term
    that the next level follows; None at the loss, and where a user's rule is `far`: too large to be
    read element by element, so that `total` is what it sent."""

    name: str
    index: Index
    terms: tuple[Term, ...]
    total: float
    chosen: int | None = None
    far: bool = False

    def along(self, k: int) -> float:
        """∂y/∂x between the element and the one that term k comes from: where an equation reads x
        twice, as x·x does, both of its terms."""
        there = (self.terms[k].to, self.terms[k].index)
        return math.fsum(t.partial for t in self.terms if (t.to, t.index) == there)

    def largest(self, most: int = 4) -> tuple[list[Term], list[Term]]:
        """The terms to show, the largest first, and those to fold: all if they are few."""
        if len(self.terms) <= most + 2:
            return list(self.terms), []
        order = sorted(range(len(self.terms)), key=lambda k: -abs(self.terms[k].product))
        shown = order[:most]
        if self.chosen is not None and self.chosen not in shown:
            shown[-1] = self.chosen
        rest = [t for k, t in enumerate(self.terms) if k not in shown]
        return [self.terms[k] for k in shown], rest


@dataclass(frozen=True)
class Link:
    """One equation that a level goes through, in LaTeX: y at the index that the sum runs over
    (`over`, empty for one element), ∂E/∂y (empty at the loss), and ∂y/∂x as its law: empty where it
    is 1, None where there is no short one."""

    edge: int
    over: str
    above: str
    there: str
    law: str | None


@dataclass(frozen=True)
class Spelling:
    """A level in symbols: the element, ∂E/∂(the element), its links, and ∂y/∂x of the term that is
    followed. `value` is the number of the element, `bound` what rounding can have moved its δ, and
    `above` the same for each term; `row` the example whose share it is."""

    mine: str
    left: str
    links: tuple[Link, ...]
    step: str
    value: float
    bound: float
    above: tuple[float, ...]
    row: int | None = None


@dataclass(frozen=True)
class Shortcut:
    """The derivative of a loss as a whole, (left − right)/over at the element of a level, in the
    place of the equations that the loss is made of."""

    level: int
    formula: str
    factor: str
    left: float
    right: float
    over: float


@dataclass(frozen=True)
class Derived:
    """The record of a derivation: `levels` from one element to the loss along the largest terms.

    `sample`: it is the term of that example alone, None for the whole batch. `bound` is how far
    rounding in float64 can have moved `result`, the values of the pass taken as exact; `gradient`
    is what backward() gives in the network's own dtype (None for one example's term), and
    `tolerance` how far its rounding may have moved that.
    """

    name: str
    index: Index
    sample: int | None
    levels: tuple[Level, ...]
    result: float
    bound: float
    gradient: float | None
    tolerance: float
    symbols: Mapping[str, object]
    formulas: Mapping[str, str]
    factors: Mapping[int, str]
    role: str = "parameter"
    spelled: tuple[Spelling, ...] = ()
    shortcut: Shortcut | None = None

    @property
    def agrees(self) -> bool | None:
        """Whether backward() gives the same to rounding; None where there is nothing to compare."""
        if self.gradient is None:
            return None
        if not math.isfinite(self.result):
            return str(self.gradient) == str(self.result)
        return abs(self.gradient - self.result) <= self.tolerance

    @property
    def figures(self) -> int:
        """How many significant figures of the result are certain, 15 at most."""
        if not math.isfinite(self.result) or self.result == 0 or self.bound == 0:
            return 15
        return max(0, min(15, math.floor(math.log10(abs(self.result) / self.bound))))

    @property
    def product(self) -> float:
        """The product of the local derivatives along the path that the levels follow."""
        return math.prod(lv.along(lv.chosen) for lv in self.levels if lv.chosen is not None)

    def to_dict(self) -> dict[str, object]:
        """As JSON can hold it, with a version."""
        return {
            "schema": "denpa.derivation",
            "version": 1,
            "name": self.name,
            "index": list(self.index),
            "sample": self.sample,
            "result": finite(self.result),
            "bound": finite(self.bound),
            "gradient": finite(self.gradient),
            "levels": [
                {
                    "name": lv.name,
                    "index": list(lv.index),
                    "total": finite(lv.total),
                    "chosen": lv.chosen,
                    "terms": [
                        {
                            "to": t.to,
                            "index": list(t.index),
                            "delta": finite(t.delta),
                            "partial": finite(t.partial),
                        }
                        for t in lv.terms
                    ],
                }
                for lv in self.levels
            ],
        }


def fsum(terms: Sequence[Term]) -> float:
    """Their sum, rounded once; NaN where one is, without an error of infinities."""
    products = [t.product for t in terms]
    if all(map(math.isfinite, products)):
        return math.fsum(products)
    return sum(products)


def finite(x: float | None) -> float | str | None:
    """A number as JSON can hold it: NaN and infinity are texts.

    >>> finite(0.5), finite(float("-inf"))
    (0.5, '-inf')
    """
    return x if x is None or math.isfinite(x) else str(float(x))
