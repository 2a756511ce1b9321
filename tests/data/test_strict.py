"""New data are read as strictly as the training data were, and what is done to cells is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from denpa.data import DataError, read, split

pd = pytest.importorskip("pandas")
N = 60


def write(path: Path, head: str, row: object) -> Path:
    path.write_text(head + "\n" + "".join(f"{row(i)}\n" for i in range(N)))  # type: ignore[operator]
    return path


CELLS: list[object] = [1, 0, 2.5, True, False, "True", "yes", "1", np.bool_(True),
                       pd.Timestamp("2024-01-01"), pd.Timedelta("1D"), b"1"]  # fmt: skip


@pytest.mark.parametrize("cell", CELLS, ids=repr)
@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("kind", ["number", "bool"])
def test_a_cell_of_another_kind_than_training_had_is_refused(
    kind: str, together: bool, cell: object
) -> None:
    old: list[object] = [0, 1] if kind == "number" else [False, True]
    train = pd.DataFrame({"a": old * 30, "b": range(N), "y": np.arange(N) + 0.5})
    encoding = read(train, target="y").encoding
    assert encoding["columns"][0]["type"] == kind
    truth = isinstance(cell, (bool, np.bool_))
    number = isinstance(cell, (int, float)) and not truth
    number |= cell == "1"  # one text of many makes a file's column one of text
    cells = pd.Series([cell]) if together else pd.Series([old[0], cell], dtype=object)
    new = pd.DataFrame({"a": cells, "b": 1})
    if truth if kind == "bool" else number:
        assert read(new, encoding=encoding).x[-1, 0] == float(cell)  # type: ignore[arg-type]
    else:
        wanted = "true or false" if kind == "bool" else "numbers"
        with pytest.raises(DataError, match=rf"column 'a' must hold {wanted}, but row \d"):
            read(new, encoding=encoding)


def test_files_are_as_strict(tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    for train, cell in (("{}", "True"), ("{}", "False"), ("{}", "x"), ("{!r}", "1"), ("{!r}", "0")):
        values = [bool(i % 2) if "r" in train else i % 2 for i in range(N)]
        old = write(tmp_path / "t.csv", "a,b,y", lambda i, v=values: f"{v[i]},{i},{i}.5")
        encoding = read(old, target="y").encoding
        path.write_text(f"a,b\n{cell},3\n")
        with pytest.raises(DataError, match=f"column 'a' must hold .*, but line 2 has '{cell}'"):
            read(path, encoding=encoding)
        path.write_text("a,b,y\n" + f"{values[0]},3,True\n")
        with pytest.raises(DataError, match="target 'y' must hold numbers, but line 2 has 'True'"):
            read(path, encoding=encoding)


def test_codes_keep_their_zeros(tmp_path: Path) -> None:
    few = write(tmp_path / "t.csv", "zip,month,y", lambda i: f"{1067 + i % 9:05},{i % 12},{i}.5")
    data = read(few, target="y")
    assert data.encoding["columns"][0]["categories"] == [f"{k:05}" for k in range(1067, 1076)]
    assert data.encoding["columns"][1]["type"] == "number"
    assert "column 'zip' has zeros in front ('01067'): read as codes, not as numbers" in data.notes
    # Also where the training part has those without a zero alone.
    mixed = write(tmp_path / "m.csv", "zip,b,y", lambda i: f"{'0107' if i == 5 else 123},{i},{i}.5")
    data = read(mixed, target="y")
    part = data.fit_to([i for i in range(N) if i != 5])
    assert "left out column 'zip'" in part.notes[0]
    many = write(tmp_path / "s.csv", "zip,b,y", lambda i: f"{i:05},{i % 3},{i}.5")
    data = read(many, target="y")
    assert data.encoding["columns"][0]["type"] == "number"
    (note,) = data.notes
    assert "'00000' is read as the number 0; drop=['zip'] leaves it out" in note
    assert any("zeros in front" in n for n in data.fit_to(range(50)).notes)


def test_classes_keep_their_zeros(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "a,b,y", lambda i: f"{i},{i % 7},{i % 3:02}")
    data = read(path, target="y")
    assert data.classes == ("00", "01", "02")
    again = read(path, encoding=data.encoding)
    np.testing.assert_array_equal(again.y, np.arange(N) % 3)


def test_numbers_with_a_zero_before_the_point_are_numbers(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "a,b,c,y", lambda i: f"{i % 2}.5,{i % 10},-0{i % 9},{i}.5")
    data = read(path, target="y")
    assert [r["type"] for r in data.encoding["columns"]] == ["number"] * 3
    assert data.notes == ()


def test_what_was_filled_is_said(tmp_path: Path) -> None:
    def row(i: int) -> str:
        town = "" if i % 10 == 3 else ("Kyoto", "Tokyo", "Tokyo")[i % 3]
        day = "" if i == 11 else f"2024-01-{1 + i % 28:02}"
        return f"{'' if i % 6 == 0 else i},{town},{day},{i}.5"

    data = read(write(tmp_path / "t.csv", "a,town,day,y", row), target="y", missing="mean")
    rows = split(data.targets, data.task)[0]
    for found, of in ((data, ""), (data.fit_to(rows), " of the training part")):
        notes = [n for n in found.notes if "filled with" in n]
        mean, shares = found.encoding["fill"][0], found.encoding["fill"][1:3]
        assert notes[0] == f"column 'a': 10 missing cells filled with the mean{of}, {mean:.6g}"
        assert notes[1] == (
            f"column 'town': 6 missing cells filled with the share{of} of each value"
            f" (Kyoto {shares[0]:.3g}, Tokyo {shares[1]:.3g})"
        )
        assert notes[2].startswith(
            f"column 'day': 1 missing cell filled with the mean{of}, 2024-01-"
        )
    x = np.arange(40.0).reshape(20, 2)
    x[3, 1] = np.nan
    arrays = read((x, np.arange(20) % 2), missing="mean")
    assert arrays.notes[-1].startswith("column 'x1': 1 missing cell filled with the mean, ")
    wide = np.random.default_rng(0).normal(size=(30, 40))
    wide[4] = np.nan
    notes = read((wide, np.arange(30) % 2), missing="mean").notes
    assert (len(notes), notes[-1]) == (13, "missing cells of 28 more columns filled, too")


@pytest.mark.parametrize("lines", ["5.1,3.5\n", "red,blue\n", "5.1,3.5\n6.2,4.1\n"])
def test_a_file_without_a_header_for_a_model_with_one(tmp_path: Path, lines: str) -> None:
    data = read(
        write(tmp_path / "t.csv", "length,width,y", lambda i: f"{i},{i % 7},{i}.5"), target="y"
    )
    path = tmp_path / "new.csv"
    path.write_text(lines)
    with pytest.raises(DataError) as caught:
        read(path, encoding=data.encoding)
    text = str(caught.value)
    assert "no header: the first line holds values" in text
    assert (
        "Add a first line with the names of the columns; the model needs 'length', 'width'." in text
    )
    assert "--no-header" not in text  # no option of prediction
    path.write_text("length,width\n")
    with pytest.raises(DataError, match="there is a header but not one row below it"):
        read(path, encoding=data.encoding)
