"""One column of a table: what it holds, and how it becomes numbers.

`fit_column` looks at a column once and writes down a record; `encode_column` turns a column into
numbers by that record and nothing else. Training and prediction both go through the second, so
they cannot diverge.
"""

from __future__ import annotations

import importlib
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from denpa.core.wording import arguments, option
from denpa.data.dataset import Encoding
from denpa.data.encoders.dates import FORM, Times, have_form, look_like_dates, orders, parse_dates
from denpa.data.errors import DataError, counted, listed
from denpa.data.origin import Origin

__all__ = [
    "MAX_CATEGORIES",
    "are_dates",
    "check_dates",
    "check_numeric_text",
    "check_zero_bytes",
    "encode_column",
    "feature_names",
    "fit_column",
    "holds",
    "label",
    "names_of",
    "pandas",
    "to_numbers",
    "width",
]

MAX_CATEGORIES = 50
"""A text column with more different values than this is not made into one-hot columns."""

MOSTLY = 0.9
"""A text column of which this share are numbers is a column of numbers with a mistake in it."""

_MARKED = re.compile(
    r"[$€£¥]?\s*-?\d{1,3}(?:,\d{3})+(?:\.\d+)?\s*%?"  # 1,200.50
    r"|-?\d+,\d+|[$€£¥]\s*-?\d+(?:\.\d+)?|-?\d+(?:\.\d+)?\s*[%$€£¥]"  # 1,5 and $12 and 40%
)
_GONE = {"?", "-", "--", ".", "*", "none", "missing", "unknown", "not available"}
_NUMBERS = ("integer", "floating", "mixed-integer-float", "decimal")
_DATES = ("datetime64", "datetime", "date")


def pandas() -> Any:
    """Return pandas, imported only when a table is read."""
    return importlib.import_module("pandas")


def label(value: Any) -> str:
    """Return the one name of a category or class: 3 and 3.0 are "3", text loses outer spaces."""
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()


def holds(series: Any) -> str:
    """Return what a column holds: "number", "bool", "date", "text", "empty", or another word."""
    found = str(pandas().api.types.infer_dtype(series, skipna=True))
    if found in _NUMBERS:
        return "empty" if series.isna().all() else "number"
    if found in _DATES:
        return "date"
    if found in ("string", "categorical", "mixed-integer", "mixed"):
        plain = (str, bool, int, float, np.generic)
        if all(isinstance(v, plain) for v in series.dropna().head(1000)):
            return "text"
    return {"boolean": "bool", "mixed": "lists or objects"}.get(found, found)


def to_numbers(series: Any) -> Any:
    """Return a column's numbers, NaN for what is none; a whole number of more digits than float64
    can hold is infinite, as 1e999 is."""
    pd = pandas()
    try:
        return pd.to_numeric(series, errors="coerce")
    except OverflowError:
        return pd.to_numeric(series.map(_bounded), errors="coerce")


def _bounded(value: Any) -> Any:
    try:
        return float(value) if isinstance(value, int) or str(value).strip().isdigit() else value
    except OverflowError:
        return np.inf if value > 0 else -np.inf


def names_of(series: Any) -> tuple[NDArray[np.int64], list[str]]:
    """Return codes (N,), -1 where missing, and the sorted names that the codes point at."""
    codes, uniques = pandas().factorize(series)
    raw = [label(v) for v in uniques]
    names = sorted({n for n in raw if n})
    place = {n: i for i, n in enumerate(names)}
    table = np.array([place.get(n, -1) for n in raw] + [-1], dtype=np.int64)  # code -1: the last
    return table[np.asarray(codes)], names


def fit_column(series: Any, name: str, origin: Origin) -> dict[str, Any] | None:
    """Return the record of a column, or None where it holds one value only, or, in a part of the
    rows, none.

    Errors: a DataError for what cannot become numbers; a part of rows that could be read as a whole
    has none.
    """
    found = holds(series)
    where = f"{origin.name}: column {name!r}"
    leave = f"leave the column out with {arguments('drop', [name])}"
    if found == "empty" and origin.part:
        return None
    if found == "empty":
        raise DataError(f"{where} is empty in every row: {leave}.")
    if found == "text" and are_dates(series):
        found = "date"
    if found == "text" and origin.path is not None and name not in origin.codes:
        # The text that made a file's column one of text may stand in another part.
        found = "number" if _all_numbers(series) else found
    if found == "text":
        if not origin.part:
            check_numeric_text(series, name, origin, leave)
            check_dates(series, name, origin, leave)
        codes, names = names_of(series)
        check_zero_bytes(codes, names, where, origin)
        if not names and origin.part:
            return None
        if not names:
            raise DataError(f"{where} is empty in every row: {leave}.")
        if len(names) > MAX_CATEGORIES:
            raise DataError(
                f"{where} holds text with {len(names)} different values (for example"
                f" {names[codes[codes >= 0][0]]!r}); up to {MAX_CATEGORIES} can become one-hot"
                f" columns. To go on, {leave}."
            )
        if len(names) == 1 and (codes >= 0).all():
            return None
        return {"name": name, "type": "category", "categories": names}
    if found not in ("number", "bool", "date"):
        raise DataError(
            f"{where} holds {found}; expected numbers, text, true/false or dates: {leave}."
        )
    record: dict[str, Any] = {"name": name, "type": found}
    if found == "date":
        times = parse_dates(series)
        record |= {"origin": 0.0, "zone": bool(times.zoned.any())}
        values = _days(series, record, origin, None, times)
    else:
        values = encode_column(series, record, origin)[:, 0]
    known = values[~np.isnan(values)]
    if len(known) == len(values) and known.min() == known.max():
        return None
    if found == "date":
        record["origin"] = float(known.min())
    return record


