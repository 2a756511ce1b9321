"""Columns that name a row and say nothing of it: numbers and names of rows, keys."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from denpa.data.encoders.columns import are_dates, holds, to_numbers

__all__ = ["looks_like_a_key", "row_number"]

NEARLY = 0.99
"""Share of the rows with a different whole number each from which a column of an index's name is
one: a record may stand there twice, or lack its number."""

_EXACT = 2.0**53
"""From here on float64 makes different whole numbers equal."""

_LENGTH = 10
"""Rows a run must have on average, in a column that counts up several times."""

_NAMELESS = re.compile(r"(unnamed: \d+[.\d]*|level_\d+)?", re.I)
_INDEX = re.compile(
    r"(unnamed: \d+[.\d]*|level_\d+|index(\.\d+)?|idx|id|no\.?|nr\.?|num|numbers?|#|№"
    r"|rows?|row[ ._]?(names?|no|numbers?|nums?|ids?|idx|index)|番号|行|行番号|連番|通し番号)?",
    re.I,
)
_KEY = re.compile(r".*[a-z]I[Dd]|.*[ ._-][iI][dD]|[iI][dD][ ._-].*|.*[^\x00-\x7f](ID|id|番号)")


def row_number(name: str, series: Any) -> str:
    """Return why a column is one of row numbers or row names, or "".

    It has the name of an index, or none, and a different whole number in nearly every row; or no
    name, and counts up in a few runs, as several tables below one another do, or has a different
    text in every row. Or it is a key of numbers that become equal.
    """
    if not _INDEX.fullmatch(name):
        if looks_like_a_key(name, series) and _merged(_whole(series)):
            return "the name of a key and whole numbers that float64 cannot tell apart"
        return ""
    if holds(series) == "text" and not _digits(series):
        named = bool(_NAMELESS.fullmatch(name)) and not series.isna().any()
        if named and series.is_unique and len(series) > 1 and not are_dates(series):
            return "no name, and a different text in every row"
        return ""
    values = _whole(series)
    if values is None:
        return ""
    differ = _different(values)
    if differ == len(series):
        return "the name of an index and a different whole number in every row"
    if differ >= NEARLY * len(series):
        return (
            "the name of an index and a different whole number in nearly every row"
            f" ({differ} of {len(series)})"
        )
    if values.dtype.kind == "f" and np.abs(values).min() >= _EXACT:
        return "the name of an index and whole numbers that float64 cannot tell apart"
    if _NAMELESS.fullmatch(name) and len(values) == len(series):
        runs = 1 + int(np.count_nonzero(values[1:] <= values[:-1]))
        if runs * _LENGTH <= len(values) and values.max() - values.min() <= 20 * len(values):
            return f"no name, and whole numbers that count up in {runs} runs"
    return ""


def looks_like_a_key(name: str, series: Any) -> bool:
    """Tell a column with the name of a key, such as PassengerId or customer_id, and a different
    whole number in nearly every row."""
    if not _KEY.fullmatch(name):
        return False
    values = _whole(series)
    return values is not None and _different(values) >= NEARLY * len(series)


def _digits(series: Any) -> bool:
    """Whether text, as which numbers beyond 64 bits are read, is whole numbers."""
    known = series.dropna().astype(str).str.strip()
    return bool(len(known) and known.str.fullmatch(r"[-+]?\d+").all())


def _whole(series: Any) -> Any:
    """Return the values that are there, exact, or None where they are not all whole numbers."""
    known = series.dropna()
    found = holds(series)
    if len(known) < 2 or found not in ("number", "text"):
        return None
    if found == "text" or known.dtype == object:
        if _digits(known):
            return np.array([int(str(v)) for v in known], dtype=object)
        if found == "text":
            return None
        known = to_numbers(known)
    values = known.to_numpy(dtype=known.dtype.name.lower() if known.dtype.kind in "iu" else float)
    whole = values.dtype.kind in "iu" or bool((values == np.floor(values)).all())
    return values if whole else None


def _merged(values: Any) -> bool:
    return _different(values.astype(np.float64)) < _different(values)


def _different(values: Any) -> int:
    return len(set(values)) if values.dtype == object else len(np.unique(values))
