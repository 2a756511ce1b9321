"""What the sections of the report show, each from its part of the record; {} or None is nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from denpa.report import charts
from denpa.report.page import Table
from denpa.report.png import png_data_uri
from denpa.report.record import LayerHistogram, Mistake, Number, ReportData, Worth
from denpa.report.scale import drawable, finite, number
from denpa.report.svg import Drawing

Words = Mapping[str, str]
Shown = dict[str, Any]

_MATRIX = 64  # classes that fit into a picture, and into the table of recall and precision
_ROWS = 200  # epochs that the table of values shows
_CARDS, _SIDE = 24, 96  # pictures of mistakes and their longest side in pixels
_COLUMNS = 7  # columns of a table of mistakes
_LAYERS = 12  # histograms shown at once


def metric_name(name: str, text: Words) -> str:
    """The name of a metric such as "val_accuracy" in the words of the report."""
    part, _, metric = name.partition("_")
    if f"part.{part}" not in text or not metric:
        return name.replace("_", " ")
    word = text.get(f"metric.{metric}", metric.replace("_", " "))
    return text["metric_label"].format(part=text[f"part.{part}"], metric=word)


def metric_value(name: str, value: Number) -> str:
    """A metric as text; an accuracy is a share and reads as a percentage."""
    if value is not None and name.endswith("accuracy") and math.isfinite(value):
        return f"{100 * value:.2f}".rstrip("0").rstrip(".") + "%"
    return number(None if value is None else float(value))


def _column_name(name: str, text: Words) -> str:
    return text.get(f"column.{name}") or metric_name(name, text)


def curves(record: ReportData, text: Words) -> Shown:
    """The learning curves: one chart a metric, training and validation together."""
    history = record.history
    metrics = dict.fromkeys(
        name.partition("_")[2] for name in history if name.startswith(("train_", "val_"))
    )
    drawn = []
    for metric in metrics:
        factor = 100.0 if metric == "accuracy" else 1.0
        columns = {
            text[f"series.{part}"]: history.get(f"{part}_{metric}", ()) for part in ("train", "val")
        }
        series = {
            name: [None if v is None else factor * v for v in column]
            for name, column in columns.items()
            if any(v is not None for v in column)
        }
        if series:
            drawn.append(_curve(metric, series, record, text))
    rates = history.get("learning_rate", ())
    if len({v for v in rates if v is not None}) > 1:
        name = text["chart.learning_rate"]
        drawn.append(_line_chart({name: rates}, record, text, title=name, ylabel=text["axis.rate"]))
    if not drawn:
        return {}
    caption = text["gap"].join([text["curves.caption"], *_remarks(record, text)])
    return {"charts": drawn, "caption": caption, "history": _values(record, text)}


def _line_chart(
    series: Mapping[str, Sequence[Number]], record: ReportData, text: Words, **look: Any
) -> Drawing:
    return charts.line_chart(
        series, x=record.epochs, xlabel=text["axis.epoch"], empty=text["empty"], **look
    )


def _curve(
    metric: str, series: Mapping[str, Sequence[Number]], record: ReportData, text: Words
) -> Drawing:
    name = text.get(f"chart.{metric}") or text.get(f"metric.{metric}", metric.replace("_", " "))
    standard = record.worth is not None and record.worth.unit is not None
    loss = text["axis.loss_unit" if standard else "axis.loss"]
    label = {"accuracy": text["axis.percent"], "loss": loss}.get(metric, "")
    if metric in ("rmse", "mae") and record.scatter is not None:
        label = record.scatter.unit
    values = finite(v for column in series.values() for v in column)
    log = metric != "accuracy" and bool(values) and min(values) > 0
    log = log and max(values) / min(values) > 50
    marker = None
    if record.best_epoch is not None and len(record.epochs) > 1:
        marker = (float(record.best_epoch), text["best"].format(epoch=record.best_epoch))
    label = text["axis.log"].format(label=label) if log else label
    look = {"marker": marker, "limits": (0.0, 100.0) if metric == "accuracy" else None}
    return _line_chart(series, record, text, title=name, ylabel=label, log=log, **look)


def _remarks(record: ReportData, text: Words) -> list[str]:
    """What the loss columns say in words: the lowest validation loss, and the end."""
    train = record.history.get("train_loss", ())
    val = record.history.get("val_loss", ())
    epochs, out = record.epochs, []
    good = [(v, e) for v, e in zip(val, epochs, strict=False) if v is not None and drawable(v)]
    if good and len(epochs) > 1:
        value, epoch = min(good)
        out.append(
            text["curves.best"].format(value=number(float(value)), epoch=epoch, total=len(epochs))
        )
    if len(train) and train[-1] is not None:
        last = number(float(train[-1]))
        if len(val) and val[-1] is not None:
            out.append(text["curves.last"].format(train=last, val=number(float(val[-1]))))
        else:
            out.append(text["curves.last_train"].format(train=last))
    return out


def _values(record: ReportData, text: Words) -> Table:
    """The history as a table; a long one is thinned, its best and last row kept."""
    epochs, best = record.epochs, record.best_epoch
    kept = set(range(0, len(epochs), -(-len(epochs) // _ROWS))) | {len(epochs) - 1}
    at = epochs.index(best) if best in epochs else None
    chosen = sorted(kept if at is None else kept | {at})
    names = [name for name in record.history if name != "epoch"]
    rows = [
        [str(epochs[i]), *(metric_value(n, record.history[n][i]) for n in names)] for i in chosen
    ]
    note = text["curves.values"]
    if len(chosen) < len(epochs):
        note = text["curves.some"].format(shown=len(chosen), total=len(epochs))
    heads = [text.get(f"column.{name}") or metric_name(name, text) for name in ("epoch", *names)]
    strong = None if at is None else chosen.index(at)
    return Table([(head, True) for head in heads], rows, note, strong=strong, numbered=False)


def confused(record: ReportData, text: Words) -> Shown:
    """The confusion matrix and a table of the pairs that are confused most often."""
    size = len(record.classes)
    if record.confusion is None or not size:
        return {}
    counts = np.asarray(record.confusion, dtype=np.float64)
    matrix, notes, tables = None, [], []
    if size <= _MATRIX:
        named = _named(text, "confusion", "axis.predicted", "axis.true")
        named["share"] = text["confusion.recall"]
        matrix = charts.confusion(counts, record.classes, **named)
    else:
        notes.append(text["confusion.large"].format(count=size))
    wrong = counts - np.diag(np.diag(counts))
    order = np.argsort(-wrong, axis=None, kind="stable")[:8]
    pairs = [divmod(int(k), size) for k in order]
    names, shares = record.classes, wrong / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    rows = [
        (names[i], names[j], number(int(wrong[i, j])), _share(shares[i, j]))
        for i, j in pairs
        if wrong[i, j] > 0
    ]
    if not rows and counts.sum() > 0:
        notes.append(text["confusion.none"])
    elif rows and size > 2:
        columns = _columns(text, "true predicted", "times share")
        tables.append(Table(columns, rows, text["confusion.top"]))
    if record.worth is not None and (record.worth.unequal or record.worth.never_found):
        tables.append(_per_class(record.worth, text))
    wide = 0 if size <= 12 else min(30 * size, 900)
    return {"matrix": matrix, "wide": wide, "notes": notes, "tables": tables}


def _per_class(worth: Worth, text: Words) -> Table:
    """Recall and precision of the classes, the smallest first."""
    rows = []
    for c in sorted(worth.classes, key=lambda c: c.rows)[:_MATRIX]:
        recall, precision = _share(c.recall), _share(c.precision)
        rows.append(
            (c.name, number(c.rows), number(c.found), recall, number(c.answered), precision)
        )
    numbers = "column.rows column.found confusion.recall column.answered precision"
    return Table(_columns(text, "true", numbers), rows, text["worth.table"])


def _columns(text: Words, names: str, numbers: str) -> list[tuple[str, bool]]:
    """The columns of a table: first those of names, then those of numbers."""
    words = [text[key] for key in names.split()], [text[key] for key in numbers.split()]
    return [(word, numeric) for numeric in (False, True) for word in words[numeric]]


def _named(text: Words, title: str, x: str, y: str, units: Sequence[str] = ("", "")) -> Shown:
    """The title of a chart and the names of its axes."""
    return {"title": text[title], "xlabel": text[x] + units[0], "ylabel": text[y] + units[1]}


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}%"


def scattered(record: ReportData, text: Words) -> Shown:
    """Predicted over true values of a regression, and the histogram of the errors."""
    pairs = record.scatter
    if pairs is None or not len(pairs.true):
        return {}
    unit = f" ({pairs.unit})" if pairs.unit else ""
    caption = text["scatter.caption"]
    named = _named(text, "scatter", "axis.true", "axis.predicted", (unit, unit))
    drawn = [charts.scatter(pairs.true, pairs.predicted, **named)]
    both = np.asarray([pairs.true, pairs.predicted], dtype=np.float64)
    errors = (both[1] - both[0])[np.isfinite(both).all(axis=0)]
    if errors.size > 1:
        counts, edges = np.histogram(errors, bins=min(40, max(8, int(math.sqrt(errors.size)))))
        named = _named(text, "scatter.errors", "axis.error", "axis.count", (unit, ""))
        bars = counts.tolist(), edges.tolist()
        drawn.append(charts.histogram(*bars, width=372, height=260, **named))
        caption += text["gap"] + text["scatter.errors_caption"]
    return {"charts": drawn, "caption": caption}


def mistakes(record: ReportData, text: Words) -> Shown:
    """The hardest mistakes: as cards when they are pictures, else as a table."""
    cards = [m for m in record.mistakes if m.image is not None][:_CARDS]
    rows = [m for m in record.mistakes if m.image is None][:_CARDS]
    caption = ""
    if cards:
        key = "mistakes.caption" if isinstance(cards[0].true, str) else "errors.caption"
        caption = text[key] + _where(cards, text)
    table = _mistake_table(rows, text) if rows else None
    return {"cards": [_card(m, text) for m in cards], "caption": caption, "table": table}


def _answer(value: str | float) -> str:
    return value if isinstance(value, str) else number(float(value))


def _card(mistake: Mistake, text: Words) -> Shown:
    notes = []
    if mistake.probability is not None:
        notes.append(f"{text['mistake.p']} {100 * mistake.probability:.1f}%")
    if mistake.row is not None:
        notes.append(f"{text[f'mistake.{mistake.counted}']} {mistake.row}")
    name = f"{_answer(mistake.true)} → {_answer(mistake.predicted)}"
    image = png_data_uri(np.asarray(mistake.image), _SIDE)
    return {"image": image, "name": name, "notes": notes}


def _mistake_table(rows: Sequence[Mistake], text: Words) -> Table:
    names = list(dict.fromkeys(name for m in rows for name in m.features))
    numeric = not any(isinstance(m.true, str) or isinstance(m.predicted, str) for m in rows)
    placed = any(m.row is not None for m in rows)
    columns = [(text[f"mistake.{rows[0].counted}"], rows[0].counted != "file")] if placed else []
    columns += [(text["true"], numeric), (text["predicted"], numeric)]
    if numeric:
        columns.append((text["mistake.error"], True))
    chance = any(m.probability is not None for m in rows)
    if chance:
        columns.append((text["mistake.p"], True))
    shown = names[:_COLUMNS]
    plain = [all(not isinstance(m.features.get(n), str) for m in rows) for n in shown]
    table = []
    for m in rows:
        row: list[object] = ["–" if m.row is None else str(m.row)] if placed else []
        row += [_answer(m.true), _answer(m.predicted)]
        if not (isinstance(m.true, str) or isinstance(m.predicted, str)):
            row += [f"{number(float(m.predicted) - float(m.true))}"] if numeric else []
        if chance:
            row.append("–" if m.probability is None else f"{100 * m.probability:.1f}%")
        table.append([*row, *(_setting(m.features.get(n), text) for n in shown)])
    caption = text["errors.caption_table" if numeric else "mistakes.caption"]
    if len(names) > len(shown):
        caption += text["gap"] + text["mistakes.more"].format(count=len(names) - len(shown))
    caption += _where(rows, text)
    return Table([*columns, *zip(shown, plain, strict=True)], table, caption)


def _where(shown: Sequence[Mistake], text: Words) -> str:
    """How the places of the examples count."""
    if all(m.row is None for m in shown):
        return ""
    return text["gap"] + text[f"mistakes.{shown[0].counted}"]


def layers(histograms: Sequence[LayerHistogram], key: str, text: Words) -> Shown:
    """Small histograms, one a layer, and above them how their widths change with depth."""
    sizes = None
    if len(histograms) >= 3:
        named = _named(text, f"{key}.size", "axis.layer", "axis.log")
        named["ylabel"] = named["ylabel"].format(label=text["axis.std"])
        places, widths = (
            range(1, len(histograms) + 1),
            {text["axis.std"]: [h.std for h in histograms]},
        )
        sizes = charts.line_chart(widths, x=places, log=True, empty=text["empty"], **named)
    drawn = []
    for place, h in enumerate(histograms, 1):
        spread = {"std": number(float(h.std), 2), "zeros": f"{100 * h.zeros:.1f}%"}
        mean = text["mean"].format(mean=number(float(h.mean), 2))
        notes = (mean, text["spread"].format(**spread))
        name = f"{place} · {h.name}"
        drawn.append(charts.histogram(h.counts, h.edges, title=name, notes=notes))
    return {"sizes": sizes, "first": drawn[:_LAYERS], "rest": drawn[_LAYERS:]}


def _shape(shape: Sequence[int | None] | str) -> str:
    if isinstance(shape, str):
        return shape
    # No-break spaces: a shape that is split over two lines is hard to read.
    return "(" + ",\u00a0".join("B" if side is None else str(side) for side in shape) + ")"


def network(record: ReportData, text: Words) -> Table | None:
    """The table of layers, shapes and parameters, with the total."""
    if not record.network:
        return None
    columns = _columns(text, "layer type input output", "parameters")
    rows = [
        (r.name, r.type, _shape(r.input_shape), _shape(r.output_shape), number(int(r.parameters)))
        for r in record.network
    ]
    total = (text["total"], "", "", "", number(sum(int(r.parameters) for r in record.network)))
    return Table(columns, rows, text["network.caption"], total=total)


def _setting(value: object, text: Words) -> str:
    if isinstance(value, bool):
        return text["yes" if value else "no"]
    if isinstance(value, int):
        return str(value)  # a seed is a name, not a quantity: no thousands commas
    if isinstance(value, (list, tuple)):
        return ", ".join(_setting(v, text) for v in value)
    return number(value)


def repeat(record: ReportData, text: Words) -> dict[str, list[tuple[str, str]]]:
    """Where the data came from, every setting, and the versions of the software."""
    out = {}
    if record.data is not None:
        data = record.data
        parts = " · ".join(
            f"{text.get(f'part.{name}', name)} {number(int(size))}"
            for name, size in data.parts.items()
        )
        names = ("name", "source", "licence", "sha256")
        pairs = [*((name, getattr(data, name)) for name in names), ("parts", parts)]
        pairs += [("note", note) for note in data.notes]
        out["data"] = [(text[name], value) for name, value in pairs if value]
    for key, values in (("settings", record.settings), ("versions", record.versions)):
        if values:
            out[key] = [(name, _setting(value, text)) for name, value in values.items()]
    return out
