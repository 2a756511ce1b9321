"""Pictures of gradients: arrays of any shape as heat maps, errors over ε as a chart.

A drawing is a size and SVG markup, so that a page shows it alone and `plot` sets several side by
side. All can be read in grey: negative numbers carry a dash, and lines differ in their dashes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from denpa.check.sweep import Sweep
from denpa.report.frame import Frame, coordinate, document, esc, shorten, tag, text, text_width
from denpa.report.scale import log_ticks, number, power_of_ten

Array = NDArray[np.float64]
MOST = 64  # cells along a side; larger arrays are shown in blocks
_LINE = 32  # numbers in a row of an array of one dimension
_FLOOR = 1e-8  # errors below are white
_PRECISE = 1e-16  # where the chart ends below: less is none in float64


@dataclass(frozen=True)
class Drawing:
    """SVG markup of `width` x `height` pixels without its <svg>."""

    width: float
    height: float
    title: str
    body: str

    def svg(self, *, standalone: bool = False) -> str:
        """The whole <svg>; a standalone one brings its style sheet."""
        return document(self.width, self.height, self.title, self.body, standalone=standalone)


@dataclass(frozen=True)
class Sheet:
    """An array of any shape laid out in rows and columns; NaN is unknown.

    `gap` marks cells between tiles, `block` is how many numbers (rows, columns) a cell stands for,
    `tiles` how many tiles (down, across) there are.
    """

    cells: Array
    gap: NDArray[np.bool_]
    block: tuple[int, int] = (1, 1)
    tiles: tuple[int, int] = (1, 1)


def lay_out(array: Any) -> Sheet:
    """An array as a sheet: one dimension in lines, more than two as tiles of the last two.

    What is larger than 64 x 64 is drawn in blocks, each as its largest absolute value.

    >>> lay_out(np.zeros((2, 3, 5, 5))).cells.shape, lay_out(np.zeros((784, 50))).block
    ((11, 17), (13, 1))
    """
    a = np.asarray(array, np.float64)
    if a.ndim < 2:
        a = a.reshape(-1)
        columns = max(1, min(a.size, _LINE))
        rows = -(-max(a.size, 1) // columns)
        flat = np.full(rows * columns, np.nan)
        flat[: a.size] = a
        a = flat.reshape(rows, columns)
        empty = np.arange(flat.size) >= np.size(array)
        return _blocks(a, empty.reshape(a.shape))
    if a.ndim == 2:
        return _blocks(a, np.zeros(a.shape, bool))
    down = int(np.prod(a.shape[:-3])) if a.ndim > 3 else 1
    across = a.shape[-3]
    tiles = a.reshape(down, across, *a.shape[-2:])
    h, w = tiles.shape[2:]
    if down * (h + 1) > MOST + 1 or across * (w + 1) > MOST + 1:  # no room for gaps
        whole = tiles.transpose(0, 2, 1, 3).reshape(down * h, across * w)
        return _blocks(whole, np.zeros(whole.shape, bool), (down, across))
    cells = np.full((down * (h + 1) - 1, across * (w + 1) - 1), np.nan)
    gap = np.ones(cells.shape, bool)
    for i in range(down):
        for j in range(across):
            place = np.s_[i * (h + 1) : i * (h + 1) + h, j * (w + 1) : j * (w + 1) + w]
            cells[place], gap[place] = tiles[i, j], False
    return Sheet(cells, gap, tiles=(down, across))


def _blocks(a: Array, gap: NDArray[np.bool_], tiles: tuple[int, int] = (1, 1)) -> Sheet:
    by = tuple(max(1, -(-n // MOST)) for n in a.shape)
    if by == (1, 1) or not a.size:
        return Sheet(a, gap, tiles=tiles)
    shape = tuple(-(-n // k) for n, k in zip(a.shape, by, strict=True))
    padded = np.full((shape[0] * by[0], shape[1] * by[1]), np.nan)
    padded[: a.shape[0], : a.shape[1]] = a
    blocks = padded.reshape(shape[0], by[0], shape[1], by[1]).transpose(0, 2, 1, 3)
    blocks = blocks.reshape(*shape, -1)
    size = np.where(np.isnan(blocks), -1.0, np.abs(blocks))
    cells = np.take_along_axis(blocks, np.argmax(size, axis=2)[..., None], axis=2)[..., 0]
    return Sheet(cells, np.zeros(cells.shape, bool), (by[0], by[1]), tiles)


def heat(array: Any, title: str, largest: float, words: Mapping[str, str]) -> Drawing:
    """A heat map of signed numbers; the darkest tint is `largest`, the same for neighbours."""
    sheet = lay_out(array)
    shade = np.abs(sheet.cells) / largest if largest > 0 else np.zeros(sheet.cells.shape)
    level = np.where(shade > 0, np.ceil(np.minimum(shade, 1.0) * 9), 0)
    dashes = not _numbered(sheet) and bool((sheet.cells < 0).any())
    note = words["heat.scale.dash" if dashes else "heat.scale"].format(largest=number(largest, 3))
    return _grid(sheet, title, note, level, 9, sheet.cells, words)


def error_heat(
    claimed: Any, right: Any, title: str, words: Mapping[str, str]
) -> Drawing:  # fmt: skip
    """A heat map of |claimed − right|, relative to the largest right number, one tint a decade."""
    errors = relative_errors(claimed, right)
    sheet = lay_out(errors)
    with np.errstate(divide="ignore", invalid="ignore"):
        level = np.ceil(np.log10(sheet.cells / _FLOOR))
    level = np.where(np.isfinite(level), np.clip(level, 0, 9), np.where(sheet.cells == 0, 0, 9))
    return _grid(sheet, title, words["heat.error.scale"], level, 9, sheet.cells, words,
                 key=True)  # fmt: skip


def relative_errors(claimed: Any, right: Any) -> Array:
    """|claimed − right| relative to the largest absolute value of the right numbers."""
    c, n = np.asarray(claimed, np.float64), np.asarray(right, np.float64)
    known = np.abs(n[np.isfinite(n)])
    size = float(known.max()) if known.size and known.max() > 0 else 1.0
    return np.asarray(np.abs(c - n) / size)


def _grid(
    sheet: Sheet, title: str, note: str, level: Array, levels: int, values: Array,
    words: Mapping[str, str], key: bool = False,
) -> Drawing:  # fmt: skip
    rows, columns = sheet.cells.shape
    numbered = _numbered(sheet)
    cell = 38.0 if numbered else max(5.0, min(26.0, math.floor(330 / max(rows, columns, 1))))
    high = 24.0 if numbered else cell
    width = max(columns * cell + 16, 250.0)
    top = 50.0
    out = [text(8, 17, shorten(title, width - 12, 13), "dp-head"),
           text(8, 36, shorten(note, width - 12), "dp-soft")]  # fmt: skip
    unknown = np.isnan(sheet.cells) & ~sheet.gap
    for k in range(levels + 1):
        chosen = (level == k) & ~sheet.gap & ~unknown
        for cls, part in _signed(chosen, values, key):
            out.append(tag("path", d=_squares(part, 8, top, cell, high), cls=cls,
                           fill_opacity=f"{0.05 + 0.9 * k / levels:.2f}"))  # fmt: skip
    negative = (values < 0) & ~sheet.gap
    if negative.any() and not numbered:  # a dash, so that the sign is seen in grey
        for part, cls in ((level <= 5, "dp-axis"), (level > 5, "dp-cut")):
            if (negative & part).any():
                out.append(tag("path", d=_dashes(negative & part, 8, top, cell, high), cls=cls,
                               style="stroke-width:1"))  # fmt: skip
    if unknown.any():
        out.append(tag("path", d=_crosses(unknown, 8, top, cell, high), cls="dp-axis"))
    if numbered:
        out += _figures(sheet, level / levels, cell, high, top)
    bottom = top + rows * high
    if unknown.any():
        bottom += 20
        out.append(text(8, bottom, words["heat.unknown"], "dp-soft dp-small"))
    if key:
        out.append(_key(bottom + 14, levels))
        bottom += 44
    if sheet.block != (1, 1):
        bottom += 20
        said = words["heat.blocks"].format(rows=sheet.block[0], columns=sheet.block[1])
        out.append(text(8, bottom, shorten(said, width - 12, 10.5), "dp-soft dp-small"))
    return Drawing(width, bottom + 8, title, "".join(out))


def _numbered(sheet: Sheet) -> bool:
    """Whether the cells are few enough to hold their numbers."""
    rows, columns = sheet.cells.shape
    return columns <= 8 and rows <= 12 and sheet.tiles == (1, 1)


def _signed(
    chosen: NDArray[np.bool_], values: Array, key: bool
) -> Sequence[tuple[str, NDArray[np.bool_]]]:
    parts = [("dp-miss", chosen)] if key else [
        ("dp-hit", chosen & (values >= 0)), ("dp-miss", chosen & (values < 0))
    ]  # fmt: skip
    return [(cls, part) for cls, part in parts if part.any()]


def _squares(chosen: NDArray[np.bool_], x: float, y: float, w: float, h: float) -> str:
    a, b = coordinate(w - 1), coordinate(h - 1)
    return "".join(
        f"M{coordinate(x + j * w)} {coordinate(y + i * h)}h{a}v{b}h-{a}z"
        for i, j in np.argwhere(chosen).tolist()
    )


def _dashes(chosen: NDArray[np.bool_], x: float, y: float, w: float, h: float) -> str:
    length = coordinate(0.5 * (w - 1))
    return "".join(
        f"M{coordinate(x + j * w + 0.25 * (w - 1))} {coordinate(y + i * h + (h - 1) / 2)}h{length}"
        for i, j in np.argwhere(chosen).tolist()
    )


def _crosses(chosen: NDArray[np.bool_], x: float, y: float, w: float, h: float) -> str:
    a, b = coordinate(0.4 * (w - 1)), coordinate(0.4 * (h - 1))
    return "".join(
        f"M{coordinate(x + j * w + 0.3 * (w - 1))} {coordinate(y + i * h + 0.3 * (h - 1))}l{a} {b}"
        f"m-{a} 0l{a} -{b}"
        for i, j in np.argwhere(chosen).tolist()
    )


def _figures(sheet: Sheet, shade: Array, cell: float, high: float, top: float) -> list[str]:
    out = []
    for (i, j), value in np.ndenumerate(sheet.cells):
        shown = "" if sheet.gap[i, j] or math.isnan(value) else brief(float(value))
        if shown:
            on = "dp-on" if shade[i, j] > 0.6 else None
            out.append(tag("text", esc(shown), x=8 + j * cell + (cell - 1) / 2,
                           y=top + i * high + high / 2 + 3, text_anchor="middle", cls=on,
                           style="font-size:9.5px"))  # fmt: skip
    return out


def brief(value: float) -> str:
    """A number in at most six characters.

    >>> brief(-0.12345), brief(1234.6), brief(3.2e-11), brief(0.0)
    ('-0.12', '1235', '3e-11', '0')
    """
    if value == 0 or not math.isfinite(value):
        return number(value)
    if 0.01 <= abs(value) < 1e4:
        return f"{value:.2f}" if abs(value) < 100 else f"{value:.0f}"
    return f"{value:.0e}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")


def _key(y: float, levels: int) -> str:
    """The tints of the error map and the powers of ten at which they change."""
    wide = 24.0
    out = []
    for k in range(levels + 1):
        x = 8 + k * wide
        out.append(tag("rect", x=x, y=y, width=wide - 1, height=9.0, cls="dp-miss",
                       fill_opacity=f"{0.05 + 0.9 * k / levels:.2f}"))  # fmt: skip
        power = round(math.log10(_FLOOR)) + k
        if k < levels and k % 2 == 0:
            label = power_of_ten(power) if power else "1"
            out.append(text(x + wide, y + 22, label, "dp-soft dp-small", "middle"))
    return "".join(out)


def sweep_chart(found: Sweep, title: str, words: Mapping[str, str]) -> Drawing:
    """Errors of the claim over ε, both axes logarithmic, small steps on the left."""
    lines = {"sweep.forward": found.forward, "sweep.central": found.central}
    if np.isfinite(found.richardson).any():
        lines["sweep.richardson"] = found.richardson
    drawn = np.concatenate([v[np.isfinite(v)] for v in lines.values()])
    high = float(np.max(drawn, initial=found.tolerance))
    low = max(_PRECISE, min(float(np.min(drawn, initial=1.0)), found.tolerance / 10))
    ends = (math.log10(found.steps.min()) - 0.2, math.log10(found.steps.max()) + 0.2)
    width, top, left = 440.0, 92.0, 52.0
    frame = Frame(left, top, width - left - 14, 200.0, ends, (low / 2, high * 3), True)
    out = [text(2, 18, shorten(title, width - 8, 13), "dp-head"),
           legend([words[k] for k in lines], width)]  # fmt: skip
    out.append(_log_axes(frame, words["sweep.x"], words["sweep.y"]))
    row = frame.py(found.tolerance)
    out.append(tag("path", d=f"M{coordinate(left)} {coordinate(row)}h{coordinate(frame.width)}",
                   cls="dp-mark"))  # fmt: skip
    said = f"{words['sweep.tolerance']} {found.tolerance:.0e}".replace("e-0", "e-")
    if _room(found, lines.values(), small=True) > _room(found, lines.values(), small=False):
        out.append(text(left + 4, row + 12, said, "dp-small"))
    else:
        out.append(text(left + frame.width, row - 4, said, "dp-small", "end"))
    for k, values in enumerate(lines.values()):
        out.append(_line(frame, found.steps, values, low, k))
    return Drawing(width, frame.bottom + 40, title, "".join(out))


def _room(found: Sweep, lines: Iterable[np.ndarray], small: bool) -> float:
    """How many powers of ten lie between the tolerance's label and the nearest line, at one end."""
    at = np.log10(found.steps)
    share = (at - at.min()) / np.ptp(at)
    near = share < _LABEL if small else share > 1 - _LABEL
    values = np.concatenate([v[near & np.isfinite(v) & (v > 0)] for v in lines])
    # The label stands on its line, or at small steps, where errors fall towards it, beneath.
    place = math.log10(found.tolerance) + (-0.6 if small else 0.5)
    return float(np.min(np.abs(np.log10(values) - place), initial=99.0))


