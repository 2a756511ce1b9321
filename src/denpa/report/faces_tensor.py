"""The face of a tensor in a notebook: its numbers where they are few, a heat map of many."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from denpa.report.faces_parts import Words, cell, frame, note, wide
from denpa.report.faces_words import words
from denpa.report.heat import Sheet, lay_out
from denpa.report.scale import number
from denpa.report.svg import join, tag

_ROWS, _COLUMNS = 12, 10  # numbers that are told one by one
_HUGE = 1 << 22  # numbers of which no picture is made: it would take seconds
_LEVELS = 12
_POSITIVE, _NEGATIVE, _GREY = (0x2A, 0x72, 0xBD), (0xB8, 0x52, 0x1C), (0x80, 0x80, 0x80)


def face(tensor: Any) -> str:
    """The face of a tensor: what it is, its numbers, and those of its gradient where it has one.

    Up to 12 rows of 10 are a table with the numbers of rows and columns; more are a heat map with
    its scale, and the least, the largest and the mean. NaN and infinities are counted.

    >>> import denpa as dp
    >>> ">0.25</td>" in face(dp.tensor([[0.25, 2.0]]))
    True
    """
    said, value = words(), tensor._value
    if value.array is None:
        return frame(type(tensor).__name__, [], tag("code", repr(tensor)))
    made = value.op is not None and value.requires_grad
    facts = [
        _shape(value.shape) or said["scalar"],
        value.dtype.name,
        "requires_grad" if value.requires_grad else "",
        said["made"].format(op=value.op.name) if made else "",
    ]
    parts = [numbers(value.array, said["numbers"])]
    if tensor.grad is not None and tensor.grad._value.array is not None:
        parts.append(numbers(tensor.grad._value.array, said["gradient"]))
    return frame(type(tensor).__name__, facts, tag("div", *parts, cls="dp-side"))


def _shape(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))


def numbers(a: NDArray[Any], name: str) -> Markup:
    """The numbers of an array under a name: a table, or a heat map of many."""
    said = words()
    if not a.size:
        return tag("div", note(said["empty"]))
    if not a.ndim:
        return tag("div", note(name), tag("span", shown(a[()]), cls="dp-big", title=str(a[()])))
    if a.ndim <= 2 and a.shape[-1] <= _COLUMNS and (a.ndim == 1 or a.shape[0] <= _ROWS):
        return tag("div", note(name), _table(a), _unusual(a, said))
    if a.ndim == 1 and a.size <= _COLUMNS * 3:
        return tag("div", note(name), _table(a), _unusual(a, said))
    return tag("div", note(name), _picture(a, name, said), _told(a, said), _unusual(a, said))


def shown(x: Any) -> str:
    """A number of an array as it is told: whole ones in full, others in four digits.

    >>> shown(np.int64(-12345)), shown(np.float32(0.1)), shown(np.True_), shown(np.float64(1e-9))
    ('-12345', '0.1', 'True', '1e-9')
    """
    if x.dtype.kind in "iub":
        return str(x)
    if x.dtype.kind == "c":
        return f"{x:.4g}"
    return number(float(x))


def _table(a: NDArray[Any]) -> Markup:
    """Numbers with those of their rows and columns; a vector is a row."""
    rows = a.reshape(1, -1) if a.ndim == 1 else a
    names = join(cell(k, heading=True, scope="col") for k in range(rows.shape[1]))
    corner = cell("") if a.ndim == 2 else ""
    lines = []
    for k, row in enumerate(rows):
        begin = [cell(k, heading=True, scope="row")] if a.ndim == 2 else []
        cells = (cell(shown(x), title=None if x.dtype.kind in "iub" else str(x)) for x in row)
        lines.append(tag("tr", *begin, *cells))
    inside = (tag("thead", tag("tr", corner, names)), tag("tbody", *lines))
    return wide(tag("table", *inside))


def _unusual(a: NDArray[Any], said: Words) -> Markup:
    """How many numbers are NaN or infinite, where some are."""
    if a.dtype.kind not in "fc":
        return Markup()
    counts = {"nan": int(np.isnan(a).sum()), "infinite": int(np.isinf(a).sum())}
    return note(*(said[k].format(count=number(n)) for k, n in counts.items() if n))


def _told(a: NDArray[Any], said: Words) -> Markup:
    """The least, the largest and the mean."""
    if a.dtype.kind == "b":
        count, total = number(int(a.sum())), number(int(a.size))
        return note(said["true"].format(count=count, total=total))
    if a.dtype.kind == "c":
        return Markup()
    known = a[np.isfinite(a)]
    if not known.size:
        return Markup()
    mean = known.mean(dtype=np.float64)
    figures = (("least", shown(known.min())), ("most", shown(known.max())), ("mean", shown(mean)))
    part = "" if known.size == a.size else said["of_finite"].format(count=number(int(known.size)))
    return note(*(f"{said[k]} {x}" for k, x in figures), part)


def _picture(a: NDArray[Any], name: str, said: Words) -> Markup:
    """A heat map as a small image, and what its tints mean."""
    if a.size > _HUGE:
        return note(said["huge"])
    sheet = lay_out(np.abs(a) if a.dtype.kind == "c" else a)
    known = sheet.cells[np.isfinite(sheet.cells)]
    largest = float(np.abs(known).max()) if known.size else 0.0
    negative = bool((known < 0).any())
    least, most = (-largest if negative else 0.0), largest
    data, height, width = _png(sheet, largest)
    says = said["heat"].format(least=number(least, 3), most=number(most, 3))
    image = tag("img", src=data, width=width, height=height, alt=f"{name}: {says}")
    left = f"rgb{_NEGATIVE}," if negative else ""
    bar = f"linear-gradient(to right,{left}transparent,rgb{_POSITIVE})"
    scale = Markup('<div class="dp-scale">{}<i style="background:{}"></i>{}</div>').format(
        number(least, 3), bar, number(most, 3)
    )
    rows, columns = sheet.block
    hints = [
        said["signs"] if negative else "",
        said["tiles"].format(down=sheet.tiles[0], across=sheet.tiles[1]) if a.ndim > 2 else "",
        said["lines"].format(columns=sheet.cells.shape[1]) if a.ndim == 1 and rows == 1 else "",
        said["blocks"].format(rows=rows, columns=columns) if sheet.block != (1, 1) else "",
        said["unknown"] if a.dtype.kind in "fc" and bool(np.isnan(a).any()) else "",
    ]
    return image + scale + note(*hints)


def _png(sheet: Sheet, largest: float) -> tuple[str, int, int]:
    """The sheet as a data URI, its height and width: tints over the notebook's own paper.

    A palette keeps it small: nothing, the positive tints, the negative ones, grey, the dash.
    """
    from PIL import Image

    rows, columns = sheet.cells.shape
    side = max(4, min(14, 360 // max(rows, columns)))
    with np.errstate(invalid="ignore"):
        size = np.minimum(np.abs(sheet.cells) / (largest or 1.0), 1.0)
    level = np.nan_to_num(np.ceil(size * _LEVELS)).astype(np.uint8)
    negative = (sheet.cells < 0) & (level > 0)
    code = np.where(negative, level + _LEVELS, level)
    code[np.isnan(sheet.cells)] = 2 * _LEVELS + 1
    code[sheet.gap] = 0
    pixels = np.repeat(np.repeat(code, side, 0), side, 1).astype(np.uint8)
    dash = np.zeros((side, side), bool)
    dash[(side - 1) // 2, side // 4 : side - side // 4] = True
    dashed = np.tile(dash, (rows, columns)) & np.repeat(np.repeat(negative, side, 0), side, 1)
    # On a faint tint the dash is grey, on a strong one it is the paper.
    pixels[dashed] = np.where(pixels[dashed] - _LEVELS > _LEVELS // 2, 0, 2 * _LEVELS + 2)
    tints = [round(255 * (0.06 + 0.94 * k / _LEVELS)) for k in range(1, _LEVELS + 1)]
    image = Image.fromarray(pixels, "P")
    colours = [(0, 0, 0), *[_POSITIVE] * _LEVELS, *[_NEGATIVE] * _LEVELS, _GREY, _GREY]
    image.putpalette([c for colour in colours for c in colour])
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True, transparency=bytes([0, *tints, *tints, 110, 255]))
    data = base64.b64encode(file.getvalue()).decode("ascii")
    return f"data:image/png;base64,{data}", pixels.shape[0], pixels.shape[1]
