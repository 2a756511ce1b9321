"""The pictures of the labs: MNIST where it is at hand, the embedded digits elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from denpa.data import Data, available, digits, get

__all__ = ["Images", "load"]


@dataclass(frozen=True)
class Images:
    """Handwritten digits in two parts. `x` (N, pixels) float32 in [0, 1], `y` (N,) int64.

    `name` is "mnist" or "digits", `side` the width of a picture: 28 or 8 pixels.
    """

    name: str
    side: int
    x: np.ndarray
    y: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray

    @property
    def mnist(self) -> bool:
        """Whether these are MNIST's pictures."""
        return self.name == "mnist"


def load(train: int, test: int, seed: int) -> Images:
    """Return `train` and `test` pictures, drawn without replacement from the seed.

    MNIST's own parts are kept apart. Of the 1,797 digits, 500 are for the test, and no more than
    there are can be had.
    """
    name, x, y, x_test, y_test = _source()
    rng = np.random.default_rng([seed, 20])
    rows = rng.permutation(len(x))[:train]
    held_rows = rng.permutation(len(x_test))[:test]
    return Images(
        name,
        x.shape[-1],
        x[rows].reshape(len(rows), -1).astype(np.float32),
        y[rows].astype(np.int64),
        x_test[held_rows].reshape(len(held_rows), -1).astype(np.float32),
        y_test[held_rows].astype(np.int64),
    )


@cache
def _source() -> tuple[str, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """All there is, read once: its name, then x, y of training and of test."""
    if any(info.name == "mnist" and info.present for info in available()):
        data, held = get("mnist", download=False)
        assert held is not None
        return "mnist", data.x, _labels(data), held.x, _labels(held)
    data = digits()
    order = np.random.default_rng(1797).permutation(len(data.x))
    x, y = data.x[order], _labels(data)[order]
    return "digits", x[500:], y[500:], x[:500], y[:500]


def _labels(data: Data) -> np.ndarray:
    assert data.y is not None, "both sets have labels"
    return data.y
