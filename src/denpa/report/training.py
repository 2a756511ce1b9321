"""The report of one training run as a single HTML page that opens without a network."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from denpa.report import sections
from denpa.report.frame import esc
from denpa.report.page import Numbering, facts, page, section
from denpa.report.record import (
    DataFacts,
    LayerHistogram,
    LayerRow,
    Mistake,
    Number,
    Pairs,
    ReportData,
)
from denpa.report.scale import number
from denpa.report.words import TEXT, words
from denpa.report.worth import paragraphs

__all__ = [
    "TEXT", "DataFacts", "LayerHistogram", "LayerRow", "Mistake", "Pairs", "ReportData",
    "render_report",
]  # fmt: skip


def render_report(record: ReportData, *, lang: str = "en") -> str:
    """Return the report as one self-contained HTML page in English ("en") or Japanese ("ja").

    It loads nothing from anywhere, runs no script, and leaves out every section without data.
    Raises ValueError for an unknown language.

    >>> from denpa.report.training import ReportData, render_report
    >>> page = render_report(ReportData(title="digits", metrics={"test_accuracy": 0.975}))
    >>> "97.5%" in page
    True
    """
    text = words(lang)
    numbers = Numbering(text)
    body = [
        ("result", _result(record, text, lang)),
        ("check", _check(record, text)),
        ("curves", sections.curves(record, text, numbers)),
        ("confusion", sections.confused(record, text, numbers)),
        ("scatter", sections.scattered(record, text, numbers)),
        ("mistakes", sections.mistakes(record, text, numbers)),
        ("activations", sections.layers(record.activations, "activations", text, numbers)),
        ("gradients", sections.layers(record.gradients, "gradients", text, numbers)),
        ("network", sections.network(record, text, numbers)),
        ("repeat", sections.repeat(record, text, numbers)),
    ]
    # Numbers are wrong by more or less; there is no answer that a network was sure of.
    names = {"mistakes": "errors"} if record.scatter is not None else {}
    main = "\n".join(
        section(key, text, content, names.get(key)) for key, content in body if content
    )
    return page(lang, f"{record.title} – {text['kind']}", _header(record, text), main,
                text["footer"])  # fmt: skip


def _header(record: ReportData, text: Mapping[str, str]) -> str:
    out = [f'<p class="kind">Denpa · {esc(text["kind"])}</p><h1>{esc(record.title)}</h1>']
    if record.created:
        out.append(f'<p class="meta">{esc(text["created"])} '
                   f'<time datetime="{esc(record.created)}">{esc(_moment(record.created))}</time>'
                   "</p>")  # fmt: skip
    if record.command:
        out.append(f'<pre aria-label="{esc(text["command"])}">{esc(record.command)}</pre>')
    bad = _diverged(record)
    if bad:
        note = text["curves.bad"].format(count=len(bad), total=len(record.epochs), epoch=bad[0])
        out.append(f'<p class="alarm" role="alert">{esc(note)}</p>')
    return "".join(out)


def _moment(created: str) -> str:
    """Return an ISO time as people read it: a space for the T, no fractions of a second."""
    day, mark, clock = created.partition("T")
    if not mark:
        return created
    head, dot, tail = clock.partition(".")
    return f"{day} {head}{tail.lstrip('0123456789') if dot else ''}"


def _diverged(record: ReportData) -> list[int]:
    """Return the epochs in which a loss is NaN or infinite; None is not measured, not diverged."""
    found = set()
    for name in ("train_loss", "val_loss"):
        for epoch, value in zip(record.epochs, record.history.get(name, ()), strict=False):
            if value is not None and not math.isfinite(value):
                found.add(epoch)
    return sorted(found)


def _result(record: ReportData, text: Mapping[str, str], lang: str) -> str:
    cards = []
    for place, (name, value) in enumerate(record.metrics.items()):
        label, shown, note = _metric(name, value, record, text)
        small = f"<small>{esc(note)}</small>" if note else ""
        bad = " bad" if record.worth is not None and record.worth.failed else ""
        kind = f' class="lead{bad}"' if place == 0 else ""
        cards.append(f"<div{kind}><dt>{esc(label)}</dt><dd>{esc(shown)}{small}</dd></div>")
    out = f'<dl class="numbers">{"".join(cards)}</dl>' if cards else ""
    out += paragraphs(record.worth, text, lang)
    return out + facts((label, number(value)) for label, value in record.summary)


def _metric(
    name: str, value: Number, record: ReportData, text: Mapping[str, str]
) -> tuple[str, str, str]:
    """Return the label, the value and a note ("350 of 360 examples") of one headline metric."""
    label, shown = sections.metric_name(name, text), sections.metric_value(name, value)
    note = ""
    if name == "test_accuracy" and record.confusion is not None:
        counts = np.asarray(record.confusion)
        right, total = number(int(np.trace(counts))), number(int(counts.sum()))
        note = text["of_examples"].format(right=right, total=total)
    if name.endswith(("_rmse", "_mae")) and record.scatter is not None and record.scatter.unit:
        note = record.scatter.unit
    if name.endswith("_loss") and record.worth is not None and record.worth.unit is not None:
        note = text["worth.unit"]
    if record.worth is not None and name == f"{record.worth.part}_{record.worth.metric}":
        baseline = sections.metric_value(name, record.worth.baseline_score)
        note = " · ".join(n for n in (note, text["worth.card"].format(value=baseline)) if n)
    return label, shown, note


def _check(record: ReportData, text: Mapping[str, str]) -> str:
    if not record.gradient_check:
        return ""
    verdict = ""
    if record.gradient_check_passed is not None:
        kind = "good" if record.gradient_check_passed else "bad"
        word = text["check.passed" if record.gradient_check_passed else "check.failed"]
        verdict = f'<span class="verdict {kind}">{esc(word)}</span> · '
    return f"<p>{verdict}{esc(record.gradient_check)}</p>"
