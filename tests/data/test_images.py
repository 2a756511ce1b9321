"""Folders of pictures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from denpa.data import DataError, read
from denpa.data.readers import images

Image = pytest.importorskip("PIL.Image")


def save(path: Path, values: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(values).save(path)


def colours(seed: int, size: tuple[int, int] = (5, 7)) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (*size, 3)).astype(np.uint8)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for k, name in enumerate(("dog", "cat")):
        for i in range(3):
            save(tmp_path / "photos" / name / f"{i}.png", colours(10 * k + i))
    return tmp_path / "photos"


def message(source: Any, **options: Any) -> str:
    with pytest.raises(DataError) as caught:
        read(source, **options)
    text = str(caught.value)
    assert "\n" not in text
    return text


def test_a_folder_per_class(photos: Path) -> None:
    data = read(photos)
    assert data.classes == ("cat", "dog")
    np.testing.assert_array_equal(data.y, [0, 0, 0, 1, 1, 1])
    assert data.rows == tuple(f"{c}/{i}.png" for c in ("cat", "dog") for i in range(3))
    expected = np.moveaxis(colours(1).astype(np.float32) / np.float32(255), 2, 0)
    np.testing.assert_array_equal(data.x[4], expected)
    assert data.why_task == "classification: each of the 2 folders is a class"


def test_prediction_of_flat_folders_and_single_pictures(photos: Path) -> None:
    data = read(photos)
    encoding = json.loads(json.dumps(data.encoding))
    flat = read(photos / "dog", encoding=encoding)
    assert flat.y is None
    np.testing.assert_array_equal(flat.x, data.x[3:])
    one = read(photos / "cat" / "2.png", encoding=encoding)
    np.testing.assert_array_equal(one.x, data.x[2:3])
    np.testing.assert_array_equal(read(photos, encoding=encoding).y, data.y)
    with pytest.raises(DataError, match="Put the pictures of each class in a sub-folder"):
        read(photos / "dog").require_target()


def test_the_most_common_size_wins(photos: Path) -> None:
    save(photos / "cat" / "large.png", np.full((20, 20, 3), 51, np.uint8))
    data = read(photos)
    assert data.x.shape == (7, 3, 5, 7)
    np.testing.assert_allclose(data.x[3], 0.2, atol=1e-6)  # a plain picture stays plain
    assert data.notes == ("1 of 7 pictures resized to 5 x 7 pixels",)
    assert read(photos, image_size=4).x.shape == (7, 3, 4, 4)
    assert read(photos, image_size=(2, 6)).x.shape == (7, 3, 2, 6)


def test_grey_depths_and_transparency(tmp_path: Path) -> None:
    save(tmp_path / "a" / "deep.png", np.full((4, 4), 40000, np.uint16))
    save(tmp_path / "b" / "byte.png", np.full((4, 4), 51, np.uint8))
    clear = np.zeros((4, 4, 2), np.uint8)  # black, wholly transparent: white to the eye
    Image.fromarray(clear, mode=None).save(tmp_path / "b" / "clear.png")
    data = read(tmp_path)
    assert data.x.shape == (3, 1, 4, 4)
    np.testing.assert_allclose(data.x[:, 0, 0, 0], [40000 / 65535, 0.2, 1.0], rtol=1e-6)
    save(tmp_path / "a" / "red.png", np.full((4, 4, 3), (255, 0, 0), np.uint8))
    data = read(tmp_path)  # one coloured picture makes all RGB
    np.testing.assert_array_equal(data.x[1, :, 0, 0], [1, 0, 0])
    np.testing.assert_allclose(data.x[0, :, 0, 0], [155 / 255] * 3, atol=1 / 255)


def test_pictures_on_their_side(tmp_path: Path) -> None:
    upright = np.zeros((4, 6), np.uint8)
    upright[0] = 255
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        picture = Image.fromarray(np.rot90(upright).copy())
        exif = picture.getexif()
        exif[0x0112] = 6  # shown after a quarter turn clockwise
        picture.save(tmp_path / name / "t.png", exif=exif)
    np.testing.assert_array_equal(read(tmp_path).x[0, 0], upright / 255)


def test_broken_pictures_are_named(photos: Path) -> None:
    path = photos / "dog" / "1.png"
    whole = path.read_bytes()
    flipped = bytearray(whole)
    flipped[60] ^= 255
    for broken in (whole[: len(whole) // 2], bytes(flipped), b"junk"):
        path.write_bytes(broken)
        text = message(photos)
        assert f"{path}: the picture cannot be read; it is truncated, corrupt or no picture" in text
    path.write_bytes(b"")
    assert f"{path}: the picture is an empty file" in message(photos)


def test_mistakes(photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoding = read(photos).encoding
    assert "image_size must be a size or (height, width), got (0, 3)" in message(
        photos, image_size=(0, 3)
    )
    assert "target does not go with pictures" in message(photos, target="x")
    assert "Did you mean" in message(tmp_path)  # one folder too high
    with monkeypatch.context() as patch:
        patch.setattr(images, "MAX_BYTES", 1000)
        assert "6 pictures of 5 x 7 pixels need" in message(photos)
    (photos / "none").mkdir()
    assert "the class folder 'none' holds no pictures" in message(photos)
    (photos / "none").rmdir()
    save(photos / "x.png", colours(5))
    assert "holds both pictures ('x.png', 1 in all) and sub-folders ('cat', 'dog')" in (
        message(photos)
    )
    (photos / "x.png").unlink()
    (photos / "dog").rename(photos / "wolf")
    assert "the folders 'wolf' are none of the classes 'cat', 'dog'" in message(
        photos, encoding=encoding
    )
    (photos / "wolf").rename(tmp_path / "elsewhere")
    assert "one class only (the folder 'cat')" in message(photos)
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "no pictures in this folder; expected files .png" in message(empty)
