"""The marks as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from denpa.check.marking.rows import SubmissionRow
from denpa.core.sheet import cell

_COLUMNS = (
    "student",
    "file",
    "outcome",
    "points",
    "of",
    "mistakes",
    "line",
    "message",
    "seconds",
)


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula, on one line.

    >>> safe("=1+1"), safe("-dW"), safe("a\\nb"), safe("dW = 3")
    ("'=1+1", "'-dW", 'a b', 'dW = 3')
    """
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return str(cell(line))


def marks(rows: Sequence[SubmissionRow]) -> str:
    """CSV with a row for each student: these columns, then the points of each gradient or test,
    with what it is worth in the heading, where that is the same for all, and what deductions take.

    Several mistakes of a student, their lines and their messages are parted by semicolons. Who was
    not marked has no points.
    """
    worth: dict[str, set[float]] = {}
    for item in (i for row in rows for i in row.items):
        worth.setdefault(item.name, set()).add(item.of)
    # A name of which nothing could be marked has no column of its own beside its gradients.
    names = {n for row in rows for n in row.gradients if any(w.startswith(f"{n}.") for w in worth)}
    parts = [n for n in worth if n not in names]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*_COLUMNS, *(safe(_heading(p, worth[p])) for p in parts)])
    for row in rows:
        points: dict[str, float] = {}
        for item in row.items:
            points[item.name] = points.get(item.name, 0.0) + item.points
        shown = [f"{points[p]:.6g}" if p in points else "" for p in parts]
        for k, part in enumerate(parts):
            if part.partition(".")[0] in points.keys() & names and max(worth[part]):
                shown[k] = "0"
        told = row.told
        lines = [line for _, line, _ in told if line]
        marked = row.outcome != "interrupted"
        writer.writerow(
            [
                *map(safe, (row.student, row.file, row.outcome)),
                f"{row.points:g}" if marked else "",
                f"{row.of:g}",
                safe("; ".join(of for of, *_ in told if of)),
                safe("; ".join(lines)),
                safe("; ".join(text for *_, text in told if text)),
                f"{row.seconds:g}",
                *shown,
            ]
        )
    return out.getvalue()


def _heading(part: str, worth: set[float]) -> str:
    (of, *more) = worth
    return part if more or not of else f"{part} (of {of:.4g})"
