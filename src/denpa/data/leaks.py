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

_MISSES = 20
"""Rows that the commonest class alone must get wrong, or the others are too few to say anything."""


def possible_leaks(data: Data) -> tuple[str, ...]:
    """Return a sentence for each column of a table that alone predicts the target with an accuracy
    or R² of 0.999 or more, on rows held out.

    Give it the training part. One half of its rows predicts the other and is predicted by it: the
    class, or by straight lines the value, of the nearest value of the column. A table of one column
    has no leak: it is all there is.

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
    if len(columns) < 2 or len(y) < _FEWEST[task]:
        return ()
    rows = np.random.default_rng(0).permutation(len(y))[:_ROWS]
    halves = np.arange(len(rows)) % 2 == 0
    if task == "classification" and len(rows) - np.bincount(y[rows]).max() < _MISSES:
        return ()
    found = []
    for name, column in columns.items():
        v = column[rows].astype(np.float64)
        if task == "classification":
            share = _accuracy(v, y[rows], halves)
            figure = f"{share:.2%} right"
        else:
            values = y[rows, 0].astype(np.float64)
            share = _r2(v, values, halves)
            figure = f"R² {share:.5f}"
            if share < ALMOST:  # a target far out is hard to meet, its rank is not
                share = _r2(v, _ranks(values), halves)
                figure = f"R² of the ranks {share:.5f}"
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
    typical = float(np.median(np.abs(y - np.median(y))))
    best = 0.0
    for guess in (curve, line):
        error = np.abs(guess - y)
        # A few enormous targets that are met do not make the others so.
        if float(np.median(error)) <= 0.1 * typical:
            total = float(np.sum((y - y.mean()) ** 2))
            best = max(best, 1 - float(np.sum(error**2)) / total if total else 0.0)
    return best
