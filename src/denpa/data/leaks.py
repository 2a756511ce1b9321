"""Columns that alone predict the target almost perfectly: often the target in other words."""

from __future__ import annotations

import numpy as np

from denpa.data.dataset import Array, Data

__all__ = ["possible_leaks"]

ALMOST = 0.999
"""Share of right answers, or R², from which a column is named."""

_ROWS = 2000
"""Rows that are looked at: enough to tell 0.999, and a few milliseconds a column."""

_FEWEST = {"classification": 200, "regression": 100}
"""With fewer rows all may be right by chance: a column that is right in 97 of 100 rows is right in
200 of 200 once in 440 times. R² varies less: from 0.9975 it comes to 0.999 in 30 rows, not in 100.
"""

_GROUPED = 100
"""The same for a column of groups. That their class goes up and down along the column shows that it
is no measure with a threshold, which may be honest: iris's petal width is all right in 100 rows
once in 70 times, and its class changes twice.
"""

_SHARED = 0.9
"""Share of the rows whose value other rows have too, from which a column is one of groups."""

_MISSES = 20
"""Rows that the commonest class alone must get wrong, or the others are too few to say anything."""


def possible_leaks(data: Data) -> tuple[str, ...]:
    """Return a sentence for each column of a table that alone predicts the target with an accuracy
    or R² of 0.999 or more, on rows held out.

    Give it the training part. One half of its rows predicts the other and is predicted by it: the
    class, or by straight lines the value, of the nearest value of the column. Where rows share
    values, as visits of one patient do, each row is also predicted by the others with its value.
    A table of one column has no leak: it is all there is.

    >>> import numpy as np
    >>> from denpa.data import possible_leaks, read
    >>> rng = np.random.default_rng(0)
    >>> price = rng.normal(size=500)
    >>> x = np.stack([rng.normal(size=500), np.exp(price)], axis=1)
    >>> possible_leaks(read((x, price)))[0][:49]
    "column 'x1' alone predicts 'y' almost perfectly ("
    """
    columns = _columns(data)
    y, task = data.require_target(), data.task
    assert task is not None
    if len(columns) < 2 or len(y) < _GROUPED:
        return ()
    rows = np.random.default_rng(0).permutation(len(y))[:_ROWS]
    halves = np.arange(len(rows)) % 2 == 0
    if task == "classification" and len(rows) - np.bincount(y[rows]).max() < _MISSES:
        return ()
    # Of rows that are equal in all columns one stays: each of their columns would know the answer.
    alone = np.unique(data.x[rows], axis=0, return_index=True)[1]
    found = []
    for name, column in columns.items():
        v = column[rows].astype(np.float64)
        if task == "classification":
            share = _of_groups(v[alone], y[rows][alone])
            if len(y) >= _FEWEST[task]:
                share = max(share, _accuracy(v, y[rows], halves))
            figure = f"{share:.2%} right"
        else:
            values = y[rows, 0].astype(np.float64)
            share = _r2(v, values, halves)
            figure = f"R² {share:.5f}"
            if share < ALMOST:  # a target far out is hard to meet, its rank is not
                share = _r2(v, _ranks(values), halves)
                figure = f"R² of the ranks {share:.5f}"
            if share < ALMOST:
                share = _r2_of_groups(v[alone], values[alone])
                figure = f"R² {share:.5f}"
        if share >= ALMOST:
            found.append(
                f"column {name!r} alone predicts {data.target!r} almost perfectly ({figure} on rows"
                " held out): a leak, unless it is known before the target is; drop="
                f"[{name!r}] (--drop {name}) leaves it out"
            )
    return tuple(found)


def _columns(data: Data) -> dict[str, Array]:
    """Return each column as numbers (N,); of a category, the place in its list."""
    found: dict[str, Array] = {}
    if data.kind != "table":
        return found
    at = 0
    for record in data.encoding["columns"]:
        width = len(record["categories"]) if record["type"] == "category" else 1
        block = data.x[:, at : at + width]
        found[record["name"]] = block[:, 0] if width == 1 else block.argmax(axis=1)
        at += width
    return found