def encode_column(
    series: Any, record: dict[str, Any], origin: Origin, strange: list[str] | None = None
) -> NDArray[np.float64]:
    """Return the column as numbers (N, K), NaN where a value is missing.

    K is 1, or the number of categories. A category that is none of these is an error, and so is
    text where there should be a number or a date. Where there is a list `strange` to say so in, the
    row has 0 in all K, or NaN.
    """
    kind = record["type"]
    if kind == "category":
        return _one_hot(series, record, origin, strange)
    if kind == "date":
        return _days(series, record, origin, strange, _times(series))[:, None]
    return _numbers(series, record, origin, strange)[:, None]


def width(record: dict[str, Any]) -> int:
    """Return how many columns of x a column of a table becomes."""
    return len(record["categories"]) if record["type"] == "category" else 1


def feature_names(encoding: Encoding) -> tuple[str, ...]:
    """Return the name of each column of x; the columns of a category are `colour=red`."""
    names: list[str] = []
    for record in encoding["columns"]:
        if record["type"] == "category":
            names += [f"{record['name']}={c}" for c in record["categories"]]
        else:
            names.append(record["name"])
    return tuple(names)


def check_zero_bytes(
    codes: NDArray[np.int64], names: list[str], where: str, origin: Origin
) -> None:
    """Raise where one of these names holds a zero byte, which ends a text in other programs."""
    bad = [i for i, name in enumerate(names) if "\0" in name]
    if bad:
        row = int(np.argmax(np.isin(codes, bad)))
        raise DataError(
            f"{where} holds a zero byte in {origin.row(row)} ({names[codes[row]]!r}). Write the"
            " text without it."
        )


def check_numeric_text(series: Any, name: str, origin: Origin, remedy: str) -> None:
    """Raise where a text column is nearly all numbers, or numbers written with marks in them."""
    known = series.notna().to_numpy()
    numbers = to_numbers(series).notna().to_numpy()
    share = numbers.sum() / max(known.sum(), 1)
    marks = share > 0 and set(series[known & ~numbers].astype(str).str.strip().str.lower()) <= _GONE
    if (share >= MOSTLY or marks) and share < 1:
        row = int(np.argmax(known & ~numbers))
        raise DataError(
            f"{origin.name}: column {name!r} holds numbers, but {origin.row(row)} has the text"
            f" {str(series.iloc[row])!r}. Correct it (an empty cell means missing), or"
            f" {remedy}."
        )
    sample = [str(v).strip() for v in series.dropna().head(100)]
    if sum(bool(_MARKED.fullmatch(v)) for v in sample) >= MOSTLY * max(len(sample), 1):
        raise DataError(
            f"{origin.name}: column {name!r} holds numbers written with other marks, such as"
            f" {sample[0]!r}. Write plain numbers with a decimal point (1200 or 1.5)."
        )


def are_dates(series: Any) -> bool:
    """Tell whether a text column holds dates such as 2024-01-31, year first."""
    texts = _texts(series)
    return bool(texts and have_form(texts).all())


def check_dates(series: Any, name: str, origin: Origin, remedy: str) -> None:
    """Raise where a text column is nearly all dates, or dates in a form that is not read."""
    texts = _texts(series)
    if not texts:
        return
    where = f"{origin.name}: column {name!r}"
    good = have_form(texts)
    if good.any() and _share(series, texts, good) >= MOSTLY:
        row = _first(series, texts, ~good)
        raise DataError(
            f"{where} holds dates, but {origin.row(row)} has {str(series.iloc[row])!r}. Write all"
            f" of them as {FORM} (an empty cell means missing), or {remedy}."
        )
    like = look_like_dates(texts)
    if like.any() and _share(series, texts, like) >= MOSTLY:
        row = _first(series, texts, like)
        which = orders([t for t, is_like in zip(texts, like, strict=True) if is_like])
        raise DataError(
            f"{where} holds what look like dates, such as {str(series.iloc[row]).strip()!r} in"
            f" {origin.row(row)}{': ' if which else ''}{which}. Write them as YYYY-MM-DD, which"
            f" has one reading, or {remedy}."
        )


def _texts(series: Any) -> list[str]:
    """Return the different texts of a column."""
    return list(dict.fromkeys(str(v).strip() for v in pandas().unique(series.dropna())))


