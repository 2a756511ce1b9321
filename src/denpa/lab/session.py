"""`Lab`: what a lab's file talks to. It gives seeds, sizes and data; it takes figures and claims.

In a run (`denpa lab run`) the results are collected and written at the end. In a notebook, or
where the documentation is built, each is shown where it stands, and a claim that fails raises.
"""

from __future__ import annotations

import base64
import html
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from denpa.core.errors import ArgumentError
from denpa.lab import style
from denpa.lab.claims import Claim, ClaimError, judge
from denpa.lab.images import Images, load
from denpa.lab.words import translate
from denpa.report.explanation import page
from denpa.report.printing import Output

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from denpa.explanation import Explanation

__all__ = ["Lab", "LabSettings", "running"]

T = TypeVar("T")

_LANGUAGES = "DENPA_LAB_LANGUAGES"
"""The languages of what a notebook shows: "en" if not set, "ja", or "en,ja" for documentation."""


@dataclass
class LabSettings:
    """How the labs of a run are to be run. `lab` is the one that began last."""

    quick: bool = True
    seed: int = 0
    collect: bool = False  # False: a notebook, where results are shown at once
    lab: Lab | None = field(default=None, repr=False)


_settings = LabSettings()


@contextmanager
def running(settings: LabSettings) -> Iterator[LabSettings]:
    """Run what is inside with these settings."""
    global _settings
    before, _settings = _settings, settings
    try:
        yield settings
    finally:
        _settings = before


