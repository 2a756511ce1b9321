"""Examples of a data set for a check: `denpa check FILE:NAME --data NAME|PATH`."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from denpa.check.opening.losses import Examples


def examples_of(source: str, target: str | None, batch: int, seed: int) -> Examples:
    """Some examples of a named data set or of a file, drawn with `seed`; the columns of a table
    and the channels of signals are scaled to mean 0 and deviation 1, so that no unit of measure
    saturates the network.

    Errors: a DataError for a name that there is not, and those of reading the file.

    >>> found = examples_of("digits", None, 32, 0)
    >>> found.x.shape, found.y.shape, found.classes
    ((32, 1, 8, 8), (32,), 10)
    """
    from denpa.data import Standardizer, get, read

    if Path(source).suffix or Path(source).exists():
        data = read(source, target=target)
    else:
        data, _ = get(source)
    y = data.require_target()
    rows = np.random.default_rng(seed).permutation(len(data))[:batch]
    x = np.asarray(data.x, np.float64)
    if data.kind != "images":
        x = Standardizer.fit(x).transform(x, np.float64)
    return Examples(data.name, x[rows], y[rows], len(data.classes))