_LABEL = 0.3  # of the width, that the label takes


def legend(names: Sequence[str], width: float) -> str:
    """The lines of a chart and their names, in as many rows as they need."""
    out, x, y = [], 2.0, 40.0
    for k, name in enumerate(names):
        wide = 26 + text_width(name) + 14
        if x + wide > width and x > 2:
            x, y = 2.0, y + 16
        out.append(tag("path", d=f"M{coordinate(x)} {coordinate(y - 4)}h20",
                       cls=f"dp-line dp-s{k}"))  # fmt: skip
        out.append(text(x + 26, y, name))
        x += wide
    return "".join(out)


def _log_axes(frame: Frame, xlabel: str, ylabel: str) -> str:
    out = []
    for value in log_ticks(*frame.y):
        row = frame.py(value)
        out.append(tag("path", d=f"M{coordinate(frame.left)} {coordinate(row)}"
                                 f"h{coordinate(frame.width)}", cls="dp-grid"))  # fmt: skip
        label = power_of_ten(round(math.log10(value))) if value != 1 else "1"
        out.append(text(frame.left - 6, row + 3.8, label, "dp-soft", "end"))
    for power in range(math.ceil(frame.x[0]), math.floor(frame.x[1]) + 1, 2):
        column = frame.px(power)
        out.append(tag("path", d=f"M{coordinate(column)} {coordinate(frame.bottom)}v4",
                       cls="dp-axis"))  # fmt: skip
        out.append(text(column, frame.bottom + 16, power_of_ten(power), "dp-soft", "middle"))
    right = frame.left + frame.width
    out.append(tag("path", d=f"M{coordinate(frame.left)} {coordinate(frame.bottom)}"
                             f"H{coordinate(right)}", cls="dp-axis"))  # fmt: skip
    out.append(text(right, frame.bottom + 32, xlabel, "dp-soft", "end"))
    out.append(text(2.0, frame.top - 10, ylabel, "dp-soft"))
    return "".join(out)


def _line(frame: Frame, steps: Array, values: Array, low: float, style: int) -> str:
    """One series; numbers that are not finite are gaps, and what is below the axis lies on it."""
    out: list[str] = []
    path, pen = [], "M"
    for step, value in zip(steps.tolist(), values.tolist(), strict=True):
        if not math.isfinite(value):
            pen = "M"
            continue
        x, y = frame.px(math.log10(step)), frame.py(max(value, low))
        path.append(f"{pen}{coordinate(x)} {coordinate(y)}")
        pen = "L"
        note = tag("title", esc(f"ε = {step:.1e}: {value:.1e}"))
        out.append(tag("circle", note, cx=x, cy=y, r=2.2, cls=f"dp-p{style}"))
    line = tag("path", d="".join(path), cls=f"dp-line dp-s{style}") if path else ""
    return line + "".join(out)
