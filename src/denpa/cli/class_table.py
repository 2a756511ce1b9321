"""The marks of a class on a terminal: a line for each thing that was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.cells import cell_len

from denpa.check.marking import SubmissionRow
from denpa.cli.console import one_line

WIDTH = 100  # columns of a terminal, of which a wide letter takes two
_MOST = (20, 18, 8, 15)  # of student, outcome, points, line
_BETWEEN = "  "


def table(rows: Sequence[SubmissionRow], text: Mapping[str, str]) -> list[str]:
    """The lines of the table, none wider than `WIDTH`: what is longer is cut, with … in its place.

    A student has a line for each mistake and for the message, of which the first has the points.
    """
    heads = [text[k] for k in ("student", "outcome", "points.range", "line", "found")]
    body: list[tuple[str, ...]] = []
    for row in rows:
        points = f"{row.points:g}" if row.outcome != "interrupted" else ""
        first = (one_line(row.student), text[row.outcome], points)
        for k, (of, line, said) in enumerate(row.told or [("", "", "")]):
            found = f"{of} – {said}" if of and said else of or said
            body.append((*(("", "", "") if k else first), line, one_line(found)))
    widths = [
        min(most, max(cell_len(r[k]) for r in (heads, *body))) for k, most in enumerate(_MOST)
    ]
    widths.append(WIDTH - sum(widths) - len(_BETWEEN) * len(widths))
    shown = [_line(r, widths) for r in (heads, *body)]
    rule = "─" * max(cell_len(line) for line in shown)
    return [shown[0], rule, *shown[1:]]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = []
    for k, (value, width) in enumerate(zip(row, widths, strict=True)):
        short = cut(value, width)
        space = " " * (width - cell_len(short))
        cells.append(space + short if k == 2 else short + space)
    return _BETWEEN.join(cells).rstrip()


def cut(text: str, width: int) -> str:
    """A text in so many columns.

    >>> cut("bias-not-summed", 8), cut("勾配の符号", 6), cut("W", 8)
    ('bias-no…', '勾配…', 'W')
    """
    if cell_len(text) <= width:
        return text
    while text and cell_len(text) > width - 1:
        text = text[:-1]
    return f"{text}…"
