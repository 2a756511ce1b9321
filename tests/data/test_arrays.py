"""Arrays in memory, NPZ, NPY and IDX."""

from __future__ import annotations

import gzip
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from denpa.data import DataError, read

RNG = np.random.default_rng(0)
X = RNG.random((30, 4))
Y = np.arange(30) % 3


def message(source: Any, **options: Any) -> str:
    with pytest.raises(DataError) as caught:
        read(source, **options)
    text = str(caught.value)
    assert "\n" not in text
    return text


def test_a_pair() -> None:
    data = read((X, Y))
    np.testing.assert_array_equal(data.x, X)
    assert data.y is not None
    assert (data.x.dtype, data.y.dtype) == (np.float64, np.int64)
    assert read((X.astype(np.float32), Y)).x.dtype == np.float32
    assert (data.task, data.classes, data.kind) == ("classification", ("0", "1", "2"), "table")
    assert data.features == ("x0", "x1", "x2", "x3")


@pytest.mark.parametrize(
    "y", [Y[:, None], np.eye(3)[Y], np.array(list("abc"))[Y], Y.astype(np.uint8)]
)
def test_forms_of_labels(y: np.ndarray) -> None:
    np.testing.assert_array_equal(read((X, y)).y, Y)


def test_regression_targets() -> None:
    data = read((X, X[:, 0]))
    assert data.y is not None
    assert (data.task, data.y.shape, data.y.dtype) == ("regression", (30, 1), np.float64)


@pytest.mark.parametrize(
    ("source", "options", "text"),
    [
        ((X, np.r_[-1, Y[1:]]), {}, "label -1 in 'y' is out of range; labels are class indices"),
        ((X, Y * 2), {}, "labels in 'y' go from 0 to 4 but leave gaps (1, 3 never occur)"),
        ((X, Y + 1), {}, "labels in 'y' go from 1 to 3 but leave gaps (0 never occur)"),
        ((X, Y), {"classes": ["a", "b"]}, "label 2 in 'y' is out of range; classes names 2"),
        ((X, Y * 0), {}, "target 'y' has one class only ('0')"),
        ((X, Y[:20]), {}, "x has 30 rows but y has 20; each row of x needs one value of y"),
        ((X, X), {}, "y has shape (30, 4); expected (N,), (N, 1) or one-hot rows (N, K)"),
        ((X[:, 0], Y), {}, "x has shape (30,); expected a table (N, D), images (N,"),
        ((X[:0], Y[:0]), {}, "x has shape (0, 4): it is empty"),
        ((np.array([["a"]]), [1]), {}, "x has dtype <U1; expected numbers"),
        ((np.where(X > 0.97, np.nan, X), Y), {}, "missing values in "),
        ((X, Y), {"drop": ["x0"]}, "drop does not go with arrays"),
        ((X, Y, Y), {}, "a tuple of 3 was given; expected (X, y)"),
        ((X, np.array([1j] * 30)), {}, "y has dtype complex128; expected class indices, numbers"),
    ],
)
def test_mistakes(source: Any, options: dict[str, Any], text: str) -> None:
    assert text in message(source, **options)


def test_classes_may_leave_gaps() -> None:
    data = read((X, Y * 2), classes=list("abcde"))
    assert data.classes == tuple("abcde")
    np.testing.assert_array_equal(data.y, Y * 2)


def test_missing_in_arrays() -> None:
    x = X.copy()
    x[4, 1] = np.nan
    assert "missing values in 1 column of 30 rows: 'x1' (1, first in row 4" in message((x, Y))
    assert read((x, Y), missing="drop").x.shape == (29, 4)
    filled = read((x.astype(np.float32), Y), missing="mean").x[4, 1]
    assert filled == pytest.approx(np.delete(X[:, 1], 4).mean(), rel=1e-6)


