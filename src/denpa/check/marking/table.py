"""The marks as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from denpa.check.marking.rows import Row

# A cell that begins so is a formula to a spreadsheet; wide letters are, too, to some.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠|%")
_COLUMNS = (
    "student", "file", "outcome", "points", "of", "mistakes", "line", "message", "seconds",
)  # fmt: skip


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula, on one line.

    >>> safe("=1+1"), safe("-dW"), safe("a\\nb"), safe("dW = 3")
    ("'=1+1", "'-dW", 'a b', 'dW = 3')
    """
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return f"'{line}" if text.startswith(_FORMULA) or line.startswith(_FORMULA) else line


def marks(rows: Sequence[Row]) -> str:
    """CSV with a row for each student: these columns, then the points of each gradient or test."""
    parts = list(dict.fromkeys(i.name for row in rows for i in row.items))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*_COLUMNS, *(safe(p) for p in parts)])
    for row in rows:
        points: dict[str, float] = {}
        for item in row.items:
            points[item.name] = points.get(item.name, 0.0) + item.points
        mistakes = "; ".join(f"{m.of}: {m.name}" for m in row.mistakes)
        texts = (row.student, row.file, row.outcome)
        writer.writerow(
            [*map(safe, texts), f"{row.points:g}", f"{row.of:g}", safe(mistakes), safe(row.line),
             safe(row.brief), f"{row.seconds:g}",
             *(f"{points[p]:.6g}" if p in points else "" for p in parts)]
        )  # fmt: skip
    return out.getvalue()
