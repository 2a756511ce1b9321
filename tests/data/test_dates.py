"""Dates are read at prediction as in training: in one form, and never by a guess."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from denpa.data import DataError, read

pd = pytest.importorskip("pandas")
EPOCH = datetime(1970, 1, 1)


def train(first: str = "2024-01-01", second: str = "2024-02-01") -> object:
    frame = pd.DataFrame({"d": [first, second] * 30, "a": range(60), "y": np.arange(60) + 0.5})
    return read(frame, target="y")


DATES = train()
ZONED = train("2024-01-01T00:00Z", "2024-02-01T00:00Z")


def days(cell: object, data: object = DATES) -> float:
    new = pd.DataFrame({"d": ["2024-01-01T00:00Z" if data is ZONED else "2024-01-01", cell]})
    return float(read(new.assign(a=0), encoding=data.encoding).x[1, 0])


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)), st.integers(0, 6))
def test_every_way_of_writing_a_moment_is_that_moment(at: datetime, digits: int) -> None:
    at = at.replace(microsecond=at.microsecond // 10 ** (6 - digits) * 10 ** (6 - digits))
    wanted = (at - datetime(2024, 1, 1)) / timedelta(days=1)
    whole = datetime(at.year, at.month, at.day)
    for text in (whole.date().isoformat(), f"{at.year:04}/{at.month}/{at.day}"):
        assert days(text) == (whole - datetime(2024, 1, 1)).days
    fraction = f".{at.microsecond:06}"[: digits + 1] if digits else ""
    for sep in "T ":
        text = f"{at:{sep}%H:%M:%S}{fraction}"
        assert days(whole.date().isoformat() + text) == pytest.approx(wanted, abs=1e-9)


@given(
    st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)),
    st.integers(-23 * 60 - 59, 23 * 60 + 59),
)
def test_a_time_with_a_zone_is_that_moment_in_utc(at: datetime, minutes: int) -> None:
    there = at.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    wanted = (there - datetime(2024, 1, 1, tzinfo=UTC)) / timedelta(days=1)
    assert days(there.isoformat(), ZONED) == pytest.approx(wanted, abs=1e-9)
    aware = pd.DataFrame({"d": pd.Series([there], dtype=object), "a": 0})
    assert read(aware, encoding=ZONED.encoding).x[0, 0] == pytest.approx(wanted, abs=1e-9)


_PIECES = st.lists(
    st.sampled_from(["2024", "03", "5", "13", "31", "-", "/", ".", " ", "T", ":", "10:30", "Z",
                     "+09:00", "now", "May", "2024-03-05"]),
    min_size=1, max_size=7,
).map("".join)  # fmt: skip


@given(_PIECES)
@example("05/03/2024")
@example("13/03/2024")
@example("05.03.2024")
@example("03/2024")
@example("2024")
@example("now")
@example("today")
@example("12:30")
@example("20240305")
@example("2024-02-30")
@example("2024-03-05 24:00")
@example("2024-03-05T10:00 PST")
@example("2024-03-05 noon")
@example("Mar 5 2024")
def test_prediction_reads_no_date_that_training_refuses(cell: str) -> None:
    def kind(texts: list[str]) -> str | None:
        frame = pd.DataFrame({"d": texts, "a": [1, 2], "y": [0.5, 1.5]})
        try:
            return str(read(frame, target="y").encoding["columns"][0]["type"])
        except DataError:
            return None

    if kind([cell, "1999-01-01"]) == "date":
        assert np.isfinite(days(cell))
    else:
        with pytest.raises(DataError, match=r"column 'd' .* row 1 .*") as caught:
            days(cell)
        assert repr(cell.strip()) in str(caught.value)
        assert "YYYY-MM-DD" in str(caught.value) or "time zone" in str(caught.value)


def test_numbers_in_a_column_of_dates_are_named_as_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    path.write_text("d,a\n02024,1\n")
    with pytest.raises(DataError, match=r"line 2 has '02024', which is no date of the form YYYY"):
        read(path, encoding=DATES.encoding)


@pytest.mark.parametrize(
    "cell",
    [
        date(2024, 2, 1),
        datetime(2024, 2, 1),
        np.datetime64("2024-02-01"),
        pd.Timestamp(2024, 2, 1),
    ],
)
def test_objects_are_dates_too(cell: object) -> None:
    new = pd.DataFrame({"d": pd.Series([cell], dtype=object), "a": [1]})
    assert read(new, encoding=DATES.encoding).x[0, 0] == 31
    assert read(new.assign(d=pd.to_datetime(new["d"])), encoding=DATES.encoding).x[0, 0] == 31


def test_zones_are_in_all_cells_or_in_none() -> None:
    with pytest.raises(
        DataError, match=r"'2024-02-01T05:00Z', which has a time zone where the col"
    ):
        days("2024-02-01T05:00Z")
    with pytest.raises(
        DataError, match=r"'2024-02-01T05:00', which has no time zone where the col"
    ):
        days("2024-02-01T05:00", ZONED)
    cells = ["2024-01-01T10:00"] * 59 + ["2024-01-01T10:00+09:00"]
    with pytest.raises(DataError, match=r"row 0 .* which has no time zone where the column has a"):
        read(pd.DataFrame({"d": cells, "y": np.arange(60) + 0.5}), target="y")
    aware = pd.to_datetime(pd.Series(["2024-02-01T09:00+09:00"]))
    assert read(pd.DataFrame({"d": aware, "a": 1}), encoding=ZONED.encoding).x[0, 0] == 31
    assert "days since the first one, each turned to UTC" in ZONED.notes[0]


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (["05/03/2024", "06/04/2024"], "such as '05/03/2024' in row 0 (counting from 0): "
         "'05/03/2024' may be day and month or month and day."),
        (["05/03/2024", "13/03/2024"], "the day comes first, as '13/03/2024' shows."),
        (["05.03.2024", "05.13.2024 10:00"], "the month comes first, as '05.13.2024 10:00' shows."),
        (["13/03/2024", "03/13/2024"], "the order of day and month changes from '13/03/2024' to"
         " '03/13/2024'."),
        (["2024年1月5日", "2024年1月6日"], "such as '2024年1月5日' in row 0"),
        (["5 May 2024", "6 May 2024"], "such as '5 May 2024' in row 0"),
        (["May 5, 2024", "May 6, 2024"], "such as 'May 5, 2024' in row 0"),
        (["2024.01.05", "2024.01.06"], "such as '2024.01.05' in row 0"),
    ],
)  # fmt: skip
def test_training_says_what_looks_like_dates(cells: list[str], says: str) -> None:
    frame = pd.DataFrame({"d": cells * 30, "a": range(60), "y": np.arange(60) + 0.5})
    with pytest.raises(DataError) as caught:
        read(frame, target="y")
    text = str(caught.value)
    assert "column 'd' holds what look like dates" in text
    assert says in text
    assert "Write them as YYYY-MM-DD" in text
    assert "drop=['d']" in text
    assert "--drop d" in caught.value.command_line
    with pytest.raises(DataError, match="'d' holds what look like dates"):
        read(frame, target="d")


def test_one_cell_of_many_that_is_no_date_is_named() -> None:
    cells = [f"2024-01-{1 + i % 28:02}" for i in range(60)]
    cells[7] = "early spring"
    with pytest.raises(
        DataError, match=r"holds dates, but row 7 .* has 'early spring'\. Write all"
    ):
        read(pd.DataFrame({"d": cells, "y": np.arange(60) + 0.5}), target="y")


def test_words_that_begin_like_months_and_versions_stay_text() -> None:
    for words in (["marble", "june bug"], ["1.2.10", "1.3.4"], ["10.0.0.1", "10.0.0.2"],
                  ["03-1234-5678", "03-1234-5679"]):  # fmt: skip
        frame = pd.DataFrame({"d": words * 30, "a": range(60), "y": np.arange(60) + 0.5})
        assert read(frame, target="y").encoding["columns"][0]["type"] == "category"