def test_new_arrays_by_the_encoding() -> None:
    encoding = json.loads(json.dumps(read((X, Y)).encoding))
    np.testing.assert_array_equal(read(X[:2], encoding=encoding).x, X[:2])
    assert "the model was trained on tables of shape (N, 4)" in message(X[:, :3], encoding=encoding)
    assert "label 7 in row 0 (counting from 0) is out of range; this model has 3 classes" in (
        message((X, np.full(30, 7)), encoding=encoding)
    )


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (np.array([0, 255], np.uint8), [0, 1]),
        (np.array([0, 16], np.uint8), [0, 1]),
        (np.array([0.25, 1.0]), [0.25, 1]),
        (np.array([-2.0, 2.0]), [0, 1]),
    ],
)
def test_images_are_brought_to_0_1(x: np.ndarray, expected: list[float]) -> None:
    images = np.broadcast_to(x[:, None, None], (2, 3, 3))
    data = read((images, np.array([0, 1])))
    assert data.x.shape == (2, 1, 3, 3)
    np.testing.assert_array_equal(data.x[:, 0, 0, 0], np.float32(expected))
    # A new image is scaled as in training, not by its own range.
    np.testing.assert_array_equal(read(images[1:], encoding=data.encoding).x, data.x[1:])


def test_images_of_another_scale_or_shape() -> None:
    data = read((RNG.random((6, 4, 4)), np.arange(6) % 2))
    assert "pixel values go from 255 to 255, but in training they went from 0 to 1" in message(
        np.full((1, 4, 4), 255.0), encoding=data.encoding
    )
    assert "trained on images of shape (N, 1, 4, 4)" in message(
        np.ones((1, 5, 4)), encoding=data.encoding
    )
    bad = np.full((2, 4, 4), np.nan)
    assert "an image holds NaN or infinite values, first in row 1" in message(
        np.stack([np.zeros((4, 4)), bad[0]]), encoding=data.encoding
    )


def test_channels_last_is_moved() -> None:
    x = RNG.random((6, 5, 4, 3))
    data = read((x, np.arange(6) % 2))
    np.testing.assert_array_equal(data.x, np.moveaxis(x, 3, 1).astype(np.float32))
    assert data.notes == ("images (5, 4, 3) have their channels last: moved to the front",)


