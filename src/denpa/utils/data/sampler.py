"""In which order samples are taken, and how they are put into batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Sized
from typing import Any, Generic, TypeVar

import numpy as np

from denpa.autodiff.tensor import Tensor

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Sampler(Generic[T_co]):
    """Base: an iterable of the numbers of samples (or of lists of them), in order.

    Errors: NotImplementedError (a RuntimeError) for a class without `__iter__`.

    >>> import denpa as dp
    >>> class Evens(dp.utils.data.Sampler):
    ...     def __iter__(self):
    ...         return iter([0, 2])
    >>> list(dp.utils.data.DataLoader(range(4), sampler=Evens()))
    [tensor([0]), tensor([2])]
    """

    def __init__(self, data_source: Any = None) -> None:
        pass

    def __iter__(self) -> Iterator[T_co]:
        raise NotImplementedError(f"{type(self).__name__} must define __iter__")


class _Order(Sampler[int]):
    """A sampler that knows its whole order at once, an array of integers (n,)."""

    def order(self) -> np.ndarray:
        """The numbers of the samples of one pass."""
        raise NotImplementedError

    def __iter__(self) -> Iterator[int]:
        return iter(self.order().tolist())


class SequentialSampler(_Order):
    """0, 1, 2, … in order, integers below the length of `data_source`.

    Errors: when it is run, a TypeError for a `data_source` without a length.

    >>> import denpa as dp
    >>> list(dp.utils.data.SequentialSampler("abc"))
    [0, 1, 2]
    """

    def __init__(self, data_source: Sized) -> None:
        self.data_source = data_source

    def order(self) -> np.ndarray:
        """0 to n − 1."""
        return np.arange(len(self.data_source))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(_Order):
    """A new random order each pass, from `generator` or the default one.

    Without `replacement` every sample comes once (again and again for `num_samples` above the
    number of samples); with it each is drawn independently.

    Errors: TypeError for a `replacement` that is no bool; ValueError for a `num_samples` that is no
    whole number of 1 or more; when it is run, a TypeError for a `data_source` without a length.

    >>> import denpa as dp
    >>> sorted(dp.utils.data.RandomSampler("abc")), len(dp.utils.data.RandomSampler("abc", True, 7))
    ([0, 1, 2], 7)
    """

    def __init__(
        self,
        data_source: Sized,
        replacement: bool = False,
        num_samples: int | None = None,
        generator: Any = None,
    ) -> None:
        if not isinstance(replacement, bool):
            raise TypeError(
                f"replacement should be a boolean value, but got replacement={replacement}"
            )
        if num_samples is not None:
            _check_count("num_samples", num_samples)
        self.data_source = data_source
        self.replacement = replacement
        self._num_samples = num_samples
        self.generator = generator

    @property
    def num_samples(self) -> int:
        """How many samples one pass has."""
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def order(self) -> np.ndarray:
        """A permutation, permutations one after the other, or independent draws."""
        from denpa.functional.random import randint, randperm

        n, wanted = len(self.data_source), self.num_samples
        if not n or not wanted:
            return np.zeros(0, np.int64)
        if self.replacement:
            drawn: np.ndarray = randint(0, n, (wanted,), generator=self.generator).numpy()
            return drawn
        rounds = -(-wanted // n)
        parts = [randperm(n, generator=self.generator).numpy() for _ in range(rounds)]
        order: np.ndarray = np.concatenate(parts)[:wanted]
        return order

    def __len__(self) -> int:
        return self.num_samples


class SubsetRandomSampler(_Order):
    """The given numbers, a list of integers, in a new random order each pass.

    Errors: when it is run, a TypeError for what is no list, a ValueError for what is no number.

    >>> import denpa as dp
    >>> sorted(dp.utils.data.SubsetRandomSampler([2, 5, 9]))
    [2, 5, 9]
    """

    def __init__(self, indices: Sequence[int], generator: Any = None) -> None:
        self.indices = indices
        self.generator = generator

    def order(self) -> np.ndarray:
        """A permutation of the indices."""
        from denpa.functional.random import randperm

        chosen = np.asarray(self.indices, np.int64)
        order: np.ndarray = chosen[randperm(len(chosen), generator=self.generator).numpy()]
        return order

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(_Order):
    """Numbers drawn in proportion to weights (n,), with replacement or without: `num_samples` of
    0 to n − 1.

    Errors: ValueError for weights of other than one dimension, negative, not finite or all 0, a
    `num_samples` that is no whole number of 1 or more, or, without replacement, above the number of
    weights that are not 0, and a `replacement` that is no bool.

    >>> import denpa as dp
    >>> list(dp.utils.data.WeightedRandomSampler([0.0, 1.0, 0.0], num_samples=3))
    [1, 1, 1]
    """

    def __init__(
        self,
        weights: Sequence[float],
        num_samples: int,
        replacement: bool = True,
        generator: Any = None,
    ) -> None:
        _check_count("num_samples", num_samples)
        if not isinstance(replacement, bool):
            raise ValueError(
                f"replacement should be a boolean value, but got replacement={replacement}"
            )
        held = weights.detach().numpy() if isinstance(weights, Tensor) else weights
        w: np.ndarray = np.asarray(held, np.float64)
        if w.ndim != 1:
            raise ValueError(
                f"weights should be a 1d sequence but given weights have shape {tuple(w.shape)}"
            )
        if not (np.all(np.isfinite(w)) and np.all(w >= 0) and np.any(w > 0)):
            raise ValueError("weights must be finite, 0 or more, and not all 0")
        if not replacement and num_samples > np.count_nonzero(w):
            raise ValueError(
                f"cannot draw {num_samples} samples without replacement: "
                f"only {np.count_nonzero(w)} weights are not 0"
            )
        self.weights = w
        self.num_samples = num_samples
        self.replacement = replacement
        self.generator = generator

    def order(self) -> np.ndarray:
        """Inverse of the cumulative weights; without replacement the order of exponential waiting
        times.

        Source: Efraimidis, Spirakis, *Weighted random sampling with a reservoir* (2006).
        """
        from denpa.functional.random import rand

        w = self.weights
        if self.replacement:
            u = rand(self.num_samples, dtype=np.dtype("float64"), generator=self.generator).numpy()
            edges = np.cumsum(w / w.max())  # the sum of large weights would be infinite
            found = np.searchsorted(edges, u * edges[-1], side="right")
            drawn: np.ndarray = np.minimum(found, np.flatnonzero(w)[-1])
            return drawn
        u = rand(len(w), dtype=np.dtype("float64"), generator=self.generator).numpy()
        some = np.flatnonzero(w)
        with np.errstate(divide="ignore"):  # logarithms, for a tiny weight's time would be infinite
            waiting = np.log(-np.log1p(-u[some])) - np.log(w[some])
        first: np.ndarray = some[np.argsort(waiting, kind="stable")[: self.num_samples]]
        return first

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler[list[int]]):
    """Lists of `batch_size` numbers of another sampler; the last may be shorter unless `drop_last`.

    Errors: ValueError for a `batch_size` that is no whole number of 1 or more and a `drop_last`
    that is no bool.

    >>> import denpa as dp
    >>> list(dp.utils.data.BatchSampler(range(5), batch_size=2, drop_last=False))
    [[0, 1], [2, 3], [4]]
    """

    def __init__(self, sampler: Iterable[int], batch_size: int, drop_last: bool) -> None:
        _check_count("batch_size", batch_size)
        if not isinstance(drop_last, bool):
            raise ValueError(f"drop_last should be a boolean value, but got drop_last={drop_last}")
        self.sampler = sampler
        self.batch_size = batch_size
        self.drop_last = drop_last

    def __iter__(self) -> Iterator[list[int]]:
        return grouped(self.sampler, self.batch_size, self.drop_last)

    def __len__(self) -> int:
        return group_count(len(self.sampler), self.batch_size, self.drop_last)  # type: ignore[arg-type]


def grouped(items: Iterable[T], size: int, drop_last: bool) -> Iterator[list[T]]:
    """Lists of `size` items; the last may be shorter unless `drop_last`."""
    group: list[T] = []
    for item in items:
        group.append(item)
        if len(group) == size:
            yield group
            group = []
    if group and not drop_last:
        yield group


def group_count(n: int, size: int, drop_last: bool) -> int:
    """How many lists `grouped` makes of n items."""
    return n // size if drop_last else -(-n // size)


def _check_count(name: str, value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{name} should be a positive integer value, but got {name}={value}")
