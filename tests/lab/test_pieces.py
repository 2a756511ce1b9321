"""What labs are made of: their seeds, their pictures, the heights in their drawings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from denpa.data import digits
from denpa.lab import Lab, images
from denpa.lab.layout import _spaced
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


@pytest.mark.parametrize("seed", range(20))
def test_heights_are_the_nearest_that_fall_by_one(seed: int) -> None:
    """The problem is convex: no run of neighbours may move a little and cost less."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 7))
    wish, weight = rng.uniform(-3, 3, n), rng.choice([0.02, 1.0, 5.0], n)

    def cost(h: np.ndarray) -> float:
        return float((weight * (h - wish) ** 2).sum())

    found = np.array(_spaced(wish.tolist(), weight.tolist()))
    assert (np.diff(found) <= -1 + 1e-9).all()
    for first in range(n):
        for last in range(first, n):
            for step in (1e-4, -1e-4):
                moved = found.copy()
                moved[first : last + 1] += step
                if (np.diff(moved) <= -1 + 1e-9).all():
                    assert cost(moved) >= cost(found) - 1e-12
