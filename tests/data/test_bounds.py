"""Files that ask for more than there is."""

from __future__ import annotations

import gzip
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest

from denpa.data import bounds, read
from denpa.data.encoders import table
from tests.data.forged import SHAPE, header, little_memory, message, npy, npz

pd = pytest.importorskip("pandas")
pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
Image = pytest.importorskip("PIL.Image")


def test_gzip_bombs(tmp_path: Path) -> None:
    packed = gzip.compress(b"a,y\n" + b"1,2\n" * (100 << 18), mtime=0)
    (tmp_path / "t.csv.gz").write_bytes(packed)
    with little_memory():
        text = message(tmp_path / "t.csv.gz", target="y")
    assert f"{tmp_path / 't.csv.gz'}: what it holds takes 6" in text
    assert "times the" in text
    assert "at most 200 times, or 64.0 MiB, is read." in text
    assert text.endswith("If it is honest, unpack it with gunzip and give the plain file.")
    shape = (100, 1024, 1024)
    raw = struct.pack(">4B3I", 0, 0, 8, 3, *shape) + bytes(100 << 20)
    (tmp_path / "t.idx.gz").write_bytes(gzip.compress(raw, mtime=0))
    (tmp_path / "u.idx.gz").write_bytes(
        gzip.compress(struct.pack(">4B3I", 0, 0, 8, 3, 2, 1, 1) + bytes(100 << 20), mtime=0)
    )
    with little_memory():
        assert "the array takes 100.0 MiB, " in message(tmp_path / "t.idx.gz")
        assert "the IDX file is too long" in message(tmp_path / "u.idx.gz")