class Lab:
    """The lab of this name: its seeds, sizes and data on one side, its results on the other.

    * `quick`: whether this is the short run; `pick(quick, full)` chooses between two values.
    * `seed`: the first seed; `seeds(3)` are three, from there.

    In a file of your own, run it with `denpa lab run my_lab.py`, or cell by cell in a notebook.

    >>> from denpa.lab import Lab
    >>> lab = Lab("three-plus-five")
    >>> lab.pick(quick=100, full=10_000), list(lab.seeds(3))
    (100, [0, 1, 2])
    >>> lab.claim("Eight times ten is eighty", (3 + 5) * 10, equal=80)
    ✓ Eight times ten is eighty: 80 (= 80)
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._settings = _settings
        self.quick = _settings.quick
        self.seed = _settings.seed
        self.note = ""  # what the reader of the results must know
        self.data = ""  # the name of the pictures, once they were asked for
        self.figures: list[tuple[Figure, str]] = []
        self.pictures: list[tuple[Explanation, str]] = []
        self.tables: list[dict[str, list[Any]]] = []
        self.claims: list[Claim] = []
        _settings.lab = self

    def pick(self, quick: T, full: T) -> T:
        """Return `quick` in a quick run and `full` in a full one."""
        return quick if self.quick else full

    def seeds(self, count: int) -> range:
        """Return so many seeds, beginning with the one of the run."""
        return range(self.seed, self.seed + count)

    def images(self, train: int, test: int, seed: int | None = None) -> Images:
        """Return handwritten digits: MNIST where it is at hand, else the embedded ones.

        At most 60,000 and 10,000, or 1,297 and 500 of the embedded digits; the same seed (by
        default the lab's) draws the same pictures. Where MNIST is not at hand, this says so.
        """
        found = load(train, test, self.seed if seed is None else seed)
        if not found.mnist and not self.data:
            self._note(
                "MNIST is not on this machine (denpa data get mnist fetches it); "
                "the embedded digits are used"
            )
        self.data = found.name
        return found

    def axes(
        self, rows: int = 1, columns: int = 1, *, width: float = 7.0, height: float = 3.6
    ) -> tuple[Figure, Any]:
        """Return a Matplotlib figure (width and height in inches) and its axes.

        As `pyplot.subplots(rows, columns)`, in the style of the labs. Write all words in English;
        they are translated when the figure is drawn.
        """
        return style.figure(rows, columns, width, height)

    def show(self, figure: Figure, what: str) -> None:
        """Keep a figure. `what` says in a sentence what is to be seen, also to those who cannot."""
        self.figures.append((figure, what))
        if not self._settings.collect:
            _display(_figure_html(figure, what, language) for language in _languages())

    def picture(self, explanation: Explanation, what: str) -> None:
        """Keep the picture of a pass (`dp.explain`), to be stepped through. `what` says in a
        sentence what is to be seen."""
        self.pictures.append((explanation, what))
        if not self._settings.collect:
            _display(_picture_html(explanation, what, language) for language in _languages())

    def table(self, columns: Mapping[str, Sequence[Any] | np.ndarray]) -> None:
        """Keep a table, given as columns of one length. None is an empty cell.

        Errors: an ArgumentError where the lengths differ.
        """
        plain = {name: [_item(v) for v in values] for name, values in columns.items()}
        lengths = {name: len(values) for name, values in plain.items()}
        if len(set(lengths.values())) != 1:
            raise ArgumentError(f"table: the columns have different lengths: {lengths}")
        self.tables.append(plain)
        if not self._settings.collect:
            _display(_table_html(plain, language) for language in _languages())

    def claim(
        self,
        text: str,
        measured: Any,
        *,
        near: Any = None,
        within: float | None = None,
        at_least: float | None = None,
        at_most: float | None = None,
        equal: Any = None,
    ) -> None:
        """Claim `text`, with what was measured and the bounds that make it true.

        * `measured`: a number, or an array of which every element has to fulfil the bounds, or a
          truth value if there are none.
        * `near` and `within`: |measured − near| ≤ within. `at_least`, `at_most`, `equal`: as said.

        Errors: a ClaimError in a notebook where the claim does not hold; a run goes on to its end,
        and then fails.
        """
        found = judge(
            text,
            measured,
            near=near,
            within=within,
            at_least=at_least,
            at_most=at_most,
            equal=equal,
        )
        self.claims.append(found)
        if self._settings.collect:
            return
        _display((_claim_html(found, language) for language in _languages()), line(found, "en"))
        if not found.holds:
            raise ClaimError(line(found, "en"))

    def _note(self, text: str) -> None:
        self.note = text
        if not self._settings.collect:
            _display(f"<p><em>{html.escape(translate(text, lg))}</em></p>" for lg in _languages())


def _item(value: Any) -> Any:
    """A cell as plain Python: NumPy's numbers are Python's, an array a list."""
    return value.tolist() if isinstance(value, (np.generic, np.ndarray)) else value


def line(claim: Claim, language: str) -> str:
    """A claim on one line: its verdict, its words, what was measured, what was expected."""
    said = translate(claim.text, language)
    mark = "✓" if claim.holds else "✗"
    if isinstance(claim.measured, bool):
        return f"{mark} {said}"
    return f"{mark} {said}: {short(claim.measured)} ({claim.expected})"


def short(value: Any) -> str:
    """A value for people: four digits, a long list cut."""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list):
        shown = [short(v) for v in value[:8]] + ["…"] * (len(value) > 8)
        return f"[{', '.join(shown)}]"
    return str(value)


def _languages() -> list[str]:
    return os.environ.get(_LANGUAGES, "en").split(",")


def _display(shown: Iterator[str] | Sequence[str], text: str | None = None) -> None:
    """Show HTML in a notebook, once for each language; outside of one, print the text."""
    notebook = sys.modules.get("IPython")  # there already if this runs in a notebook
    if notebook is None or notebook.get_ipython() is None:
        if text is not None:
            Output().say(text)
        return
    languages = _languages()
    parts = list(shown)
    if len(languages) > 1:
        parts = [f'<div class="lab-{g}">{s}</div>' for g, s in zip(languages, parts, strict=True)]
    notebook.display.display(notebook.display.HTML("".join(parts)))


def _figure_html(figure: Figure, what: str, language: str) -> str:
    drawn, _ = style.svg(figure, language)
    data = base64.b64encode(drawn.encode()).decode()
    alt = html.escape(translate(what, language))
    return f'<img class="lab-figure" alt="{alt}" src="data:image/svg+xml;base64,{data}"/>'


def _picture_html(explanation: Explanation, what: str, language: str) -> str:
    """The page of a pass in a frame of its own."""
    shown = html.escape(page(explanation.to_dict(), language))
    said = html.escape(translate(what, language))
    return f'<iframe class="lab-picture" title="{said}" srcdoc="{shown}"></iframe>'


def _table_html(columns: Mapping[str, list[Any]], language: str) -> str:
    head = "".join(f"<th>{rich(translate(name, language))}</th>" for name in columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{rich(cell(v, language))}</td>" for v in row) + "</tr>"
        for row in zip(*columns.values(), strict=True)
    )
    return f'<table class="lab-table"><tr>{head}</tr>{rows}</table>'


def cell(value: Any, language: str) -> str:
    """A cell of a table for people."""
    if value is None:
        return ""
    return translate(value, language) if isinstance(value, str) else short(value)


def rich(text: str) -> str:
    """Text as HTML; mathematics between $ as Sphinx hands it to MathJax."""
    return re.sub(
        r"\$([^$]+)\$", r'<span class="math notranslate">\\(\1\\)</span>', html.escape(text)
    )


def _claim_html(claim: Claim, language: str) -> str:
    kind = "holds" if claim.holds else "fails"
    return f'<p class="lab-claim lab-{kind}">{rich(line(claim, language))}</p>'
