"""The pictures of a check as one SVG: shown by notebooks, saved as a file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from denpa.check.determinism import leaves_generators
from denpa.check.optimizers.record import RuleRecord
from denpa.check.pages.curves import ways
from denpa.check.pages.page import examined, kind_of, maps, sweeps
from denpa.check.pages.words import words
from denpa.check.record import Record
from denpa.core.errors import ArgumentError
from denpa.core.files import write_atomically
from denpa.report.svg import Drawing, coordinate, join, tag, text, text_width
from denpa.words import say

_GAP = 28.0


@dataclass(frozen=True)
class Plot:
    """A picture: notebooks show it by themselves, `save` writes it."""

    drawing: Drawing

    def svg(self) -> str:
        """A whole SVG document with its own style sheet, in light and dark."""
        return str(self.drawing.svg(standalone=True))

    def _repr_svg_(self) -> str:
        return self.svg()

    def _repr_html_(self) -> str:
        width = f"max-width:{coordinate(self.drawing.width)}px"
        return str(tag("div", self.drawing.svg(standalone=True), style=width))

    def save(self, path: str | PathLike[str]) -> Path:
        """Write the picture to a file that ends in .svg, and return its path.

        Errors: ArgumentError for another ending; OSError if the file cannot be written.
        """
        to = Path(path)
        if to.suffix.lower() != ".svg":
            raise ArgumentError(
                say(
                    "a plot is saved as SVG, given {path!r}: name a file that ends in .svg",
                    path=str(path),
                )
            )
        write_atomically(to, self.svg().encode("utf-8", "backslashreplace"))
        return to


@leaves_generators
def plot(report: Record, language: str | None = None) -> Plot:
    """The heat maps of each wrong gradient (of all, where none is wrong) and errors over ε.

    Errors: ArgumentError if the report has no numbers, and for an unknown language.

    >>> import numpy as np
    >>> from denpa.check import gradient
    >>> found = plot(gradient(np.sin, np.array([0.5, 2.0]), grad=lambda x: np.sin(x)))
    >>> found.svg().startswith("<svg"), "dx against differences" in found.svg()
    (True, True)
    """
    said = words(report.language if language is None else language)
    leaves = list(examined(report))
    rows: list[list[Drawing]] = []
    some_wrong = any(not c.ok for leaf in leaves for c in leaf.compared.values())
    for leaf in leaves:
        for c in leaf.compared.values():
            drawn = maps(c, leaf.case.values[c.name].shape, f"d{c.name}", said)
            if drawn and not (some_wrong and c.ok):
                rows.append(drawn)
    charts = [_told(chart, what) for chart, what in sweeps(leaves, said)]
    rows += [charts[k : k + 2] for k in range(0, len(charts), 2)]
    if isinstance(report, RuleRecord) and (drawn := ways(report, said)):
        rows.append(drawn)
    if not rows:
        raise ArgumentError(
            say(
                "the report of {title} has nothing to draw: it holds no gradient that was "
                "compared number by number",
                title=report.title,
            )
        )
    return Plot(_stacked(rows, f"{report.title} – {said[kind_of(report)]}"))


def _told(chart: Drawing, said: str) -> Drawing:
    """A chart with what it says beneath it."""
    lines = [""]
    for piece in re.findall(r"[\x21-\x7e]+ ?|.", said):  # words, or letters of Japanese
        if text_width(lines[-1] + piece, 10.5) > chart.width - 4:
            lines.append("")
        lines[-1] += piece
    body = join(
        text(2, chart.height + 10 + 15 * k, line, "dp-soft dp-small")
        for k, line in enumerate(lines)
    )
    return Drawing(chart.width, chart.height + 15 * len(lines) + 6, chart.title, chart.body + body)


def _stacked(rows: list[list[Drawing]], title: str) -> Drawing:
    out, y, width = [text(8, 22, title, "dp-head")], 38.0, 0.0
    for row in rows:
        x = 0.0
        for drawing in row:
            place = f"translate({coordinate(x)} {coordinate(y)})"
            out.append(tag("g", drawing.body, transform=place))
            x += drawing.width + _GAP
        width = max(width, x - _GAP)
        y += max(d.height for d in row) + _GAP / 2
    return Drawing(width, y, title, join(out))
