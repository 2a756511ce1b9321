"""A table (any pandas frame) to arrays: columns, target, missing values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from denpa.core.wording import Wording, arguments, option
from denpa.data.dataset import Array, Data, Encoding
from denpa.data.encoders import columns as col
from denpa.data.encoders.missing import MISSING, filled_notes, ranges, settle
from denpa.data.encoders.row_numbers import looks_like_a_key, row_number
from denpa.data.encoders.target import absent, encode_all, fit_target, plain
from denpa.data.errors import DataError, check_option, counted, listed, nearest
from denpa.data.origin import Origin

__all__ = ["from_table"]


def from_table(
    frame: Any,
    origin: Origin,
    *,
    name: str,
    source: str,
    target: str | Literal[False] | None,
    encoding: Encoding | None,
    task: str | None,
    missing: str | None,
    drop: tuple[str, ...],
    keep: tuple[str, ...],
    classes: Sequence[str] | None,
) -> Data:
    """Return `Data` of a frame: by an encoding, or by one that is fitted to it here."""
    why = ""
    reading = None
    notes: tuple[str, ...] = ()
    if encoding is None:
        encoding, why, notes = _fit(
            frame,
            origin,
            target=target or None,
            task=task,
            missing=missing or "error",
            drop=drop,
            keep=keep,
            classes=classes,
        )
        reading = TableReading(frame, origin, drop, keep)
    elif encoding["kind"] != "table" or encoding["from"] != "table":
        kind = encoding["kind"]
        trained = "arrays without names of columns" if kind == "table" else kind
        raise DataError(f"{origin.name}: this is a table, but the model was trained on {trained}.")
    x, y, kept, filled = _encode(
        frame, origin, encoding, missing=missing, with_target=target is not False
    )
    record = encoding["target"]
    return Data(
        x=x,
        y=y,
        task=record["task"],
        classes=tuple(record.get("classes", ())),
        features=col.feature_names(encoding),
        name=name,
        source=source,
        licence="",
        kind="table",
        encoding=encoding,
        why_task=why,
        target=record["name"],
        notes=(*notes, *filled_notes(encoding, filled, part=reading is None)),
        kept=kept,
        filled=filled,
        origin=origin,
        reading=reading,
    )


@dataclass(frozen=True, eq=False)
class TableReading:
    """A table, to be encoded again by some of its rows."""

    frame: Any
    origin: Origin
    drop: tuple[str, ...]
    keep: tuple[str, ...]

    def targets(self, record: dict[str, Any]) -> Array:
        """Return y of every row: -1 or NaN where a row has no target."""
        values = _target_values(_check_frame(self.frame, self.origin), record["name"], self.origin)
        return encode_all(values, record, self.origin.name, self.origin.row)

    def refit(self, data: Data, rows: NDArray[np.int64]) -> Data:
        """Return all data by an encoding fitted to these rows."""
        encoding, notes = _refit(
            self.frame, rows, self.origin, data.encoding, drop=self.drop, keep=self.keep
        )
        strange: list[str] = []
        x, y, kept, filled = _encode(self.frame, self.origin, encoding, strange=strange)
        return replace(
            data,
            x=x,
            y=y,
            features=col.feature_names(encoding),
            encoding=encoding,
            notes=(*notes, *strange, *filled_notes(encoding, filled, part=True)),
            kept=kept,
            filled=filled,
        )


def _fit(
    frame: Any,
    origin: Origin,
    *,
    target: str | None,
    task: str | None,
    missing: str,
    drop: Sequence[str],
    keep: Sequence[str],
    classes: Sequence[str] | None,
) -> tuple[Encoding, str, tuple[str, ...]]:
    """Return the encoding of a table, the reason for its task, and notes to say aloud."""
    check_option("missing", missing, MISSING)
    check_option("task", task, ("classification", "regression"), unset=True)
    frame = _check_frame(frame, origin)
    names = list(frame.columns)
    known, dropped, kept = set(names), set(drop), set(keep)
    if target is None:
        raise DataError(
            f"{origin.name}: which column is to be predicted? Name it with {option('target')};"
            f" the columns are {listed(names, 30)}."
        )
    for name in (target, *drop, *keep):
        if name not in known:
            what = "target" if name == target else "drop" if name in dropped else "keep"
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
    if both := [name for name in drop if name in kept]:
        raise DataError(
            f"{origin.name}: {both[0]!r} is both in {option('drop')} and in {option('keep')}."
        )

    encoding: Encoding = {"version": 1, "kind": "table", "from": "table", "missing": missing}
    encoding["header"] = origin.header
    features = [name for name in names if name != target and name not in dropped]
    notes = _fit_features(frame, features, keep, origin, encoding)
    values = _target_values(frame, target, origin)
    found = plain(values[~absent(values)])
    if not len(found):
        raise DataError(f"{origin.name}: target {target!r} is empty in every row.")
    record, why = fit_target(found, target, origin.name, task=task, classes=classes)
    encoding["target"] = record
    return encoding, why, tuple(notes)


def _refit(
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
    frame = _check_frame(frame, origin)
    left_out = {encoding["target"]["name"], *drop}
    features = [n for n in frame.columns if n not in left_out]
    part = frame.iloc[rows].reset_index(drop=True)
    return again, _fit_features(part, features, keep, replace(origin, part=True), again)


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

    kept = set(keep)
    numbered = {n: why for n in features if n not in kept and (why := row_number(n, frame[n]))}
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
        if kind == "number" and name not in kept and looks_like_a_key(name, frame[name]):
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


def _encode(
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
    frame = _check_frame(frame, origin)
    names = list(frame.columns)
    known = set(names)
    records = encoding["columns"]
    lacking = [r["name"] for r in records if r["name"] not in known]
    if lacking:
        wanted = {r["name"] for r in records}
        hint = nearest(lacking[0], [n for n in names if n not in wanted])
        hint = _other_separator(lacking, names, origin) or hint
        raise DataError(
            f"{origin.name}: lacks {counted(len(lacking), 'column')} that the model was trained"
            f" on: {listed(lacking)}.{hint} The file has {listed(names, 30)}."
        )
    record = encoding.get("target")
    target = None
    if with_target and record is not None and record["name"] in known:
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
        owners=[r["name"] for r in records for _ in range(col.width(r))],
    )


def _check_frame(frame: Any, origin: Origin) -> Any:
    """Return the frame with column names as text, after the checks that hold for any table."""
    names = [str(c).strip() for c in frame.columns]
    if twice := sorted(n for n, times in Counter(names).items() if times > 1):
        raise DataError(f"{origin.name}: two columns have the name {listed(twice)}. Rename one.")
    if not len(names):
        raise DataError(f"{origin.name}: the table has no columns.")
    if zeros := [n for n in names if "\0" in n]:
        raise DataError(
            f"{origin.name}: the name of column {names.index(zeros[0]) + 1} holds a zero byte"
            f" ({zeros[0]!r}). Rename it."
        )
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
        number = col.to_numbers(series)
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
    col.check_zero_bytes(codes, names, f"{origin.name}: target {name!r}", origin)
    return np.array([*names, None], dtype=object)[codes]
