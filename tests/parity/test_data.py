"""utils.data: datasets, loaders, splits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .harness import check_seen, ints, normal, numpy, subject

X, Y = normal(10, 3), ints(4, 10)


def dataset(m: Any) -> Any:
    return m.utils.data.TensorDataset(m.tensor(X), m.tensor(Y))


def test_tensor_dataset() -> None:
    check_seen(lambda m: [len(dataset(m)), dataset(m)[3], dataset(m)[-1], dataset(m)[2:5]])


LOADERS: list[dict[str, Any]] = [
    {}, {"batch_size": 4}, {"batch_size": 4, "drop_last": True}, {"batch_size": 20},
    {"batch_size": None},
    {"batch_size": 20, "drop_last": True}, {"batch_size": 5, "shuffle": False},
    {"batch_size": 4, "collate_fn": lambda rows: [len(rows), rows[0]]},
    {"batch_size": 3, "num_workers": 0},
]  # fmt: skip


@pytest.mark.parametrize(
    "kw", LOADERS, ids=[str(sorted(k)) + str(i) for i, k in enumerate(LOADERS)]
)
def test_loader_in_order(kw: dict[str, Any]) -> None:
    def run(m: Any) -> Any:
        loader = m.utils.data.DataLoader(dataset(m), **kw)
        return [len(loader), list(loader), len(list(loader)), loader.batch_size]

    check_seen(run)


def test_positional_arguments() -> None:
    check_seen(lambda m: list(m.utils.data.DataLoader(dataset(m), 4, False)))


class Pairs:
    """Rows of many kinds, as a user's own data set has them."""

    def __init__(self, kind: str, m: Any) -> None:
        self.kind, self.m = kind, m

    def __len__(self) -> int:
        return 5

    def __getitem__(self, i: int) -> Any:
        m = self.m
        return {
            "floats": i * 0.5, "ints": i, "bools": i > 2, "strings": f"row {i}",
            "numpy": np.full(3, i),
            "numpy32": np.full(3, i, "float32"), "scalars": np.float32(i),
            "tensors": m.full((2,), float(i)),
            "tuples": (m.ones(2) * i, i), "lists": [i, 0.5 * i],
            "dicts": {"x": m.ones(1) * i, "y": i, "name": "n"},
            "nested": ((i, {"a": np.array([i])}), "s"), "tensor scalars": m.tensor(i),
        }[self.kind]  # fmt: skip


KINDS = ["floats", "ints", "bools", "strings", "numpy", "numpy32", "scalars", "tensors", "tuples",
    "lists",
         "dicts", "nested", "tensor scalars"]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_collating(kind: str) -> None:
    check_seen(lambda m: list(m.utils.data.DataLoader(Pairs(kind, m), batch_size=2)))


def test_subclass_and_subset() -> None:
    def run(m: Any) -> Any:
        class Squares(m.utils.data.Dataset):  # type: ignore[misc]
            def __len__(self) -> int:
                return 6

            def __getitem__(self, i: int) -> Any:
                return m.tensor(float(i * i)), i

        part = m.utils.data.Subset(Squares(), [5, 0, 2])
        return len(part), part[0], list(m.utils.data.DataLoader(part, batch_size=2))

    check_seen(run)


LENGTHS: list[Any] = [
    [7, 3],
    [0.7, 0.3],
    [0.5, 0.25, 0.25],
    [1 / 3, 1 / 3, 1 / 3],
    [10],
    [10, 0],
    [0.99, 0.01],
]


@pytest.mark.parametrize("lengths", LENGTHS, ids=str)
def test_sizes_of_a_split(lengths: Any) -> None:
    check_seen(lambda m: [len(p) for p in m.utils.data.random_split(dataset(m), lengths)])


def test_a_split_holds_every_row_once() -> None:
    m = subject
    parts = m.utils.data.random_split(
        dataset(m), [0.6, 0.4], generator=m.Generator().manual_seed(5)
    )
    again = m.utils.data.random_split(
        dataset(m), [0.6, 0.4], generator=m.Generator().manual_seed(5)
    )
    rows = [list(map(int, p.indices)) for p in parts]
    assert sorted(rows[0] + rows[1]) == list(range(10))
    assert rows == [list(map(int, p.indices)) for p in again]
    np.testing.assert_array_equal(numpy(parts[0][0][0]), X[rows[0][0]])


def order(m: Any, **kw: Any) -> list[int]:
    rows = m.utils.data.TensorDataset(m.arange(50))
    return [
        int(v)
        for (batch,) in m.utils.data.DataLoader(rows, batch_size=7, shuffle=True, **kw)
        for v in batch
    ]


def test_shuffling() -> None:
    m = subject
    m.manual_seed(1)
    first, second = order(m), order(m)
    m.manual_seed(1)
    assert order(m) == first
    assert sorted(first) == sorted(second) == list(range(50))
    assert first != second
    assert first != list(range(50))


def test_shuffling_by_a_generator() -> None:
    m = subject
    g = m.Generator()
    g.manual_seed(4)
    first = order(m, generator=g)
    m.manual_seed(99)
    g.manual_seed(4)
    assert order(m, generator=g) == first


def test_samplers() -> None:
    def run(m: Any) -> Any:
        data = dataset(m)
        loader = m.utils.data.DataLoader(data, batch_size=4, sampler=[3, 1, 2, 0, 9])
        batches = m.utils.data.DataLoader(data, batch_sampler=[[0, 1], [5]])
        return list(loader), list(batches), len(loader), len(batches)

    check_seen(run, optional=True)


def test_concatenation_and_default_collate() -> None:
    def run(m: Any) -> Any:
        both = m.utils.data.ConcatDataset([dataset(m), dataset(m)])
        return len(both), both[13], m.utils.data.default_collate([1, 2])

    check_seen(run, optional=True)
