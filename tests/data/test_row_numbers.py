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
        ("ideal", np.arange(40)),
    ],
)
def test_other_columns_stay(name: str, values: object) -> None:
    assert read(with_column(name, values), target="k").features[0].startswith(name)


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
        ({"keep": ["ida"]}, "no column 'ida' (keep=). Did you mean 'id'"),
        ({"keep": ["id"], "drop": ["id"]}, "'id' is both in drop= and in keep="),
    ):
        with pytest.raises(DataError) as caught:
            read(with_column("id", np.arange(40)), target="k", **options)
        assert text in str(caught.value)
    with pytest.raises(DataError, match="keep= does not go with arrays"):
        read((np.eye(4), np.arange(4) % 2), keep=["x0"])
