"""Charts as SVG text: pure functions from plain numbers to one <svg> element.

Every chart can be read in grey (dash patterns beside colours), follows the reader's light or dark
setting, names itself in a <title>, and needs no script. With `standalone=False` the style sheet
is left out for a page that carries `SVG_STYLE` once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

from denpa.report.frame import (
    SERIES,
    SVG_STYLE,
    Frame,
    coordinate,
    document,
    esc,
    shorten,
    tag,
    text,
    text_width,
)
from denpa.report.grids import confusion, heatmap, image_grid
from denpa.report.scale import (
    drawable,
    finite,
    nice_domain,
    number,
    some_ticks,
    tick_labels,
    widen,
)

__all__ = [
    "SVG_STYLE", "confusion", "heatmap", "histogram", "image_grid", "line_chart", "scatter",
]  # fmt: skip

_WIDTH, _HEIGHT = 440.0, 280.0
_HOVER = 240  # columns that answer the pointer; beyond this they are narrower than a pixel
_DETAIL = 600  # points a line keeps; beyond this, lowest and highest of each stretch


def _log_domain(values: list[float]) -> tuple[float, float]:
    lo, hi = min(values), max(values)
    decades = math.log10(hi) - math.log10(lo)
    if decades < 0.02:
        return lo / 1.5, hi * 1.5
    room = 10.0 ** (0.04 * decades)
    return lo / room, hi * room


def _thin(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Keep the lowest and the highest point of every stretch, so no spike is lost."""
    if len(points) <= _DETAIL:
        return points
    stretch = -(-2 * len(points) // _DETAIL)
    kept = []
    for start in range(0, len(points), stretch):
        part = points[start : start + stretch]
        ends = {min(part, key=lambda p: p[1]), max(part, key=lambda p: p[1])}
        kept.extend(sorted(ends))
    return kept


def _runs(
    x: Sequence[float], values: Sequence[float | None], log: bool
) -> list[list[tuple[float, float]]]:
    """Split a series at every value that cannot be drawn: None, NaN, inf, <= 0 on a log axis."""
    runs: list[list[tuple[float, float]]] = [[]]
    for position, value in zip(x, values, strict=True):
        if value is not None and drawable(value, log=log) and drawable(position):
            runs[-1].append((float(position), float(value)))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _legend(names: Sequence[str], left: float, right: float, top: float) -> tuple[str, float]:
    """Return the legend and the height it took; entries that do not fit go to the next row."""
    out, x, row = [], left, 0
    for index, name in enumerate(names):
        style = index % SERIES
        shown = shorten(name, right - left - 30)
        wide = 26 + text_width(shown) + 14
        if x + wide > right + 14 and x > left:
            x, row = left, row + 1
        y = top + 15 * row
        out.append(tag("path", d=f"M{coordinate(x)} {coordinate(y - 4)}h20",
                       cls=f"dp-line dp-s{style}"))  # fmt: skip
        out.append(text(x + 26, y, shown))
        x += wide
    return "".join(out), 15.0 * (row + 1)


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
    standalone: bool = True,
) -> str:
    """Return a chart of one or more series over the same positions `x`.

    Values None, NaN and inf (and, with `log`, zero or less) are gaps. `marker` is a position on
    the horizontal axis and its name. `limits` are values that the vertical axis shall not pass,
    and `empty` is what stands in a chart without a single finite value.

    Raises ValueError when a series and `x` differ in length.

    >>> from denpa.report.svg import line_chart
    >>> svg = line_chart({"train": [0.9, 0.4]}, x=[1, 2], title="Loss", xlabel="epoch", ylabel="")
    >>> svg.startswith("<svg") and "<title>Loss</title>" in svg
    True
    """
    for name, values in series.items():
        if len(values) != len(x):
            raise ValueError(
                f"series {name!r} has {len(values)} values and x has {len(x)}: "
                "give one value for each position (None for a gap)"
            )
    runs = {name: _runs(x, values, log) for name, values in series.items()}
    seen = [value for parts in runs.values() for run in parts for _, value in run]
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
    key, taken = _legend(list(series), 2, _WIDTH - 12, 38) if len(series) > 1 else ("", 0.0)
    top = 50 + taken + (13 if marker is not None else 0)
    frame = Frame(44, top, _WIDTH - 58, _HEIGHT - top - 40, ends, domain, log)
    whole = all(v == int(v) for v in places)
    out = [text(2, 18, shorten(title, _WIDTH - 14, 13), "dp-head"), key]
    out.append(frame.axes(xlabel, ylabel, whole_x=whole, lift=13 if marker else 0))
    if not seen:
        out.append(text(frame.left + frame.width / 2, frame.top + frame.height / 2,
                        empty, "dp-soft", "middle"))  # fmt: skip
    if marker is not None and ends[0] <= marker[0] <= ends[1]:
        column = frame.px(marker[0])
        late = column > frame.left + frame.width / 2
        out.append(tag("path", d=f"M{coordinate(column)} {coordinate(frame.top - 4)}"
                                 f"V{coordinate(frame.bottom)}", cls="dp-mark"))  # fmt: skip
        # Above the lines, where it hides none of them.
        out.append(text(column + (3 if late else -3), frame.top - 8, marker[1], None,
                        "end" if late else None))  # fmt: skip
    for index, parts in enumerate(runs.values()):
        out.append(_line(frame, parts, index % SERIES, dots=len(x) <= 25))
    out.append(_hover(frame, series, x, xlabel))
    return document(_WIDTH, _HEIGHT, title, "".join(out), standalone=standalone)


