"""Charts made of cells: confusion matrix, heat map, and a sheet of small images."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from denpa.report.frame import coordinate, document, esc, shorten, tag, text, text_width
from denpa.report.png import png_data_uri
from denpa.report.scale import number


def _table(matrix: Any, what: str) -> NDArray[np.float64]:
    values = np.asarray(matrix, dtype=np.float64)
    if values.ndim != 2 or 0 in values.shape:
        raise ValueError(
            f"a {what} needs a matrix (rows, columns) that is not empty, given shape {values.shape}"
        )
    return values


def _cell(
    x: float, y: float, size: float, shade: float, cls: str, label: str, note: str, font: float
) -> str:  # fmt: skip
    """Return one cell: a tint as strong as `shade` (0 to 1), its number and its hover text."""
    box = tag("rect", tag("title", esc(note)), x=x, y=y, width=size - 1, height=size - 1,
              cls=cls, fill_opacity=f"{shade:.2f}")  # fmt: skip
    if not label:
        return box
    style = f"font-size:{font}px;pointer-events:none"
    return box + tag("text", esc(label), x=x + (size - 1) / 2, y=y + size / 2 + font * 0.32,
                     text_anchor="middle", style=style,
                     cls="dp-on" if shade > 0.55 else None)  # fmt: skip


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
    standalone: bool = True,
) -> str:
    """Return a confusion matrix (true classes in rows, predicted ones in columns).

    The tint of a cell is its share of the row; right answers and mistakes have different colours
    and every count is printed, so the picture holds in grey. On the right stands each row's share
    of right answers, named `share`.

    Raises ValueError when the matrix is not square or does not fit the labels.

    >>> from denpa.report.svg import confusion
    >>> ">48</text>" in confusion([[48, 2], [1, 49]], ["cat", "dog"])
    True
    """
    counts = _table(matrix, "confusion matrix")
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
    out = [text(left, 13, f"{xlabel} →", "dp-soft"),
           text(13, top + 2, f"{ylabel} →", "dp-soft", "end",
                f"rotate(-90 13 {coordinate(top + 2)})"),
           text(width - 6, top - 8, share, "dp-soft dp-small", "end")]  # fmt: skip
    for i, name in enumerate(names):
        middle = i * cell + cell / 2
        out.append(text(left - 7, top + middle + 3.5, name, None, "end"))
        x, y = left + middle, top - 7
        if steep:
            turn = f"rotate(-90 {coordinate(x + 3.5)} {coordinate(y)})"
            out.append(text(x + 3.5, y, name, None, None, turn))
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
            out.append(_cell(left + j * cell, top + i * cell, cell, 0.08 + 0.87 * shade,
                             "dp-hit" if i == j else "dp-miss", shown, note, font))  # fmt: skip
        recall = f"{100 * counts[i, i] / totals[i]:.1f}%" if totals[i] else "–"
        out.append(text(width - 6, top + i * cell + cell / 2 + 3.5, recall, "dp-soft dp-small",
                        "end"))  # fmt: skip
    edge = (f"M{coordinate(left - 0.5)} {coordinate(top - 0.5)}h{coordinate(size * cell)}"
            f"v{coordinate(size * cell)}h-{coordinate(size * cell)}Z")  # fmt: skip
    out.append(tag("path", d=edge, cls="dp-axis"))
    return document(width, height, title, "".join(out), standalone=standalone)


def heatmap(
    matrix: Any,
    labels: tuple[Sequence[str], Sequence[str]] | None = None,
    *,
    title: str,
    xlabel: str = "column",
    ylabel: str = "row",
    standalone: bool = True,
) -> str:
    """Return a matrix of real numbers as tinted cells, one colour for each sign.

    The darkest tint is the largest absolute value, printed beside the title. Cells that are NaN
    or infinite carry a cross. `labels` are names of rows and of columns.

    >>> from denpa.report.svg import heatmap
    >>> "largest 2" in heatmap([[1.0, -2.0]], title="W")
    True
    """
    values = _table(matrix, "heat map")
    rows, columns = values.shape
    if labels is not None and (len(labels[0]), len(labels[1])) != (rows, columns):
        raise ValueError(
            f"heat map {title!r} has shape {values.shape} and {len(labels[0])} row and "
            f"{len(labels[1])} column names: expected one name for each"
        )
    names = labels or ([str(i) for i in range(rows)], [str(j) for j in range(columns)])
    cell = 30.0 if max(rows, columns) <= 14 else 14.0 if max(rows, columns) <= 40 else 6.0
    good = np.abs(values[np.isfinite(values)])
    largest = float(good.max()) if good.size else 0.0
    wide = max(text_width(shorten(str(n), 90)) for n in names[0])
    left, top = 28 + wide, 56.0
    width, height = max(left + columns * cell + 10, 220.0), top + rows * cell + 10
    head = f"{title}: largest {number(largest)}"
    out = [text(12, 16, shorten(head, width - 16, 13), "dp-head"),
           text(left, 34, f"{xlabel} →", "dp-soft"),
           text(13, top, f"{ylabel} →", "dp-soft", "end", "rotate(-90 13 56)")]  # fmt: skip
    stride = 1 if cell >= 14 else 10
    for i in range(0, rows, stride):
        out.append(text(left - 6, top + i * cell + cell / 2 + 3.5, shorten(str(names[0][i]), 90),
                        "dp-soft dp-small", "end"))  # fmt: skip
    for j in range(0, columns, stride):
        out.append(text(left + j * cell + cell / 2, top - 6,
                        shorten(str(names[1][j]), max(cell * stride - 2, 12), 9.5),
                        "dp-soft dp-small", "middle"))  # fmt: skip
    for i in range(rows):
        for j in range(columns):
            value = float(values[i, j])
            note = f"{names[0][i]}, {names[1][j]}: {number(value)}"
            x, y = left + j * cell, top + i * cell
            if not math.isfinite(value):
                out.append(_cell(x, y, cell, 0.25, "dp-void", "×", note, cell * 0.6))
                continue
            shade = abs(value) / largest if largest else 0.0
            shown = number(value, 2) if cell >= 30 else ""
            out.append(_cell(x, y, cell, 0.05 + 0.9 * shade, "dp-hit" if value >= 0 else "dp-miss",
                             shown if len(shown) <= 5 else "", note, 9.0))  # fmt: skip
    return document(width, height, title, "".join(out), standalone=standalone)


def image_grid(
    images: Any,
    captions: Sequence[str] = (),
    *,
    columns: int = 8,
    size: float = 72.0,
    title: str = "Images",
    standalone: bool = True,
) -> str:
    """Return images (N, H, W) or (N, H, W, 3) in [0, 1] as one sheet, pixels kept sharp.

    Raises ValueError when there are captions and not one for each image.

    >>> import numpy as np
    >>> from denpa.report.svg import image_grid
    >>> image_grid(np.zeros((3, 8, 8)), ["a", "b", "c"]).count("<image")
    3
    """
    sheet = np.asarray(images)
    if sheet.ndim not in (3, 4) or not sheet.size:
        raise ValueError(
            f"images of shape {sheet.shape} cannot be drawn: expected (N, H, W) or (N, H, W, 3)"
        )
    if len(captions) not in (0, len(sheet)):
        raise ValueError(
            f"{len(sheet)} images with {len(captions)} captions: give one for each, or none"
        )
    step_x, step_y = size + 10, size + (26 if len(captions) else 10)
    columns = min(columns, len(sheet))
    out = []
    for i, image in enumerate(sheet):
        x, y = 8 + (i % columns) * step_x, 8 + (i // columns) * step_y
        name = str(captions[i]) if len(captions) else f"{i}"
        out.append(tag("image", tag("title", esc(name)), x=x, y=y, width=size, height=size,
                       href=png_data_uri(image), style="image-rendering:pixelated"))  # fmt: skip
        if len(captions):
            out.append(text(x + size / 2, y + size + 13, shorten(name, size + 8, 9.5),
                            "dp-small", "middle"))  # fmt: skip
    width = 6 + columns * step_x
    height = 6 + -(-len(sheet) // columns) * step_y
    return document(width, height, title, "".join(out), standalone=standalone)
