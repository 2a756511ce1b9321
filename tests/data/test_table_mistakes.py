"""Tables: what the errors say of files, frames and options that are wrong."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from denpa.data import read
from tests.data.houses import HEADER, changed, message, write

pd = pytest.importorskip("pandas")


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({}, "which column is to be predicted? Name it with target; the columns are"),
        ({"target": "prise"}, "no column 'prise' (target). Did you mean 'price'? The columns are"),
        (
            {"target": "price", "drop": ["colur"]},
            "no column 'colur' (drop). Did you mean 'colour'",
        ),
        ({"target": "price", "drop": ["price"]}, "'price' is both the target and in drop"),
        ({"target": "country"}, "target 'country' has one class only ('JP')"),
        ({"target": "sold"}, "target 'sold' holds dates; expected classes or numbers"),
        ({"target": "colour", "task": "regression"}, "target 'colour' holds text (for example"),
        ({"target": "price", "task": "classification"}, "60 different fractions, which are no cl"),
        ({"target": "price", "task": "x"}, "task must be one of 'classification', 'regression', g"),
        ({"target": "price", "missing": "men"}, "missing must be one of 'error', 'drop', 'mean', "),
        ({"target": "price", "image_size": 8}, "image_size does not go with a table"),
        ({"target": "colour", "classes": ["red"]}, "holds 'blue', 'green', not in classes 'red'"),
    ],
)
def test_wrong_options(houses: Path, options: dict[str, Any], text: str) -> None:
    assert text in message(houses, **options)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("", "the file is empty"),
        ("\n\n", "the file is empty"),
        ("a,b\n", "there is a header but not one row below it; the columns are 'a', 'b'"),
        ("a,b,a\n1,2,3\n", "two columns have the name 'a'"),
        ("1.5,2\n3,4\n", "no header: the first line holds values ('1.5', '2'), not the names of"),
        ("a,b\n1,2\n1,2,3\n", "not a regular table: Expected 2 fields in line 3, saw 3"),
        ("a,b\n1,2,3\n1,2,3\n", "not a regular table: rows have more cells than the header"),
        ("a,b\n1,x\n2,x\n", "target 'b' has one class only ('x'): there is nothing to tell apart"),
        ("a,b\n,1.5\n,2.5\n,3\n", "column 'a' is empty in every row: leave the column out"),
        ("a,b\n1,\n2,\n", "target 'b' is empty in every row"),
        ("a,b\n7,1\n7,2\n", "no column is left to learn from"),
        ("a;b\n1;2,5\n2;3,5\n", "column 'b' holds numbers written with other marks, such as '2,5'"),
        ("a,b\n1,2\n?,3\n2,4\n?,5\n", "column 'a' holds numbers, but line 3 has the text '?'"),
        ("\0a,b\n1,2\n", "this is no text file (it holds zero bytes)"),
    ],
)
def test_bad_files(tmp_path: Path, content: str, text: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(content)
    assert text in message(path, target="b")
    assert str(path) in message(path, target="b")


@pytest.mark.parametrize("blank", ["", "\n"])
def test_text_in_a_numeric_column(tmp_path: Path, blank: str) -> None:
    path = write(tmp_path / "t.csv", changed(10, 0, "many"), header=HEADER + blank)
    line = 12 + len(blank)
    assert f"column 'rooms' holds numbers, but line {line} has the text 'many'. Correct it" in (
        message(path, target="price")
    )


def test_lines_are_counted_through_quoted_breaks(tmp_path: Path) -> None:
    rows = ['"x\ny",1.5', *[f"x,{i}" for i in range(20)], "x,oops", "x,3"]
    path = write(tmp_path / "t.csv", rows, "a,b\n")
    assert path.read_text().split("\n")[24 - 1] == "x,oops"
    assert "line 24 has the text 'oops'" in message(path, target="b")
    # A row over two lines is named by its first.
    write(path, [*[f"x,{i}" for i in range(20)], '"x\ny",oops'], "a,b\n")
    assert "line 22 has the text 'oops'" in message(path, target="b")


def test_too_many_categories(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", [f"id{i},{i}.5" for i in range(80)], "id,y\n")
    assert (
        "column 'id' holds text with 80 different values (for example 'id0'); up to 50 can become"
        " one-hot columns. To go on, leave the column out with drop=['id']."
    ) in message(path, target="y")
    assert "holds text with 80 different values in 80 rows" in message(path, target="id")


def test_not_utf8_and_broken_gzip(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("部屋,値段\n1,2\n".encode("cp932"))
    assert "the text is not UTF-8 (byte 0x95). It looks like CP932" in message(path, target="値段")
    packed = tmp_path / "t.csv.gz"
    whole = gzip.compress("".join(f"{i},{i * i % 977}\n" for i in range(5000)).encode())
    packed.write_bytes(whole[: len(whole) // 2])
    assert f"{packed}: the gzip file is truncated or corrupt" in message(packed, target="b")
    packed.write_bytes(b"a,b\n1,2\n")
    assert f"{packed}: the gzip file is truncated or corrupt" in message(packed, target="b")


def test_files_that_are_not_there(houses: Path) -> None:
    absent = houses.with_name("house.csv")
    assert f"{absent}: no such file or folder" in message(absent)
    assert "Did you mean 'houses.csv'?" in message(absent)
    assert "is not there either" in message(houses.parent / "no" / "houses.csv")
    other = houses.rename(houses.with_suffix(".xlsx"))
    assert "by its ending '.xlsx'. Supported: .csv, .tsv," in message(other)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (
            "rooms,color,area\n1,red,2\n",
            "lacks 3 columns that the model was trained on: 'colour', 'sold', 'garden'."
            " Did you mean 'color'?",
        ),
        (
            "rooms,colour,area,sold,garden\n1,red,2,2024-01-01,True\n2,pink,2,2024-01-02,True\n",
            "column 'colour' has 'pink' in line 3, which did not occur in training; known values:"
            " 'blue', 'green', 'red'",
        ),
        (
            "rooms,colour,area,sold,garden\nmany,red,2,2024-01-01,True\n",
            "column 'rooms' must hold numbers, but line 2 has 'many'",
        ),
        (
            "rooms,colour,area,sold,garden\n1,red,2,yesterday,True\n",
            "column 'sold' holds dates, but line 2 has 'yesterday', which is no date",
        ),
    ],
)
def test_prediction_files(houses: Path, tmp_path: Path, content: str, text: str) -> None:
    data = read(houses, target="price")
    path = tmp_path / "new.csv"
    path.write_text(content)
    assert text in message(path, encoding=data.encoding)


def test_an_encoding_fixes_the_options(houses: Path) -> None:
    encoding = read(houses, target="price").encoding
    assert "task is fixed by the training data" in message(
        houses, encoding=encoding, task="regression"
    )
    assert "trained on the target 'price'" in message(houses, encoding=encoding, target="area")
    assert "reads version 1" in message(houses, encoding={**encoding, "version": 9})
    assert "trained on a table with named columns" in message(np.ones((2, 7)), encoding=encoding)


def test_frames_that_cannot_be_read() -> None:
    assert "column 'a' holds lists or objects; expected numbers" in message(
        pd.DataFrame({"a": [[1], [2]], "y": [1.5, 2]}), target="y"
    )
    assert "two columns have the name 'a'" in message(
        pd.DataFrame(np.ones((2, 2)), columns=["a", "a"]), target="a"
    )
    assert "cannot read data from int; expected a path" in message(3)
    assert "row 11 (counting from 0) has the text 'x'" in message(
        pd.DataFrame({"a": [*["1.5"] * 11, "x", *["2"] * 9], "y": np.arange(21) + 0.5}), target="y"
    )
    polars = pytest.importorskip("polars")
    assert "call .collect() on it first" in message(polars.LazyFrame({"a": [1]}))


def test_parquet(houses: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyarrow")
    path = tmp_path / "t.parquet"
    pd.read_csv(houses).to_parquet(path)
    whole = path.read_bytes()
    path.write_bytes(whole[:500])
    assert f"{path}: the Parquet file is truncated or corrupt" in message(path, target="price")
    path.write_bytes(b"")
    assert "the file is empty" in message(path, target="price")
    path.write_bytes(whole)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert "needs pyarrow. Install it with: pip install 'denpa[parquet]'" in message(
        path, target="price"
    )


def test_no_row_is_left(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", ["1,,2.5", ",1,3.5"], "a,b,y\n")
    assert "missing='drop' leaves nothing" in message(path, target="y", missing="drop")
