"""The marks of a class as one HTML page that opens without a network and runs no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from denpa.check.marking.rows import Row, Summary, summary, title_of
from denpa.check.marking.words import words
from denpa.report.frame import esc
from denpa.report.page import Numbering, section
from denpa.report.page import page as whole_page

_STYLE = """
.bars{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.2rem .9rem;
font:.85rem/1.4 var(--sans);font-variant-numeric:tabular-nums}
.bars dt{text-align:right;color:var(--soft)}.bars dd{display:flex;gap:.5rem;align-items:center}
.bars i{display:block;height:.85rem;background:var(--ink);min-width:1px}
"""


def class_page(rows: Sequence[Row], what: str, language: str = "en", note: str = "") -> str:
    """The marks as a page: points, mistakes, every submission, and the reports to hand back.

    `what` says what was to be written, `note` what else there is to say of the marks. All that
    comes from a submission is shown as text.
    """
    text, found = words(language), summary(rows)
    numbers = Numbering(text)
    body = [
        ("points", _points(found, text, numbers)),
        ("mistakes", _mistakes(found, text, numbers, language)),
        ("students", _students(rows, text, numbers)),
        ("reports", _reports(rows, text)),
    ]
    main = "\n".join(section(key, text, content) for key, content in body if content)
    said = text["said"].format(students=found.students, right=found.outcomes["right"])
    if left := found.outcomes["interrupted"]:
        marked = found.students - left
        told = text["said.interrupted"].format(marked=marked, students=found.students)
        note = f"{told} {note}".strip()
    more = f'<p class="meta">{esc(note)}</p>' if note else ""
    header = (
        f'<p class="kind">Denpa · {esc(text["kind"])}</p><h1>{esc(what)}</h1>'
        f'<p class="meta">{esc(said)}</p>{more}'
    )
    title = text["title"].format(what=what)
    shown = whole_page(language, title, header, main, text["footer"])
    return shown.replace("</style>", f"{_STYLE}</style>", 1)


def _points(found: Summary, text: Mapping[str, str], numbers: Numbering) -> str:
    most = max(found.tenths)
    if not most:
        return ""
    bars = []
    for tenth, count in reversed(list(enumerate(found.tenths))):
        low, high = found.of * tenth / 10, found.of * (tenth + 1) / 10
        key = "bar.all" if tenth == 10 else "bar"
        of = text[key].format(low=f"{low:.4g}", high=f"{found.of if tenth == 10 else high:.4g}")
        width = f'<i style="width:{85 * count / most:.1f}%"></i>' if count else ""
        bars.append(f"<dt>{esc(of)}</dt><dd>{width}{count}</dd>")
    caption = text["points.caption"].format(of=found.of, mean=found.mean, median=found.median)
    return numbers.figure(f'<dl class="bars">{"".join(bars)}</dl>', caption)


def _mistakes(found: Summary, text: Mapping[str, str], numbers: Numbering, language: str) -> str:
    if not found.mistakes:
        return ""
    columns = [(text["mistakes.name"], False), (text["mistakes.what"], False),
               (text["mistakes.count"], True)]  # fmt: skip
    rows = [(name, title_of(name, language), count) for name, count in found.mistakes.items()]
    return numbers.table(columns, rows, text["mistakes.caption"])


def _students(rows: Sequence[Row], text: Mapping[str, str], numbers: Numbering) -> str:
    columns = [(text["student"], False), (text["outcome"], False), (text["points.range"], True),
               (text["found"], False), (text["line"], False), (text["message"], False)]  # fmt: skip
    table = []
    for row in rows:
        points = f"{row.points:g}" if row.outcome != "interrupted" else ""
        head = (row.student, text[row.outcome], points)
        for k, told in enumerate(row.told or [("", "", "")]):
            table.append((*(("", "", "") if k else head), *told))
    return numbers.table(columns, table, text["students.caption"])


def _reports(rows: Sequence[Row], text: Mapping[str, str]) -> str:
    out = []
    for row in rows:
        if row.outcome == "interrupted":
            continue
        said = row.report.strip() or row.message or text[row.outcome]
        kind = "good" if row.outcome == "right" else "" if row.outcome == "incomplete" else "bad"
        out.append(
            f"<details><summary>{esc(row.student)} · "
            f'<span class="verdict {kind}">{esc(text[row.outcome])}</span> · '
            f"{row.points:g} / {row.of:g}</summary><pre>{esc(said)}</pre></details>"
        )
    return "".join(out)
