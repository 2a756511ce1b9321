"""Columns that alone predict the target almost perfectly: often the target in other words."""

from __future__ import annotations

import numpy as np

from denpa.core.wording import Wording, arguments
from denpa.data.dataset import Array, Data
from denpa.data.encoders.columns import width

__all__ = ["possible_leaks"]

ALMOST = 0.999
"""Share of right answers, or R², from which a column is named."""

_ROWS = 2000
"""Rows that are looked at: enough to tell 0.999, and a few milliseconds a column."""

_FEWEST = {"classification": 200, "regression": 100}
"""With fewer rows all may be right by chance: a column that is right in 97 of 100 rows is right in
200 of 200 once in 440 times. R² varies less: from 0.9975 it comes to 0.999 in 30 rows, not in 100.
"""

_RARE = 5
"""Rows of other classes than the commonest from which they say anything: a column that has nothing
to do with them is not right in all of these and wrong in none of hundreds of others."""

_FAR = 0.05
"""Share of the rows, those with the farthest targets, without which R² has to be as good."""

_GROUPED = 100
"""The same for a column of groups. That their class goes up and down along the column shows that it
is no measure with a threshold, which may be honest: iris's petal width is all right in 100 rows
once in 70 times, and its class changes twice.
"""

_SHARED = 0.9
"""Share of the rows whose value other rows have too, from which a column is one of groups."""


def possible_leaks(data: Data) -> tuple[str, ...]:
    """Return a sentence for each column of a table that alone predicts the target with an accuracy
    or R² of 0.999 or more, on rows held out.

    Give it the training part. One half of its rows predicts the other and is predicted by it: the
    class, or by straight lines the value, of the nearest value of the column. Cells that were
    filled in do not count. Where classes are unequal, being right is not enough: 0.999 of the rows
    of other classes than the commonest must be found, and of those that are said to be so, be so.
    Where rows share values, as visits of one patient do, each row is also predicted by the others
    with its value.
    A table of one column has no leak: it is all there is. Data that are no table have none either:
    an empty tuple.

    Errors: DataError (a ValueError) for data without a target; AttributeError for what is no Data.

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
    if len(columns) < 2:
        return ()
    order = np.random.default_rng(0).permutation(len(y))
    whole: tuple[Array, Array, Array] | None = None  # of all rows, the same for each column

    def sample(known: Array) -> tuple[Array, Array, Array]:
        rows, halves = _stratified(known, y)
        return rows, halves, _alone(data.x[rows])

    found = []
    for name, (column, given) in columns.items():
        known = order if given is None else order[given[order]]
        if len(known) < _GROUPED:
            continue
        if task == "classification":
            if given is None and whole is None:
                whole = sample(order)
            rows, halves, alone = whole if given is None and whole else sample(known)
            v = column[rows].astype(np.float64)
            share = _of_groups(v[alone], y[rows][alone])
            figure = f"{share:.2%} right"
            if len(known) >= _FEWEST[task] and share < ALMOST:
                share, figure = _share(v, y[rows], halves)
        else:
            rows = known[:_ROWS]
            halves = np.arange(len(rows)) % 2 == 0
            v, values = column[rows].astype(np.float64), y[rows, 0].astype(np.float64)
            share = _r2(v, values, halves)
            figure = f"R² {share:.5f}"
            if share < ALMOST:  # a target far out is hard to meet, its rank is not
                share = _r2(v, _ranks(values), halves)
                figure = f"R² of the ranks {share:.5f}"
            if share < ALMOST:
                alone = _alone(data.x[rows])
                share = _r2_of_groups(v[alone], values[alone])
                figure = f"R² {share:.5f}"
        if share >= ALMOST:
            found.append(
                Wording(
                    f"column {name!r} alone predicts {data.target!r} almost perfectly ({figure} on"
                    " rows held out): a leak, unless it is known before the target is;"
                    f" {arguments('drop', [name])} leaves it out"
                )
            )
    return tuple(found)


def _columns(data: Data) -> dict[str, tuple[Array, Array | None]]:
    """Return each column as numbers (N,), of a category the place in its list, and which of them
    were given (None: all)."""
    found: dict[str, tuple[Array, Array | None]] = {}
    if data.kind != "table":
        return found
    at = 0
    for record in data.encoding["columns"]:
        n = width(record)
        block = data.x[:, at : at + n]
        given = None if data.filled is None else ~data.filled[:, at]
        found[record["name"]] = (block[:, 0] if n == 1 else block.argmax(axis=1), given)
        at += n
    return found


def _stratified(known: Array, y: Array) -> tuple[Array, Array]:
    """Return up to 2000 of these rows, with as many of rare classes as there can be, and a half of
    each class."""
    classes = y[known]
    rare = classes != np.bincount(classes).argmax()
    many = max(_ROWS // 2, round(_ROWS * float(rare.mean())))
    others = known[rare][:many]
    rows = np.concatenate([others, known[~rare][: _ROWS - len(others)]])
    rows = rows[np.argsort(y[rows], kind="stable")]
    return rows, np.arange(len(rows)) % 2 == 0


def _share(v: Array, y: Array, half: Array) -> tuple[float, str]:
    """Return the least of the shares that must be almost 1, and the figure to show."""
    guess = np.empty_like(y)
    for seen, held in ((half, ~half), (~half, half)):
        values, place = np.unique(v[seen], return_inverse=True)
        counts = np.zeros((len(values), int(y.max()) + 1), np.int64)
        np.add.at(counts, (place, y[seen]), 1)
        guess[held] = counts.argmax(axis=1)[_nearest(values, v[held])]
    right = guess == y
    common = np.bincount(y).argmax()
    rare, said = y != common, guess != common
    if rare.sum() < _RARE or not said.any():
        return 0.0, ""
    shares = [float(right.mean()), float(right[rare].mean()), float(right[said].mean())]
    return min(shares), f"{shares[0]:.2%} right"


def _alone(x: Array) -> Array:
    """Return the places of rows of which none equals another: of rows that are equal in all columns
    each column would know the answer."""
    places: Array = np.unique(x, axis=0, return_index=True)[1]
    return places


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
    return _told(guess, centred[shared])


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
    v, y = (np.ldexp(a, -np.frexp(np.abs(a).max())[1]) for a in (v, y))  # squares that float64 has
    curve, line = np.empty_like(y), np.empty_like(y)
    for seen, held in ((half, ~half), (~half, half)):
        values, place = np.unique(v[seen], return_inverse=True)
        means = np.bincount(place, y[seen]) / np.bincount(place)
        curve[held] = np.interp(v[held], values, means)
        centre, middle = v[seen].mean(), y[seen].mean()
        spread = float(np.sum((v[seen] - centre) ** 2))
        slope = float(np.sum((v[seen] - centre) * (y[seen] - middle))) / spread if spread else 0.0
        line[held] = middle + slope * (v[held] - centre)
    return max(_told(curve, y), _told(line, y))


def _told(guess: Array, y: Array) -> float:
    """Return R², of all or without the farthest targets, whichever is less: a few enormous targets
    that are met do not make the others so."""
    far = np.abs(y - np.median(y))
    near = far <= np.quantile(far, 1 - _FAR)
    return min(_explained(guess, y), _explained(guess[near], y[near]))


def _explained(guess: Array, y: Array) -> float:
    error, total = float(np.sum((guess - y) ** 2)), float(np.sum((y - y.mean()) ** 2))
    return 1 - error / total if total else float(error == 0)