def _cells(series: Any, texts: list[str], chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which cells (N,) hold one of the chosen texts."""
    wanted = {t for t, yes in zip(texts, chosen, strict=True) if yes}
    found = series.map(lambda v: str(v).strip() in wanted).to_numpy(dtype=bool)
    return np.asarray(found & series.notna().to_numpy())


def _share(series: Any, texts: list[str], chosen: NDArray[np.bool_]) -> float:
    return float(_cells(series, texts, chosen).sum() / series.notna().sum())


def _first(series: Any, texts: list[str], chosen: NDArray[np.bool_]) -> int:
    return int(np.argmax(_cells(series, texts, chosen)))


def _all_numbers(series: Any) -> bool:
    known = series.notna()
    return bool(known.any() and to_numbers(series[known]).notna().all())


def _one_hot(
    series: Any, record: dict[str, Any], origin: Origin, strange: list[str] | None
) -> NDArray[np.float64]:
    known: list[str] = record["categories"]
    codes, names = names_of(series)
    place = {n: i for i, n in enumerate(known)}
    table = np.array([place.get(n, -1) for n in names] + [0], dtype=np.int64)
    bad = np.flatnonzero((codes >= 0) & (table[codes] < 0))
    if len(bad) and strange is not None:
        new = sorted({names[c] for c in codes[bad]})
        _note(strange, record, new, len(bad), "all its one-hot columns are 0 there")
    elif len(bad):
        row = int(bad[0])
        raise DataError(
            f"{origin.name}: column {record['name']!r} has {names[codes[row]]!r} in"
            f" {origin.row(row)}, which did not occur in training; known values: {listed(known)}."
            f" Correct it, or empty the cell and pass {option('missing', 'mean')}."
        )
    out = np.zeros((len(codes), len(known)))  # (N, K)
    out[np.arange(len(codes)), table[codes]] = 1.0
    out[bad] = 0.0
    out[codes < 0] = np.nan
    return out


def _note(strange: list[str], record: dict[str, Any], values: list[str], n: int, so: str) -> None:
    strange.append(
        f"column {record['name']!r}: {counted(n, 'row')} outside the training part with what that"
        f" part lacks ({listed(values, 4)}): {so}"
    )


def _numbers(
    series: Any, record: dict[str, Any], origin: Origin, strange: list[str] | None
) -> NDArray[np.float64]:
    pd = pandas()
    found, kind = holds(series), record["type"]
    if found in (kind, "empty") and series.dtype != object:
        return np.asarray(series.to_numpy(dtype=np.float64, na_value=np.nan))
    truths = np.array([isinstance(v, (bool, np.bool_)) for v in series], dtype=bool)
    if kind == "bool":
        bad = series.notna().to_numpy() & ~truths
        numbers = pd.Series(np.where(truths, series == True, np.nan).astype(np.float64))  # noqa: E712
    elif found in ("number", "text", "bool", "empty"):
        numbers = to_numbers(series).astype(np.float64)
        bad = series.notna().to_numpy() & (numbers.isna().to_numpy() | truths)
    else:
        bad, numbers = series.notna().to_numpy(), pd.Series(np.full(len(series), np.nan))
    if bad.any() and strange is not None:
        new = sorted(set(series[bad].astype(str)))
        so = "no number" if kind == "number" else "neither true nor false"
        _note(strange, record, new, int(bad.sum()), f"{so}, so its value is missing there")
        numbers[bad] = np.nan
    elif bad.any():
        row = int(np.argmax(bad))
        wanted = "numbers" if kind == "number" else "true or false"
        raise DataError(
            f"{origin.name}: column {record['name']!r} must hold {wanted}, but"
            f" {origin.row(row)} has {str(series.iloc[row])!r}. Correct it (an empty cell means"
            " missing)."
        )
    return np.asarray(numbers.to_numpy(dtype=np.float64, na_value=np.nan))


def _days(
    series: Any, record: dict[str, Any], origin: Origin, strange: list[str] | None, times: Times
) -> NDArray[np.float64]:
    zone = bool(record["zone"])
    mixed = series.notna().to_numpy() & ~times.bad & (times.zoned != zone)
    bad = times.bad | mixed
    days = np.where(bad, np.nan, times.days)
    if bad.any() and strange is not None:
        new = sorted(set(series[bad].astype(str)))
        _note(strange, record, new, int(bad.sum()), "no date, so its value is missing there")
    elif bad.any():
        row = int(np.argmax(bad))
        what = f"is no date of the form {FORM}. Correct it (an empty cell means missing)"
        if mixed[row]:
            have = ["no time zone", "a time zone"]
            what = f"has {have[not zone]} where the column has {have[zone]}. Give all or none one"
        raise DataError(
            f"{origin.name}: column {record['name']!r} holds dates, but {origin.row(row)} has"
            f" {label(series.iloc[row])!r}, which {what}."
        )
    return days - float(record["origin"])


def _times(series: Any) -> Times:
    if holds(series) in ("text", "date", "empty"):
        return parse_dates(series)
    nothing = np.zeros(len(series), bool)
    return Times(np.full(len(series), np.nan), series.notna().to_numpy(), nothing)
