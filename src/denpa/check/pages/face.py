"""The report of a check as a notebook shows it: what is wrong, and how much was compared."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

from denpa.check.pages.page import (
    Words,
    _finding,
    _gradients,
    _layers,
    _summary,
    examined,
    kind_of,
)
from denpa.check.pages.words import words
from denpa.check.record import Finding, Record
from denpa.report.faces_parts import cut, frame, note, table
from denpa.report.faces_tensor import numbers
from denpa.report.page import Table
from denpa.report.svg import tag
from denpa.words import say, speaking

_MOST, _LAST = 24, 4  # rows of a table
_FINDINGS = 6


def face(report: Record) -> str:
    """The face of a report, in its language: findings, gradients, and the first that is wrong.

    Runs nothing of the code that was checked.

    >>> from denpa.check import gradient
    >>> seen = face(gradient(np.sin, np.array([0.5, 2.0]), grad=lambda x, g: g * np.cos(x)))
    >>> "2 / 2" in seen, "<script" in seen
    (True, False)
    """
    text = words(report.language)
    with speaking(report.language):
        said = say("nothing could be compared: this says neither right nor wrong")
        summary = said if report.nothing else _summary(report, text)
        told = [_told(f, report, text) for f in report.findings[:_FINDINGS]]
        tables = [_drawn(t) for t in (_layers(report, text), _gradients(report, text)) if t]
        notes = dict.fromkeys([report.said_missing(report.language), *report.notes])
        more = len(report.findings) - _FINDINGS
        left = [note(f"… + {more}")] if more > 0 else []
        shown = [*told, *left, *tables, *_wrong(report, text), *map(note, notes)]
        return frame(report.title, [text[kind_of(report)], summary], *shown)


def _told(f: Finding, report: Record, text: Words) -> Markup:
    """One mistake: what it is, in which line, and what would be right."""
    part = _finding(f, report, text, report.language)
    head = " · ".join(str(part[k]) for k in ("name", "error") if part[k])
    lines = [tag("div", tag("b", head), f" — {f.text}")]
    if f.location is not None:
        lines.append(tag("div", f"{f.location} ", tag("code", f.location.text)))
    if f.expected == "pass":
        lines.append(tag("div", say("expected"), ": ", say("without this line")))
    elif f.expected:
        lines.append(tag("div", say("expected"), ": ", tag("code", f.expected)))
    return tag("div", *lines, note(f.why), cls="dp-finding")


def _drawn(t: Table) -> Markup:
    columns = [(heading, not numeric) for heading, numeric in t.columns]
    first, last, left = cut(t.rows, _MOST, _LAST)
    gap = [[f"… {left} …", *[""] * (len(columns) - 1)]] if left else []
    return table(columns, [*first, *gap, *last])


def _wrong(report: Record, text: Words) -> list[Markup]:
    """The numbers of the first gradient that is wrong, claimed and by differences."""
    for leaf in examined(report):
        for c in leaf.compared.values():
            if c.ok or c.numeric is None or not np.isfinite(c.numeric).any():
                continue
            sides = [numbers(c.numeric, text["heat.numeric"].format(name=leaf.name(c)))]
            try:
                claimed = np.asarray(c.claimed, np.float64)
            except (TypeError, ValueError):  # a list of lists of different lengths, a string
                claimed = np.empty(0)
            if c.claimed is not None and claimed.size:
                sides.insert(0, numbers(claimed, text["heat.claimed"].format(name=leaf.name(c))))
            return [tag("div", *sides, cls="dp-side")]
    return []
