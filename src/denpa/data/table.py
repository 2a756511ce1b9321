"""A table (any pandas frame) to arrays: columns, target, missing values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from denpa.core.wording import Wording, arguments, option
from denpa.data import columns as col
from denpa.data.dataset import Array, Encoding
from denpa.data.errors import DataError, check_option, counted, listed, nearest
from denpa.data.origin import Origin
from denpa.data.row_numbers import looks_like_a_key, row_number
from denpa.data.target import absent, encode_all, encode_target, fit_target, plain

__all__ = [
    "MISSING",
    "encode_table",
    "feature_names",
    "filled_notes",
    "fit_table",
    "refit_table",
    "settle",
    "target_of",
]

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


def fit_table(
    frame: Any,
    origin: Origin,
    *,
    target: str | None,
    task: str | None = None,
    missing: str = "error",
    drop: Sequence[str] = (),
    keep: Sequence[str] = (),
    classes: Sequence[str] | None = None,
) -> tuple[Encoding, str, tuple[str, ...]]:
    """Return the encoding of a table, the reason for its task, and notes to say aloud."""
    check_option("missing", missing, MISSING)
    check_option("task", task, ("classification", "regression"), unset=True)
    frame = check_frame(frame, origin)
    names = list(frame.columns)
    if target is None:
        raise DataError(
            f"{origin.name}: which column is to be predicted? Name it with {option('target')};"
            f" the columns are {listed(names, 30)}."
        )
    for name in (target, *drop, *keep):
        if name not in names:
            what = "target" if name == target else "drop" if name in drop else "keep"
            whole = [n for n in names if name in (cell.strip() for cell in n.split(","))]
            hint = nearest(name, names)
            if what != "target" and whole:
                hint = f" For the column {whole[0]!r}, whose name has a comma, give"
                hint += f" {arguments(what, whole[:1])}."
            hint = _other_separator([name], names, origin) or hint
            raise DataError(
                f"{origin.name}: no column {name!r} ({option(what)}).{hint}"
                f" The columns are {listed(names, 30)}."
            )
    if target in drop:
        raise DataError(f"{origin.name}: {target!r} is both the target and in {option('drop')}.")
    if both := [name for name in drop if name in keep]:
        raise DataError(
            f"{origin.name}: {both[0]!r} is both in {option('drop')} and in {option('keep')}."
        )

    encoding: Encoding = {"version": 1, "kind": "table", "from": "table", "missing": missing}
    encoding["header"] = origin.header
    features = [name for name in names if name != target and name not in drop]
    notes = _fit_features(frame, features, keep, origin, encoding)
    values = _target_values(frame, target, origin)
    found = plain(values[~absent(values)])
    if not len(found):
        raise DataError(f"{origin.name}: target {target!r} is empty in every row.")
    record, why = fit_target(found, target, origin.name, task=task, classes=classes)
    encoding["target"] = record
    return encoding, why, tuple(notes)


def refit_table(
    frame: Any,
    rows: Array,
    origin: Origin,
    encoding: Encoding,
    *,
    drop: Sequence[str],
    keep: Sequence[str],
) -> tuple[Encoding, tuple[str, ...]]:
    """Return the encoding as these rows of the table alone would give it, and its notes.

    Only the target's record stays: the names of its classes are those of all rows.
    """
    again = {k: encoding[k] for k in ("version", "kind", "from", "missing", "header", "target")}
    frame = check_frame(frame, origin)
    features = [n for n in frame.columns if n != encoding["target"]["name"] and n not in drop]
    part = frame.iloc[rows].reset_index(drop=True)
    return again, _fit_features(part, features, keep, replace(origin, part=True), again)


def target_of(frame: Any, origin: Origin, record: dict[str, Any]) -> Array:
    """Return y of every row: -1 or NaN where a row has no target."""
    values = _target_values(check_frame(frame, origin), record["name"], origin)
    return encode_all(values, record, origin.name, origin.row)


def _fit_features(
    frame: Any, features: list[str], keep: Sequence[str], origin: Origin, encoding: Encoding
) -> tuple[str, ...]:
    """Enter what the columns say into the encoding, and return notes to say aloud."""
    notes: list[str] = []
    constant: list[str] = []

    def fitted(names: list[str]) -> list[dict[str, Any]]:
        records = [(n, col.fit_column(frame[n], n, origin)) for n in names]
        constant.extend(n for n, record in records if record is None)
        return [record for _, record in records if record is not None]

    numbered = {n: why for n in features if n not in keep and (why := row_number(n, frame[n]))}
    records = fitted([n for n in features if n not in numbered])
    if not records:  # nothing else to learn from
        records, numbered = fitted(list(numbered)), {}
    for record in records:
        name, kind = record["name"], record["type"]
        if kind == "category":
            n = len(record["categories"])
            notes.append(f"column {name!r} holds text: {counted(n, 'one-hot column')}")
        if kind == "date":
            utc = ", each turned to UTC" if record["zone"] else ""
            notes.append(f"column {name!r} holds dates: days since the first one{utc}")
        if name in origin.codes:
            notes.append(_code_note(record, origin.codes[name]))
        if kind == "number" and name not in keep and looks_like_a_key(name, frame[name]):
            notes.append(
                Wording(
                    f"column {name!r} looks like a key of the rows, a different whole number in"
                    f" nearly every one, and is trained on; {arguments('drop', [name])} leaves it"
                    f" out, {arguments('keep', [name])} ends this note"
                )
            )
    if constant:
        which = "column" if len(constant) == 1 else "columns"
        every = "every row of the training part, or none" if origin.part else "every row"
        notes.append(f"left out {which} {listed(constant)}: one value in {every}")
    for name, why in numbered.items():
        notes.append(
            Wording(f"left out column {name!r}: {why}; {arguments('keep', [name])} trains on it")
        )
    if not records:
        raise DataError(
            f"{origin.name}: no column is left to learn from: besides the target there are only"
            " constant or dropped columns."
        )
    encoding["columns"] = records
    encoding |= ranges(_matrix(frame, records, origin))
    return tuple(notes)


def _code_note(record: dict[str, Any], example: str) -> str:
    name = record["name"]
    if record["type"] == "category":
        return f"column {name!r} has zeros in front ({example!r}): read as codes, not as numbers"
    return Wording(
        f"column {name!r} has zeros in front, as codes have, and too many different values for"
        f" one-hot columns: {example!r} is read as the number {int(example)};"
        f" {arguments('drop', [name])} leaves it out"
    )


def filled_notes(encoding: Encoding, filled: Array | None, part: bool) -> tuple[str, ...]:
    """Return a sentence for each column of a table that missing="mean" filled: how many cells, and
    with what; `part` where the means are those of the training part."""
    if filled is None:
        return ()
    of = " of the training part" if part else ""
    notes: list[str] = []
    at = 0
    for record in encoding["columns"]:
        width = _width(record)
        n = int(filled[:, at].sum())
        fill = encoding["fill"][at : at + width]
        at += width
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


def encode_table(
    frame: Any,
    origin: Origin,
    encoding: Encoding,
    *,
    missing: str | None = None,
    with_target: bool = True,
    strange: list[str] | None = None,
) -> tuple[NDArray[np.float64], Array | None, Array | None, Array | None]:
    """Return x (N, D), y, the kept rows and the filled values (see `Data`) by an encoding.

    What its columns cannot hold is an error, or a sentence in `strange`, 0 in one-hot columns and
    missing elsewhere.
    """
    frame = check_frame(frame, origin)
    names = list(frame.columns)
    records = encoding["columns"]
    lacking = [r["name"] for r in records if r["name"] not in names]
    if lacking:
        hint = nearest(lacking[0], [n for n in names if n not in {r["name"] for r in records}])
        hint = _other_separator(lacking, names, origin) or hint
        raise DataError(
            f"{origin.name}: lacks {counted(len(lacking), 'column')} that the model was trained"
            f" on: {listed(lacking)}.{hint} The file has {listed(names, 30)}."
        )
    record = encoding.get("target")
    target = None
    if with_target and record is not None and record["name"] in names:
        target = _target_values(frame, record["name"], origin)
        if absent(target).all():
            target = None  # an empty column to be filled in by a prediction
    matrix = _matrix(frame, records, origin, strange)
    if missing is None:
        missing = encoding["missing"]
        if strange and missing == "error":
            missing = "mean"  # the gaps are those of `strange`, in rows that are held out
    return settle(
        matrix,
        target,
        encoding,
        origin,
        missing=missing,
        owners=[r["name"] for r in records for _ in range(_width(r))],
    )


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
    y = None
    if target is not None:

        def row(i: int) -> str:
            return origin.row(i if kept is None else int(kept[i]))

        y = encode_target(plain(target), encoding["target"], origin.name, row)
    return matrix, y, kept, filled


def ranges(matrix: Array) -> Encoding:
    """Return what an encoding says of the values of each column of (N, D): `fill`, the mean of
    those within its limit, and `limits` where that of float32 is not the limit of all.

    A column of larger numbers, not one with a stray one, is as good as any once standardised.
    """
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


def feature_names(encoding: Encoding) -> tuple[str, ...]:
    """Return the name of each column of x; the columns of a category are `colour=red`."""
    names: list[str] = []
    for record in encoding["columns"]:
        if record["type"] == "category":
            names += [f"{record['name']}={c}" for c in record["categories"]]
        else:
            names.append(record["name"])
    return tuple(names)


def check_frame(frame: Any, origin: Origin) -> Any:
    """Return the frame with column names as text, after the checks that hold for any table."""
    names = [str(c).strip() for c in frame.columns]
    twice = sorted({n for n in names if names.count(n) > 1}) if len(set(names)) < len(names) else []
    if twice:
        raise DataError(f"{origin.name}: two columns have the name {listed(twice)}. Rename one.")
    if not len(names):
        raise DataError(f"{origin.name}: the table has no columns.")
    if not len(frame):
        raise DataError(
            f"{origin.name}: there is a header but not one row below it; the columns are"
            f" {listed(names, 30)}."
        )
    frame = frame.reset_index(drop=True)
    frame.columns = names
    return frame


def _other_separator(wanted: Sequence[str], names: list[str], origin: Origin) -> str:
    """Return a hint where the one name of a text file holds a name that is wanted, between what
    the file was not read with."""
    signs = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars", " ": "spaces"}
    for sep, what in signs.items():
        parts = [p.strip(" \"'") for p in names[0].split(sep)]
        if origin.path is not None and len(names) == 1 < len(parts) and set(wanted) & set(parts):
            way = (
                "write commas in place of the spaces" if sep == " " else "let its name end in .csv"
            )
            return (
                f" The first line has {what} between the names, but the file was read with"
                f" {signs[origin.sep]}: {way}."
            )
    return ""


def _width(record: dict[str, Any]) -> int:
    return len(record["categories"]) if record["type"] == "category" else 1


def _matrix(
    frame: Any,
    records: Sequence[dict[str, Any]],
    origin: Origin,
    strange: list[str] | None = None,
) -> Array:
    blocks = [col.encode_column(frame[r["name"]], r, origin, strange) for r in records]
    return np.concatenate(blocks, axis=1)  # (N, D)


def _target_values(frame: Any, name: str, origin: Origin) -> Array:
    """Return the target column as bool, int, float (NaN: missing) or objects (None: missing)."""
    series = frame[name]
    found = col.holds(series)
    where = f"{origin.name}: target {name!r}"
    if found == "empty":
        return np.full(len(series), np.nan)
    if found in ("number", "bool") and not series.isna().any() and series.dtype != object:
        kind = {"b": np.bool_, "i": np.int64, "u": np.int64}.get(series.dtype.kind, np.float64)
        return np.asarray(series.to_numpy(dtype=kind))
    if found == "number":
        number = col.pandas().to_numeric(series)
        return np.asarray(number.to_numpy(dtype=np.float64, na_value=np.nan))
    if found not in ("bool", "text"):
        raise DataError(
            f"{where} holds {found}; expected text, true/false or numbers. Name another target."
        )
    if found == "text":
        if col.are_dates(series):
            raise DataError(
                f"{where} holds dates; expected classes or numbers. Name another target."
            )
        col.check_numeric_text(
            series, name, origin, f"empty the cell and pass {option('missing', 'drop')}"
        )
        col.check_dates(series, name, origin, "name another target")
    codes, names = col.names_of(series)
    return np.array([*names, None], dtype=object)[codes]


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
