"""Tables: what becomes of columns, targets and missing values."""

from __future__ import annotations

import datetime
import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from denpa.data import DataError, encode, read
from tests.data.houses import COLOURS, changed, message, row, write

pd = pytest.importorskip("pandas")


def test_every_sort_of_column(houses: Path) -> None:
    data = read(houses, target="price")
    assert data.features == (
        "rooms", "colour=blue", "colour=green", "colour=red", "area", "sold", "garden",
    )  # fmt: skip
    # Row 4 of the file by hand: 5 rooms, blue, 14.5, four days after the first, a garden.
    np.testing.assert_array_equal(data.x[4], [5, 1, 0, 0, 14.5, 4, 1])
    assert data.y is not None
    np.testing.assert_array_equal(data.y, [[i * 7 + 0.5] for i in range(60)])
    assert (data.x.dtype, data.y.dtype, data.task) == (np.float64, np.float64, "regression")
    assert data.notes == (
        "column 'colour' holds text: 3 one-hot columns",
        "column 'sold' holds dates: days since the first one",
        "left out column 'country': one value in every row",
    )


@pytest.mark.parametrize(
    ("target", "task", "why"),
    [
        ("price", "regression", "regression: 'price' holds numbers, 60 different values from 0.5"),
        ("colour", "classification", "classification: 'colour' holds text, 3 different values"),
        ("garden", "classification", "classification: 'garden' holds true/false"),
        ("rooms", "classification", "'rooms' holds few different whole numbers (5, from 1 to 5)"),
    ],
)
def test_the_task_is_found_and_said(houses: Path, target: str, task: str, why: str) -> None:
    data = read(houses, target=target)
    assert data.task == task
    assert why in data.why_task


def test_the_task_can_be_given(houses: Path) -> None:
    data = read(houses, target="rooms", task="regression")
    assert data.task == "regression"
    assert data.why_task == "regression: asked for with task='regression'"


