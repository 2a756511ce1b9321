"""The marks of a class as one HTML page that opens without a network and runs no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from denpa.check.marking.rows import ClassSummary, SubmissionRow, summary, title_of
from denpa.check.marking.words import words
from denpa.report.page import Table, render


def class_page(
    rows: Sequence[SubmissionRow], what: str, language: str = "en", note: str = ""
) -> str:
    """The marks as a page: points, mistakes, every submission, and the reports to hand back.

    `what` says what was to be written, `note` what else there is to say of the marks. All that
    comes from a submission is shown as text.
    """
    text, found = words(language), summary(rows)
    if left := found.outcomes["interrupted"]:
        marked = found.students - left
        told = text["said.interrupted"].format(marked=marked, students=found.students)
        note = f"{told} {note}".strip()
    return render(
        "marks",
        language,
        text,
        title=text["title"].format(what=what),
        kind=text["kind"],
        heading=what,
        said=text["said"].format(students=found.students, right=found.outcomes["right"]),
        note=note,
        bars=_bars(found, text),
        points=text["points.caption"].format(of=found.of, mean=found.mean, median=found.median),
        mistakes=_mistakes(found, text, language),
        students=_students(rows, text),
        reports=[
            (row, row.report.strip() or row.message or text[row.outcome])
            for row in rows
            if row.outcome != "interrupted"
        ],
    )


def _bars(found: ClassSummary, text: Mapping[str, str]) -> list[dict[str, object]]:
    """How many submissions have how many points, the best first; none where none was marked."""
    most = max(found.tenths)
    bars: list[dict[str, object]] = []
    for tenth, count in enumerate(found.tenths if most else ()):
        low, high = found.of * tenth / 10, found.of * (tenth + 1) / 10
        key = "bar.all" if tenth == 10 else "bar"
        of = text[key].format(low=f"{low:.4g}", high=f"{found.of if tenth == 10 else high:.4g}")
        bars.insert(0, {"of": of, "count": count, "width": f"{85 * count / most:.1f}"})
    return bars


def _mistakes(found: ClassSummary, text: Mapping[str, str], language: str) -> Table:
    columns = [(text["mistakes.name"], False), (text["mistakes.what"], False)]
    rows = [(name, title_of(name, language), count) for name, count in found.mistakes.items()]
    return Table([*columns, (text["mistakes.count"], True)], rows, text["mistakes.caption"])


def _students(rows: Sequence[SubmissionRow], text: Mapping[str, str]) -> Table:
    keys = ("student", "outcome", "points.range", "found", "line", "message")
    table = []
    for row in rows:
        points = f"{row.points:g}" if row.outcome != "interrupted" else ""
        head = (row.student, text[row.outcome], points)
        for k, told in enumerate(row.told or [("", "", "")]):
            table.append((*(("", "", "") if k else head), *told))
    return Table([(text[k], k == "points.range") for k in keys], table, text["students.caption"])
