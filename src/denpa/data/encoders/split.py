"""Split rows into training, validation and test parts, the same on every machine."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from denpa.data.dataset import Array
from denpa.data.errors import DataError, check_option, counted

__all__ = ["split"]

Rows = NDArray[np.int64]

_STREAM = 0x5F11
"""Second half of the key, so that the split's numbers are not those of another use of the seed."""


def split(
    y: Array,
    task: str,
    fractions: tuple[float, float] = (0.1, 0.1),
    seed: int = 0,
) -> tuple[Rows, Rows, Rows]:
    """Return the row numbers (train, validation, test), each ascending.

    Classification is stratified: each class is shared out by the fractions, and a class of three
    or more rows is in every part. A class of one or two rows stays in the training part. The parts
    follow from the seed alone: rows are ordered by raw 64-bit numbers of the counter-based Philox
    4x64-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC11, 2011), so they do
    not change with NumPy's versions.

    * `y`: targets, (N,) or (N, 1).
    * `task`: "classification" or "regression".
    * `fractions`: shares of all rows for validation and for test; 0 leaves a part empty.
    * `seed`: a number from 0 to 2**64 - 1.

    Returns three int64 arrays, (n_train,), (n_validation,) and (n_test,).

    Errors: DataError (a ValueError) for fractions that are negative or leave nothing to train on,
    too few rows, an unknown task and a seed out of its range; ValueError for other than two
    fractions.

    >>> import numpy as np
    >>> from denpa.data import split
    >>> y = np.repeat([0, 1], 10)
    >>> train, val, test = split(y, "classification", (0.2, 0.2), seed=1)
    >>> np.bincount(y[train]), np.bincount(y[val]), np.bincount(y[test])
    (array([6, 6]), array([2, 2]), array([2, 2]))
    """
    check_option("task", task, ("classification", "regression"))
    val, test = (float(f) for f in fractions)
    if not (val >= 0 and test >= 0 and val + test < 1):
        raise DataError(
            f"fractions={(val, test)}: the shares for validation and test must be 0 or more and"
            " leave something to train on (a sum below 1)."
        )
    if not 0 <= seed < 2**64:
        raise DataError(f"seed must be a whole number from 0 to 2**64 - 1, got {seed!r}.")
    n = len(y)
    parts = 1 + (val > 0) + (test > 0)
    if n < parts:
        raise DataError(
            f"{counted(n, 'row')} cannot be split into {parts} parts; give at least {parts}."
        )
    keys = np.random.Philox(key=np.array([seed, _STREAM], dtype=np.uint64)).random_raw(n)
    order = np.argsort(keys, kind="stable")  # (N,)
    if task == "regression":
        groups = [order]
    else:
        labels = np.asarray(y).reshape(n)[order]
        # A stable sort by class keeps the random order inside each class.
        by_class = np.argsort(labels, kind="stable")
        edges = np.flatnonzero(np.diff(labels[by_class])) + 1
        groups = np.split(order[by_class], edges)
    sizes = [len(g) for g in groups]
    n_test = _shares(sizes, test, [s - parts + 1 for s in sizes], parts)
    room = [s - t - 1 for s, t in zip(sizes, n_test, strict=True)]
    n_val = _shares(sizes, val, room, parts)
    chosen: tuple[list[Array], list[Array], list[Array]] = ([], [], [])
    for group, v, t in zip(groups, n_val, n_test, strict=True):
        chosen[1].append(group[:v])
        chosen[2].append(group[v : v + t])
        chosen[0].append(group[v + t :])
    train, validation, testing = (np.sort(np.concatenate(c)).astype(np.int64) for c in chosen)
    for name, part, share in (("validation", validation, val), ("test", testing, test)):
        if share > 0 and not len(part):
            raise DataError(
                f"{counted(n, 'row')} in {counted(len(groups), 'class')} are too few for a {name}"
                f" part: at least one class needs {parts} rows. Give more rows or fraction 0."
            )
    return train, validation, testing


def _shares(sizes: list[int], fraction: float, room: list[int], parts: int) -> list[int]:
    """Return how many of each group to take, by largest remainders, 1 to `room` of a large one."""
    if fraction == 0:
        return [0] * len(sizes)
    exact = [s * fraction for s in sizes]
    # The small addition keeps 0.29 * 100 from being 28.
    take = [math.floor(e + 1e-9) for e in exact]
    left = round(sum(exact)) - sum(take)
    by_remainder = sorted(range(len(sizes)), key=lambda i: (take[i] - exact[i], i))
    for i in by_remainder[: max(left, 0)]:
        take[i] += 1
    return [
        min(max(t, 1), r) if s >= parts else 0 for t, s, r in zip(take, sizes, room, strict=True)
    ]
