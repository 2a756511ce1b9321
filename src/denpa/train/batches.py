"""Mini-batches: which examples, in which order.

The order of epoch e is a function of (seed, e) alone, so a resumed run, another process or a
compiled loop finds the same batches without replaying what came before.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sized
from typing import Any, cast

import numpy as np

from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.dtype import DType
from denpa.core.errors import ArgumentError
from denpa.utils.data import DataLoader, Dataset, TensorDataset

_LEVELS = 1 << 12
"""A column whose range has fewer steps of its dtype than this loses more than a rounding."""

_STREAM = 0x6F72646572  # keeps the shuffling apart from other uses of the same seed


def stream(seed: int, purpose: int, epoch: int) -> np.random.Philox:
    """Random words for one purpose in one epoch, independent of all others."""
    key = np.array([seed % 2**64, purpose], np.uint64)
    return np.random.Philox(key=key, counter=np.array([0, 0, epoch, 0], np.uint64))


def order(n: int, seed: int, epoch: int) -> np.ndarray:
    """A permutation of 0 … n−1 drawn from (seed, epoch): positions of sorted random 64-bit words.

    >>> sorted(order(5, seed=0, epoch=1).tolist())
    [0, 1, 2, 3, 4]
    """
    return np.argsort(stream(seed, _STREAM, epoch).random_raw(n), kind="stable")


def as_array(x: Any, dtype: DType | None, what: str) -> np.ndarray:
    """Numbers as training takes them: floating point in `dtype` (None: in the dtype that holds
    them exactly), integer targets as int64."""
    if isinstance(x, Tensor):
        x = x.detach().numpy()
    elif hasattr(x, "to_numpy"):  # pandas, polars
        x = x.to_numpy()
    a = np.asarray(x)
    if a.dtype.kind in "iub" and what == "targets":
        return np.ascontiguousarray(a, np.int64)
    if a.dtype.kind not in "fiub":
        raise ArgumentError(
            f"{what} must be numbers, not {a.dtype} (first value: "
            f"{a.flat[0] if a.size else None!r}); encode text as numbers first"
        )
    given = a
    a = np.ascontiguousarray(a, dtype or (a.dtype if a.dtype == np.float32 else np.float64))
    found = first_not_finite(a)
    if found is not None:
        wrong = int(np.size(a) - np.count_nonzero(np.isfinite(a)))
        raise ArgumentError(
            f"{what} hold {wrong} values that are NaN or infinite, of {a.size}, the first in row "
            f"{found[0] if found else 0}{column_of(found)}; remove or fill them"
        )
    if a.dtype.itemsize < given.dtype.itemsize:
        _warn_of_merging(given, a.dtype, what)
    return a


def first_not_finite(a: np.ndarray) -> tuple[int, ...] | None:
    """Where the first number stands that is NaN or infinite; None where all are finite."""
    if a.dtype.kind != "f" or np.isfinite(a).all():
        return None
    return tuple(int(k) for k in np.unravel_index(int(np.argmin(np.isfinite(a))), a.shape))


def column_of(place: tuple[int, ...]) -> str:
    """`, column 2` behind a row, of a table; of other examples the place in them."""
    if len(place) == 2:
        return f", column {place[1]}"
    return f" at [{', '.join(map(str, place[1:]))}]" if len(place) > 2 else ""


def _warn_of_merging(given: np.ndarray, dtype: Any, what: str) -> None:
    """Say so where numbers lie so close together, for their size, that the dtype merges them."""
    if not given.size:
        return
    columns = given.reshape(len(given), -1)
    low, high = (f(columns, axis=0).astype(np.float64) for f in (np.min, np.max))
    step = np.finfo(dtype).eps * np.maximum(np.abs(low), np.abs(high))
    coarse = (high > low) & (high - low < _LEVELS * step)
    if coarse.any():
        j = int(np.argmax(coarse))
        warnings.warn(
            f"{what}: column {j} goes from {low[j]:.17g} to {high[j]:.17g}, where {dtype} has steps"
            f" of {step[j]:.2g}, so different values become one. Standardise before they are cast:"
            " dp.data.Standardizer.fit(x).transform(x), or train.mlp(standardize=, rescale=)",
            UserWarning,
            stacklevel=4,
        )


class Batches:
    """A source of mini-batches of tensors (x, y), made from arrays, a Dataset or a DataLoader."""

    def __init__(self, data: Any, batch_size: int, dtypes: tuple[DType | None, ...]) -> None:
        if batch_size < 1:
            raise ArgumentError(f"batch_size must be at least 1, not {batch_size}")
        self.batch_size = batch_size
        self.arrays: tuple[np.ndarray, ...] | None = None
        self.dataset: Any = None
        self.loader: Iterable[Any] | None = None
        if isinstance(data, TensorDataset):
            data = data.tensors
        if hasattr(data, "to_numpy"):
            raise TypeError(
                f"data must be a pair (X, Y), not a {type(data).__name__}: give its columns as "
                "(frame[[...]], frame[[...]]), or read it with dp.data.read(frame, target=...)"
            )
        if isinstance(data, DataLoader) or (
            not isinstance(data, (tuple, list, Dataset)) and hasattr(data, "__iter__")
        ):
            self.loader = data
            size = len(cast(Sized, data.dataset)) if isinstance(data, DataLoader) else 0
            self.examples, self.batches = size, len(cast(Sized, data))
        elif isinstance(data, (tuple, list)):
            if len(data) != 2:
                raise ArgumentError(f"data must be a pair (X, Y), not {len(data)} parts")
            x, y = (
                as_array(a, dtype, what)
                for a, dtype, what in zip(data, dtypes, ("inputs", "targets"), strict=True)
            )
            if len(x) != len(y):
                raise ArgumentError(f"X has {len(x)} rows and Y has {len(y)}; they must be equal")
            self.arrays = (x, y)
            self.examples = len(x)
        elif isinstance(data, Dataset):
            self.dataset = data
            self.examples = len(cast(Sized, data))
        else:
            raise TypeError(
                f"data must be a pair (X, Y), a Dataset or a DataLoader, not {type(data).__name__}"
            )
        if self.loader is None:
            if not self.examples:
                raise ArgumentError("there are no examples to train on")
            self.batches = -(-self.examples // batch_size)

    def epoch(self, seed: int, epoch: int, shuffle: bool = True) -> Iterator[tuple[Tensor, Tensor]]:
        """The batches of one epoch; the last one may be smaller."""
        loader, n, size = self.loader, self.examples, int(self.batch_size)
        if loader is None:
            places = order(n, seed, epoch) if shuffle else np.arange(n)
            if self.arrays is not None:
                x, y = self.arrays
                for at in range(0, n, size):
                    chosen = places[at : at + size]
                    yield tensor_of(x[chosen]), tensor_of(y[chosen])
                return
            loader = DataLoader(self.dataset, size, sampler=places.tolist())
        for batch in loader:
            yield batch[0], batch[1]
