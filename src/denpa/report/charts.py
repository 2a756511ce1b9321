"""The charts of a training run: plain numbers in, one drawing out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from markupsafe import Markup

from denpa.report.scale import (
    drawable,
    even_ticks,
    finite,
    nice_domain,
    number,
    whole_ticks,
    widen,
)
from denpa.report.svg import (
    SERIES,
    Drawing,
    Frame,
    coordinate,
    join,
    legend,
    path,
    shorten,
    tag,
    text,
    text_width,
)

_WIDTH, _HEIGHT = 440.0, 280.0
_HOVER = 240  # columns that answer the pointer; beyond this they are narrower than a pixel


def _log_domain(values: list[float]) -> tuple[float, float]:
    lo, hi = min(values), max(values)
    decades = math.log10(hi) - math.log10(lo)
    if decades < 0.02:
        return lo / 1.5, hi * 1.5
    room = 10.0 ** (0.04 * decades)
    return lo / room, hi * room


def line_chart(
    series: Mapping[str, Sequence[float | None]],
    *,
    x: Sequence[float],
    title: str,
    xlabel: str,
    ylabel: str,
    log: bool = False,
    marker: tuple[float, str] | None = None,
    limits: tuple[float, float] | None = None,
    empty: str = "no finite value",
    hover: bool = True,
) -> Drawing:
    """A chart of one or more series over the same positions `x`.

    Values None, NaN and inf (and, with `log`, zero or less) are gaps. `marker` is a position on
    the horizontal axis and its name. `limits` are values that the vertical axis shall not pass,
    and `empty` is what stands in a chart without a single finite value. With `hover` the pointer
    shows the values at each position, which makes the drawing larger.

    Raises ValueError when a series and `x` differ in length.

    >>> from denpa.report.charts import line_chart
    >>> drawn = line_chart({"train": [0.9, 0.4]}, x=[1, 2], title="Loss", xlabel="epoch", ylabel="")
    >>> drawn.svg().startswith("<svg") and "<title>Loss</title>" in drawn.svg()
    True
    """
    for name, values in series.items():
        if len(values) != len(x):
            raise ValueError(
                f"series {name!r} has {len(values)} values and x has {len(x)}: "
                "give one value for each position (None for a gap)"
            )
    seen = [
        float(value)
        for values in series.values()
        for position, value in zip(x, values, strict=True)
        if value is not None and drawable(value, log=log) and drawable(position)
    ]
    if log:
        domain = _log_domain(seen) if seen else (0.1, 1.0)
    else:
        domain = nice_domain(min(seen), max(seen)) if seen else (0.0, 1.0)
        if limits is not None and seen:
            domain = max(domain[0], min(limits[0], *seen)), min(domain[1], max(limits[1], *seen))
            domain = domain if domain[0] < domain[1] else limits
    places = finite(x)
    ends = (min(places), max(places)) if places else (0.0, 1.0)
    ends = (ends[0] - 1, ends[1] + 1) if ends[0] == ends[1] else widen(*ends)
    key, taken = legend(list(series), _WIDTH - 12, 38, 15) if len(series) > 1 else ("", 0.0)
    lift = 0 if marker is None else 13
    top = 50 + taken + lift
    frame = Frame(44, top, _WIDTH - 58, _HEIGHT - top - 40, ends, domain, log)
    ticks = whole_ticks(*ends) if all(v == int(v) for v in places) else None
    out = [text(2, 18, shorten(title, _WIDTH - 14, 13), "dp-head"), key]
    out.append(frame.axes(xlabel, ylabel, ticks, lift=lift))
    if not seen:
        middle = frame.left + frame.width / 2, frame.top + frame.height / 2
        out.append(text(*middle, empty, "dp-soft", "middle"))
    if marker is not None and ends[0] <= marker[0] <= ends[1]:
        column = frame.px(marker[0])
        out.append(path("dp-mark", "M", column, frame.top - 4, "V", frame.bottom))
        # Above the lines, where it hides none of them.
        late = column > frame.left + frame.width / 2
        side, anchor = (3, "end") if late else (-3, None)
        out.append(text(column + side, frame.top - 8, marker[1], None, anchor))
    for index, values in enumerate(series.values()):
        out.append(frame.curve(x, values, index % SERIES, dots=len(x) <= 25))
    if hover:
        out.append(_hover(frame, series, x, xlabel))
    return Drawing(_WIDTH, _HEIGHT, title, join(out))


def _hover(
    frame: Frame, series: Mapping[str, Sequence[float | None]], x: Sequence[float], xlabel: str
) -> Markup:
    """Unseen columns whose <title> shows the values under the pointer, without a script."""
    if not 2 <= len(x) <= _HOVER:
        return Markup()
    columns = [frame.px(v) if drawable(v) else math.nan for v in x]
    out = []
    for i, column in enumerate(columns):
        lo = (columns[i - 1] + column) / 2 if i else column
        hi = (columns[i + 1] + column) / 2 if i + 1 < len(x) else column
        if not (math.isfinite(lo) and math.isfinite(hi)) or hi <= lo:
            continue
        values = "\n".join(f"{name}: {number(v[i])}" for name, v in series.items())
        note = tag("title", f"{xlabel} {number(x[i])}\n{values}")
        out.append(
            tag("rect", note, x=lo, y=frame.top, width=hi - lo, height=frame.height, cls="dp-hover")
        )
    return join(out)


def histogram(
    counts: Sequence[float],
    edges: Sequence[float],
    *,
    title: str,
    xlabel: str = "",
    ylabel: str = "",
    notes: Sequence[str] = (),
    width: float = 200.0,
    height: float = 190.0,
) -> Drawing:
    """A histogram of `counts` between `edges` (one more than counts).

    A bar more than four times as tall as the next is cut, marked and labelled with its count, so
    that a spike at zero does not flatten everything else. `notes` stand under the title.

    Raises ValueError when counts and edges do not fit, or hold negative or non-finite numbers.

    >>> from denpa.report.charts import histogram
    >>> "<title>relu</title>" in histogram([3, 1], [0.0, 0.5, 1.0], title="relu").svg()
    True
    """
    bars, ends = [float(c) for c in counts], [float(e) for e in edges]
    if len(ends) != len(bars) + 1 or not bars:
        raise ValueError(
            f"histogram {title!r} has {len(bars)} counts and {len(ends)} edges: "
            "expected at least one count and one edge more than counts"
        )
    bad = not all(drawable(v) for v in bars + ends) or min(bars) < 0
    if bad or any(b < a for a, b in pairwise(ends)):
        raise ValueError(
            f"histogram {title!r} cannot be drawn: counts must be finite and not negative, "
            "edges finite and ascending"
        )
    ranked = sorted(bars, reverse=True)
    tallest = ranked[0] or 1.0
    cut = len(ranked) > 2 and ranked[1] > 0 and ranked[0] > 4 * ranked[1]
    ceiling = 1.6 * ranked[1] if cut else 1.05 * tallest
    span = widen(ends[0], ends[-1])
    top = 26 + 13 * len(notes) + (22 if ylabel else 10)
    left = 46.0 if ylabel else 6.0
    frame = Frame(left, top, width - left - 10, height - top - 36, span, (0.0, ceiling))
    ticks = even_ticks(*span, 3)
    out = [text(2, 15, shorten(title, width - 8, 11), "dp-name")]
    out += [
        text(2, 29 + 13 * i, shorten(note, width - 4, 10.5), "dp-soft dp-small")
        for i, note in enumerate(notes)
    ]
    if ylabel:
        out.append(frame.axes(xlabel, ylabel, ticks, even_ticks(*frame.y, 3)))
    else:
        out.append(frame.base(xlabel, ticks, small=True))
    line: list[str | float] = ["M", frame.px(ends[0]), frame.bottom]
    for bar, end in zip(bars, ends[1:], strict=True):
        line += ["V", frame.py(min(bar, ceiling)), "H", frame.px(end)]
    out.append(path("dp-bar", *line, "V", frame.bottom, "Z"))
    if cut:
        out.append(_cut(frame, bars.index(ranked[0]), bars, ends))
    return Drawing(width, height, title, join(out))


def _cut(frame: Frame, index: int, bars: list[float], ends: list[float]) -> Markup:
    """The break across a cut bar and the count it truly has."""
    a, b = frame.px(ends[index]), frame.px(ends[index + 1])
    y = frame.top + 0.16 * frame.height
    late = (a + b) / 2 > frame.left + 0.6 * frame.width
    side, anchor = (a - 5, "end") if late else (b + 5, None)
    label = text(side, frame.top + 8, number(round(bars[index])), "dp-small", anchor)
    return path("dp-cut", "M", a - 3, y + 3, "L", b + 3, y - 3) + label


def scatter(
    true: Sequence[float],
    predicted: Sequence[float],
    *,
    title: str,
    xlabel: str,
    ylabel: str,
    most: int = 1500,
) -> Drawing:
    """Predicted values over true ones, with the line on which they agree.

    Both axes have one scale. Pairs that are not finite are left out; of more than `most` pairs,
    evenly spaced ones are drawn.

    >>> from denpa.report.charts import scatter
    >>> drawn = scatter([1, 2], [1.1, 1.9], title="t", xlabel="true", ylabel="predicted")
    >>> drawn.body.count("circle")
    2
    """
    if len(true) != len(predicted):
        raise ValueError(
            f"scatter {title!r} has {len(true)} true and {len(predicted)} predicted values: "
            "expected as many of each"
        )
    pairs = [(float(a), float(b)) for a, b in zip(true, predicted, strict=True)]
    pairs = [(a, b) for a, b in pairs if drawable(a) and drawable(b)]
    pairs = pairs[:: max(1, -(-len(pairs) // most))]
    values = [v for pair in pairs for v in pair] or [0.0, 1.0]
    span = nice_domain(min(values), max(values))
    frame = Frame(48, 50, 300, 300, span, span)
    out = [text(2, 18, shorten(title, 360, 13), "dp-head"), frame.axes(xlabel, ylabel)]
    out.append(path("dp-mark", "M", frame.left, frame.bottom, "L", frame.right, frame.top))
    dots = [tag("circle", cx=frame.px(a), cy=frame.py(b), r=2.4) for a, b in pairs]
    out.append(tag("g", *dots, cls="dp-p0", fill_opacity=".45"))
    return Drawing(362, 394, title, join(out))


def _short_count(value: float, room: int) -> str:
    """Return a count in at most `room` characters: 1234 as 1.2k where it would not fit."""
    if value != int(value):
        return number(value, 2)
    for limit, unit in ((1, ""), (1e3, "k"), (1e6, "M"), (1e9, "G")):
        shown = f"{value / limit:.1f}".removesuffix(".0") if unit else f"{int(value)}"
        if len(shown + unit) <= room:
            return shown + unit
        if unit and len(f"{value / limit:.0f}{unit}") <= room:
            return f"{value / limit:.0f}{unit}"
    return ""


def confusion(
    matrix: Any,
    labels: Sequence[str],
    *,
    title: str = "Confusion matrix",
    xlabel: str = "predicted",
    ylabel: str = "true",
    share: str = "recall",
) -> Drawing:
    """A confusion matrix (true classes in rows, predicted ones in columns).

    The tint of a cell is its share of the row; right answers and mistakes have different colours
    and every count is printed, so the picture holds in grey. On the right stands each row's share
    of right answers, named `share`.

    Raises ValueError when the matrix is not square or does not fit the labels.

    >>> from denpa.report.charts import confusion
    >>> ">48</text>" in confusion([[48, 2], [1, 49]], ["cat", "dog"]).body
    True
    """
    counts = np.asarray(matrix, dtype=np.float64)
    if counts.ndim != 2 or 0 in counts.shape:
        raise ValueError(
            "a confusion matrix needs a matrix (rows, columns) that is not empty, "
            f"given shape {counts.shape}"
        )
    size = len(labels)
    if counts.shape != (size, size):
        raise ValueError(
            f"confusion matrix of shape {counts.shape} with {size} class names: "
            f"expected shape ({size}, {size})"
        )
    if not np.isfinite(counts).all() or (counts < 0).any():
        raise ValueError("a confusion matrix holds counts: expected finite numbers, none negative")
    cell, font = (34.0, 11.0) if size <= 12 else (25.0, 8.5) if size <= 30 else (14.0, 0.0)
    names = [shorten(str(label), 112, 10.5) for label in labels]
    longest = max(text_width(name, 10.5) for name in names)
    steep = longest > cell - 4
    left, top = 30 + longest, 34 + (longest if steep else 14)
    width, height = left + size * cell + 52, top + size * cell + 8
    out = [
        text(left, 13, f"{xlabel} →", "dp-soft"),
        text(13, top + 2, f"{ylabel} →", "dp-soft", "end", transform=_upright(13, top + 2)),
        text(width - 6, top - 8, share, "dp-soft dp-small", "end"),
    ]
    for i, name in enumerate(names):
        middle = i * cell + cell / 2
        out.append(text(left - 7, top + middle + 3.5, name, None, "end"))
        x, y = left + middle, top - 7
        if steep:
            out.append(text(x + 3.5, y, name, transform=_upright(x + 3.5, y)))
        else:
            out.append(text(x, y, name, None, "middle"))
    totals = counts.sum(axis=1)
    for i in range(size):
        for j in range(size):
            if counts[i, j] == 0 and i != j:
                continue
            part = counts[i, j] / totals[i] if totals[i] else 0.0
            # Mistakes are few: the square root keeps a small share visible.
            shade = part if i == j else min(1.0, math.sqrt(part))
            note = f"{labels[i]} → {labels[j]}: {number(float(counts[i, j]))} ({100 * part:.1f}%)"
            shown = _short_count(counts[i, j], 4) if font else ""
            out.append(
                _cell(
                    left + j * cell,
                    top + i * cell,
                    cell,
                    0.08 + 0.87 * shade,
                    "dp-hit" if i == j else "dp-miss",
                    shown,
                    note,
                    font,
                )
            )
        recall = f"{100 * counts[i, i] / totals[i]:.1f}%" if totals[i] else "–"
        out.append(
            text(width - 6, top + i * cell + cell / 2 + 3.5, recall, "dp-soft dp-small", "end")
        )
    side = size * cell
    out.append(path("dp-axis", "M", left - 0.5, top - 0.5, "h", side, "v", side, "h", -side, "Z"))
    return Drawing(width, height, title, join(out))


def _upright(x: float, y: float) -> str:
    return f"rotate(-90 {coordinate(x)} {coordinate(y)})"


def _cell(
    x: float, y: float, size: float, shade: float, cls: str, label: str, note: str, font: float
) -> Markup:
    """One cell: a tint as strong as `shade` (0 to 1), its number and its hover text."""
    box = tag(
        "rect",
        tag("title", note),
        x=x,
        y=y,
        width=size - 1,
        height=size - 1,
        cls=cls,
        fill_opacity=f"{shade:.2f}",
    )
    if not label:
        return box
    style = f"font-size:{font}px;pointer-events:none"
    on = "dp-on" if shade > 0.55 else None
    return box + text(
        x + (size - 1) / 2, y + size / 2 + font * 0.32, label, on, "middle", style=style
    )