def test_no_target_says_how_to_give_one(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", X)
    data = read(tmp_path / "x.npy")
    assert data.y is None
    with pytest.raises(DataError, match=r"there is no target to learn from\. Give an NPZ file"):
        data.require_target()


# NPZ and NPY


@pytest.mark.parametrize(
    "names", [("x", "y"), ("X", "Y"), ("data", "target"), ("images", "labels")]
)
def test_npz_names(tmp_path: Path, names: tuple[str, str]) -> None:
    np.savez(tmp_path / "t.npz", **{names[0]: X, names[1]: Y})
    assert read(tmp_path / "t.npz").sha256 == read((X, Y)).sha256


def test_npy_with_targets(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", X)
    np.save(tmp_path / "y.npy", Y)
    data = read(tmp_path / "x.npy", target=str(tmp_path / "y.npy"))
    assert data.sha256 == read((X, Y)).sha256
    assert "there is no file 'z.npy'" in message(tmp_path / "x.npy", target="z.npy")


def test_broken_npz(tmp_path: Path) -> None:
    path = tmp_path / "t.npz"
    np.savez(path, x=X, y=Y)
    whole = path.read_bytes()
    assert "no array 'why' (target=). The file has 'x', 'y'" in message(path, target="why")
    for broken in (whole[:400], whole[:300] + b"!!!!" + whole[304:], b"junk"):
        path.write_bytes(broken)
        assert f"{path}: the NPZ file is truncated or corrupt" in message(path)
    path.write_bytes(b"")
    assert f"{path}: the file is empty" in message(path)
    np.savez(path, foo=X)
    assert "no array named x, X, data, images for the inputs; the file has 'foo'" in message(path)
    np.savez(path, x=X, data=X)
    assert "several arrays could be the inputs: 'x', 'data'" in message(path)


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    objects = np.array([1, "a", None], dtype=object)
    np.savez(tmp_path / "t.npz", x=objects)
    assert "array 'x' holds Python objects, which only pickle" in message(tmp_path / "t.npz")
    np.save(tmp_path / "t.npy", objects)
    assert "the array holds Python objects, which only pickle" in message(tmp_path / "t.npy")


def test_broken_npy(tmp_path: Path) -> None:
    path = tmp_path / "t.npy"
    np.save(path, X)
    path.write_bytes(path.read_bytes()[:300])
    assert f"{path}: the NPY file is truncated or corrupt" in message(path)
    path.write_bytes(b"junk")
    assert "this is no NPY file (wrong first bytes)" in message(path)
    path.write_bytes(b"")
    assert "the file is empty" in message(path)


# IDX, written here by the layout that its authors published


def idx(array: np.ndarray, code: int = 8) -> bytes:
    head = struct.pack(f">BBBB{array.ndim}I", 0, 0, code, array.ndim, *array.shape)
    return head + array.tobytes()


@pytest.mark.parametrize("packed", [False, True])
def test_idx_with_labels_beside(tmp_path: Path, packed: bool) -> None:
    x = RNG.integers(0, 256, (30, 5, 4)).astype(np.uint8)
    x[0, 0, 0] = 255
    for name, array in (("t-images-idx3-ubyte", x), ("t-labels-idx1-ubyte", Y.astype(np.uint8))):
        raw = idx(array)
        if packed:
            (tmp_path / f"{name}.gz").write_bytes(gzip.compress(raw))
        else:
            (tmp_path / name).write_bytes(raw)
    data = read(tmp_path / ("t-images-idx3-ubyte" + ".gz" * packed))
    np.testing.assert_array_equal(data.x[:, 0], x.astype(np.float32) / np.float32(255))
    np.testing.assert_array_equal(data.y, Y)
    labels = tmp_path / ("t-labels-idx1-ubyte" + ".gz" * packed)
    assert "holds 30 labels and no images. Give the file of images" in message(labels)


def test_idx_floats_are_big_endian(tmp_path: Path) -> None:
    x = RNG.random((3, 4))
    (tmp_path / "t.idx").write_bytes(idx(x.astype(">f8"), code=0x0E))
    np.testing.assert_array_equal(read(tmp_path / "t.idx").x, x)


def test_broken_idx(tmp_path: Path) -> None:
    raw = idx(np.zeros((10, 5, 4), np.uint8))
    path = tmp_path / "t-idx3-ubyte"
    path.write_bytes(raw[:100])
    assert (
        f"{path}: the IDX file is truncated: its header says shape (10, 5, 4), 200 bytes of"
        " values, but there are 84." in message(path)
    )
    path.write_bytes(raw + b"x")
    assert "the IDX file is too long" in message(path)
    path.write_bytes(raw[:9])
    assert "truncated inside its header" in message(path)
    path.write_bytes(b"PK\3\4rest")
    assert "this is no IDX file: it starts with 50 4b 03 04, expected 00 00" in message(path)
    path.write_bytes(b"")
    assert "the file is empty" in message(path)
    path = tmp_path / "t-idx3-ubyte.gz"
    noise = RNG.integers(0, 256, (10, 20, 20)).astype(np.uint8)
    path.write_bytes(gzip.compress(idx(noise))[:1000])
    assert f"{path}: the gzip file is truncated or corrupt" in message(path)


@pytest.mark.parametrize(
    ("low", "high", "note"),
    [
        (-4.5, 5.5, "pixel values -4.5 to 5.5 become (value + 4.5) / 10"),
        (3.0, 5.0, "pixel values 3 to 5 become (value - 3) / 2"),
        (0.0, 16.0, "pixel values 0 to 16 become value / 16"),
    ],
)
def test_the_scaling_of_pixels_is_said_as_people_write_it(low, high, note):
    x = np.linspace(low, high, 5 * 64, dtype=np.float32).reshape(5, 1, 8, 8)
    assert note in read((x, np.array([0, 1, 0, 1, 0]))).notes
