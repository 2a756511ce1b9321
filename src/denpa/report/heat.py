"""Heat maps of arrays of any shape, to be read in grey as well: negative numbers carry a dash."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from denpa.report.scale import number, power_of_ten
from denpa.report.svg import Drawing, join, path, shorten, tag, text

Array = NDArray[np.float64]
MOST = 64  # cells along a side; larger arrays are shown in blocks
_LINE = 32  # numbers in a row of an array of one dimension
_LEVELS = 9  # tints beside the faintest
_FLOOR = 1e-8  # errors below are white


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
    level = np.where(shade > 0, np.ceil(np.minimum(shade, 1.0) * _LEVELS), 0)
    dashes = not _numbered(sheet) and bool((sheet.cells < 0).any())
    note = words["heat.scale.dash" if dashes else "heat.scale"].format(largest=number(largest, 3))
    return _grid(sheet, title, note, level, words)


def error_heat(claimed: Any, right: Any, title: str, words: Mapping[str, str]) -> Drawing:
    """A heat map of |claimed − right|, relative to the largest right number, one tint a decade."""
    sheet = lay_out(relative_errors(claimed, right))
    with np.errstate(divide="ignore", invalid="ignore"):
        level = np.ceil(np.log10(sheet.cells / _FLOOR))
    unmeasured = np.where(sheet.cells == 0, 0, _LEVELS)
    level = np.where(np.isfinite(level), np.clip(level, 0, _LEVELS), unmeasured)
    return _grid(sheet, title, words["heat.error.scale"], level, words, decades=True)


def relative_errors(claimed: Any, right: Any) -> Array:
    """|claimed − right| relative to the largest absolute value of the right numbers."""
    c, n = np.asarray(claimed, np.float64), np.asarray(right, np.float64)
    known = np.abs(n[np.isfinite(n)])
    size = float(known.max()) if known.size and known.max() > 0 else 1.0
    return np.asarray(np.abs(c - n) / size)


def _grid(
    sheet: Sheet,
    title: str,
    note: str,
    level: Array,
    words: Mapping[str, str],
    decades: bool = False,
) -> Drawing:
    rows, columns = sheet.cells.shape
    numbered = _numbered(sheet)
    cell = 38.0 if numbered else max(5.0, min(26.0, math.floor(330 / max(rows, columns, 1))))
    high = 24.0 if numbered else cell
    w, h, top = cell - 1, high - 1, 50.0

    def drawn(
        cls: str, chosen: NDArray[np.bool_], x: float, y: float, *shape: str | float, **look: str
    ) -> Markup:
        """The same shape in all chosen cells, x and y within the cell."""
        places = np.argwhere(chosen).tolist()
        line: list[str | float] = []
        for i, j in places:
            line += ["M", 8 + j * cell + x, top + i * high + y, *shape]
        return path(cls, *line, **look) if places else Markup()

    width = max(columns * cell + 16, 250.0)
    out = [
        text(8, 17, shorten(title, width - 12, 13), "dp-head"),
        text(8, 36, shorten(note, width - 12), "dp-soft"),
    ]
    unknown = np.isnan(sheet.cells) & ~sheet.gap
    negative = (sheet.cells < 0) & ~sheet.gap
    for k in range(_LEVELS + 1):
        chosen = (level == k) & ~sheet.gap & ~unknown
        missed = chosen if decades else chosen & negative
        for cls, part in (("dp-hit", chosen & ~missed), ("dp-miss", missed)):
            out.append(drawn(cls, part, 0, 0, "h", w, "v", h, "h", -w, "z", fill_opacity=_tint(k)))
    if not numbered:  # a dash, so that the sign is seen in grey
        for cls, part in (("dp-axis", level <= 5), ("dp-cut", level > 5)):
            half = drawn(cls, negative & part, w / 4, h / 2, "h", w / 2, style="stroke-width:1")
            out.append(half)
    a, b = 0.4 * w, 0.4 * h
    cross: tuple[str | float, ...] = ("l", a, b, "m", -a, 0, "l", a, -b)
    out.append(drawn("dp-axis", unknown, 0.3 * w, 0.3 * h, *cross))
    for (i, j), value in np.ndenumerate(sheet.cells if numbered else np.empty((0, 0))):
        if not (sheet.gap[i, j] or math.isnan(value)):
            on = "dp-on" if level[i, j] > 0.6 * _LEVELS else None
            x, y = 8 + j * cell + w / 2, top + i * high + high / 2 + 3
            out.append(text(x, y, brief(float(value)), on, "middle", style="font-size:9.5px"))
    bottom = top + rows * high
    if unknown.any():
        bottom += 20
        out.append(text(8, bottom, words["heat.unknown"], "dp-soft dp-small"))
    if decades:
        out.append(_key(bottom + 14))
        bottom += 44
    if sheet.block != (1, 1):
        bottom += 20
        said = words["heat.blocks"].format(rows=sheet.block[0], columns=sheet.block[1])
        out.append(text(8, bottom, shorten(said, width - 12, 10.5), "dp-soft dp-small"))
    return Drawing(width, bottom + 8, title, join(out))


def _tint(level: int) -> str:
    return f"{0.05 + 0.9 * level / _LEVELS:.2f}"


def _numbered(sheet: Sheet) -> bool:
    """Whether the cells are few enough to hold their numbers."""
    rows, columns = sheet.cells.shape
    return columns <= 8 and rows <= 12 and sheet.tiles == (1, 1)


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


def _key(y: float) -> Markup:
    """The tints of the error map and the powers of ten at which they change."""
    wide = 24.0
    out = []
    for k in range(_LEVELS + 1):
        x = 8 + k * wide
        out.append(
            tag("rect", x=x, y=y, width=wide - 1, height=9.0, cls="dp-miss", fill_opacity=_tint(k))
        )
        power = round(math.log10(_FLOOR)) + k
        if k < _LEVELS and k % 2 == 0:
            label = power_of_ten(power) if power else "1"
            out.append(text(x + wide, y + 22, label, "dp-soft dp-small", "middle"))
    return join(out)
