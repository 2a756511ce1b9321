"""The loader: a dataset, in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from denpa.autodiff.mode import untraceable
from denpa.core.op import OPS
from denpa.utils.data.collate import default_collate, default_convert
from denpa.utils.data.dataset import IterableDataset, Subset, TensorDataset
from denpa.utils.data.sampler import (
    BatchSampler,
    RandomSampler,
    SequentialSampler,
    _Order,
    group_count,
    grouped,
)


class DataLoader:
    """Batches of a dataset: iterate over it once for each epoch.

    `shuffle` takes a new random order each time, from `generator` or the default one; the last,
    shorter batch is kept unless `drop_last`. `sampler` or `batch_sampler` give an order of your
    own, and `collate_fn` makes a batch from a list of samples. `batch_size=None` yields samples
    one by one. Batches of a `TensorDataset` (or a `Subset` of one) are read by one indexing of
    each tensor.

    Errors: ValueError for options that exclude each other and a batch_size below 1; TypeError for a
    dataset without a length; NotImplementedError for worker processes and what goes with them.

    >>> import denpa as dp
    >>> data = dp.utils.data.TensorDataset(dp.arange(5), dp.arange(5) * 10)
    >>> for x, y in dp.utils.data.DataLoader(data, batch_size=2):
    ...     print(x, y)
    tensor([0, 1]) tensor([ 0, 10])
    tensor([2, 3]) tensor([20, 30])
    tensor([4]) tensor([40])
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Iterable[Any] | None = None,
        batch_sampler: Iterable[Any] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[list[Any]], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable[[int], None] | None = None,
        multiprocessing_context: Any = None,
        generator: Any = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:
        if num_workers < 0:
            raise ValueError(
                f"num_workers option should be non-negative, not {num_workers}; "
                "use num_workers=0 to disable multiprocessing"
            )
        offered = {
            "num_workers": num_workers == 0,
            "pin_memory": not pin_memory,
            "worker_init_fn": worker_init_fn is None,
            "multiprocessing_context": multiprocessing_context is None,
            "prefetch_factor": prefetch_factor is None,
            "persistent_workers": not persistent_workers,
            "pin_memory_device": not pin_memory_device,
            "timeout": timeout == 0,
            "in_order": in_order,
        }
        for name, fine in offered.items():
            if not fine:
                raise NotImplementedError(
                    f"DataLoader: {name} is not offered, samples are read in this process; leave "
                    "it out"
                )
        self._stream = isinstance(dataset, IterableDataset)
        if self._stream:
            _check_stream(shuffle, sampler, batch_sampler)
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                raise ValueError(
                    "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, "
                    "and drop_last"
                )
            batch_size = None
        elif batch_size is None and drop_last:
            raise ValueError(
                "batch_size=None option disables auto-batching and is mutually exclusive with "
                "drop_last"
            )
        if sampler is None and not self._stream:
            if shuffle:
                sampler = RandomSampler(dataset, generator=generator)
            else:
                sampler = SequentialSampler(dataset)
        if batch_sampler is None and batch_size is not None:
            batch_sampler = BatchSampler(sampler or (), batch_size, drop_last)
        self.dataset: Any = dataset
        self.batch_size = batch_size
        self.drop_last = drop_last
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        self.generator = generator
        self.num_workers = 0
        self.pin_memory = False
        self.timeout = timeout
        if collate_fn is None:
            collate_fn = default_convert if batch_sampler is None else default_collate
        self.collate_fn: Callable[[Any], Any] = collate_fn

    def __len__(self) -> int:
        if self._stream:
            n = len(self.dataset)
            size = self.batch_size
            return n if size is None else group_count(n, size, self.drop_last)
        chosen = self.sampler if self.batch_sampler is None else self.batch_sampler
        return len(chosen)  # type: ignore[arg-type]

    def __iter__(self) -> Iterator[Any]:
        untraceable("a loop over a DataLoader", "pass each batch as an argument")
        if self._stream:
            return self._read_stream()
        if self.batch_sampler is None:
            return (self.collate_fn(self.dataset[k]) for k in self.sampler or ())
        if self.collate_fn is default_collate:
            table = _table(self.dataset)
            if table is not None:
                return self._read_table(*table)
        return (self.collate_fn([self.dataset[k] for k in ks]) for ks in self.batch_sampler)

    def _read_table(self, data: TensorDataset, places: np.ndarray | None) -> Iterator[Any]:
        """Whole batches by one indexing of each tensor."""
        for index in self._batches():
            index = index if places is None else places[index]
            yield [OPS["gather"](t, index) for t in data.tensors]

    def _batches(self) -> Iterator[np.ndarray]:
        sampler = self.batch_sampler
        assert sampler is not None
        if type(sampler) is BatchSampler and isinstance(sampler.sampler, _Order):
            order, size = sampler.sampler.order(), sampler.batch_size
            stop = len(order) - len(order) % size if sampler.drop_last else len(order)
            for start in range(0, stop, size):
                yield order[start : start + size]
            return
        for ks in sampler:
            yield np.asarray(ks, np.int64)

    def _read_stream(self) -> Iterator[Any]:
        found = self.dataset
        if self.batch_size is not None:
            found = grouped(found, self.batch_size, self.drop_last)
        for sample in found:
            yield self.collate_fn(sample)


def _check_stream(shuffle: Any, sampler: Any, batch_sampler: Any) -> None:
    for name, given in (
        ("shuffle", shuffle or None),
        ("sampler", sampler),
        ("batch_sampler", batch_sampler),
    ):
        if given is not None:
            raise ValueError(
                "DataLoader with IterableDataset: expected unspecified "
                f"{name} option, but got {name}={given}; a stream comes in its own order"
            )


def _table(dataset: Any) -> tuple[TensorDataset, np.ndarray | None] | None:
    """The TensorDataset that a dataset reads from, and the places of its samples there."""
    places: np.ndarray | None = None
    while type(dataset) is Subset:
        inner: np.ndarray = np.asarray(dataset.indices)
        if inner.ndim != 1 or inner.dtype.kind not in "iu":
            return None
        places = inner if places is None else inner[places]
        dataset = dataset.dataset
    return (dataset, places) if type(dataset) is TensorDataset else None
