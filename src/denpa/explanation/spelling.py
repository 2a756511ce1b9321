"""What is written of a pass, as data: lines of formulas, numbers and words, in no form yet.

One function makes the lines, and each form has one writer of them: text and LaTeX in
`spelling_forms`, HTML in `denpa.report.derivation`. Formulas are LaTeX throughout.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from denpa.explanation.spelling_words import ENGLISH
from denpa.words import known, table

FIGURES = 4
"""Significant figures of a number in a sum, and one less than those of a result."""


@dataclass(frozen=True)
class Formula:
    """Mathematics in LaTeX; `hue` is "message", "value", "local" or none."""

    latex: str
    hue: str = ""


@dataclass(frozen=True)
class Number:
    """A number to so many significant figures; a `factor` stands in brackets if it is negative."""

    x: float
    figures: int = FIGURES
    hue: str = ""
    factor: bool = False
    strong: bool = False


@dataclass(frozen=True)
class Sign:
    """ "=", "+", or "·" between numbers; "×" between formulas, where LaTeX leaves a gap."""

    text: str


@dataclass(frozen=True)
class Phrase:
    """A text of `spelling_words` by its key, with what stands in its braces. `verdict` is whether
    it says that something agrees, None where it judges nothing."""

    key: str
    fill: Mapping[str, Part] = field(default_factory=dict)
    verdict: bool | None = None


@dataclass(frozen=True)
class Name:
    """What one types: `0.weight[3, 2]`. It may hold any characters."""

    text: str


@dataclass(frozen=True)
class Stroke:
    """A bar from the middle: −1 to 1."""

    share: float


@dataclass(frozen=True)
class Blank:
    """Room to write on."""

    wide: bool = False


@dataclass(frozen=True)
class Label:
    """The number of a task: "1." or "(a)"."""

    text: str


@dataclass(frozen=True)
class Grid:
    """A vector (one row) or a matrix."""

    rows: tuple[tuple[float, ...], ...]


Part = Formula | Number | Sign | Phrase | Name | Stroke | Blank | Label | Grid


@dataclass(frozen=True)
class SpeltLine:
    """Parts side by side. Kinds: title, heading, headline, say, symbols, numbers, sum, check, item,
    and row (each part is a column)."""

    kind: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Section:
    """Lines that belong together."""

    lines: tuple[SpeltLine, ...]
    kind: str = ""


@dataclass(frozen=True)
class Spelt:
    """All of it, and the texts of its language."""

    sections: tuple[Section, ...]
    lang: str
    words: Mapping[str, str]

    def said(self, key: str) -> str:
        """A text with its braces."""
        return self.words[key]


def line(kind: str, *parts: Part | None) -> SpeltLine:
    """A line of what there is."""
    return SpeltLine(kind, tuple(p for p in parts if p is not None))


def spelt(lang: str, *sections: Section) -> Spelt:
    """Sections in a language.

    Errors: ArgumentError (a ValueError) for an unknown one.
    """
    known(lang)
    return Spelt(sections, lang, table(ENGLISH, lang, "spelling"))


# -- numbers ---------------------------------------------------------------------------------------


def digits(x: float, figures: int = FIGURES) -> str:
    """A number as plain characters, to so many significant figures.

    Zeros at its end are figures, unless the number ends there: as a float32 has it, 1.1 is 1.1.

    >>> digits(0.07487), digits(2.5), digits(1 / 3), digits(-0.00001234), digits(float("-inf"))
    ('0.07487', '2.5', '0.3333', '-1.234e-5', '-∞')
    >>> import numpy as np
    >>> digits(float(np.float32(1.1))), digits(1.1004, 3), digits(123456.0), digits(40000.0)
    ('1.1', '1.10', '1.235e5', '40000')
    """
    if math.isnan(x):
        return "NaN"
    if math.isinf(x):
        return "∞" if x > 0 else "-∞"
    if x == 0:
        return "0"
    figures = max(figures, 1)
    short = f"{x:.{figures}g}"
    given = float(short)
    ends = given == x or (abs(x) < 1e38 and float(np.float32(given)) == x)
    if not 1e-4 <= abs(given) < 1e5:
        mantissa, power = f"{x:.{figures - 1}e}".split("e")
        if ends and "." in mantissa:
            mantissa = mantissa.rstrip("0").rstrip(".")
        return f"{mantissa}e{int(power)}"
    before = math.floor(math.log10(abs(given))) + 1  # figures before the point
    text = f"{given:.{max(figures - before, 0)}f}"
    return text.rstrip("0").rstrip(".") if ends and "." in text else text


def certain(x: float, bound: float) -> int:
    """How many significant figures of a number are certain when it may be off by `bound`.

    >>> certain(0.074870, 1e-9), certain(1e-17, 3e-17), certain(0.0, 1e-9)
    (7, 0, 15)
    """
    if not math.isfinite(x) or x == 0 or bound == 0:
        return 15
    return max(0, min(15, math.floor(math.log10(abs(x) / bound)))) if bound < math.inf else 0


def result(x: float, bound: float, figures: int = FIGURES + 1) -> Part:
    """What comes out, in its certain figures; 0 where it is nothing but rounding."""
    sure = certain(x, bound)
    if not sure:
        return Phrase("below", {"bound": Number(bound, 1)})
    return Number(x, min(figures, sure), "message", strong=True)


def factor(x: float, bound: float = 0.0, hue: str = "message") -> Number:
    """A number in a product, in its certain figures."""
    sure = certain(x, bound)
    return Number(x if sure else 0.0, min(FIGURES, max(sure, 1)), hue, factor=True)


def indexed(name: str, index: tuple[int, ...]) -> Name:
    """An element as one types it.

    >>> indexed("0.weight", (3, 2)).text
    '0.weight[3, 2]'
    """
    return Name(f"{name}[{', '.join(map(str, index))}]" if index else name)
