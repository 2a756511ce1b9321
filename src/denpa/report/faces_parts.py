"""What the faces of objects in notebooks are built of: a frame, tables that are cut, pictures.

A notebook brings its own paper and ink, light or dark, and does not tell which: every colour here
is the text's own, thinned, or a blue and an orange that stand out on both. No script, nothing from
elsewhere. A notebook that is not trusted drops the style sheet: what is left reads as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from denpa.report.svg import Drawing, clean, tag

Words = Mapping[str, str]


@cache
def _style() -> str:
    lines = files("denpa.report").joinpath("templates/faces.css").read_text("utf-8").splitlines()
    return "".join(line.strip() for line in lines)


def frame(name: str, facts: Iterable[str], *parts: str) -> str:
    """The whole face: the name of what is seen, some facts in a line, then what there is to see.

    >>> frame("<b>", ["3 × 4"]).partition("</style>")[2]
    '<div class="dp-head"><b>&lt;b&gt;</b><span class="dp-fact">3 × 4</span></div></div>'
    """
    head = tag("div", tag("b", name), *(tag("span", f, cls="dp-fact") for f in facts if f),
               cls="dp-head")  # fmt: skip
    whole = tag("div", tag("style", Markup(_style())), head, *parts, cls="dp-face")
    return clean(whole)


def note(*texts: str) -> Markup:
    """A line in small letters; nothing for no text."""
    said = [t for t in texts if t]
    return tag("div", " · ".join(said), cls="dp-note") if said else Markup()


def cell(shown: object, *, heading: bool = False, words: bool = False, **look: Any) -> Markup:
    """A cell of a table; numbers stand to the right, words to the left.

    >>> print(cell("<i>"), cell(""), cell("a", words=True, title="b"))
    <td>&lt;i&gt;</td> <td></td> <td class="dp-w" title="b">a</td>
    """
    name, content = "th" if heading else "td", shown if isinstance(shown, str) else str(shown)
    made = tag(name, content, cls="dp-w" if words else None, **look)
    return made if content else Markup(f"{made[:-2]}></{name}>")


def table(
    columns: Sequence[tuple[str, bool]],
    rows: Sequence[Sequence[object]],
    total: Sequence[object] = (),
    strong: int | None = None,
) -> Markup:
    """A table; a column is its heading and whether words stand in it, `strong` a row to stress."""
    wordy = [w for _, w in columns]

    def line(row: Sequence[object], name: str | None = None) -> Markup:
        cells = (cell(x, words=w) for x, w in zip(row, wordy, strict=True))
        return tag("tr", *cells, cls=name)

    head = tag("tr", *(cell(h, heading=True, words=w, scope="col") for h, w in columns))
    body = [line(row, "dp-strong" if k == strong else None) for k, row in enumerate(rows)]
    foot = [tag("tfoot", line(total))] if total else []
    inside = (tag("thead", head), tag("tbody", *body), *foot)
    return wide(tag("table", *inside))


def wide(drawn: Markup) -> Markup:
    """A table that scrolls sideways where it has no room, with the keyboard as well."""
    return tag("div", drawn, cls="dp-wide", tabindex=0)


def cut(rows: Sequence[Any], most: int, last: int) -> tuple[Sequence[Any], Sequence[Any], int]:
    """The first and the last rows of a long list, and how many were left out between them.

    >>> cut(range(10), 5, 2)
    (range(0, 3), range(8, 10), 5)
    >>> cut(range(4), 5, 2)
    (range(0, 4), range(0, 0), 0)
    """
    if len(rows) <= most:
        return rows, rows[:0], 0
    return rows[: most - last], rows[len(rows) - last :], len(rows) - most


def picture(drawing: Drawing) -> Markup:
    """A chart in the notebook's own ink."""
    return tag("div", drawing.svg(), cls="dp-chart")
