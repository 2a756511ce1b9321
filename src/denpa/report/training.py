"""The report of one training run as a single HTML page that opens without a network."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from denpa.report import sections
from denpa.report.page import render
from denpa.report.record import Number, ReportData
from denpa.report.scale import number
from denpa.report.words import words
from denpa.report.worth import sentences


def render_report(record: ReportData, *, lang: str = "en") -> str:
    """Return the report as one self-contained HTML page in English ("en") or Japanese ("ja").

    It loads nothing from anywhere, runs no script, and leaves out every section without data.
    Raises ValueError for an unknown language.

    >>> from denpa.report.record import ReportData
    >>> from denpa.report.training import render_report
    >>> page = render_report(ReportData(title="digits", metrics={"test_accuracy": 0.975}))
    >>> "97.5%" in page
    True
    """
    text = words(lang)
    return render(
        "training",
        lang,
        text,
        title=f"{record.title} – {text['kind']}",
        kind=text["kind"],
        heading=record.title,
        record=record,
        moment=_moment(record.created),
        alarm=_alarm(record, text),
        metrics=[_metric(name, value, record, text) for name, value in record.metrics.items()],
        failed=record.worth is not None and record.worth.failed,
        sentences=[] if record.worth is None else sentences(record.worth, lang=lang),
        summary=[(label, number(value)) for label, value in record.summary],
        curves=sections.curves(record, text),
        confusion=sections.confused(record, text),
        scatter=sections.scattered(record, text),
        mistakes=sections.mistakes(record, text),
        layers={
            "activations": sections.layers(record.activations, "activations", text),
            "gradients": sections.layers(record.gradients, "gradients", text),
        },
        network=sections.network(record, text),
        repeat=sections.repeat(record, text),
    )


def _moment(created: str) -> str:
    """Return an ISO time as people read it: a space for the T, no fractions of a second."""
    day, mark, clock = created.partition("T")
    if not mark:
        return created
    head, dot, tail = clock.partition(".")
    return f"{day} {head}{tail.lstrip('0123456789') if dot else ''}"


def _alarm(record: ReportData, text: Mapping[str, str]) -> str:
    """Say in which epochs a loss is NaN or infinite; None is not measured, not diverged."""
    found = set()
    for name in ("train_loss", "val_loss"):
        for epoch, value in zip(record.epochs, record.history.get(name, ()), strict=False):
            if value is not None and not math.isfinite(value):
                found.add(epoch)
    if not found:
        return ""
    return text["curves.bad"].format(count=len(found), total=len(record.epochs), epoch=min(found))


def _metric(
    name: str, value: Number, record: ReportData, text: Mapping[str, str]
) -> dict[str, str]:
    """One headline number: its name, its value and a note ("350 of 360 examples")."""
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
    shown = sections.metric_value(name, value)
    return {"name": sections.metric_name(name, text), "value": shown, "note": note}
