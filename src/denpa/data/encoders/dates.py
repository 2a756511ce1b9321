"""Dates of a table: one parser for training and prediction, which never guesses the order of day
and month."""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["FORM", "Times", "have_form", "look_like_dates", "orders", "parse_dates"]

FORM = "YYYY-MM-DD, YYYY-MM-DDThh:mm:ss or, with a time zone, YYYY-MM-DDThh:mm:ss+09:00"
"""What is read as a date, as messages say it."""

_EPOCH = date(1970, 1, 1).toordinal()
_ISO = re.compile(
    r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})"
    r"(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d{1,9})?))?"
    r"(?: ?(Z|[+-]\d{2}(?::?\d{2})?))?)?",
    re.ASCII,
)
_OTHER = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?:[T ,]+\d{1,2}:\d{2}.*)?", re.ASCII)
_NAMED = re.compile(
    r"\d{4}(\.\d{1,2}\.\d{1,2}|年\d{1,2}月\d{1,2}日?).*"
    r"|(\d{1,2}\.?[ -])?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?[ -]"
    r"(\d{1,2},? )?\d{2,4}",
    re.I | re.ASCII,
)


@dataclass(frozen=True)
class Times:
    """Dates as numbers: `days` (N,) since 1970-01-01, NaN where there is none.

    `bad` marks cells that are no date, `zoned` those with a time zone.
    """

    days: NDArray[np.float64]
    bad: NDArray[np.bool_]
    zoned: NDArray[np.bool_]


def parse_dates(series: Any) -> Times:
    """Return the dates of a column of text, of dates, or of missing cells only.

    A time with a zone is that moment in UTC, a time without one is taken as it stands.
    """
    pd = importlib.import_module("pandas")
    known = series.notna().to_numpy()
    if series.dtype.kind == "M":
        aware = getattr(series.dt, "tz", None) is not None
        times = pd.to_datetime(series, utc=True)
        start = pd.Timestamp(0, tz="UTC").as_unit(times.dt.unit)  # nanoseconds end in 2262
        seconds = (times - start).dt.total_seconds()
        days = np.asarray(seconds.to_numpy(dtype=np.float64, na_value=np.nan)) / 86400
        return Times(days, np.zeros(len(days), bool), known & aware)
    codes, unique = pd.factorize(series)
    read = [_read(v) for v in unique]
    days = np.array([day for day, _ in read] + [np.nan])[codes]
    zoned = np.array([zone for _, zone in read] + [False])[codes]
    return Times(days, known & np.isnan(days), zoned)


def _read(value: Any) -> tuple[float, bool]:
    """Return the days since 1970 and whether there is a zone; NaN where it is no date."""
    text = value.strip() if isinstance(value, str) else None
    if isinstance(value, np.datetime64):
        text = str(value)
    elif isinstance(value, date):  # also a datetime, and pandas' own
        text = value.isoformat()
    match = _ISO.fullmatch(text) if text is not None else None
    if match is None:
        return np.nan, False
    year, _, month, day, hour, minute, second, zone = match.groups()
    h, m, s, ahead = int(hour or 0), int(minute or 0), float(second or 0), _ahead(zone)
    if h > 23 or m > 59 or s >= 60 or ahead is None:
        return np.nan, False
    try:
        days = date(int(year), int(month), int(day)).toordinal() - _EPOCH
    except ValueError:  # there is no such day
        return np.nan, False
    return (days * 86400 + (h * 60 + m - ahead) * 60 + s) / 86400, zone is not None


def _ahead(zone: str | None) -> int | None:
    """Return the minutes by which a zone is ahead of UTC, or None where there is no such zone."""
    if zone is None or zone == "Z":
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 23 or minutes > 59:
        return None
    return (hours * 60 + minutes) * (-1 if zone[0] == "-" else 1)


def have_form(values: list[str]) -> NDArray[np.bool_]:
    """Return which texts have the form of a date, whether or not there is such a day."""
    return np.array([bool(_ISO.fullmatch(v)) for v in values], dtype=bool)


def look_like_dates(values: list[str]) -> NDArray[np.bool_]:
    """Return which texts people would take for a date that is written in another way."""
    return np.array([bool(_OTHER.fullmatch(v) or _NAMED.fullmatch(v)) for v in values], dtype=bool)


def orders(values: list[str]) -> str:
    """Return in words which readings dates such as 05/03/2024 have, "" for other ways of writing.

    >>> from denpa.data.encoders.dates import orders
    >>> orders(["05/03/2024"])
    "'05/03/2024' may be day and month or month and day"
    >>> orders(["05/03/2024", "13/03/2024"])
    "the day comes first, as '13/03/2024' shows"
    """
    found = [(v, int(m[1]), int(m[3])) for v in values if (m := _OTHER.fullmatch(v))]
    if not found:
        return ""
    first = next((v for v, a, _ in found if a > 12), None)
    second = next((v for v, _, b in found if b > 12), None)
    if first and second:
        return f"the order of day and month changes from {first!r} to {second!r}"
    if first:
        return f"the day comes first, as {first!r} shows"
    if second:
        return f"the month comes first, as {second!r} shows"
    return f"{found[0][0]!r} may be day and month or month and day"
