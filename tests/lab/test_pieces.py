"""What labs are made of: their seeds, their images, the pictures of passes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.data import digits
from denpa.lab import Lab, images
from denpa.lab.session import LabSettings, running


@pytest.mark.parametrize("seed", [0, 7])
def test_seeds_begin_with_that_of_the_run(seed: int) -> None:
    with running(LabSettings(True, seed, collect=True)):
        lab = Lab("seeds")
        assert (lab.seed, list(lab.seeds(3))) == (seed, [seed, seed + 1, seed + 2])
        assert lab.pick(quick=1, full=2) == 1


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> Any:
    """As on a machine without MNIST."""
    monkeypatch.setattr(images, "available", lambda: [])
    images._source.cache_clear()
    yield
    images._source.cache_clear()


@pytest.mark.usefixtures("embedded")
def test_no_picture_is_in_both_parts_and_none_is_lost() -> None:
    found = images.load(5000, 5000, seed=3)
    assert (len(found.x), len(found.x_test)) == (1297, 500)
    rows = np.column_stack([np.vstack([found.x, found.x_test]), [*found.y, *found.y_test]])
    data = digits()
    right = np.column_stack([data.x.reshape(len(data.x), -1), data.y])
    np.testing.assert_array_equal(rows[np.lexsort(rows.T)], right[np.lexsort(right.T)])
    few = images.load(100, 50, seed=3)
    np.testing.assert_array_equal(few.x, found.x[:100])
    np.testing.assert_array_equal(few.y_test, found.y_test[:50])
    assert not np.array_equal(images.load(100, 50, seed=4).x, few.x)


def test_a_picture_of_a_pass_is_a_file_in_both_languages() -> None:
    from denpa.lab.run import Result

    with running(LabSettings(True, 0, collect=True)):
        lab = Lab("pictures")
        w = dp.tensor(3.0, requires_grad=True)
        lab.picture(dp.explain(w * w), "The square of w.")
        lab.picture(dp.explain(w * w * w), "Its cube.")
    files = Result(lab, 0.0, 0.0).files("ja")
    assert {"graph.html", "graph-2.html"} <= set(files)
    assert '<html lang="ja">' in files["graph.html"]
    assert "The square of w." in Result(lab, 0.0, 0.0).untranslated()
