"""What a result is worth, in words: the same sentences in the terminal and on the page."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from denpa.report.record import FEW, ClassFigures, Worth
from denpa.report.scale import number
from denpa.report.words import words

Words = Mapping[str, str]

_CLASSES = 6  # classes that one sentence names


@dataclass(frozen=True)
class Sentence:
    """One thing to know: in a few words, `head`, and as a sentence; `good` is None for neither."""

    key: str
    head: str
    text: str
    good: bool | None = None


def sentences(worth: Worth, *, lang: str = "en") -> list[Sentence]:
    """What is to be said of a result, the most important first.

    >>> from denpa.report.record import ClassFigures
    >>> classes = [ClassFigures("ok", 992, 992, 1000), ClassFigures("fraud", 8, 0, 0)]
    >>> worth = Worth("test", 1000, "accuracy", "ok", 0.992, 0.992, "equal", classes)
    >>> [s.head for s in sentences(worth)]
    ['no better than the baseline', 'never found: “fraud”', 'what can be done']
    """
    text = words(lang)
    found = [_baseline(worth, text)]
    if worth.unequal or worth.never_found:
        found.append(_classes(worth, text))
    if worth.never_found or (worth.unequal and worth.failed):
        found.append(_remedy(worth, text))
    if worth.unit is not None:
        said = text["worth.unit_text"].format(unit=number(worth.unit))
        found.append(Sentence("losses", text["worth.unit"], said))
    if worth.convergence is not None:
        found.append(_convergence(worth, text))
    return found


def _percent(share: float) -> str:
    return f"{100 * share:.2f}".rstrip("0").rstrip(".") + "%"


def _rows(count: int, text: Words) -> str:
    return text["worth.row" if count == 1 else "worth.rows"].format(count=number(count))


def _baseline(worth: Worth, text: Words) -> Sentence:
    rows = _rows(worth.rows, text)
    if worth.metric == "accuracy":
        said = text["worth.classes"].format(
            answer=worth.baseline,
            rows=rows,
            network=_percent(worth.score),
            right=number(round(worth.score * worth.rows)),
            constant=_percent(worth.baseline_score),
            usual=number(round(worth.baseline_score * worth.rows)),
        )
    else:
        said = text["worth.numbers"].format(
            answer=number(float(worth.baseline)),
            rows=rows,
            network=number(worth.score),
            constant=number(worth.baseline_score),
        )
    if worth.part != "test":
        said += text["gap"] + text[f"worth.on_{worth.part}"]
    good = {"better": True, "unclear": None}.get(worth.verdict, False)
    return Sentence("baseline", text[f"worth.{worth.verdict}"], said, good)


def _classes(worth: Worth, text: Words) -> Sentence:
    present = sorted((c for c in worth.classes if c.rows), key=lambda c: (c.found / c.rows, c.rows))
    parts = [_of_class(c, text) for c in present[:_CLASSES]]
    if len(present) > _CLASSES:
        parts.append(text["worth.more"].format(count=len(present) - _CLASSES))
    said = text["gap"].join(parts)
    lost = [c for c in worth.classes if c.rows and not c.found]
    if not lost:
        return Sentence("classes", text["worth.each"], said)
    lost.sort(key=lambda c: -c.rows)
    names = text["worth.comma"].join(_lost(c, text) for c in lost[:_CLASSES])
    head = text["worth.never"].format(names=names + (" …" if len(lost) > _CLASSES else ""))
    return Sentence("classes", head, said, False if lost[0].rows >= FEW else None)


def _lost(figures: ClassFigures, text: Words) -> str:
    key = "worth.lost_few" if figures.rows < FEW else "worth.lost"
    return text[key].format(name=figures.name, rows=_rows(figures.rows, text))


def _of_class(figures: ClassFigures, text: Words) -> str:
    key = "worth.class" if figures.answered else "worth.class_never"
    return text[key].format(
        name=figures.name,
        found=number(figures.found),
        rows=_rows(figures.rows, text),
        answered=number(figures.answered),
    )


def _remedy(worth: Worth, text: Words) -> Sentence:
    said = text["worth.remedy_text"]
    if len(worth.classes) == 2:
        rare = min(worth.classes, key=lambda c: c.rows)
        said += text["gap"] + text["worth.threshold"].format(name=rare.name)
    return Sentence("remedy", text["worth.remedy"], said)


def _convergence(worth: Worth, text: Words) -> Sentence:
    seen = worth.convergence
    assert seen is not None
    key: str = seen.state
    said = f"worth.{key}_text"
    if seen.column == "train_loss" and key == "improving":  # none, if it is learnt by heart
        key, said = "falling", "worth.falling_text"
    elif seen.column == "train_loss" and key == "climbing":
        said = "worth.climbing_alone_text"
    elif key == "settled" and seen.start == seen.end:
        said = "worth.settled_best_text"
    before, now = seen.accuracies or (math.nan, math.nan)
    return Sentence(
        "convergence",
        text[f"worth.{key}"],
        text[said].format(
            loss=text[f"worth.{seen.column}"],
            epochs=number(seen.epochs),
            more=2 * seen.epochs,
            first=number(seen.first),
            last=number(seen.last),
            start=number(seen.start),
            end=number(seen.end),
            before=_percent(before),
            now=_percent(now),
            accuracy=text[f"worth.{seen.column.replace('loss', 'accuracy')}"],
        ),
    )