def _accuracy(v: Array, y: Array, half: Array) -> float:
    right = 0
    for seen, held in ((half, ~half), (~half, half)):
        values, place = np.unique(v[seen], return_inverse=True)
        counts = np.zeros((len(values), int(y.max()) + 1), np.int64)
        np.add.at(counts, (place, y[seen]), 1)
        guess = counts.argmax(axis=1)[_nearest(values, v[held])]
        right += int(np.count_nonzero(guess == y[held]))
    return right / len(y)


def _groups(v: Array) -> tuple[Array, Array]:
    """Return the number of each row's value, and whether others have it; none where these are few.

    Each group is predicted by all its rows but one, so values that occur once say nothing.
    """
    place = np.unique(v, return_inverse=True)[1]
    shared = np.bincount(place)[place] > 1
    if shared.sum() < _SHARED * max(_GROUPED, len(v)):
        shared[:] = False
    return place, shared


def _of_groups(v: Array, y: Array) -> float:
    """Return the share of rows whose class is the commonest of the others with the same value, or 0
    where classes do not go up and down along the values."""
    place, shared = _groups(v)
    if not shared.any():
        return 0.0
    counts = np.zeros((int(place.max()) + 1, int(y.max()) + 1), np.int64)
    np.add.at(counts, (place, y), 1)
    commonest = counts.argmax(axis=1)
    if np.count_nonzero(np.diff(commonest)) < 2 * len(np.unique(y)) + 2:
        return 0.0
    others = counts[place]
    rows = np.arange(len(y))
    own = others[rows, y] - 1
    others[rows, y] = 0
    return float(np.mean((own > others.max(axis=1))[shared]))


def _r2_of_groups(v: Array, y: Array) -> float:
    """Return R² of the mean of the others with the same value."""
    place, shared = _groups(v)
    if not shared.any():
        return 0.0
    n = np.bincount(place)[place]
    centred = y - y.mean()
    total = np.bincount(place, centred)[place]
    guess = (total - centred)[shared] / (n - 1)[shared]
    return _share_told(guess, centred[shared])


def _nearest(values: Array, v: Array) -> Array:
    """Return the place of the nearest of the ascending values for each of v."""
    after = np.clip(np.searchsorted(values, v), 0, len(values) - 1)
    before = np.maximum(after - 1, 0)
    nearer: Array = np.where(v - values[before] <= values[after] - v, before, after)
    return nearer


def _ranks(y: Array) -> Array:
    """Return the rank of each value, equal ones alike."""
    ranks: Array = np.unique(y, return_inverse=True)[1].astype(np.float64)
    return ranks


def _r2(v: Array, y: Array, half: Array) -> float:
    """Return the better R² of the nearest values and of one straight line."""
    curve, line = np.empty_like(y), np.empty_like(y)
    for seen, held in ((half, ~half), (~half, half)):
        values, place = np.unique(v[seen], return_inverse=True)
        means = np.bincount(place, y[seen]) / np.bincount(place)
        curve[held] = np.interp(v[held], values, means)
        centre, middle = v[seen].mean(), y[seen].mean()
        spread = float(np.sum((v[seen] - centre) ** 2))
        slope = float(np.sum((v[seen] - centre) * (y[seen] - middle))) / spread if spread else 0.0
        line[held] = middle + slope * (v[held] - centre)
    return max(_share_told(curve, y), _share_told(line, y))


def _share_told(guess: Array, y: Array) -> float:
    """Return R², or 0 where a few enormous targets are met and the others are not."""
    error = np.abs(guess - y)
    if float(np.median(error)) > 0.1 * float(np.median(np.abs(y - np.median(y)))):
        return 0.0
    total = float(np.sum((y - y.mean()) ** 2))
    return max(0.0, 1 - float(np.sum(error**2)) / total) if total else 0.0
