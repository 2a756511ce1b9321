"""A loader is as long as it says, whatever it reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import denpa as dp
from denpa.utils.data import BatchSampler, DataLoader, IterableDataset, Subset, TensorDataset

N = 7


class Stream(IterableDataset[int]):
    def __iter__(self) -> Iterator[int]:
        return iter(range(N))

    def __len__(self) -> int:
        return N


DATA: dict[str, Any] = {
    "stream": Stream(),
    "table": TensorDataset(dp.arange(N)),
    "part": Subset(TensorDataset(dp.arange(2 * N)), range(0, 2 * N, 2)),
    "list": [(k, float(k)) for k in range(N)],
}


@pytest.mark.parametrize("name", DATA)
@pytest.mark.parametrize("drop", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 8])
def test_as_many_batches_as_it_says(name: str, drop: bool, size: int) -> None:
    data = DATA[name]
    whole, rest = divmod(N, size)
    expected = [size] * whole + [rest] * (rest > 0 and not drop)
    loaders = [DataLoader(data, size, drop_last=drop)]
    if name != "stream":
        loaders.append(DataLoader(data, size, shuffle=True, drop_last=drop))
        loaders.append(DataLoader(data, batch_sampler=BatchSampler(range(N), size, drop)))
    for loader in loaders:
        batches = [b if name == "stream" else b[0] for b in loader]
        assert [len(b) for b in batches] == expected
        assert len(loader) == len(expected)


@pytest.mark.parametrize("name", DATA)
def test_as_many_samples_as_it_says(name: str) -> None:
    loader = DataLoader(DATA[name], batch_size=None)
    assert len(loader) == len(list(loader)) == N