def _line(frame: Frame, runs: list[list[tuple[float, float]]], style: int, *, dots: bool) -> str:
    """Return one series: its unbroken stretches, with dots where they help or stand alone."""
    out, path = [], []
    for run in runs:
        pixels = [(frame.px(a), frame.py(b)) for a, b in _thin(run)]
        if len(pixels) > 1:
            path.append("M" + "L".join(f"{coordinate(a)} {coordinate(b)}" for a, b in pixels))
        if dots or len(pixels) == 1:
            out += [tag("circle", cx=a, cy=b, r=2.4, cls=f"dp-p{style}") for a, b in pixels]
    line = tag("path", d="".join(path), cls=f"dp-line dp-s{style}") if path else ""
    return line + "".join(out)


def _hover(
    frame: Frame, series: Mapping[str, Sequence[float | None]], x: Sequence[float], xlabel: str
) -> str:
    """Return unseen columns whose <title> shows the values under the pointer, without a script."""
    if not 2 <= len(x) <= _HOVER:
        return ""
    columns = [frame.px(v) if drawable(v) else math.nan for v in x]
    out = []
    for i, column in enumerate(columns):
        if not math.isfinite(column):
            continue
        lo = (columns[i - 1] + column) / 2 if i else column
        hi = (columns[i + 1] + column) / 2 if i + 1 < len(x) else column
        if not (math.isfinite(lo) and math.isfinite(hi)) or hi <= lo:
            continue
        values = "\n".join(f"{name}: {number(v[i])}" for name, v in series.items())
        note = tag("title", esc(f"{xlabel} {number(x[i])}\n{values}"))
        out.append(tag("rect", note, x=lo, y=frame.top, width=hi - lo, height=frame.height,
                       cls="dp-hover"))  # fmt: skip
    return "".join(out)


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
    standalone: bool = True,
) -> str:
    """Return a histogram of `counts` between `edges` (one more than counts).

    A bar more than four times as tall as the next is cut, marked and labelled with its count, so
    that a spike at zero does not flatten everything else. `notes` stand under the title.

    Raises ValueError when counts and edges do not fit, or hold negative or non-finite numbers.

    >>> from denpa.report.svg import histogram
    >>> "<title>relu</title>" in histogram([3, 1], [0.0, 0.5, 1.0], title="relu")
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
    axes = frame.axes(xlabel, ylabel, count=3, xcount=3) if ylabel else _baseline(frame, xlabel)
    path = f"M{coordinate(frame.px(ends[0]))} {coordinate(frame.bottom)}"
    for i, bar in enumerate(bars):
        path += f"V{coordinate(frame.py(min(bar, ceiling)))}H{coordinate(frame.px(ends[i + 1]))}"
    path += f"V{coordinate(frame.bottom)}Z"
    out = [text(2.0, 15, shorten(title, width - 8, 11), "dp-name")]
    out += [text(2.0, 29 + 13 * i, shorten(note, width - 4, 10.5), "dp-soft dp-small")
            for i, note in enumerate(notes)]  # fmt: skip
    out += [axes, tag("path", d=path, cls="dp-bar")]
    if cut:
        out.append(_cut(frame, bars.index(ranked[0]), bars, ends))
    return document(width, height, title, "".join(out), standalone=standalone)


def _baseline(frame: Frame, xlabel: str) -> str:
    """Return only the horizontal axis: in a small multiple the shape matters, not the count."""
    ticks = some_ticks(*frame.x, 3)
    labels, factor = tick_labels(ticks)
    out = [tag("path", d=f"M{coordinate(frame.left)} {coordinate(frame.bottom)}"
                         f"h{coordinate(frame.width)}", cls="dp-axis")]  # fmt: skip
    for value, label in zip(ticks, labels, strict=True):
        column = frame.px(value)
        out.append(tag("path", d=f"M{coordinate(column)} {coordinate(frame.bottom)}v4",
                       cls="dp-axis"))  # fmt: skip
        out.append(text(column, frame.bottom + 15, label, "dp-soft dp-small", "middle"))
    name = f"{xlabel} {factor}".strip()
    out.append(text(frame.left + frame.width, frame.bottom + 28, name, "dp-soft dp-small", "end"))
    return "".join(out)


def _cut(frame: Frame, index: int, bars: list[float], ends: list[float]) -> str:
    """Return the break across a cut bar and the count it truly has."""
    a, b = frame.px(ends[index]), frame.px(ends[index + 1])
    y = frame.top + 0.16 * frame.height
    wave = f"M{coordinate(a - 3)} {coordinate(y + 3)}L{coordinate(b + 3)} {coordinate(y - 3)}"
    late = (a + b) / 2 > frame.left + 0.6 * frame.width
    label = text(a - 5 if late else b + 5, frame.top + 8, number(round(bars[index])),
                 "dp-small", "end" if late else None)  # fmt: skip
    return tag("path", d=wave, cls="dp-cut") + label


def scatter(
    true: Sequence[float],
    predicted: Sequence[float],
    *,
    title: str,
    xlabel: str,
    ylabel: str,
    most: int = 1500,
    standalone: bool = True,
) -> str:
    """Return predicted values over true ones, with the line on which they agree.

    Both axes have one scale. Pairs that are not finite are left out; of more than `most` pairs,
    evenly spaced ones are drawn.

    >>> from denpa.report.svg import scatter
    >>> scatter([1, 2], [1.1, 1.9], title="t", xlabel="true", ylabel="predicted").count("circle")
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
    out.append(tag("path", d=f"M{coordinate(frame.left)} {coordinate(frame.bottom)}"
                             f"L{coordinate(frame.left + 300)} {coordinate(frame.top)}",
                   cls="dp-mark"))  # fmt: skip
    out.append('<g class="dp-p0" fill-opacity=".45">')
    out += [tag("circle", cx=frame.px(a), cy=frame.py(b), r=2.4) for a, b in pairs]
    out.append("</g>")
    return document(362, 394, title, "".join(out), standalone=standalone)
