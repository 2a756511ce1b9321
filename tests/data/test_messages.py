"""What a file's first line, its bytes and its gaps are said to be."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.data import DataError, read

pd = pytest.importorskip("pandas")


def message(source: Any, **options: Any) -> str:
    with pytest.raises(DataError) as caught:
        read(source, **options)
    text = str(caught.value)
    assert "\n" not in text
    return text


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize(
    "lines",
    [
        ("0,0,1", "1,0,0", "0,1,1", "1,1,0"),  # all numbers, some of them twice
        ("5.1,3.5,5.1", "4.9,3.0,1.4", "4.7,3.2,1.3"),
        ("5.1,3.5,setosa", "4.9,3.0,setosa", "4.7,3.2,virginica"),  # the iris of the UCI archive
        ("1,,setosa", "4,3.0,setosa", "4,3.2,virginica"),
        ("M,0.455,0.365,15", "F,0.35,0.265,7", "M,0.53,0.42,9"),
        ("1,2,2", "3,4,5"),
    ],
)
def test_a_first_line_of_values_is_no_header(tmp_path: Path, lines: tuple[str, ...]) -> None:
    text = message(write(tmp_path / "t.csv", *lines), target="y")
    n = lines[0].count(",") + 1
    assert "no header: the first line holds values ('" in text
    assert text.endswith(
        f"Add a first line with a name for each of the {n} columns, or pass no_header=True,"
        f" which names them x1 to x{n}."
    )


IRIS = ["5.1,3.5,setosa", "4.9,3.0,setosa", "6.4,3.2,versicolor", "6.9,3.1,versicolor"]


def test_a_file_without_a_header_is_read_as_one_with(tmp_path: Path) -> None:
    bare = write(tmp_path / "bare.csv", *IRIS)
    data = read(bare, target="x3", no_header=True)
    whole = read(write(tmp_path / "t.csv", "x1,x2,x3", *IRIS), target="x3")
    assert (data.features, data.classes) == (("x1", "x2"), ("setosa", "versicolor"))
    np.testing.assert_array_equal(data.x, whole.x)
    np.testing.assert_array_equal(data.y, whole.y)
    # New files are like it, with the target or without; it stands last.
    new = write(tmp_path / "new.csv", *(line.rsplit(",", 1)[0] for line in IRIS))
    for path in (bare, new):
        np.testing.assert_array_equal(read(path, encoding=data.encoding).x, data.x)
    with gzip.open(tmp_path / "t.tsv.gz", "wt") as file:
        file.write("\n".join(line.replace(",", "\t") for line in IRIS))
    np.testing.assert_array_equal(
        read(tmp_path / "t.tsv.gz", target="x3", no_header=True).x, data.x
    )


def test_mistakes_in_a_file_without_a_header(tmp_path: Path) -> None:
    bare = write(tmp_path / "bare.csv", "5.1,1.5,a", "", "4.9,,b", "4.7,2.5,a", "4.6,3.5,b")
    options: dict[str, Any] = {"no_header": True}
    assert "the columns are 'x1', 'x2', 'x3'" in message(bare, **options)
    assert "'x2' (1, first in line 3)" in message(bare, target="x3", **options)
    long = write(tmp_path / "long.csv", "1,2", "3,4,5")
    assert "not a regular table" in message(long, target="x2", **options)
    pairs = (np.eye(4), np.arange(4) % 2)
    text = "no_header does not go with anything but CSV and TSV files"
    np.savez(tmp_path / "t.npz", x=pairs[0], y=pairs[1])
    for source in (pairs, pd.DataFrame({"a": [1]}), tmp_path / "t.npz", tmp_path):
        assert text in message(source, **options)
    encoding = read(bare, target="x3", missing="drop", **options).encoding
    assert "no_header is fixed by the training data" in message(bare, encoding=encoding, **options)


@pytest.mark.parametrize(
    ("lines", "target"),
    [
        (("name,2019,2020", "Kyoto,1.5,2.5", "Nara,2.5,4.5"), "2020"),
        (("0,1,2", "0.5,1,2.5", "1.5,2,3.5"), "2"),  # a frame of an array
        (("1,2", "0.5,1.5", "1.5,2.5"), "2"),
        (("a,b", "a,1.5", "b,2.5"), "b"),  # words alone say nothing
        (("q,0.1,0.9", "1,0.25,1.5", "2,x,2.5"), "0.9"),
        (('"",0,1', "0,0.5,1.5", "1,1.5,2.5"), "1"),  # the same with its index
    ],
)
def test_names_that_look_like_values_are_names(
    tmp_path: Path, lines: tuple[str, ...], target: str
) -> None:
    assert len(read(write(tmp_path / "t.csv", *lines), target=target)) == 2


def test_two_columns_of_one_name_are_that(tmp_path: Path) -> None:
    assert "two columns have the name 'a'. Rename one" in message(
        write(tmp_path / "t.csv", "a,b,a", "1,2,3", "4,5,6"), target="b"
    )


GERMAN = "Straße,Größe,Preis\nMünchen,über 30 m²,1\nKöln,für Ältere,2\n"
FRENCH = "prénom,ville\nRenée,Besançon\nAndré,Orléans\nZoë,Nîmes\nFrançois,Saint-Étienne\n"
SPANISH = "año,niño,señor\nmañana,corazón,está\n"
JAPANESE = "名前,都市,値段\n田中,京都,100\nすずき,とうきょう,200\nカメラ,大阪市北区,300\n"
KANJI = "番号,氏名,住所\n一,山田太郎,東京都千代田区\n二,鈴木花子,大阪府大阪市\n"


@pytest.mark.parametrize(
    ("text", "encoding", "said", "command"),
    [
        *[(t, e, "Windows-1252 (Latin-1", "WINDOWS-1252") for t in (GERMAN, FRENCH, SPANISH)
          for e in ("latin-1", "cp1252", "iso8859_15")],
        *[(t, "cp932", "CP932", "CP932") for t in (JAPANESE, KANJI)],
        *[(t, "euc_jp", "EUC-JP", "EUC-JP") for t in (JAPANESE, KANJI)],
        *[(t, "utf-16", "UTF-16 (as Excel's Unicode Text)", "UTF-16") for t in (FRENCH, KANJI)],
        *[(t, "utf-32", "UTF-32 (as Excel's Unicode Text)", "UTF-32") for t in (FRENCH, KANJI)],
        *[(t, e, e.upper(), e.upper()) for t in (FRENCH, KANJI, JAPANESE, "a\tb\n1\t2\n")
          for e in ("utf-16le", "utf-16be", "utf-32le", "utf-32be")],
    ],
)  # fmt: skip
@pytest.mark.parametrize("packed", [False, True])
def test_text_that_is_not_utf8(
    tmp_path: Path, text: str, encoding: str, said: str, command: str, packed: bool
) -> None:
    raw = text.encode(encoding)
    path = tmp_path / (("t.tsv" if "\t" in text else "t.csv") + ".gz" * packed)
    path.write_bytes(gzip.compress(raw) if packed else raw)
    found = message(path, target="x")
    assert "the text is not UTF-8" in found
    assert f"It looks like {said}" in found
    assert found.endswith(f"for example with: iconv -f {command} -t UTF-8.")
    # What is advised works.
    (tmp_path / "u.csv").write_text(raw.decode(command), "utf-8")
    header = raw.decode(command).split("\n")[0].replace("\t", ",").split(",")
    assert list(pd.read_csv(tmp_path / "u.csv", sep="[,\t]", engine="python").columns) == header


@pytest.mark.parametrize(
    "raw", [b"a,b\n1,\0\n", bytes(range(256)) * 4, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", bytes(64)]
)
def test_zero_bytes_that_are_no_text(tmp_path: Path, raw: bytes) -> None:
    for name in ("t.csv", "t.tsv"):
        (tmp_path / name).write_bytes(raw)
        assert "this is no text file (it holds zero bytes)" in message(tmp_path / name, target="x")


def test_the_encoding_of_a_few_bytes_is_unsure(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"a,b\n1,\xff\xfd\x80\n")
    assert "Which encoding it has cannot be told for sure; try" in message(
        tmp_path / "t.csv", target="b"
    )


def test_a_gap_is_told_with_its_line_and_column(tmp_path: Path) -> None:
    rows = [f"{i}.5,{i}.25,{'uv'[i % 2]},{i}" for i in range(30)]
    rows[7], rows[11] = "7.5,,u,7", ",11.25,,11"
    path = write(tmp_path / "t.csv", "a,b,c,y", "", *rows)  # a blank line moves the count
    lines = path.read_text().split("\n")
    places = [f"first in line {1 + lines.index(rows[k])}" for k in (11, 7, 11)]
    assert (
        "missing values in 3 columns of 30 rows: "
        f"'a' (1, {places[0]}), 'b' (1, {places[1]}), 'c' (1, {places[2]})." in message(
            path, target="y", task="regression"
        )
    )  # fmt: skip
    frame = pd.read_csv(path)
    assert "'a' (1, first in row 11 (counting from 0))" in message(
        frame, target="y", task="regression"
    )


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_fit_takes_no_frame(library: str) -> None:
    module = pytest.importorskip(library)
    frame = module.DataFrame({"a": [1.0, 2.0, 3.0], "y": [2.0, 4.0, 6.0]})
    net = dp.nn.Linear(1, 1)
    for call in (
        lambda: dp.train.fit(net, dp.nn.MSELoss(), frame, progress=False),
        lambda: dp.train.fit(net, dp.nn.MSELoss(), frame["a"], progress=False),
        lambda: dp.train.evaluate(net, dp.nn.MSELoss(), frame),
    ):
        with pytest.raises(TypeError, match=r"must be a pair \(X, Y\), not a .*data\.read\(frame"):
            call()
    # What the error says works.
    pair = (frame[["a"]], frame[["y"]])
    dp.train.fit(net, dp.nn.MSELoss(), pair, epochs=1, progress=False)


# Signals


def waves(n: int = 90) -> tuple[np.ndarray, np.ndarray]:
    """Two channels of 24 values in units far apart; the class is the wave length of the first."""
    rng = np.random.default_rng(0)
    y = np.arange(n) % 3
    t = np.arange(24)
    wave = np.sin(t / np.array([1.0, 2.0, 4.0])[y][:, None] + rng.uniform(0, 6, (n, 1)))
    return np.stack([1e9 + 20 * wave, 1e-3 * rng.normal(size=(n, 24))], axis=1), y


def test_signals_are_pictures_only_until_it_is_said() -> None:
    x, y = waves()
    pictures = read((x, y))
    assert pictures.x.shape == (90, 1, 2, 24)
    assert (
        "x (90, 2, 24) is taken as grey pictures of 2 x 24 pixels; if it is 2 channels of signals,"
        " say signal=True" in pictures.notes
    )
    square = read((np.zeros((9, 5, 5)) + np.arange(9)[:, None, None], np.arange(9) % 2))
    assert not any("signal" in note for note in square.notes)
    data = read((x, y), signal=True)
    assert (data.kind, data.features, data.notes) == ("signals", (), ())
    np.testing.assert_array_equal(data.x, x)
    np.testing.assert_array_equal(read((x, y), encoding=data.encoding).x, x)
    assert read((x[:, 0], y), signal=True).x.shape == (90, 1, 24)
    assert "trained on signals of shape (N, 2, 24) (channels, length)" in message(
        x[:, :, :20], encoding=data.encoding
    )
    assert "with signal=True signals (N, C, L)" in message((x[0, 0], y[:24]))
    assert "expected signals (N, channels, length)" in message((x[:, :, :, None], y), signal=True)
    gone = x.copy()
    gone[4, 1, 2] = np.nan
    assert "a signal holds NaN or infinite values, first in row 4" in message(
        (gone, y), signal=True
    )
    assert len(read((gone, y), signal=True, missing="drop")) == 89
    assert "signal does not go with a table" in message(
        pd.DataFrame({"a": [1, 2], "y": [1, 2]}), target="y", signal=True
    )


@pytest.mark.parametrize("sep", [" ", "   ", ",", ";", "|", "\t"])
@pytest.mark.parametrize("suffix", ["csv", "tsv", "tsv.gz"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_another_separator_is_named(tmp_path: Path, sep: str, suffix: str, quote: str) -> None:
    path = tmp_path / f"t.{suffix}"

    def write(sep: str) -> None:
        text = sep.join(quote + name + quote for name in ("a", "b", "y"))
        text += "\n" + "".join(sep.join(f"{i + j}" for j in range(3)) + "\n" for i in range(9))
        path.write_bytes(gzip.compress(text.encode()) if "gz" in suffix else text.encode())

    right = "\t" if "tsv" in suffix else ","
    write(right)
    data = read(path, target="y")
    write(sep)
    if sep == right or (sep.strip() and suffix == "csv") or (sep == "\t" and suffix == "csv"):
        assert read(path, target="y").features == ("a", "b")
        return
    what = {" ": "spaces", ",": "commas", ";": "semicolons", "|": "bars"}[sep[0]]
    way = "write commas in place of the spaces" if what == "spaces" else "let its name end in .csv"
    read_with = "tabs" if "tsv" in suffix else "commas"
    said = f"The first line has {what} between the names, but the file was read with {read_with}"
    for found in (message(path, target="y"), message(path, encoding=data.encoding)):
        assert f"{said}: {way}." in found
    (tmp_path / "u.csv").write_text("sale price,b\n1,2\n")
    assert "between the names" not in message(tmp_path / "u.csv", target="price")


def test_one_is_no_plural() -> None:
    from denpa.train.history import History

    frame = pd.DataFrame({"a": range(9), "k": ["u", None, "u"] * 3, "y": [0, 1, 1] * 3})
    notes = read(frame, target="y", missing="mean").notes
    assert "column 'k' holds text: 1 one-hot column" in notes
    assert "after 1 epoch:" in repr(History([{"epoch": 1, "train_loss": 0.5}], "finished"))
