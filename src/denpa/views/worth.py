"""What a result is worth, in words: the same sentences in the terminal and on the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from denpa.views.frame import esc
from denpa.views.page import Numbering
from denpa.views.record import ClassFigures, Worth
from denpa.views.scale import number
from denpa.views.words import words

Words = Mapping[str, str]

_CLASSES = 6  # classes that one sentence names
_ROWS = 64  # classes of the table


@dataclass(frozen=True)
class Sentence:
    """One thing to know: in a few words, `head`, and as a sentence; `good` is None for neither."""

    key: str
    head: str
    text: str
    good: bool | None = None


def sentences(worth: Worth, *, lang: str = "en") -> list[Sentence]:
    """What is to be said of a result, the most important first.

    >>> from denpa.views.record import ClassFigures
    >>> classes = [ClassFigures("ok", 992, 992, 1000), ClassFigures("fraud", 8, 0, 0)]
    >>> worth = Worth("test", 1000, "accuracy", "ok", 0.992, 0.992, "equal", classes)
    >>> [s.head for s in sentences(worth)]
    ['no better than the baseline', 'never found: fraud']
    """
    text = words(lang)
    found = [_baseline(worth, text)]
    if worth.unequal or worth.never_found:
        found.append(_classes(worth, text))
    if worth.convergence is not None:
        found.append(_convergence(worth, text))
    return found


def _percent(share: float) -> str:
    return f"{100 * share:.2f}".rstrip("0").rstrip(".") + "%"


def _baseline(worth: Worth, text: Words) -> Sentence:
    if worth.metric == "accuracy":
        said = text["worth.classes"].format(
            answer=worth.baseline, rows=number(worth.rows), network=_percent(worth.score),
            right=number(round(worth.score * worth.rows)), constant=_percent(worth.baseline_score),
            usual=number(round(worth.baseline_score * worth.rows)),
        )  # fmt: skip
    else:
        said = text["worth.numbers"].format(
            answer=number(float(worth.baseline)), rows=number(worth.rows),
            network=number(worth.score), constant=number(worth.baseline_score),
        )  # fmt: skip
    if worth.part != "test":
        said += text["gap"] + text[f"worth.on_{worth.part}"]
    good = {"better": True, "unclear": None}.get(worth.verdict, False)
    return Sentence("baseline", text[f"worth.{worth.verdict}"], said, good)


def _classes(worth: Worth, text: Words) -> Sentence:
    present = sorted((c for c in worth.classes if c.rows), key=lambda c: (c.found / c.rows, c.rows))
    parts = [_of_class(c, text) for c in present[:_CLASSES]]
    said = text["worth.join"].join(parts)
    if len(present) > _CLASSES:
        said += text["worth.join"] + text["worth.more"].format(count=len(present) - _CLASSES)
    lost = worth.never_found
    names = text["worth.comma"].join(lost[:_CLASSES]) + (" …" if len(lost) > _CLASSES else "")
    head = text["worth.never"].format(names=names) if lost else text["worth.each"]
    return Sentence("classes", head, said, False if lost else None)


def _of_class(figures: ClassFigures, text: Words) -> str:
    key = "worth.class" if figures.answered else "worth.class_never"
    return text[key].format(
        name=figures.name, found=number(figures.found), rows=number(figures.rows),
        answered=number(figures.answered),
    )  # fmt: skip


def _convergence(worth: Worth, text: Words) -> Sentence:
    seen = worth.convergence
    assert seen is not None
    key = {True: "improving", False: "settled", None: "unknown"}[seen.improving]
    if seen.improving and seen.column == "train_loss":
        key = "falling"  # which is no improvement if it is learnt by heart
    said = text[f"worth.{key}_text"].format(
        loss=text[f"worth.{seen.column}"], epoch=number(seen.epochs), more=2 * seen.epochs,
        fall=f"{100 * seen.fall:.2g}%", start=number(seen.epochs - seen.over),
    )  # fmt: skip
    return Sentence("convergence", text[f"worth.{key}"], said)


def paragraphs(worth: Worth | None, text: Words, lang: str) -> str:
    """The sentences as HTML; what must not look like a success comes as an alarm."""
    out = []
    for s in [] if worth is None else sentences(worth, lang=lang):
        kind = {True: "verdict good", False: "verdict bad", None: "verdict"}[s.good]
        alarm = ' class="alarm" role="alert"' if s.good is False else ""
        out.append(f'<p{alarm}><span class="{kind}">{esc(s.head)}</span> · {esc(s.text)}</p>')
    return "".join(out)


def per_class(worth: Worth | None, text: Words, numbers: Numbering) -> str:
    """The table of recall and precision, where the classes are of unequal size."""
    if worth is None or not (worth.unequal or worth.never_found):
        return ""
    rows = [
        (c.name, number(c.rows), number(c.found), _share(c.recall), number(c.answered),
         _share(c.precision))
        for c in sorted(worth.classes, key=lambda c: c.rows)[:_ROWS]
    ]  # fmt: skip
    names = ("true", "column.rows", "column.found", "confusion.recall", "column.answered",
             "precision")  # fmt: skip
    columns = [(text[name], at > 0) for at, name in enumerate(names)]
    return numbers.table(columns, rows, text["worth.table"])


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}%"
