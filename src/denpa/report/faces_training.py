"""The faces of a history and of a run in a notebook."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from denpa.report.charts import line_chart
from denpa.report.faces_parts import Words, cut, frame, note, picture, table
from denpa.report.faces_words import words
from denpa.report.scale import number
from denpa.report.sections import metric_name, metric_value
from denpa.report.svg import Drawing, tag
from denpa.report.words import words as report_words
from denpa.report.worth import sentences
from denpa.words import spoken

_MOST, _LAST = 8, 7  # epochs in the table: the first and the last ones, and the best
_HOVER = 60  # epochs whose values the pointer shows: each makes the face larger

Row = Mapping[str, float]


def history(seen: Any) -> str:
    """The face of a history: how training ended, the curve of the loss, the last epochs.

    >>> import denpa as dp
    >>> rows = [{"epoch": 1, "train_loss": 0.5}, {"epoch": 2, "train_loss": 0.25}]
    >>> "0.25</td>" in history(dp.train.History(rows, best_epoch=2))
    True
    """
    said, text = words(), report_words(spoken())
    facts = [_ended(seen.reason, said), *_reached(seen, said, text)]
    return frame("History", facts, *_course(seen, said, text))


def run(seen: Any) -> str:
    """The face of a run: its folder and page, its figures, what they are worth, its history."""
    said, text = words(), report_words(spoken())
    links = [tag("code", str(seen.path))]
    if seen.report.is_file():
        links += [Markup(" · "), tag("a", said["report"], href=_address(seen.report))]
    where = tag("div", f"{said['folder']}: ", *links, cls="dp-note")
    rows = [[metric_name(k, text), metric_value(k, v)] for k, v in seen.metrics.items()]
    sides = [table([("", True), ("", False)], rows)] if rows else []
    facts = [seen.path.name, _ended(seen.record["reason"], said)]
    notes = [note(f"{s.head}: {s.text}") for s in sentences(seen.worth, lang=spoken())]
    try:
        past = seen.history
    except (OSError, ValueError) as error:  # the folder has gone, or holds something else by now
        notes.append(note(str(error)))
    else:
        facts += _reached(past, said, text)
        sides += _course(past, said, text)[:1]
    return frame("Run", facts, where, tag("div", *sides, cls="dp-side"), *notes)


def _address(page: Path) -> str:
    """A link that a notebook opens: beside the notebook a relative one, since a page of a server
    may not lead to a file of the system."""
    here = Path.cwd().resolve()
    to = page.resolve()
    if to.is_relative_to(here):
        return quote(to.relative_to(here).as_posix())
    return to.as_uri()


def _ended(reason: str, said: Words) -> str:
    return said.get(reason, reason)


def _reached(seen: Any, said: Words, text: Words) -> list[str]:
    """How long training was, and which epoch was the best."""
    if not seen.rows:
        return [said["no_epoch"]]
    epochs = int(max(row["epoch"] for row in seen.rows))
    members = len({row.get("member") for row in seen.rows})
    told = [said["one_epoch" if epochs == 1 else "epochs"].format(count=number(epochs))]
    if members > 1:
        told.append(said["members"].format(count=number(members)))
    if seen.best_epoch is not None:
        metric = metric_name(seen.monitor, text)
        told.append(said["best"].format(metric=metric, epoch=seen.best_epoch))
    return told


def _course(seen: Any, said: Words, text: Words) -> list[Markup]:
    """The curve and the table of the epochs; nothing before the first has ended."""
    rows: Sequence[Row] = seen.rows
    if not rows:
        return []
    names = list(dict.fromkeys(k for row in rows for k in row))
    best = [k for k, row in enumerate(rows) if row["epoch"] == seen.best_epoch][:1]
    kept = sorted({*_shown(len(rows)), *best})
    shown: list[list[object]] = []
    strong = None
    for before, k in zip([-1, *kept], kept, strict=False):
        if k > before + 1:
            gap = said["left_out"].format(count=number(k - before - 1))
            shown.append([gap, *[""] * (len(names) - 1)])
        strong = len(shown) if k in best else strong
        shown.append([metric_value(n, rows[k][n]) if n in rows[k] else "" for n in names])
    columns = [(text.get(f"column.{k}") or metric_name(k, text), False) for k in names]
    notes = [
        f"{said['constant']}: "
        + ", ".join(
            f"{metric_name(k, text)} {metric_value(k, v)}" for k, v in seen.baseline.items()
        )
        if seen.baseline
        else ""
    ]
    ending = seen.convergence
    if ending is not None and ending.improving:
        notes.append(said["falling"].format(column=metric_name(ending.column, text)))
    drawn = picture(_curve(seen, rows, said, text))
    return [drawn, tag("div", table(columns, shown, strong=strong), note(*notes))]


def _shown(count: int) -> list[int]:
    """The places of the epochs in the table, the best one aside: the first and the last."""
    first, last, _ = cut(range(count), _MOST, _LAST)
    return [*first, *last]


def _curve(seen: Any, rows: Sequence[Row], said: Words, text: Words) -> Drawing:
    """The loss over the epochs, of training and validation; of an ensemble, of its first member."""
    member = rows[0].get("member")
    own = [row for row in rows if row.get("member") == member]
    series = {
        text[f"series.{part}"]: [_number(row.get(f"{part}_loss")) for row in own]
        for part in ("train", "val")
        if any(f"{part}_loss" in row for row in own)
    }
    mark = None if seen.best_epoch is None else (float(seen.best_epoch), said["best_mark"])
    epochs = [float(row["epoch"]) for row in own]
    return line_chart(series, x=epochs, title=text["chart.loss"], xlabel=text["axis.epoch"],
                      ylabel="", marker=mark, hover=len(own) <= _HOVER)  # fmt: skip


def _number(x: float | None) -> float | None:
    return None if x is None or not math.isfinite(x) else float(x)
