"""The target: is it a class or a number, and how does it become y.

As with the columns, `fit_target` writes a record once and `encode_target` follows it for training
and for prediction alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from denpa.core.wording import Wording, option
from denpa.data.dataset import Array, Encoding
from denpa.data.encoders.columns import label
from denpa.data.errors import DataError, listed
from denpa.data.origin import Origin

__all__ = [
    "absent",
    "encode_all",
    "encode_kept",
    "encode_target",
    "fit_target",
    "one_column",
    "plain",
]

FEW = 20
"""Whole numbers with more different values than this are quantities, not classes."""

_LARGEST, _SMALLEST = 1e75, 1e-75
"""Limits of a regression's targets and of their range: float64 holds the squares of errors, and the
squares of those, by which chance is judged."""


def one_column(y: Array, where: str) -> Array:
    """Return y as (N,): from (N,), (N, 1), or a one-hot (N, K)."""
    if y.ndim == 2 and y.shape[1] == 1:
        return y[:, 0]
    numeric = y.ndim == 2 and y.shape[1] > 1 and y.dtype.kind in "biuf"
    if numeric and np.isin(y, (0, 1)).all() and (y.sum(axis=1) == 1).all():
        return np.asarray(y.argmax(axis=1))
    if y.ndim != 1:
        raise DataError(
            f"{where}: y has shape {y.shape}; expected (N,), (N, 1) or one-hot rows (N, K), where"
            " each row has a single 1."
        )
    return y


def fit_target(
    values: Array,
    name: str,
    where: str,
    *,
    task: str | None = None,
    classes: Sequence[str] | None = None,
    indices: bool = False,
    many: int = FEW,
) -> tuple[dict[str, Any], str]:
    """Return the target's record and the reason for its task, a sentence to say aloud.

    Args:
        values: the target without its missing values, (N,); text as str objects.
        task: "classification" or "regression" where the user says so.
        classes: the names of all classes where the user says so.
        indices: whole numbers are class indices 0..K-1, as in arrays, and not names of classes.
        many: up to this many different whole numbers may be classes.
    """
    said = task is not None or classes is not None
    unique = np.unique(values)
    kind = _kind(values)
    guess, why = _guess(unique, kind, name, len(values), many)
    if task is None:
        task = "classification" if classes is not None else guess
    if said:
        asked = option("task", task) if classes is None else option("classes")
        why = Wording(f"{task}: asked for with {asked}")
    if task == "regression":
        return _regression(unique, kind, name, where, classes), why
    record = _classification(values, unique, kind, name, where, said, classes, indices)
    return record, why


def encode_target(
    values: Array, record: dict[str, Any], where: str, row: Callable[[int], str]
) -> Array:
    """Return y by the record: int64 (N,) class indices, or float64 (N, 1) targets."""
    name = record["name"]
    if record["task"] == "regression":
        if len(values) and (_kind(values) == "bool") != record["bool"]:
            wanted = "true or false" if record["bool"] else "numbers"
            raise DataError(
                f"{where}: target {name!r} must hold {wanted},"
                f" but {row(0)} has {label(values[0])!r}."
            )
        if _kind(values) == "text":
            numbers = np.array([_number(v) for v in values])
            bad = np.isnan(numbers)
            if bad.any():
                i = int(np.argmax(bad))
                raise DataError(
                    f"{where}: target {name!r} must hold numbers, but {row(i)} has {values[i]!r}."
                )
            values = numbers
        too_big = ~(np.abs(values.astype(np.float64)) <= _LARGEST)
        if too_big.any():
            i = int(np.argmax(too_big))
            raise DataError(
                f"{where}: target {name!r} has {values[i]} in {row(i)}, beyond {_LARGEST:g}:"
                " float64 cannot hold the square of its square. Correct it or scale the column"
                " down."
            )
        return values.astype(np.float64)[:, None]
    classes = record["classes"]
    if record["indices"] and _kind(values) == "int":
        bad = (values < 0) | (values >= len(classes))
        if bad.any():
            i = int(np.argmax(bad))
            raise DataError(
                f"{where}: label {values[i]} in {row(i)} is out of range; this model has"
                f" {len(classes)} classes, so labels go from 0 to {len(classes) - 1}."
            )
        return values.astype(np.int64)
    unique, inverse = np.unique(values, return_inverse=True)
    place = {c: i for i, c in enumerate(classes)}
    table = np.array([place.get(label(v), -1) for v in unique], dtype=np.int64)
    found = table[inverse.reshape(-1)] if len(values) else np.empty(0, np.int64)
    if (found < 0).any():
        i = int(np.argmax(found < 0))
        raise DataError(
            f"{where}: target {name!r} has {label(values[i])!r} in {row(i)}, which is none of the"
            f" classes {listed(classes)}."
        )
    return found


def encode_all(
    values: Array, record: dict[str, Any], where: str, row: Callable[[int], str]
) -> Array:
    """Return y of every row: -1 or NaN where the target is missing."""
    known = np.flatnonzero(~absent(values))
    found = encode_target(plain(values[known]), record, where, lambda i: row(int(known[i])))
    empty = -1 if found.dtype.kind == "i" else np.nan
    y = np.full((len(values), *found.shape[1:]), empty, found.dtype)
    y[known] = found
    return y


def encode_kept(
    y: Array | None, encoding: Encoding, origin: Origin, kept: Array | None
) -> Array | None:
    """Return y of the rows that were kept (None: all of them), each in the place it has in x."""
    if y is None:
        return None

    def row(i: int) -> str:
        return origin.row(i if kept is None else int(kept[i]))

    return encode_target(plain(y), encoding["target"], origin.name, row)


def plain(values: Array) -> Array:
    """Return objects as an array of text, which sorts fast; anything else as it is."""
    return values.astype(str) if values.dtype == object else values


def absent(values: Array) -> NDArray[np.bool_]:
    """Return where a target is missing: NaN among floats, None among objects."""
    if values.dtype.kind == "f":
        return np.isnan(values)
    if values.dtype.kind == "O":
        return np.array([v is None for v in values], dtype=bool)
    return np.zeros(len(values), dtype=bool)


def _kind(values: Array) -> str:
    if values.dtype.kind == "b":
        return "bool"
    if values.dtype.kind in "iu":
        return "int"
    if values.dtype.kind == "f":
        return "float"
    return "text"


def _number(value: object) -> float:
    text = str(value)
    try:
        return float("nan") if "_" in text else float(text)  # pandas reads no 1_000 either
    except ValueError:
        return float("nan")


def _guess(unique: Array, kind: str, name: str, n: int, many: int) -> tuple[str, str]:
    count = f"{len(unique)} different {'value' if len(unique) == 1 else 'values'}"
    if kind == "text":
        return "classification", f"classification: {name!r} holds text, {count}"
    if kind == "bool":
        return "classification", f"classification: {name!r} holds true/false"
    span = f"from {label(unique[0])} to {label(unique[-1])}" if len(unique) else ""
    whole = kind == "int" or bool((unique == np.floor(unique)).all())
    # Floats that are whole may be counts or prices; only two of them (0.0, 1.0) are surely classes.
    limit = max(2, min(many, n // 3)) if kind == "int" else 2
    if whole and len(unique) <= limit:
        why = f"{name!r} holds few different whole numbers ({len(unique)}, {span})"
        return "classification", Wording(
            f"classification: {why}; {option('task', 'regression')} says otherwise"
        )
    why = f"{name!r} holds numbers, {count} {span}"
    return "regression", Wording(
        f"regression: {why}; {option('task', 'classification')} says otherwise"
    )


def _regression(
    unique: Array,
    kind: str,
    name: str,
    where: str,
    classes: Sequence[str] | None,
) -> dict[str, Any]:
    if classes is not None:
        raise DataError(
            f"{where}: {option('classes')} goes with {option('task', 'classification')}, not"
            " regression."
        )
    if kind == "text":
        example = label(unique[0]) if len(unique) else ""
        raise DataError(
            f"{where}: target {name!r} holds text (for example {example!r}), so it cannot be a"
            " regression. Leave task= out, or name another column."
        )
    if len(unique) < 2:
        value = label(unique[0]) if len(unique) else "nothing"
        raise DataError(
            f"{where}: target {name!r} is {value} in every row: there is nothing to learn."
        )
    if float(unique[-1]) - float(unique[0]) < _SMALLEST:
        raise DataError(
            f"{where}: target {name!r} goes from {unique[0]} to {unique[-1]}: float64 cannot hold"
            " the squares of the squares of so small differences. Scale the column up."
        )
    return {"name": name, "task": "regression", "bool": kind == "bool"}


def _classification(
    values: Array,
    unique: Array,
    kind: str,
    name: str,
    where: str,
    said: bool,
    classes: Sequence[str] | None,
    indices: bool,
) -> dict[str, Any]:
    indices = indices and kind == "int"
    if kind == "float" and not (unique == np.floor(unique)).all() and len(unique) > FEW:
        raise DataError(
            f"{where}: target {name!r} holds {len(unique)} different fractions, which are no"
            f" classes. Use {option('task', 'regression')}."
        )
    if kind == "text" and not said and len(unique) > max(FEW, len(values) // 2):
        raise DataError(
            f"{where}: target {name!r} holds text with {len(unique)} different values in"
            f" {len(values)} rows, too many to be classes. Name another target, or pass"
            f" {option('task', 'classification')} if they are."
        )
    names = list(dict.fromkeys(label(v) for v in unique))
    if classes is not None:
        given = [str(c) for c in classes]
        if len(set(given)) < len(given):
            raise DataError(f"{where}: {option('classes')} names a class twice: {listed(given)}.")
        if not indices:
            unknown = [n for n in names if n not in given]
            if unknown:
                raise DataError(
                    f"{where}: target {name!r} holds {listed(unknown)}, not in {option('classes')}"
                    f" {listed(given)}."
                )
        names = given
    if indices:
        names = _index_names(unique, name, where, names if classes is not None else None)
    if len(unique) < 2:
        only = label(unique[0]) if len(unique) else "none"
        raise DataError(
            f"{where}: target {name!r} has one class only ({only!r}): there is nothing to tell"
            " apart. Give rows of at least two classes."
        )
    if len(names) > len(values) // 2 and kind in ("int", "float") and len(names) > FEW:
        raise DataError(
            f"{where}: target {name!r} has {len(names)} different values in {len(values)} rows,"
            f" too many to be classes. Use {option('task', 'regression')}."
        )
    return {"name": name, "task": "classification", "classes": names, "indices": indices}


def _index_names(unique: Array, name: str, where: str, classes: list[str] | None) -> list[str]:
    """Return class names for labels 0..K-1, and raise where labels are outside or leave gaps."""
    if not len(unique):
        return classes or []
    low, high = int(unique[0]), int(unique[-1])
    if low < 0:
        raise DataError(
            f"{where}: label {low} in {name!r} is out of range; labels are class indices from 0"
            " to K-1. Number the classes from 0, or give their names as text."
        )
    if classes is not None:
        if high >= len(classes):
            raise DataError(
                f"{where}: label {high} in {name!r} is out of range; {option('classes')} names"
                f" {len(classes)} classes, so labels go from 0 to {len(classes) - 1}."
            )
        return classes
    if high + 1 != len(unique):
        present: NDArray[np.int64] = unique.astype(np.int64)
        absent = [str(i) for i in range(min(high, 1000)) if i not in present]
        raise DataError(
            f"{where}: labels in {name!r} go from {low} to {high} but leave gaps"
            f" ({', '.join(absent[:5])}{' ...' if len(absent) > 5 else ''} never occur). Number"
            f" the classes from 0 without gaps, or name all {high + 1} with {option('classes')}."
        )
    return [str(i) for i in range(high + 1)]
