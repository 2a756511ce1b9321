"""Arrays in memory or from NPZ, NPY and IDX: tables (N, D), signals (N, C, L), and images (N, H, W)
or (N, C, H, W)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from denpa.core.wording import Wording, option
from denpa.data.dataset import Array, Data, Encoding, Kind
from denpa.data.encoders.columns import feature_names
from denpa.data.encoders.missing import MISSING, filled_notes, ranges, settle
from denpa.data.encoders.scale import Standardizer
from denpa.data.encoders.target import (
    FEW,
    absent,
    encode_all,
    encode_kept,
    fit_target,
    one_column,
)
from denpa.data.errors import DataError, check_option, counted
from denpa.data.origin import Origin

__all__ = ["from_arrays"]

MAX_IMAGE_CLASSES = 1000
_CHANNELS = (1, 3, 4)


def from_arrays(
    x: Array,
    y: Array | None,
    origin: Origin,
    *,
    source: str,
    encoding: Encoding | None = None,
    task: str | None = None,
    missing: str | None = None,
    classes: Sequence[str] | None = None,
    licence: str = "",
    target: str = "y",
    signal: bool = False,
) -> Data:
    """Return `Data` of arrays: by an encoding, or by one that is fitted to them here."""
    x = np.asarray(x)
    where = origin.name
    check_option("missing", missing, MISSING, unset=True)
    check_option("task", task, ("classification", "regression"), unset=True)
    signal = signal or (encoding is not None and encoding["kind"] == "signals")
    _check_x(x, where, signal)
    if y is not None:
        y = one_column(np.asarray(y), where)
        if len(y) != len(x):
            raise DataError(
                f"{where}: x has {counted(len(x), 'row')} but y has {len(y)}; each row of x needs"
                " one value of y."
            )
        y = _settled_dtype(y, where)
    kind: Kind = "signals" if signal else "images" if x.ndim > 2 else "table"
    shape_notes: list[str] = []
    if kind == "images":
        x = _channels_first(x, shape_notes)
    elif kind == "signals" and x.ndim == 2:
        x = x[:, None]
    why = ""
    notes: list[str] = []
    reading = None
    if encoding is None:
        encoding = {**_fit(x, kind, notes, where), "missing": missing or "error"}
        if y is not None:
            known = y[~absent(y)]
            many = MAX_IMAGE_CLASSES if kind == "images" else FEW
            encoding["target"], why = fit_target(
                known, target, where, task=task, classes=classes, indices=True, many=many
            )
            reading = ArrayReading(x, y, origin, tuple(shape_notes))
    else:
        _check_shape(x, encoding, where)
        if encoding.get("target") is None:
            y = None
    policy = missing or encoding["missing"]
    made, y, kept, filled = _encode(x, y, encoding, origin, policy)
    if kind == "table":
        notes += filled_notes(encoding, filled, part=reading is None)
    record = encoding.get("target") or {}
    return Data(
        x=made,
        y=y,
        task=record.get("task"),
        classes=tuple(record.get("classes", ())),
        features=feature_names(encoding) if kind == "table" else (),
        name=where,
        source=source,
        licence=licence,
        kind=kind,
        encoding=encoding,
        why_task=why,
        target=record.get("name"),
        notes=(*shape_notes, *notes),
        kept=kept,
        filled=filled,
        reading=reading,
    )


@dataclass(frozen=True, eq=False)
class ArrayReading:
    """Arrays, to be encoded again by some of their rows."""

    x: Array
    y: Array
    origin: Origin
    notes: tuple[str, ...]  # of the form of x, whatever its values are

    def targets(self, record: dict[str, Any]) -> Array:
        """Return y of every row: -1 or NaN where a row has no target."""
        return encode_all(self.y, record, self.origin.name, self.origin.row)

    def refit(self, data: Data, rows: NDArray[np.int64]) -> Data:
        """Return all data by an encoding fitted to these rows."""
        notes: list[str] = []
        same = {k: data.encoding[k] for k in ("missing", "target")}
        encoding = {**_fit(self.x[rows], data.kind, notes, self.origin.name), **same}
        if encoding == data.encoding:
            return data
        x, y, kept, filled = _encode(
            self.x, self.y, encoding, self.origin, encoding["missing"], own=True
        )
        notes = [*self.notes, *notes]
        if data.kind == "table":
            notes += filled_notes(encoding, filled, part=True)
        return replace(
            data, x=x, y=y, encoding=encoding, notes=tuple(notes), kept=kept, filled=filled
        )


def _check_x(x: Array, where: str, signal: bool) -> None:
    if x.dtype.kind not in "biuf":
        raise DataError(
            f"{where}: x has dtype {x.dtype}; expected numbers. Convert it with x.astype('float32')"
            " or give a table with named columns."
        )
    if signal and x.ndim not in (2, 3):
        raise DataError(
            f"{where}: x has shape {x.shape}; expected signals (N, channels, length), or (N,"
            " length) of one channel."
        )
    if x.ndim not in (2, 3, 4):
        hint = " For one feature, x.reshape(-1, 1)." if x.ndim == 1 else ""
        raise DataError(
            f"{where}: x has shape {x.shape}; expected a table (N, D), images (N, H, W) or"
            f" (N, C, H, W), or with {option('signal', True)} signals (N, C, L).{hint}"
        )
    if 0 in x.shape:
        raise DataError(f"{where}: x has shape {x.shape}: it is empty.")


def _fit(x: Array, kind: Kind, notes: list[str], where: str) -> Encoding:
    if kind == "images":
        return _fit_images(x, notes, where)
    if kind == "table":
        return _fit_table(x)
    return {
        "version": 1,
        "kind": kind,
        "from": "array",
        "channels": x.shape[1],
        "length": x.shape[2],
    }


def _encode(
    x: Array,
    y: Array | None,
    encoding: Encoding,
    origin: Origin,
    policy: str,
    *,
    own: bool = False,
) -> tuple[Array, Array | None, Array | None, Array | None]:
    """Return x, y, the kept rows and the filled values. `own`: the rows that the encoding was
    fitted to are among these, so that none of them is on another scale."""
    if encoding["kind"] == "table":
        lost = y is not None and absent(y).any()
        if x.dtype == np.float32 and not lost and np.isfinite(x).all():
            # Without a copy in float64, which would hold nothing more.
            return x, encode_kept(y, encoding, origin, None), None, None
        return settle(
            x.astype(np.float64, copy=False),
            y,
            encoding,
            origin,
            missing=policy,
            owners=feature_names(encoding),
        )
    x, y, kept = _whole(x, y, origin, policy)
    if encoding["kind"] == "images":
        x = _pixels(x, encoding, origin.name, own=own)
    elif x.dtype != np.float32:
        x = x.astype(np.float64)
    return x, encode_kept(y, encoding, origin, kept), kept, None


def _settled_dtype(y: Array, where: str) -> Array:
    """Return y as bool, whole numbers, floats or text; raise for anything else."""
    if y.dtype.kind in "bif":
        return y
    if y.dtype.kind == "u":
        return y.astype(np.int64)
    if y.dtype.kind == "O":
        # None means missing here as in a table.
        if all(isinstance(v, str) or v is None for v in y):
            return _without_zero_bytes(y, where)
        try:
            return y.astype(np.float64)
        except (TypeError, ValueError):
            pass
    if y.dtype.kind == "U":
        return _without_zero_bytes(y, where)
    if y.dtype.kind == "S":
        try:
            return _without_zero_bytes(np.char.decode(y, "utf-8"), where)
        except UnicodeDecodeError as error:
            raise DataError(
                f"{where}: y holds bytes that are not UTF-8 ({error.object!r:.40}). Give text, or"
                " numbers."
            ) from error
    raise DataError(
        f"{where}: y has dtype {y.dtype}; expected class indices, numbers or text, of one sort."
    )


def _without_zero_bytes(y: Array, where: str) -> Array:
    row = next((i for i, v in enumerate(y.tolist()) if v is not None and "\0" in v), None)
    if row is not None:
        raise DataError(
            f"{where}: y holds a zero byte in row {row} (counting from 0): {str(y[row])!r}. Write"
            " the text without it."
        )
    return y


def _fit_table(x: Array) -> Encoding:
    names = [f"x{j}" for j in range(x.shape[1])]
    return {
        "version": 1,
        "kind": "table",
        "from": "array",
        "columns": [{"name": n, "type": "number"} for n in names],
        **ranges(x),
    }


def _fit_images(x: Array, notes: list[str], where: str) -> Encoding:
    low, high = _range(x, where)
    integer = x.dtype.kind in "iu"
    offset, divide = 0.0, 1.0
    if low < 0 or high > 1:
        # Bytes that use their range are /255; anything else goes by the range it has.
        if x.dtype == np.uint8 and high > 127:
            divide = 255.0
        elif 0 <= low <= high / 2:
            divide = high
        else:
            offset, divide = low, (high - low) or 1.0
        moved = "value" if offset == 0 else f"(value {'-' if offset > 0 else '+'} {abs(offset):g})"
        notes.append(f"pixel values {low:g} to {high:g} become {moved} / {divide:g}")
    return {
        "version": 1,
        "kind": "images",
        "from": "array",
        "channels": x.shape[1],
        "height": x.shape[2],
        "width": x.shape[3],
        "offset": offset,
        "divide": divide,
        "values": "integer" if integer else "float",
    }


def _range(x: Array, where: str) -> tuple[float, float]:
    if x.dtype.kind != "f":
        return float(x.min()), float(x.max())
    known = x[np.isfinite(x)]
    if not known.size:
        raise DataError(f"{where}: the images hold no finite value.")
    return float(known.min()), float(known.max())


def _channels_first(x: Array, notes: list[str]) -> Array:
    if x.ndim == 3:
        if x.shape[1] != x.shape[2]:
            notes.append(
                Wording(
                    f"x {x.shape} is taken as grey pictures of {x.shape[1]} x {x.shape[2]} pixels;"
                    f" if it is {counted(x.shape[1], 'channel')} of signals, say"
                    f" {option('signal', True)}"
                )
            )
        return x[:, None]
    if x.shape[1] not in _CHANNELS and x.shape[3] in _CHANNELS:
        notes.append(f"images {x.shape[1:]} have their channels last: moved to the front")
        return np.moveaxis(x, 3, 1)
    return x


def _whole(
    x: Array, y: Array | None, origin: Origin, policy: str
) -> tuple[Array, Array | None, Array | None]:
    """Return images or signals (N, ...) and targets without those that lack a value, and the rows
    that are left."""
    where = origin.name
    axes = tuple(range(1, x.ndim))
    gone = ~np.isfinite(x).all(axis=axes) if x.dtype.kind == "f" else np.zeros(len(x), bool)
    lost = absent(y) if y is not None else np.zeros(len(x), dtype=bool)
    bad = gone | lost
    if not bad.any():
        return x, y, None
    if policy != "drop":
        example = "an image" if x.ndim == 4 else "a signal"
        what = f"{example} holds NaN or infinite values" if gone.any() else "a label is missing"
        raise DataError(
            f"{where}: {what}, first in {origin.row(int(np.argmax(bad)))},"
            f" {int(bad.sum())} of {len(x)} in all. Pass {option('missing', 'drop')} to leave"
            " them out."
        )
    kept = np.flatnonzero(~bad)
    if not len(kept):
        raise DataError(f"{where}: no row is left after {option('missing', 'drop')}.")
    return x[kept], None if y is None else y[kept], kept


def _pixels(x: Array, encoding: Encoding, where: str, *, own: bool) -> NDArray[np.float32]:
    offset, divide = float(encoding["offset"]), float(encoding["divide"])
    low, high = _range(x, where)
    if encoding["values"] == "integer" and x.dtype.kind == "f" and low >= 0 and high <= 1:
        offset, divide = 0.0, 1.0  # floats in [0, 1] are the form that integers are brought to
    top = (high - offset) / divide
    bottom = (low - offset) / divide
    if not own and (top > 2 or bottom < -1):
        raise DataError(
            f"{where}: pixel values go from {low:g} to {high:g}, but in training they went from"
            f" {encoding['offset']:g} to {encoding['offset'] + encoding['divide']:g}. Give images"
            " on the same scale."
        )
    if offset == 0 and divide == 1:
        return x.astype(np.float32)
    if x.dtype.kind in "iu" and x.dtype.itemsize <= 2 and offset.is_integer():
        # Exact in float32: one rounding, that of the division, and no copy in float64.
        return (x.astype(np.float32) - np.float32(offset)) / np.float32(divide)
    return Standardizer(np.full(x.shape[1], offset), np.full(x.shape[1], divide)).transform(x)


def _check_shape(x: Array, encoding: Encoding, where: str) -> None:
    if encoding["kind"] == "signals":
        channels, length = encoding["channels"], encoding["length"]
        shape = x.shape[1:] if x.ndim == 3 else (1, *x.shape[1:])
        if shape != (channels, length):
            raise DataError(
                f"{where}: x has shape {x.shape}; the model was trained on signals of shape"
                f" (N, {channels}, {length}) (channels, length)."
            )
        return
    if encoding["kind"] == "images":
        want = (encoding["channels"], encoding["height"], encoding["width"])
        if x.ndim == 2 or x.shape[1:] != want:
            raise DataError(
                f"{where}: x has shape {x.shape}; the model was trained on images of shape"
                f" (N, {want[0]}, {want[1]}, {want[2]}) (channels, height, width)."
            )
        return
    if encoding["from"] != "array":
        raise DataError(
            f"{where}: the model was trained on a table with named columns; give a CSV, a Parquet"
            " file or a data frame with the same columns."
        )
    n = len(encoding["columns"])
    if x.ndim != 2 or x.shape[1] != n:
        raise DataError(
            f"{where}: x has shape {x.shape}; the model was trained on tables of shape (N, {n})."
        )
