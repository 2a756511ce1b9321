"""Arrays in memory or from NPZ, NPY and IDX: tables (N, D) and images (N, H, W) or (N, C, H, W)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from denpa.data.dataset import Array, Data, Encoding
from denpa.data.errors import DataError, check_option, counted
from denpa.data.origin import Origin
from denpa.data.table import MISSING, column_means, feature_names, settle
from denpa.data.target import absent, encode_target, fit_target, one_column

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
) -> Data:
    """Return `Data` of arrays: by an encoding, or by one that is fitted to them here."""
    x = np.asarray(x)
    where = origin.name
    check_option("missing", missing, MISSING, unset=True)
    check_option("task", task, ("classification", "regression"), unset=True)
    if x.dtype.kind not in "biuf":
        raise DataError(
            f"{where}: x has dtype {x.dtype}; expected numbers. Convert it with x.astype('float32')"
            " or give a table with named columns."
        )
    if x.ndim not in (2, 3, 4):
        hint = " For one feature, x.reshape(-1, 1)." if x.ndim == 1 else ""
        raise DataError(
            f"{where}: x has shape {x.shape}; expected a table (N, D) or images (N, H, W) or"
            f" (N, C, H, W).{hint}"
        )
    if 0 in x.shape:
        raise DataError(f"{where}: x has shape {x.shape}: it is empty.")
    if y is not None:
        y = one_column(np.asarray(y), where)
        if len(y) != len(x):
            raise DataError(
                f"{where}: x has {counted(len(x), 'row')} but y has {len(y)}; each row of x needs"
                " one value of y."
            )
        y = _settled_dtype(y, where)
    images = x.ndim > 2
    notes: list[str] = []
    if images:
        x = _channels_first(x, notes)
    why = ""
    if encoding is None:
        policy = missing or "error"
        encoding = _fit_images(x, notes, where) if images else _fit_table(x)
        encoding["missing"] = policy
        if y is not None:
            known = y[~absent(y)]
            many = MAX_IMAGE_CLASSES if images else 20
            encoding["target"], why = fit_target(
                known, target, where, task=task, classes=classes, indices=True, many=many
            )
    else:
        policy = missing or encoding["missing"]
        _check_shape(x, encoding, where)
        if encoding.get("target") is None:
            y = None
    if images:
        x32, y, kept, filled = _images(x, y, encoding, origin, policy)
    else:
        owners = feature_names(encoding)
        if x.dtype == np.float32 and y is not None and np.isfinite(x).all():
            # The common case without a copy in float64.
            y_only = np.zeros((len(x), 0))
            _, y, kept, filled = settle(y_only, y, encoding, origin, missing=policy, owners=())
            x32 = x if kept is None else x[kept]
        else:
            x32, y, kept, filled = settle(
                x.astype(np.float64), y, encoding, origin, missing=policy, owners=owners
            )
    record = encoding.get("target") or {}
    return Data(
        x=x32,
        y=y,
        task=record.get("task"),
        classes=tuple(record.get("classes", ())),
        features=() if images else feature_names(encoding),
        name=where,
        source=source,
        licence=licence,
        kind="images" if images else "table",
        encoding=encoding,
        why_task=why,
        target=record.get("name"),
        notes=tuple(notes),
        kept=kept,
        filled=filled,
    )


def _settled_dtype(y: Array, where: str) -> Array:
    """Return y as bool, whole numbers, floats or text; raise for anything else."""
    if y.dtype.kind in "bif":
        return y
    if y.dtype.kind == "u":
        return y.astype(np.int64)
    if y.dtype.kind == "O":
        # None means missing here as in a table.
        if all(isinstance(v, str) or v is None for v in y):
            return y
        try:
            return y.astype(np.float64)
        except (TypeError, ValueError):
            pass
    if y.dtype.kind == "U":
        return y
    if y.dtype.kind == "S":
        return np.char.decode(y, "utf-8")
    raise DataError(
        f"{where}: y has dtype {y.dtype}; expected class indices, numbers or text, of one sort."
    )


def _fit_table(x: Array) -> Encoding:
    names = [f"x{j}" for j in range(x.shape[1])]
    return {
        "version": 1,
        "kind": "table",
        "from": "array",
        "columns": [{"name": n, "type": "number"} for n in names],
        "fill": column_means(x.astype(np.float64)),
        "dropped": [],
    }


def _fit_images(x: Array, notes: list[str], where: str) -> Encoding:
    low, high = _range(x, where)
    integer = x.dtype.kind in "iu"
    offset, divide = 0.0, 1.0
    if low < 0 or high > 1:
        # Bytes that use their range are /255; anything else goes by the range it has.
        if x.dtype == np.uint8 and high > 127:
            divide = 255.0
        elif low >= 0:
            divide = high
        else:
            offset, divide = low, high - low
        notes.append(f"pixel values {low:g} to {high:g} become (value - {offset:g}) / {divide:g}")
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
        return x[:, None]
    if x.shape[1] not in _CHANNELS and x.shape[3] in _CHANNELS:
        notes.append(f"images {x.shape[1:]} have their channels last: moved to the front")
        return np.moveaxis(x, 3, 1)
    return x


def _images(
    x: Array, y: Array | None, encoding: Encoding, origin: Origin, policy: str
) -> tuple[NDArray[np.float32], Array | None, Array | None, None]:
    where = origin.name
    gone = ~np.isfinite(x).all(axis=(1, 2, 3)) if x.dtype.kind == "f" else np.zeros(len(x), bool)
    lost = absent(y) if y is not None else np.zeros(len(x), dtype=bool)
    bad = gone | lost
    kept: Array | None = None
    if bad.any() and policy != "drop":
        what = "an image holds NaN or infinite values" if gone.any() else "a label is missing"
        raise DataError(
            f"{where}: {what}, first in {origin.row(int(np.argmax(bad)))},"
            f" {int(bad.sum())} of {len(x)} in all. Pass missing='drop' (--missing drop) to leave"
            " them out."
        )
    if bad.any():
        kept = np.flatnonzero(~bad)
        if not len(kept):
            raise DataError(f"{where}: no image is left after missing='drop'.")
        x, y = x[kept], None if y is None else y[kept]
    offset, divide = float(encoding["offset"]), float(encoding["divide"])
    low, high = _range(x, where)
    if encoding["values"] == "integer" and x.dtype.kind == "f" and low >= 0 and high <= 1:
        offset, divide = 0.0, 1.0  # floats in [0, 1] are the form that integers are brought to
    top = (high - offset) / divide
    bottom = (low - offset) / divide
    if top > 2 or bottom < -1:
        raise DataError(
            f"{where}: pixel values go from {low:g} to {high:g}, but in training they went from"
            f" {encoding['offset']:g} to {encoding['offset'] + encoding['divide']:g}. Give images"
            " on the same scale."
        )
    x32 = x.astype(np.float32)
    if offset != 0 or divide != 1:
        x32 = (x32 - np.float32(offset)) / np.float32(divide)
    y_out: Any = None
    if y is not None:

        def row(i: int) -> str:
            return origin.row(i if kept is None else int(kept[i]))

        y = y.astype(str) if y.dtype.kind == "O" else y
        y_out = encode_target(y, encoding["target"], where, row)
    return x32, y_out, kept, None


def _check_shape(x: Array, encoding: Encoding, where: str) -> None:
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
