"""Augmentation: each function against what it must be by hand."""

from __future__ import annotations

import numpy as np
import pytest

from denpa.data import Augment, DataError, label_noise, noise, rotate, shift
from denpa.data.augment import _turn


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_shift_moves_whole_pixels_each_way() -> None:
    x = np.zeros((500, 2, 7, 7), np.float32)
    x[:, 0, 3, 3] = 1
    x[:, 1, 3, 3] = 2
    before = x.copy()
    out = shift(x, 2, rng())
    np.testing.assert_array_equal(x, before)
    assert (out.dtype, out.shape) == (np.float32, x.shape)
    n, row, col = np.nonzero(out[:, 0])
    assert len(n) == 500  # one pixel of each image, and none lost
    assert {*zip(row.tolist(), col.tolist(), strict=True)} == {
        (r, c) for r in range(1, 6) for c in range(1, 6)
    }
    np.testing.assert_array_equal(out[:, 1], 2 * out[:, 0])  # the channels move together


def test_shift_brings_in_zeros() -> None:
    out = shift(np.ones((200, 1, 4, 4)), 4, rng())
    assert set(np.unique(out)) == {0.0, 1.0}
    assert out.sum(axis=(1, 2, 3)).min() == 0


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_quarter_turns_are_exact(quarters: int) -> None:
    x = rng().random((3, 2, 5, 5))
    out = _turn(x, np.full(3, quarters * np.pi / 2))
    np.testing.assert_allclose(out, np.rot90(x, quarters, axes=(2, 3)), atol=1e-12)


def test_rotation_is_bilinear() -> None:
    # On a plane f = a*row + b*col, bilinear interpolation is exact wherever it stays inside.
    row, col = np.mgrid[0:9, 0:9] - 4.0
    angle = 0.3
    out = _turn((2 * row + 5 * col)[None, None], np.array([angle]))[0, 0]
    c, s = np.cos(angle), np.sin(angle)
    expected = 2 * (s * col + c * row) + 5 * (c * col - s * row)
    inside = (np.abs(s * col + c * row) <= 4) & (np.abs(c * col - s * row) <= 4)
    assert inside.sum() > 60
    np.testing.assert_allclose(out[inside], expected[inside], atol=1e-12)


def test_rotate_draws_angles_for_each_image() -> None:
    x = np.zeros((400, 1, 21, 21), np.float32)
    x[:, 0, 10, 18] = 1  # 8 pixels right of the centre
    out = rotate(x, 30, rng())
    assert out.dtype == np.float32
    weight = out[:, 0].sum(axis=(1, 2))
    y = (out[:, 0].sum(2) @ (10 - np.arange(21))) / weight
    z = (out[:, 0].sum(1) @ (np.arange(21) - 10)) / weight
    angles = np.degrees(np.arctan2(y, z))
    assert np.abs(angles).max() < 33
    assert angles.min() < -25
    assert angles.max() > 25
    assert abs(angles.mean()) < 3


def test_noise_has_the_deviation_asked() -> None:
    x = np.full((50, 1, 20, 20), 0.5, np.float32)
    added = noise(x, 0.25, rng()) - x
    assert added.dtype == np.float32
    assert abs(added.mean()) < 0.01
    assert added.std() == pytest.approx(0.25, rel=0.02)


def test_label_noise_changes_the_fraction_to_other_classes() -> None:
    y = np.arange(10000) % 4
    out = label_noise(y, 0.3, 4, rng())
    changed = out != y
    assert changed.sum() == 3000
    steps = np.bincount((out - y)[changed] % 4, minlength=4)
    assert steps[0] == 0
    assert (np.abs(steps[1:] - 1000) < 120).all()
    np.testing.assert_array_equal(label_noise(y, 0, 4, rng()), y)


def test_augment_composes_and_repeats() -> None:
    x = rng(1).random((6, 1, 8, 8)).astype(np.float32)
    change = Augment(shift=2, rotate=10, noise=0.1)
    np.testing.assert_array_equal(change(x, rng(5)), change(x, rng(5)))
    assert not np.array_equal(change(x, rng(5)), change(x, rng(6)))
    g = rng(5)
    by_hand = noise(shift(rotate(x, 10, g), 2, g), 0.1, g)
    np.testing.assert_array_equal(change(x, rng(5)), by_hand)
    same = Augment()(x, rng())
    np.testing.assert_array_equal(same, x)
    assert not np.shares_memory(same, x)


def test_mistakes() -> None:
    with pytest.raises(DataError, match="shift must be 0 or more, got -1"):
        Augment(shift=-1)
    with pytest.raises(DataError, match="whole pixels"):
        Augment(shift=1.5)  # type: ignore[arg-type]
    with pytest.raises(DataError, match=r"x has shape \(3, 4\); expected images \(N, C, H, W\)"):
        rotate(np.ones((3, 4)), 1, rng())
    with pytest.raises(DataError, match="x has dtype uint8; expected floats"):
        noise(np.ones((1, 1, 2, 2), np.uint8), 1, rng())
    with pytest.raises(DataError, match="fraction must be from 0 to 1"):
        label_noise(np.zeros(3, np.int64), 2, 2, rng())
    with pytest.raises(DataError, match="labels go from 0 to 5, expected 0 to 1"):
        label_noise(np.array([0, 5]), 0.1, 2, rng())
