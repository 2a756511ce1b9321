"""Files that lie of themselves: headers of NPY, NPZ and IDX."""

from __future__ import annotations

import gzip
import pickle
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from denpa.data import read
from tests.data.forged import SHAPE, header, little_memory, message, npy, npz


@pytest.mark.parametrize(
    "name", ["../x.npy", "/x.npy", "a/../../x.npy", "C:/x.npy", "..\\x.npy", "//host/x.npy"]
)
def test_members_outside_of_the_archive(tmp_path: Path, name: str) -> None:
    path = npz(tmp_path / "t.npz", {"x.npy": npy(np.eye(3)), name: npy(np.eye(3))})
    assert f"{path}: the NPZ file holds " in message(path)
    assert "a place outside of it; expected names of arrays" in message(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_other_members_that_deceive(tmp_path: Path) -> None:
    path = tmp_path / "t.npz"
    with zipfile.ZipFile(path, "w") as archive:
        for _ in range(2):
            archive.writestr("x.npy", npy(np.eye(3)))
    assert "the NPZ file holds two arrays of the name 'x'; expected one" in message(path)
    raw = bytearray(npz(path, {"x.npy": npy(np.eye(3))}).read_bytes())
    raw[raw.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(raw)
    assert "array 'x' is encrypted" in message(path)


class Trap:
    """Runs when it is unpickled."""

    def __reduce__(self) -> Any:
        return Path("unpickled").touch, ()


def test_nothing_is_unpickled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    raw = npy(np.array([Trap()], dtype=object))
    named = npy(np.array([(Trap(), 1.0)], dtype=[("a", "O"), ("b", "f4")]))
    for content, text in (
        (raw, "which only pickle could load"),
        (named, "which only pickle could load"),
        (pickle.dumps(Trap()), "this is no NPY file"),
    ):
        (tmp_path / "x.npy").write_bytes(content)
        assert text in message(tmp_path / "x.npy")
        assert "t.npz: " in message(npz(tmp_path / "t.npz", {"x.npy": content}))
    assert not (tmp_path / "unpickled").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SHAPE.format("<f8", "(1000000000000,)"), "8,000,000,000,000 bytes, but there are 96"),
        (SHAPE.format("<f8", "(4294967296, 4294967296, 4294967296)"), "bytes, but there are 96"),
        (SHAPE.format("<f8", "(-1, 4)"), "its header is not descr"),
        (SHAPE.format("<f8", "(" + "1, " * 70 + ")"), "at most 64 whole numbers"),
        (SHAPE.format("<f8", "(0, 9223372036854775807, 3)"), "its header says the shape"),
        (SHAPE.format("<U0", "(3,)"), "whose values have no bytes"),
        (SHAPE.format("|S999999999", "(9,)"), "bytes, but there are 96"),
        (SHAPE.format("f8,i4", "(3,)"), "says the dtype 'f8,i4'; expected one such as '<f4'"),
        (SHAPE.format("<f8", "(__import__('os').getpid(),)"), "its header is not descr"),
        ("__import__('os').getpid()", "its header is not descr, fortran_order and shape"),
        ("{'descr': '<f8', 'shape': (3,)}", "its header is not descr, fortran_order and shape"),
        (SHAPE.format("<f8", "(3,)") + " " * 10_000, "at most 10,000 are read"),
        (SHAPE.format("<q9", "(3,)"), "says the dtype '<q9', which NumPy does not know"),
    ],
)
def test_headers_that_lie(tmp_path: Path, text: str, said: str) -> None:
    raw = header(text, bytes(96))
    (tmp_path / "x.npy").write_bytes(raw)
    with little_memory():
        found = message(tmp_path / "x.npy")
        assert f"{tmp_path / 'x.npy'}: the NPY file is truncated or corrupt (" in found
        assert said in found
        assert said in message(npz(tmp_path / "t.npz", {"x.npy": raw}))


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize(
    "dtype", ["u1", "<i2", ">i4", "<u8", "<f2", "<f4", ">f8", "?", "<f16", "<U3", ">U3", "|S3"]
)
def test_headers_are_read_as_numpy_reads_them(tmp_path: Path, order: Any, dtype: str) -> None:
    values = np.random.default_rng(0).integers(0, 2, (6, 4)).astype(dtype)
    values = np.asarray(values, order=order)
    np.save(tmp_path / "x.npy", values)
    kind = np.lib.format.open_memmap(tmp_path / "m.npy", "w+", np.float32, (6, 4), version=(2, 0))
    kind[...] = 3
    del kind
    assert (read(np.load(tmp_path / "m.npy")).x == read(tmp_path / "m.npy").x).all()
    if values.dtype.kind in "US":
        np.savez(tmp_path / "t.npz", x=np.eye(6), y=values[:, 0])
        assert read(tmp_path / "t.npz").classes == ("0", "1")
        return
    expected = np.load(tmp_path / "x.npy").astype(np.float64)
    np.testing.assert_array_equal(read(tmp_path / "x.npy").x, expected)


def test_text_that_is_no_text(tmp_path: Path) -> None:
    for code, said in ((0x110000, "no letters of Unicode"), (0xD800, "no letters of Unicode")):
        raw = header(SHAPE.format("<U1", "(4,)"), struct.pack("<4I", 65, 66, 65, code))
        path = npz(tmp_path / "t.npz", {"x.npy": npy(np.eye(4)), "y.npy": raw})
        assert f"array 'y': its text holds numbers that are {said}" in message(path)
    assert "y holds bytes that are not UTF-8" in message((np.eye(2), np.array([b"\xff", b"a"])))


@pytest.mark.parametrize(
    ("count", "shape", "said"),
    [
        (255, (1,) * 255, "header says 255 dimensions; expected 1 (labels) to 4 (images N, C"),
        (64, (2**32 - 1,) * 64, "header says 64 dimensions; expected 1"),
        (4, (2**32 - 1,) * 4, "truncated: its header says shape (4294967295, "),
        (3, (0, 2**32 - 1, 2**32 - 1), "expected dimensions of 1 or more"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_idx_headers_that_lie(
    tmp_path: Path, count: int, shape: tuple[int, ...], said: str, packed: bool
) -> None:
    raw = struct.pack(f">4B{count}I", 0, 0, 8, count, *shape) + bytes(20)
    path = tmp_path / ("t.idx.gz" if packed else "t.idx")
    path.write_bytes(gzip.compress(raw) if packed else raw)
    if packed and "truncated" in said:
        said = "as data made to fill the memory do"
    with little_memory():
        assert f"{path}: " in message(path)
        assert said in message(path)