def test_classes_are_sorted_by_value(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", [f"{i},{(10, 9, 2)[i % 3]}" for i in range(30)], "a,k\n")
    data = read(path, target="k")
    assert data.classes == ("2", "9", "10")
    np.testing.assert_array_equal(data.y, [(2, 1, 0)[i % 3] for i in range(30)])


def test_training_and_prediction_read_the_same(houses: Path, tmp_path: Path) -> None:
    data = read(houses, target="price")
    stored = json.loads(json.dumps(data.encoding))
    np.testing.assert_array_equal(read(houses, encoding=stored).x, data.x)
    # Columns in another order, some more, no target, and one colour alone.
    other = tmp_path / "new.csv"
    pd.read_csv(houses).iloc[[1]].assign(extra=1)[
        ["extra", "garden", "sold", "area", "colour", "rooms"]
    ].to_csv(other, index=False)
    new = read(other, encoding=stored)
    assert new.y is None
    np.testing.assert_array_equal(new.x[0], data.x[1])


def test_categories_that_look_like_numbers(tmp_path: Path) -> None:
    path = write(
        tmp_path / "t.csv", [f"{('01', '02', 'A')[i % 3]},{i}.5" for i in range(9)], "c,y\n"
    )
    data = read(path, target="y")
    new = read(write(tmp_path / "n.csv", ["02"], "c\n"), encoding=data.encoding)
    np.testing.assert_array_equal(new.x, [[0, 1, 0]])


def test_encode_leaves_the_target_unread(houses: Path, tmp_path: Path) -> None:
    data = read(houses, target="colour")
    other = write(tmp_path / "n.csv", [row(0).replace("red", "pink")])
    assert encode(other, data.encoding).y is None
    assert (
        "target 'colour' has 'pink' in line 2, which is none of the classes 'blue', 'green', 'red'"
        in message(other, encoding=data.encoding)
    )


def test_frames_and_files_agree(houses: Path, tmp_path: Path) -> None:
    polars = pytest.importorskip("polars")
    frame = pd.read_csv(houses)
    packed = tmp_path / "houses.csv.gz"
    packed.write_bytes(gzip.compress(houses.read_bytes()))
    sources: list[Any] = [frame, polars.from_dict(frame.to_dict("list")), packed]
    if pytest.importorskip("pyarrow"):
        frame.to_parquet(tmp_path / "houses.parquet")
        sources.append(tmp_path / "houses.parquet")
    hashes = {read(s, target="price").sha256 for s in [houses, *sources]}
    assert len(hashes) == 1


def test_sha256_sees_values_names_and_order(houses: Path) -> None:
    data = read(houses, target="price")
    renamed = read(pd.read_csv(houses).rename(columns={"area": "space"}), target="price")
    assert len({data.sha256, renamed.sha256, data.take(np.arange(60)[::-1]).sha256}) == 3
    assert data.take(np.arange(60)).sha256 == data.sha256


def test_in_memory_types() -> None:
    frame = pd.DataFrame(
        {
            "int": pd.array([1, None, 3, 4], dtype="Int64"),
            "bool": [True, None, False, True],
            "cat": pd.Categorical(["u", "v", None, "u"]),
            "day": [datetime.date(2024, 1, d) for d in (1, 2, 3, 5)],
            "y": [0.5, 1.5, 2.5, 3.5],
        }
    )
    data = read(frame, target="y", missing="mean")
    third = 1 / 3
    np.testing.assert_allclose(
        data.x,
        [
            [1, 1, 1, 0, 0],
            [8 / 3, 2 * third, 0, 1, 1],
            [3, 0, 2 * third, third, 2],
            [4, 1, 1, 0, 4],
        ],
        rtol=1e-6,
    )


def test_a_saved_row_number_is_no_column(houses: Path, tmp_path: Path) -> None:
    pd.read_csv(houses).to_csv(tmp_path / "t.csv")
    assert read(tmp_path / "t.csv", target="price").sha256 == read(houses, target="price").sha256


@pytest.mark.parametrize(("name", "sep"), [("t.tsv", "\t"), ("t.csv", ";")])
def test_separators(tmp_path: Path, name: str, sep: str) -> None:
    path = tmp_path / name
    path.write_text(f"a{sep} b \n1{sep}2.5\n3{sep}4.5\n")
    np.testing.assert_array_equal(read(path, target="b").x, [[1], [3]])


# Missing values


def missing_file(tmp_path: Path, *, target: bool = False) -> Path:
    rows = changed(3, 0, "")
    rows[5] = rows[5].replace(COLOURS[5 % 3], "")
    rows[7] = rows[7].replace(",17.5,", ",inf,")
    if target:
        rows[9] = rows[9].rsplit(",", 1)[0] + ","
    return write(tmp_path / "m.csv", rows)


def test_missing_is_an_error_that_counts(tmp_path: Path) -> None:
    text = message(missing_file(tmp_path, target=True), target="price")
    assert text.endswith(
        "m.csv: missing values in 3 columns of 60 rows: 'rooms' (1, first in line 5), 'colour' (1,"
        " first in line 7), 'price' (1, first in line 11)."
        " Pass missing='drop' (leave those rows out) or missing='mean' (fill in the mean of the"
        " column)."
    )


def test_infinite_is_an_error_that_counts(tmp_path: Path) -> None:
    text = message(write(tmp_path / "i.csv", changed(7, 2, "-inf")), target="price")
    what = "infinite values (or too large for float32) in 1 column of 60 rows"
    assert f"{what}: 'area' (1, first in line 9)." in text
    text = message(write(tmp_path / "j.csv", changed(7, 2, "1e39")), target="price")
    assert "'area' (1, first in line 9)" in text
    text = message(write(tmp_path / "k.csv", changed(7, 6, "inf")), target="price")
    assert "target 'price' has inf in line 9, beyond 1e+75: float64 cannot" in text


def test_missing_drop(tmp_path: Path) -> None:
    data = read(missing_file(tmp_path, target=True), target="price", missing="drop")
    assert len(data) == 56
    assert data.kept is not None
    assert sorted(set(range(60)) - set(data.kept.tolist())) == [3, 5, 7, 9]
    assert np.isfinite(data.x).all()


def test_missing_mean_and_the_training_part(tmp_path: Path) -> None:
    data = read(missing_file(tmp_path), target="price", missing="mean")
    rooms = np.array([1 + i % 5 for i in range(60) if i != 3])
    assert data.x[3, 0] == pytest.approx(rooms.mean())
    assert data.filled is not None
    assert data.filled.sum() == 1 + 3 + 1  # one number, one row of three colours, one infinity
    train = np.arange(20)
    again = data.fit_to(train)
    expected = np.mean([1 + i % 5 for i in range(20) if i != 3])
    assert again.x[3, 0] == pytest.approx(expected)
    assert again.encoding["fill"][0] == pytest.approx(expected)
    untouched = ~data.filled
    np.testing.assert_array_equal(again.x[untouched], data.x[untouched])


def test_a_missing_target_is_never_filled(tmp_path: Path) -> None:
    text = message(missing_file(tmp_path, target=True), target="price", missing="mean")
    assert (
        "'price' (1, first in line 11). A target cannot be filled in: pass missing='drop'" in text
    )


def test_missing_at_prediction(houses: Path, tmp_path: Path) -> None:
    data = read(houses, target="price")
    new = write(tmp_path / "n.csv", changed(0, 0, "", n=1))
    assert "'rooms' (1, first in line 2)" in message(new, encoding=data.encoding)
    filled = read(new, encoding=data.encoding, missing="mean")
    assert filled.x[0, 0] == 3.0  # the mean of 1..5


def test_a_frame_may_call_its_columns_by_whole_numbers() -> None:
    frame = pd.DataFrame({0: np.arange(20.0), 1: np.arange(20) % 3})
    by_number, by_name = read(frame, target=1), read(frame, target="1")
    assert by_number.target == by_name.target == "1"
    assert np.array_equal(by_number.x, by_name.x)
    for wrong in ([1], (0, 1), 1.5, True):
        with pytest.raises(DataError, match="the name of one column, not"):
            read(frame, target=wrong)
