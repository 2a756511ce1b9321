"""Numbers that say how good predictions are. NumPy arrays in, Python numbers out."""

from __future__ import annotations

import numpy as np

from denpa.core.errors import ArgumentError

# How far from 1 the sum of a row of labels may be, as float16 rounds it.
SUM_ERROR = 1e-3


def correct(output: np.ndarray, target: np.ndarray) -> int | None:
    """How many examples are classified rightly; None where the pair is not a classification.

    Scores (N, C) with indices (N,) count the largest score; (N, C) with one-hot or soft labels (N,
    C), which are not negative and sum to 1 in each row, compare the largest entries.

    >>> correct(np.array([[0.1, 2.0], [3.0, 0.0]]), np.array([[0.0, 1.0], [0.3, 0.7]]))
    1
    """
    if output.ndim != 2 or output.shape[1] < 2:
        return None
    if target.ndim == 1 and target.dtype.kind in "iu":
        return int(np.count_nonzero(output.argmax(1) == target))
    if target.shape != output.shape:
        return None
    far = np.abs(target.sum(1, dtype=np.float64) - 1) > SUM_ERROR
    if far.any() or np.any(target < 0) or np.any(target != target):
        return None
    return int(np.count_nonzero(output.argmax(1) == target.argmax(1)))


def confusion(predicted: np.ndarray, target: np.ndarray, classes: int) -> np.ndarray:
    """Counts (classes, classes): rows are the true classes, columns the predicted ones.

    >>> confusion(np.array([0, 1, 1]), np.array([0, 0, 1]), 2).tolist()
    [[1, 1], [0, 1]]
    """
    if predicted.shape != target.shape:
        raise ArgumentError(f"{len(predicted)} predictions for {len(target)} targets")
    return np.bincount(target * classes + predicted, minlength=classes**2).reshape(classes, classes)


def rmse(predicted: np.ndarray, target: np.ndarray) -> float:
    """Root of the mean squared error, in the unit of the target."""
    return float(np.sqrt(np.mean((predicted.astype(np.float64) - target) ** 2)))


def r2(predicted: np.ndarray, target: np.ndarray) -> float:
    """The share of the target's variance that is explained: 1 − Σ(y−t)²/Σ(t−t̄)²."""
    target = target.astype(np.float64)
    spread = float(np.sum((target - target.mean(0)) ** 2))
    error = float(np.sum((predicted - target) ** 2))
    return 1 - error / spread if spread else float("nan")
