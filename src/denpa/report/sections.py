"""The sections of the report, each from its part of the record to HTML ("" when there is none)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from denpa.report import svg
from denpa.report.frame import esc
from denpa.report.page import Numbering, facts
from denpa.report.png import png_data_uri, shrink
from denpa.report.record import LayerHistogram, Mistake, Number, ReportData
from denpa.report.scale import drawable, finite, number
from denpa.report.worth import per_class

Words = Mapping[str, str]

_MATRIX = 64  # classes that fit into a picture
_ROWS = 200  # epochs that the table of values shows
_CARDS, _SIDE = 24, 96  # pictures of mistakes and their longest side in pixels
_COLUMNS = 7  # columns of a table of mistakes
_LAYERS = 12  # histograms shown at once


def metric_name(name: str, text: Words) -> str:
    """Return the name of a metric such as "val_accuracy" in the words of the report."""
    part, _, metric = name.partition("_")
    if f"part.{part}" not in text or not metric:
        return name.replace("_", " ")
    word = text.get(f"metric.{metric}", metric.replace("_", " "))
    return text["metric_label"].format(part=text[f"part.{part}"], metric=word)


def metric_value(name: str, value: Number) -> str:
    """Return a metric as text; an accuracy is a share and reads as a percentage."""
    if value is not None and name.endswith("accuracy") and math.isfinite(value):
        return f"{100 * value:.2f}".rstrip("0").rstrip(".") + "%"
    return number(None if value is None else float(value))


def _column_name(name: str, text: Words) -> str:
    return text.get(f"column.{name}") or metric_name(name, text)


def curves(record: ReportData, text: Words, numbers: Numbering) -> str:
    """Return the learning curves: one chart a metric, training and validation together."""
    history, epochs = record.history, record.epochs
    metrics = list(dict.fromkeys(
        name.partition("_")[2] for name in history if name.startswith(("train_", "val_"))
    ))  # fmt: skip
    charts = []
    for metric in metrics:
        factor = 100.0 if metric == "accuracy" else 1.0
        series = {
            text[f"series.{part}"]: [None if v is None else factor * v
                                     for v in history[f"{part}_{metric}"]]
            for part in ("train", "val") if f"{part}_{metric}" in history
        }  # fmt: skip
        series = {name: values for name, values in series.items()
                  if any(v is not None for v in values)}  # fmt: skip
        if series:
            charts.append(_curve(metric, series, record, text))
    rates = history.get("learning_rate", ())
    if len({v for v in rates if v is not None}) > 1:
        charts.append(svg.line_chart(
            {text["chart.learning_rate"]: rates}, x=epochs, title=text["chart.learning_rate"],
            xlabel=text["axis.epoch"], ylabel=text["axis.rate"],
            empty=text["empty"], standalone=False,
        ))  # fmt: skip
    if not charts:
        return ""
    caption = text["gap"].join([text["curves.caption"], *_remarks(record, text)])
    pictures = f'<div class="pair">{"".join(charts)}</div>'
    return numbers.figure(pictures, caption) + _values(record, text, numbers)


def _curve(
    metric: str, series: Mapping[str, Sequence[Number]], record: ReportData, text: Words
) -> str:
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
    return svg.line_chart(
        series, x=record.epochs, title=name, xlabel=text["axis.epoch"],
        ylabel=text["axis.log"].format(label=label) if log else label, log=log, marker=marker,
        limits=(0.0, 100.0) if metric == "accuracy" else None, empty=text["empty"],
        standalone=False,
    )  # fmt: skip


def _remarks(record: ReportData, text: Words) -> list[str]:
    """Return what the loss columns say in words: the lowest validation loss, and the end."""
    train = record.history.get("train_loss", ())
    val = record.history.get("val_loss", ())
    epochs, out = record.epochs, []
    good = [(v, e) for v, e in zip(val, epochs, strict=False) if v is not None and drawable(v)]
    if good and len(epochs) > 1:
        value, epoch = min(good)
        out.append(text["curves.best"].format(value=number(float(value)), epoch=epoch,
                                              total=len(epochs)))  # fmt: skip
    if len(train) and train[-1] is not None:
        last = number(float(train[-1]))
        if len(val) and val[-1] is not None:
            out.append(text["curves.last"].format(train=last, val=number(float(val[-1]))))
        else:
            out.append(text["curves.last_train"].format(train=last))
    return out


def _values(record: ReportData, text: Words, numbers: Numbering) -> str:
    """Return the history as a folded table; a long one is thinned, its best and last row kept."""
    epochs = record.epochs
    stride = -(-len(epochs) // _ROWS)
    kept = set(range(0, len(epochs), stride)) | {len(epochs) - 1}
    best = record.best_epoch
    if best in epochs:
        kept.add(epochs.index(best))
    names = [name for name in record.history if name != "epoch"]
    chosen = sorted(kept)
    rows = [[str(epochs[i]), *(metric_value(n, record.history[n][i]) for n in names)]
            for i in chosen]  # fmt: skip
    strong = chosen.index(epochs.index(best)) if best in epochs else None
    note = text["curves.values"]
    if len(chosen) < len(epochs):
        note = text["curves.some"].format(shown=len(chosen), total=len(epochs))
    columns = [(text["column.epoch"], True), *((_column_name(n, text), True) for n in names)]
    table = numbers.table(columns, rows, note, strong=strong, numbered=False)
    return f"<details><summary>{esc(text['curves.values'])}</summary>{table}</details>"


def confused(record: ReportData, text: Words, numbers: Numbering) -> str:
    """Return the confusion matrix and a table of the pairs that are confused most often."""
    if record.confusion is None or not len(record.classes):
        return ""
    counts = np.asarray(record.confusion, dtype=np.float64)
    out = []
    if len(record.classes) <= _MATRIX:
        picture = svg.confusion(
            counts, record.classes, title=text["confusion"], xlabel=text["axis.predicted"],
            ylabel=text["axis.true"], share=text["confusion.recall"], standalone=False,
        )  # fmt: skip
        wide = 0 if len(record.classes) <= 12 else 30 * len(record.classes)
        out.append(numbers.figure(picture, text["confusion.caption"], wide=min(wide, 900)))
    else:
        note = text["confusion.large"].format(count=len(record.classes))
        out.append(f'<p class="note">{esc(note)}</p>')
    wrong = counts - np.diag(np.diag(counts))
    order = np.argsort(-wrong, axis=None, kind="stable")[:8]
    pairs = [(int(k) // len(counts), int(k) % len(counts)) for k in order]
    rows = [
        (record.classes[i], record.classes[j], number(int(wrong[i, j])),
         f"{100 * wrong[i, j] / counts[i].sum():.1f}%")
        for i, j in pairs if wrong[i, j] > 0
    ]  # fmt: skip
    if not rows and counts.sum() > 0:
        out.append(f'<p class="note">{esc(text["confusion.none"])}</p>')
    elif rows and len(counts) > 2:
        columns = [(text["true"], False), (text["predicted"], False), (text["times"], True),
                   (text["share"], True)]  # fmt: skip
        out.append(numbers.table(columns, rows, text["confusion.top"]))
    return "".join(out) + per_class(record.worth, text, numbers)


def scattered(record: ReportData, text: Words, numbers: Numbering) -> str:
    """Return predicted over true values of a regression, and the histogram of the errors."""
    if record.scatter is None or not len(record.scatter.true):
        return ""
    pairs = record.scatter
    unit = f" ({pairs.unit})" if pairs.unit else ""
    picture = svg.scatter(
        pairs.true, pairs.predicted, title=text["scatter"], xlabel=text["axis.true"] + unit,
        ylabel=text["axis.predicted"] + unit, standalone=False,
    )  # fmt: skip
    both = np.asarray([pairs.true, pairs.predicted], dtype=np.float64)
    errors = (both[1] - both[0])[np.isfinite(both).all(axis=0)]
    second = ""
    if errors.size > 1:
        counts, edges = np.histogram(errors, bins=min(40, max(8, int(math.sqrt(errors.size)))))
        second = svg.histogram(
            counts.tolist(), edges.tolist(), title=text["scatter.errors"],
            xlabel=text["axis.error"] + unit, ylabel=text["axis.count"], width=372, height=260,
            standalone=False,
        )  # fmt: skip
    caption = text["scatter.caption"]
    if second:
        caption += text["gap"] + text["scatter.errors_caption"]
    return numbers.figure(f'<div class="pair">{picture}{second}</div>', caption)


def mistakes(record: ReportData, text: Words, numbers: Numbering) -> str:
    """Return the hardest mistakes: as cards when they are pictures, else as a table."""
    cards = [m for m in record.mistakes if m.image is not None][:_CARDS]
    rows = [m for m in record.mistakes if m.image is None][:_CARDS]
    out = []
    if cards:
        body = f'<div class="cards">{"".join(_card(m, text) for m in cards)}</div>'
        named = isinstance(cards[0].true, str)
        caption = text["mistakes.caption" if named else "errors.caption"]
        out.append(numbers.figure(body, caption + _where(cards, text)))
    if rows:
        out.append(_mistake_table(rows, text, numbers))
    return "".join(out)


def _answer(value: str | float) -> str:
    return value if isinstance(value, str) else number(float(value))


def _card(mistake: Mistake, text: Words) -> str:
    assert mistake.image is not None
    image = png_data_uri(shrink(np.asarray(mistake.image), _SIDE))
    pair = f"{_answer(mistake.true)} → {_answer(mistake.predicted)}"
    notes = []
    if mistake.probability is not None:
        notes.append(f"{text['mistake.p']} {100 * mistake.probability:.1f}%")
    if mistake.row is not None:
        notes.append(f"{text[f'mistake.{mistake.counted}']} {mistake.row}")
    small = "".join(f"<small>{esc(note)}</small>" for note in notes)
    return (f'<figure><img src="{image}" alt="{esc(pair)}"><figcaption>{esc(pair)}{small}'
            "</figcaption></figure>")  # fmt: skip


def _mistake_table(rows: Sequence[Mistake], text: Words, numbers: Numbering) -> str:
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
    return numbers.table([*columns, *zip(shown, plain, strict=True)], table, caption)


def _where(shown: Sequence[Mistake], text: Words) -> str:
    """How the places of the examples count."""
    if all(m.row is None for m in shown):
        return ""
    return text["gap"] + text[f"mistakes.{shown[0].counted}"]


def layers(histograms: Sequence[LayerHistogram], key: str, text: Words, numbers: Numbering) -> str:
    """Return small histograms, one a layer, and above them how their widths change with depth."""
    if not histograms:
        return ""
    out = []
    if len(histograms) >= 3:
        places = list(range(1, len(histograms) + 1))
        chart = svg.line_chart(
            {text["axis.std"]: [h.std for h in histograms]}, x=places, title=text[f"{key}.size"],
            xlabel=text["axis.layer"], ylabel=text["axis.log"].format(label=text["axis.std"]),
            log=True, empty=text["empty"], standalone=False,
        )  # fmt: skip
        out.append(numbers.figure(chart, text["size.caption"]))
    pictures = [
        svg.histogram(
            h.counts, h.edges, title=f"{place} · {h.name}", standalone=False,
            notes=(text["mean"].format(mean=number(float(h.mean), 2)),
                   text["spread"].format(std=number(float(h.std), 2),
                                         zeros=f"{100 * h.zeros:.1f}%")),
        )
        for place, h in enumerate(histograms, 1)
    ]  # fmt: skip
    first = f'<div class="many">{"".join(pictures[:_LAYERS])}</div>'
    rest = pictures[_LAYERS:]
    if rest:
        name = text["more_layers"].format(count=len(rest))
        first += (f"<details><summary>{esc(name)}</summary>"
                  f'<div class="many">{"".join(rest)}</div></details>')  # fmt: skip
    out.append(numbers.figure(first, text[f"{key}.caption"]))
    return "".join(out)


def _shape(shape: Sequence[int | None] | str) -> str:
    if isinstance(shape, str):
        return shape
    # No-break spaces: a shape that is split over two lines is hard to read.
    return "(" + ",\u00a0".join("B" if side is None else str(side) for side in shape) + ")"


def network(record: ReportData, text: Words, numbers: Numbering) -> str:
    """Return the table of layers, shapes and parameters, with the total."""
    if not record.network:
        return ""
    columns = [(text["layer"], False), (text["type"], False), (text["input"], False),
               (text["output"], False), (text["parameters"], True)]  # fmt: skip
    rows = [
        (r.name, r.type, _shape(r.input_shape), _shape(r.output_shape), number(int(r.parameters)))
        for r in record.network
    ]
    total = (text["total"], "", "", "", number(sum(int(r.parameters) for r in record.network)))
    return numbers.table(columns, rows, text["network.caption"], total=total)


def _setting(value: object, text: Words) -> str:
    if isinstance(value, bool):
        return text["yes" if value else "no"]
    if isinstance(value, int):
        return str(value)  # a seed is a name, not a quantity: no thousands commas
    if isinstance(value, (list, tuple)):
        return ", ".join(_setting(v, text) for v in value)
    return number(value)


def repeat(record: ReportData, text: Words, numbers: Numbering) -> str:
    """Return where the data came from, every setting, and the versions of the software."""
    out = []
    if record.data is not None:
        data = record.data
        parts = " · ".join(
            f"{text.get(f'part.{name}', name)} {number(int(size))}"
            for name, size in data.parts.items()
        )
        pairs = [(text["name"], data.name), (text["source"], data.source),
                 (text["licence"], data.licence), (text["sha256"], data.sha256),
                 (text["parts"], parts), *((text["note"], n) for n in data.notes)]  # fmt: skip
        shown = facts((pair for pair in pairs if pair[1]), hashes=frozenset([text["sha256"]]))
        out.append(f"<div><h3>{esc(text['data'])}</h3>{shown}</div>")
    for key, values in (("settings", record.settings), ("versions", record.versions)):
        if values:
            shown = facts((name, _setting(value, text)) for name, value in values.items())
            out.append(f"<div><h3>{esc(text[key])}</h3>{shown}</div>")
    return "".join(out)