def test_honest_files_that_pack_well_are_read(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    x = np.zeros((4000, 40, 40), np.uint8)  # 6 MB of black with a few dots
    x[np.arange(4000), rng.integers(40, size=4000), 3] = 200
    np.savez_compressed(tmp_path / "t.npz", x=x, y=np.arange(4000) % 2)
    assert (tmp_path / "t.npz").stat().st_size * 100 < x.nbytes
    assert len(read(tmp_path / "t.npz")) == 4000


def test_zip_bombs(tmp_path: Path) -> None:
    raw = header(SHAPE.format("|u1", "(104857600, 1)"), bytes(100 << 20))
    path = npz(tmp_path / "t.npz", {"x.npy": raw})
    with little_memory():
        text = message(path)
    assert f"{path}: array 'x' takes 100.0 MiB, 1,0" in text
    assert text.endswith("200 times, or 64.0 MiB, is read. Write it with np.savez.")
    for method, word in ((zipfile.ZIP_LZMA, "14"), (zipfile.ZIP_BZIP2, "12")):
        path = npz(tmp_path / "t.npz", {"x.npy": npy(np.eye(3))}, method)
        assert f"array 'x' is packed by method {word}; expected 0 (np.savez)" in message(path)


def test_a_list_of_members_beyond_the_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    members = {"x.npy": npy(np.eye(9)), **{f"a{k}.npy": b"" for k in range(200)}}
    path = npz(tmp_path / "t.npz", members)
    assert read(path).x.shape == (9, 9)
    monkeypatch.setattr(bounds, "MEMBERS", 5000)
    assert "its list of arrays takes more than 0 MiB" in message(path)


def test_an_endless_line(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    for cell in (b"1" * (17 << 20), b"1," * (9 << 20)):
        path.write_bytes(b"a,y\n1,2\n" + cell)
        with little_memory():
            text = message(path, target="y")
        assert f"{path}: a line of more than 16 MiB, as no table has; at most" in text
    path.write_bytes(b"a,y\n1,2\n" + b"," * 200_000)
    assert "not a regular table: a line has 200,001 cells, the first 2" in message(path, target="y")
    path.write_bytes(b"a,y\r" + b"1,2.5\r2,3.5\r" * (2 << 20))  # lines as old Macs end them
    assert len(read(path, target="y")) == 4 << 20


def test_columns_beyond_the_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ",".join(f"x{j}" for j in range(30))
    (tmp_path / "t.csv").write_text(f"{names}\n{names}\n")
    pq.write_table(pa.table({f"x{j}": [1, 2] for j in range(30)}), tmp_path / "t.parquet")
    monkeypatch.setattr(bounds, "COLUMNS", 29)
    assert "the first line has 30 columns; at most a table of 29" in message(tmp_path / "t.csv")
    assert "it has 30 columns; at most a table of 29" in message(tmp_path / "t.parquet")


def test_more_than_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    np.save(tmp_path / "x.npy", rng.normal(size=(200, 10)))
    pd.DataFrame(rng.normal(size=(200, 10))).to_csv(tmp_path / "t.csv", index=False)
    (tmp_path / "t.idx").write_bytes(struct.pack(">4B3I", 0, 0, 8, 3, 200, 9, 9) + bytes(16200))
    for name in ("x.npy", "t.csv", "t.idx"):
        with monkeypatch.context() as patch:
            patch.setattr(bounds, "memory", lambda: 10_000)
            text = message(tmp_path / name, target=None)
        assert "at most what fits in this machine's memory, 9.8 KiB, is read" in text


def test_names_are_looked_for_once(tmp_path: Path) -> None:
    """Comparing each of 20,000 names with each would be 400 million comparisons."""

    class Name(str):
        compared = 0

        def __eq__(self, other: object) -> bool:
            Name.compared += 1
            return str.__eq__(self, other)

        def __hash__(self) -> int:
            return str.__hash__(self)

        def strip(self, chars: str | None = None) -> Name:
            return self

    def comparisons(n: int) -> int:
        names = [Name(f"x{j}") for j in range(n)]
        frame = pd.DataFrame(np.arange(2.0 * n).reshape(2, n))
        frame.columns = pd.Index(names, dtype=object)
        record = {"columns": [{"name": Name(f"x{j}"), "type": "number"} for j in range(n)]}
        Name.compared = 0
        origin = table.Origin("t")
        encoding = {**record, "fill": [0.0] * n, "missing": "error", "target": None}
        table._encode(frame, origin, encoding)
        drop = tuple(names[2:])
        table._fit(
            frame, origin, target=names[0], task="regression", missing="error", drop=drop,
            keep=(), classes=None,
        )  # fmt: skip
        return Name.compared

    few, many = comparisons(100), comparisons(400)
    assert many < 6 * few  # 16 times as many where each is compared with each


@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.csv.gz"])
@pytest.mark.parametrize("far", [False, True])
def test_a_zero_byte_is_an_error_with_its_row(tmp_path: Path, name: str, far: bool) -> None:
    sep = "\t" if "tsv" in name else ","
    lines = [sep.join(cells) for cells in (("a", "b,b" if sep != "," else '"b,b"', "y"),)]
    rows = 300_000 if far else 3
    lines += [sep.join(("1", '"x\ny"', str(k % 2))) for k in range(rows)]
    lines += ["", sep.join(("2", "u\0v", "1")), sep.join(("3", "\0", "1"))]
    raw = "\n".join(lines).encode()
    (tmp_path / name).write_bytes(gzip.compress(raw, 6) if "gz" in name else raw)
    line = 2 + 2 * rows + 1
    assert f"first is in line {line}, column 2 ('b,b')" in message(tmp_path / name, target="y")


def test_zero_bytes_of_other_sources(tmp_path: Path) -> None:
    frame = pd.DataFrame({"c": ["u", "v", "u\0", "v"], "y": ["p", "q", "p", "q"], "n": range(4)})
    pq.write_table(pa.Table.from_pandas(frame), tmp_path / "t.parquet")
    for source in (frame, tmp_path / "t.parquet"):
        text = message(source, target="y")
        assert "column 'c' holds a zero byte in row 2 (counting from 0) ('u\\x00')" in text
    frame = frame.rename(columns={"c": "y", "y": "c"})
    assert "target 'y' holds a zero byte in row 2" in message(frame, target="y")
    assert "the name of column 3 holds a zero byte ('n\\x00')" in message(
        frame.rename(columns={"n": "n\0"}), target="c"
    )
    for y in (np.array(["a", "b\0c"]), np.array(["a", "b\0c", None], dtype=object)):
        assert "y holds a zero byte in row 1" in message((np.eye(len(y)), y))


def flat_png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(min((width + 1) * height, 1 << 20)), 9)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def test_pictures_beyond_the_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.png"
    path.write_bytes(flat_png(60_000, 60_000))
    with little_memory():
        text = message(path)
        assert f"{path}: a picture of 3,600,000,000 pixels; at most a picture of 178,956" in text
        path.write_bytes(flat_png(13_000, 13_000))
        assert f"{path}: a picture of 13,000 x 13,000 pixels takes 161.2 MiB, " in message(path)
    Image.new("L", (30, 30)).save(path)
    monkeypatch.setattr(bounds, "PIXELS", 899)
    assert "a picture of 900 pixels; at most a picture of 899 pixels is read" in message(path)


def test_entries_of_a_folder_beyond_the_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for k in range(12):
        (tmp_path / f"{k}.txt").touch()
    monkeypatch.setattr(bounds, "FILES", 11)
    assert f"{tmp_path}: more than 11 entries in this folder" in message(tmp_path)


def test_parquet_bombs(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    zeros = pa.array(np.zeros(30_000_000, np.int8))
    pq.write_table(pa.table({"a": zeros, "y": zeros}), path)
    assert f"{path}: the table takes " in message(path, target="y")
    rows = np.arange(3000)
    texts = pa.DictionaryArray.from_arrays(pa.array(rows * 0), pa.array(["q" * 1_000_000]))
    pq.write_table(pa.table({"a": texts, "y": rows % 2}), path, store_schema=False)
    assert f"{path}: the text of column 'a' takes 2.8 GiB, " in message(path, target="y")


def test_what_parquet_says_for_pandas_is_not_run(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    frame = pd.DataFrame({("a", "u"): [1.5, 2.5, 3.5], ("y", "v"): [1, 2, 3]})
    frame.to_parquet(path)
    assert read(path, target="('y', 'v')").features == ("('a', 'u')",)
    raw = pa.table({"a": [1.5, 2.5], "y": [1, 2]})
    told = (
        '{"index_columns": [], "columns": [{"name": "a", "pandas_type": "a", "numpy_type": "%s"}]}'
    )
    for name in ("i4,(__import__('os').getpid(),)f8", "x" * 2000):
        pq.write_table(raw.replace_schema_metadata({"pandas": told % name}), path)
        assert f"{path}: the Parquet file says the numpy_type " in message(path, target="y")


def test_columns_of_lists_are_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    rows = 40_000_000
    offsets = pa.array([0, 0, rows, rows], pa.int32())
    lists = pa.ListArray.from_arrays(offsets, pa.array(np.zeros(rows, np.int8)))
    named = pa.array([{"u": 1}, None, {"u": 2}])
    table = {"l": lists, "a": [1.5, 2.5, 3.5], "s": named, "y": [1, 2, 3]}
    pq.write_table(pa.table(table), path)
    with little_memory():
        assert "column 'l' holds lists or objects; expected numbers" in message(path, target="y")
        assert "column 's' holds lists or objects" in message(path, target="y", drop=["l"])
        assert read(path, target="y", drop=["l", "s"]).features == ("a",)


def test_a_quote_that_is_never_closed_in_a_long_file(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('a,y\n1,2\n"3,4\n' + "5,6\n" * 50_000)
    assert "a quote that opens in line 3 is never closed" in message(path, target="y")
    path.write_text(
        "c,a,y\n" + f"{'q' * 200_000},1,2\n" + "q,,3\n"
    )  # a cell longer than csv's usual
    assert "'a' (1, first in line 3)" in message(path, target="y", drop=["c"])


def test_moments_beyond_nanoseconds(tmp_path: Path) -> None:
    days = np.array([0, 3_000_000, 6_000_000, 9_000_000])  # the year 26,611
    moments = pa.array(days * 86_400_000, pa.timestamp("ms", "Asia/Tokyo"))
    pq.write_table(pa.table({"t": moments, "y": [1.5, 2.5, 3.5, 4.5]}), tmp_path / "t.parquet")
    data = read(tmp_path / "t.parquet", target="y")
    np.testing.assert_array_equal(data.x[:, 0], days)


def test_whole_numbers_beyond_float64(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"a,y\n{'9' * 400},1.5\nword,2.5\n" + "3,4\n" * 30)
    assert "column 'a' holds numbers, but line 3 has the text 'word'" in message(path, target="y")
    for huge in (10**400, -(10**400)):
        frame = pd.DataFrame({"a": [1, 2, huge], "y": [1.5, 2.5, 3.5]})
        assert "infinite values (or too large for float32)" in message(frame, target="y")
        assert read(frame, target="y", missing="drop").x.tolist() == [[1.0], [2.0]]
