"""Missing and infinite values of a table: an error, rows left out, or means filled in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from denpa.core.wording import option
from denpa.data.dataset import Array, Encoding
from denpa.data.encoders.columns import width
from denpa.data.encoders.target import absent, encode_kept
from denpa.data.errors import DataError, check_option, counted
from denpa.data.origin import Origin

__all__ = ["MISSING", "filled_notes", "ranges", "settle"]

MISSING = ("error", "drop", "mean")
"""What to do with missing values."""

_FILLED = 12  # columns whose fillings are told one by one
_FLOAT32_MAX = float(np.finfo(np.float32).max)
_LARGEST = float(np.finfo(np.float64).max) / 16
_FARTHER = 1e6  # how much larger new values may be than those of a column beyond float32
_REMEDY = (
    f"Pass {option('missing', 'drop')} (leave those rows out) or {option('missing', 'mean')} (fill"
    " in the mean of the column)."
)


def ranges(matrix: Array) -> Encoding:
    """Return what an encoding says of the values of each column of (N, D): `fill`, the mean of
    those within its limit, and `limits` where that of float32 is not the limit of all.

    A column of larger numbers, not one with a stray one, is as good as any once standardised.
    """
    if matrix.dtype == np.float16:  # to which the limit would be infinite
        matrix = matrix.astype(np.float32)
    size = np.abs(matrix)
    limits = np.full(matrix.shape[1], _FLOAT32_MAX)
    for j in np.flatnonzero((size > _FLOAT32_MAX).any(axis=0)):
        known = size[size[:, j] <= _LARGEST, j]
        if len(known) and np.median(known) > _FLOAT32_MAX:
            limits[j] = min(_LARGEST, known.max() * _FARTHER)
    good = size <= limits
    count = np.maximum(good.sum(axis=0), 1)
    huge = limits > _FLOAT32_MAX
    totals = np.where(good, matrix / np.where(huge, count, 1), 0).sum(axis=0, dtype=np.float64)
    found: Encoding = {"fill": [float(v) for v in totals / np.where(huge, 1, count)]}
    return {**found, "limits": limits.tolist()} if huge.any() else found


def settle(
    matrix: Array,
    target: Array | None,
    encoding: Encoding,
    origin: Origin,
    *,
    missing: str,
    owners: Sequence[str],
) -> tuple[NDArray[np.float64], Array | None, Array | None, Array | None]:
    """Deal with missing and infinite values of (N, D); `owners` names the column of each of D."""
    check_option("missing", missing, MISSING)
    gone = np.isnan(matrix)  # (N, D)
    too_big = np.abs(matrix) > np.array(encoding.get("limits", _FLOAT32_MAX))
    bad = gone | too_big
    lost = absent(target) if target is not None else np.zeros(len(matrix), bool)
    kept: Array | None = None
    name = encoding["target"]["name"] if encoding.get("target") else ""
    # A target is never filled in: a mean is no fact to learn from.
    if missing == "error" or (missing == "mean" and lost.any()):
        spots = {} if missing == "mean" else _per_column(gone, owners)
        if lost.any():
            spots[name] = lost
        if spots:
            remedy = _REMEDY
            if missing == "mean":
                remedy = f"A target cannot be filled in: pass {option('missing', 'drop')}."
            raise DataError(_report("missing values", spots, len(matrix), origin, remedy))
        spots = {} if missing == "mean" else _per_column(too_big, owners)
        if spots:
            what = "infinite values (or too large for float32)"
            raise DataError(_report(what, spots, len(matrix), origin, _REMEDY))
    filled: Array | None = None
    if missing == "drop":
        keep = ~(bad.any(axis=1) | lost)
        if not keep.any():
            raise DataError(
                f"{origin.name}: every one of the {counted(len(keep), 'row')} has a missing value,"
                f" so {option('missing', 'drop')} leaves nothing. Drop the emptiest columns with"
                f" {option('drop')}."
            )
        if not keep.all():
            kept = np.flatnonzero(keep)
            matrix = matrix[keep]
            target = None if target is None else target[keep]
    elif bad.any():
        fill = np.array(encoding["fill"], dtype=np.float64)
        matrix = np.where(bad, fill, matrix)
        filled = bad
    return matrix, encode_kept(target, encoding, origin, kept), kept, filled


def filled_notes(encoding: Encoding, filled: Array | None, part: bool) -> tuple[str, ...]:
    """Return a sentence for each column of a table that missing="mean" filled: how many cells, and
    with what; `part` where the means are those of the training part."""
    if filled is None:
        return ()
    of = " of the training part" if part else ""
    notes: list[str] = []
    at = 0
    for record in encoding["columns"]:
        n = int(filled[:, at].sum())
        fill = encoding["fill"][at : at + width(record)]
        at += width(record)
        if not n:
            continue
        what = f"the mean{of}, {fill[0]:.6g}"
        if record["type"] == "category":
            each = zip(record["categories"], fill, strict=True)
            shares = [f"{c} {share:.3g}" for c, share in each]
            more = f" and {len(shares) - 6} more" if len(shares) > 6 else ""
            what = f"the share{of} of each value ({', '.join(shares[:6])}{more})"
        elif record["type"] == "date":
            day = np.datetime64(int(np.floor(fill[0] + record["origin"])), "D")
            what = f"the mean{of}, {day}"
        elif record["type"] == "bool":
            what = f"the share{of} of true, {fill[0]:.3g}"
        notes.append(f"column {record['name']!r}: {counted(n, 'missing cell')} filled with {what}")
    if len(notes) > _FILLED:
        notes[_FILLED:] = [f"missing cells of {len(notes) - _FILLED} more columns filled, too"]
    return tuple(notes)


def _per_column(bad: Array, owners: Sequence[str]) -> dict[str, Array]:
    # All columns of a category agree.
    return {owners[j]: bad[:, j] for j in np.flatnonzero(bad.any(axis=0)).tolist()}


def _report(what: str, spots: dict[str, Array], n: int, origin: Origin, remedy: str) -> str:
    columns = counted(len(spots), "column")
    # Only the first names are shown: each line number is a walk through the file.
    each = [
        f"{name!r} ({int(bad.sum())}, first in {origin.row(int(np.argmax(bad)))})"
        for name, bad in list(spots.items())[:3]
    ]
    each += [f"{name!r} ({int(bad.sum())})" for name, bad in list(spots.items())[3:]]
    shown = ", ".join(each[:12]) + (f" and {len(each) - 12} more" if len(each) > 12 else "")
    return f"{origin.name}: {what} in {columns} of {counted(n, 'row')}: {shown}. {remedy}"
