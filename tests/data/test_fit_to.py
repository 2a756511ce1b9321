"""Reading again as a part of the rows says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from denpa.data import DataError, read
from tests.data.houses import row, write


def test_a_column_that_can_be_read_can_be_read_for_its_training_part(tmp_path: Path) -> None:
    """Of the whole, 12 % is text: a category. Of the first 40 rows, 5 %: no mistake there."""
    words = ["5+" if i in (3, 9, 41, 43, 45, 47, 49) else str(1 + i % 4) for i in range(60)]
    path = write(tmp_path / "t.csv", [f"{w},{i}.5" for i, w in enumerate(words)], "floors,y\n")
    fitted = read(path, target="y").fit_to(range(40))
    assert fitted.features == tuple(f"floors={c}" for c in ("1", "2", "3", "4", "5+"))
    with pytest.raises(DataError, match="fit_to needs the data as they were read"):
        fitted.take(range(9)).fit_to(range(3))


def test_a_category_that_the_training_part_lacks_is_0(tmp_path: Path) -> None:
    data = read(write(tmp_path / "houses.csv", [row(i) for i in range(60)]), target="price")
    red = np.array([i for i in range(60) if i % 3 == 0])
    fitted = data.fit_to(np.setdiff1d(np.arange(60), red))
    assert fitted.features[1:3] == ("colour=blue", "colour=green")
    np.testing.assert_array_equal(fitted.x[red, 1:3], 0)
    np.testing.assert_array_equal(fitted.x[1::3, 1:3], [[1, 0]] * 20)
    np.testing.assert_array_equal(fitted.x[2::3, 1:3], [[0, 1]] * 20)
    assert fitted.notes[-1].startswith("column 'colour': 20 rows outside the training part")
