"""Row numbers are told from features, left out, and not missed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from denpa.data import DataError, read

pd = pytest.importorskip("pandas")
RNG = np.random.default_rng(0)
FRAME = pd.DataFrame({"a": RNG.normal(size=40), "k": np.repeat(["u", "v"], 20)})


def with_column(name: str, values: object) -> object:
    return pd.DataFrame({name: values, **{c: FRAME[c] for c in FRAME}})


@pytest.mark.parametrize(
    "name",
    [
        "Unnamed: 0",
        "Unnamed: 0.1",
        "index",
        "Index",
        "ID",
        "id",
        "row",
        "Row",
        "rownames",
        "row_id",
        *("idx", "no", "No.", "nr", "number", "#", "row_number", "rowid", "level_0", "index.1"),
        *("", "番号", "行", "行番号", "連番"),
    ],
)
@pytest.mark.parametrize("values", [np.arange(40), np.arange(1, 41), RNG.permutation(40) * 7.0 - 3])
def test_left_out_and_said(name: str, values: np.ndarray) -> None:
    data = read(with_column(name, values), target="k")
    assert data.features == ("a",)
    said = f"left out column {name!r}: the name of an index and a different whole number in every"
    assert any(note.startswith(said) and f"keep=[{name!r}]" in note for note in data.notes)
    kept = read(with_column(name, values), target="k", keep=[name])
    assert kept.features == (name, "a")
    np.testing.assert_array_equal(kept.x[:, 0], values)
    assert not any("left out" in note for note in kept.notes)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("index", RNG.normal(size=40)),  # fractions: the index of something
        ("id", np.arange(40) // 2),  # in pairs: of houses, not of rows
        ("grid", np.arange(40)),
        ("width", np.arange(40)),
        ("row", list("abcdefgh") * 5),
        ("Unnamed: 0", list("abcdefgh") * 5),
        ("Unnamed: 0", pd.Series(pd.date_range("2024-01-01", periods=40)).astype(str)),
        ("Unnamed: 0", RNG.permutation(40) // 2),  # neither distinct nor counting up
        ("Unnamed: 0", np.arange(40) // 2),
        ("number", RNG.integers(0, 9, 40)),
        ("名前", np.arange(40)),
        ("ideal", np.arange(40)),
    ],
)
def test_other_columns_stay(name: str, values: object) -> None:
    assert read(with_column(name, values), target="k").features[0].startswith(name)


def notes_of(name: str, values: object, **options: object) -> tuple[str, ...]:
    n = len(values)  # type: ignore[arg-type]
    frame = pd.DataFrame({name: values, "a": RNG.normal(size=n), "k": np.arange(n) % 2})
    data = read(frame, target="k", **options)
    assert (name in data.features) == (not any("left out" in note for note in data.notes))
    return data.notes


def test_names_of_rows_are_left_out(tmp_path: Path) -> None:
    for n in (12, 40, 120):  # few enough to be one-hot columns, and too many
        lines = ['"","a","k"'] + [f'"car {i}",{i * i % 17},{i % 2}' for i in range(n)]
        (tmp_path / "r.csv").write_text("\n".join(lines) + "\n")
        data = read(tmp_path / "r.csv", target="k")
        assert data.features == ("a",)
        assert (
            "left out column 'Unnamed: 0': no name, and a different text in every row;"
            " keep=['Unnamed: 0'] trains on it"
        ) in data.notes
        assert data.fit_to(np.arange(0, n, 2)).features == ("a",)
        (tmp_path / "new.csv").write_text("a\n3\n")
        assert read(tmp_path / "new.csv", encoding=data.encoding).x.tolist() == [[3.0]]
    few = pd.DataFrame({"": list("abcdef"), "k": [0, 1] * 3})
    assert read(few, target="k").features[0] == "=a"  # the only one
    assert "a" in read(few.assign(a=range(6)), target="k").features
    assert len(read(few.assign(a=range(6)), target="k", keep=[""]).features) == 7


def test_tables_below_one_another() -> None:
    twice = np.tile(np.arange(100), 2)
    for values in (twice, np.concatenate([np.arange(7, 90), np.arange(40), np.arange(300)])):
        notes = notes_of("Unnamed: 0", values)
        assert any("no name, and whole numbers that count up in" in note for note in notes)
        assert notes_of("visit", values) == ()
        rows = np.sort(np.random.default_rng(1).permutation(len(values))[: len(values) // 2])
        frame = pd.DataFrame({"": values, "a": values % 7, "k": values % 2})
        assert read(frame, target="k").fit_to(rows).features == ("a",)


@pytest.mark.parametrize("fault", [5.0, np.nan])
def test_one_number_twice_or_missing(fault: float) -> None:
    values = np.arange(200.0)
    values[100] = fault
    (note,) = notes_of("id", values)
    assert "a different whole number in nearly every row (199 of 200)" in note
    values[100:110] = 5.0  # one in twenty: an id of something that has several rows
    assert notes_of("id", values) == ()


def test_numbers_beyond_float64_are_judged_exactly(tmp_path: Path) -> None:
    for start in (2**53, 2**62, 2**63 + 5, 10**25):
        for name, step in (("id", 1), ("user_id", 1), ("id", 0)):
            lines = [f"{name},a,k"]
            lines += [f"{start + i * step + (i // 20) * (1 - step)},{i % 7},{i % 2}"
                      for i in range(40)]  # fmt: skip
            (tmp_path / "t.csv").write_text("\n".join(lines) + "\n")
            data = read(tmp_path / "t.csv", target="k")
            if step:
                assert data.features == ("a",)
                if start > 2**60 and name == "user_id":
                    assert "float64 cannot tell apart" in data.notes[0]
                elif name == "id":
                    assert "a different whole number in every row" in data.notes[0]
            else:
                assert not any("different whole number" in note for note in data.notes)
    # A gap makes floats of them, equal ones.
    lines = ["id,a,k"] + [f"{2**60 + i if i else ''},{i % 7},{i % 2}" for i in range(120)]
    (tmp_path / "t.csv").write_text("\n".join(lines) + "\n")
    data = read(tmp_path / "t.csv", target="k")
    assert data.features == ("a",)
    assert "whole numbers that float64 cannot tell apart" in data.notes[0]


@pytest.mark.parametrize(
    "name", ["PassengerId", "customer_id", "Customer ID", "id_customer", "orderID", "顧客番号"]
)
def test_keys_are_noted(name: str) -> None:
    (note,) = notes_of(name, np.arange(40) + 1000)
    assert f"column {name!r} looks like a key of the rows" in note
    assert f"drop=[{name!r}]" in note
    assert notes_of(name, np.arange(40) + 1000, keep=[name]) == ()
    assert notes_of(name, np.arange(40) // 2) == ()
    assert notes_of(name, RNG.normal(size=40)) == ()
    for other in ("paid", "humid", "Euclid", "bid", "idle", "height"):
        assert notes_of(other, np.arange(40)) == ()


def test_never_the_only_feature() -> None:
    assert read(with_column("id", np.arange(40))[["id", "k"]], target="k").features == ("id",)
    frame = with_column("id", np.arange(40))[["id", "k"]].assign(country="JP")
    assert read(frame, target="k").features == ("id",)
    assert read(with_column("index", np.arange(40)), target="index").target == "index"


def test_r_and_pandas_write_them_without_a_name(tmp_path: Path) -> None:
    lines = ['"","a","k"'] + [f'"{i + 1}",{a},"{k}"' for i, (a, k) in enumerate(FRAME.to_numpy())]
    (tmp_path / "r.csv").write_text("\n".join(lines) + "\n")
    FRAME.sample(frac=1, random_state=0).to_csv(tmp_path / "shuffled.csv")
    for name in ("r.csv", "shuffled.csv"):
        data = read(tmp_path / name, target="k")
        assert data.features == ("a",)
        # Another index, and none, are read alike.
        FRAME.set_index(FRAME.index + 1000).to_csv(tmp_path / "new.csv")
        FRAME.drop(columns="k").to_csv(tmp_path / "bare.csv", index=False)
        for new in ("new.csv", "bare.csv"):
            np.testing.assert_array_equal(
                read(tmp_path / new, encoding=data.encoding).x[:, 0], FRAME["a"]
            )


def test_keep_is_checked() -> None:
    for options, text in (
        ({"keep": ["ida"]}, "no column 'ida' (keep). Did you mean 'id'"),
        (
            {"drop": ["y"]},
            """For the column 'x, y', whose name has a comma, give drop=['x, y'].""",
        ),
        ({"keep": ["id"], "drop": ["id"]}, "'id' is both in drop and in keep"),
    ):
        with pytest.raises(DataError) as caught:
            read(with_column("id", np.arange(40)).assign(**{"x, y": 1}), target="k", **options)
        assert text in str(caught.value)
    with pytest.raises(DataError, match="keep does not go with arrays"):
        read((np.eye(4), np.arange(4) % 2), keep=["x0"])
