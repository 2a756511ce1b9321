"""One thing in several forms: text with spaces, pictures on their side, classes as numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageOps

from denpa.data import encode, read


def test_a_category_is_its_text_without_outer_spaces() -> None:
    names = ["red", " red", "red ", "  red  ", "blue", "blue ", "dark red", "dark red "]
    frame = pd.DataFrame({"c": names * 2, "n": range(16), "y": [0.5 * k for k in range(16)]})
    data = read(frame, target="y")
    assert data.features == ("c=blue", "c=dark red", "c=red", "n")
    expected = [[name.strip() == c for c in ("blue", "dark red", "red")] for name in names * 2]
    np.testing.assert_array_equal(data.x[:, :3], expected)
    new = encode(pd.DataFrame({"c": [" blue ", "red"], "n": [0, 1]}), data.encoding)
    np.testing.assert_array_equal(new.x[:, :3], [[1, 0, 0], [0, 0, 1]])
    labels = read(pd.DataFrame({"n": range(16), "y": names * 2}), target="y")
    assert labels.classes == ("blue", "dark red", "red")


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_read_as_it_is_shown(tmp_path: Path, orientation: int) -> None:
    pixels = np.arange(24, dtype=np.uint8).reshape(4, 6) * 10
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        picture = Image.fromarray(pixels)
        exif = picture.getexif()
        exif[0x0112] = orientation
        picture.save(tmp_path / name / "t.png", exif=exif)
    with Image.open(tmp_path / "a" / "t.png") as opened:
        shown = np.asarray(ImageOps.exif_transpose(opened), np.float32) / 255
    data = read(tmp_path)
    assert shown.shape == ((4, 6) if orientation < 5 else (6, 4))
    np.testing.assert_allclose(data.x[0, 0], shown, atol=1e-6)


@pytest.mark.parametrize(
    ("values", "task"),
    [
        ([0, 1], "classification"),
        ([0, 1, 2], "classification"),
        ([3, 8, 11, 40], "classification"),
        ([0.0, 1.0], "classification"),
        ([1.0, 2.0], "classification"),
        ([0.0, 1.0, 2.0], "regression"),  # counts or prices, perhaps
        ([1.0, 2.0, 3.0, 4.0, 5.0], "regression"),
        ([0.5, 1.5], "regression"),
        (list(range(21)), "regression"),
        ([True, False], "classification"),
        (["a", "b"], "classification"),
    ],
)
def test_what_is_taken_for_classes(values: list[Any], task: str) -> None:
    rows = 84
    y = [values[k % len(values)] for k in range(rows)]
    assert read(pd.DataFrame({"a": range(rows), "y": y}), target="y").task == task
    if not isinstance(values[0], (bool, str)) and values[0] in (0, 0.5, 1):
        x = np.arange(2.0 * rows).reshape(rows, 2)
        assert read((x, np.array(y))).task == task
