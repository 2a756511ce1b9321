"""Datasets: collections of samples by number, or streams of them."""

from __future__ import annotations

import math
import warnings
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Any, Generic, TypeVar

import numpy as np

from denpa.autodiff.tensor import Tensor
from denpa.core.errors import DimError, ShapeError
from denpa.core.shape import describe

T_co = TypeVar("T_co", covariant=True)


class Dataset(Generic[T_co]):
    """Samples by number: a subclass defines `__getitem__(k)` and `__len__()`.

    `a + b` is the dataset of the samples of a, then of b.

    Errors: NotImplementedError (a RuntimeError) for a sample of a class without `__getitem__`.

    >>> import denpa as dp
    >>> class Squares(dp.utils.data.Dataset):
    ...     def __getitem__(self, k):
    ...         return k * k
    ...     def __len__(self):
    ...         return 3
    >>> data = Squares() + Squares()
    >>> len(data), data[5]
    (6, 4)
    """

    def __getitem__(self, index: Any) -> T_co:
        raise NotImplementedError(f"{type(self).__name__} must define __getitem__")

    def __add__(self, other: Dataset[T_co]) -> ConcatDataset[T_co]:
        return ConcatDataset([self, other])


class IterableDataset(Dataset[T_co]):
    """A stream of samples: a subclass defines `__iter__()`.

    Errors: NotImplementedError (a RuntimeError) for a class without `__iter__`.

    >>> import denpa as dp
    >>> class Countdown(dp.utils.data.IterableDataset):
    ...     def __iter__(self):
    ...         return iter([3, 2, 1])
    >>> list(dp.utils.data.DataLoader(Countdown(), batch_size=2))
    [tensor([3, 2]), tensor([1])]
    """

    def __iter__(self) -> Iterator[T_co]:
        raise NotImplementedError(f"{type(self).__name__} must define __iter__")


class TensorDataset(Dataset[tuple[Tensor, ...]]):
    """The k-th sample is the tuple of the k-th entries of the tensors.

    Errors: ValueError if the first sizes differ, for no tensor and for a 0-dim one; TypeError for
    what is no tensor; IndexError for a sample that there is not.

    >>> import denpa as dp
    >>> data = dp.utils.data.TensorDataset(dp.tensor([[1.0], [2.0]]), dp.tensor([0, 1]))
    >>> data[1]
    (tensor([2.]), tensor(1))
    """

    def __init__(self, *tensors: Tensor) -> None:
        if not tensors:
            raise ValueError("TensorDataset takes at least one tensor")
        for k, t in enumerate(tensors):
            if not isinstance(t, Tensor):
                raise TypeError(
                    f"TensorDataset takes tensors, but argument {k} is {type(t).__name__}; "
                    "make it one with dp.tensor"
                )
            if not t.shape:
                raise ValueError(f"TensorDataset: tensor {k} has no dimension to take samples from")
        if any(t.shape[0] != tensors[0].shape[0] for t in tensors):
            listed = ", ".join(map(describe, tensors))
            raise SizeError(f"Size mismatch between tensors: {listed} differ in their first size")
        self.tensors = tensors

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        return tuple(t[index] for t in self.tensors)

    def __len__(self) -> int:
        return self.tensors[0].shape[0]


class SizeError(ShapeError, ValueError):
    """Tensors of one dataset with different numbers of samples."""


class ConcatDataset(Dataset[T_co]):
    """The samples of several datasets, one after the other; negative numbers count from the end.

    Errors: ValueError for no dataset; TypeError for an IterableDataset; IndexError (DimError) for a
    sample that there is not.

    >>> import denpa as dp
    >>> data = dp.utils.data.ConcatDataset([range(3), range(10, 12)])
    >>> len(data), data[3], data[-1]
    (5, 10, 11)
    """

    def __init__(self, datasets: Iterable[Dataset[T_co]]) -> None:
        self.datasets: list[Any] = list(datasets)
        if not self.datasets:
            raise ValueError("datasets should not be an empty iterable")
        for d in self.datasets:
            if isinstance(d, IterableDataset):
                raise TypeError("ConcatDataset does not support IterableDataset")
        self.cumulative_sizes = list(accumulate(len(d) for d in self.datasets))

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]

    def __getitem__(self, index: int) -> T_co:
        n = len(self)
        if not -n <= index < n:
            raise DimError(f"sample {index} is out of range for a dataset of {n}")
        index %= n
        k = bisect_right(self.cumulative_sizes, index)
        sample: T_co = self.datasets[k][index - (self.cumulative_sizes[k - 1] if k else 0)]
        return sample


class Subset(Dataset[T_co]):
    """The samples of a dataset at the given places, a list of integers.

    Errors: IndexError for a sample that there is not, here or in the dataset.

    >>> import denpa as dp
    >>> data = dp.utils.data.Subset(range(10, 20), [0, 9])
    >>> len(data), data[1]
    (2, 19)
    """

    def __init__(self, dataset: Dataset[T_co], indices: Sequence[int]) -> None:
        self.dataset = dataset
        self.indices = indices

    def __getitem__(self, index: Any) -> T_co:
        if isinstance(index, list):
            return self.dataset[[self.indices[k] for k in index]]
        return self.dataset[self.indices[index]]

    def __len__(self) -> int:
        return len(self.indices)


def random_split(
    dataset: Dataset[T_co], lengths: Sequence[int | float], generator: Any = None
) -> list[Subset[T_co]]:
    """Split at random into parts of the given lengths, or of the given fractions of 1.

    What fractions leave over goes to the parts in turn, one sample each. The shuffle comes from
    `generator` or the default one.

    Errors: ValueError if the lengths do not sum to the size of the dataset or to 1, and for a
    fraction outside of 0 to 1; TypeError for a dataset without a length.

    >>> import denpa as dp
    >>> train, test = dp.utils.data.random_split(range(10), [0.8, 0.2])
    >>> len(train), len(test), sorted([*train, *test])
    (8, 2, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    """
    from denpa.functional.random import randperm

    n = len(dataset)  # type: ignore[arg-type]
    total = sum(lengths)
    if math.isclose(total, 1) and total <= 1:
        for k, part in enumerate(lengths):
            if not 0 <= part <= 1:
                raise ValueError(f"Fraction at index {k} is not between 0 and 1: {part}")
        sizes = [math.floor(n * part) for part in lengths]
        for k in range(n - sum(sizes)):
            sizes[k % len(sizes)] += 1
        for k, size in enumerate(sizes):
            if size == 0:
                warnings.warn(
                    f"Length of split at index {k} is 0. This might result in an empty dataset.",
                    UserWarning,
                    stacklevel=2,
                )
    else:
        sizes = [int(size) for size in lengths]
        if total != n or sizes != list(lengths) or min(sizes) < 0:
            raise ValueError(
                "Sum of input lengths does not equal the length of the input dataset! "
                f"lengths are {list(lengths)}, the dataset has {n} samples; give numbers of "
                "samples "
                "with that sum, or fractions that sum to 1"
            )
    order = [int(k) for k in np.asarray(randperm(n, generator=generator).numpy())]
    ends = list(accumulate(sizes))
    return [Subset(dataset, order[end - size : end]) for size, end in zip(sizes, ends, strict=True)]
