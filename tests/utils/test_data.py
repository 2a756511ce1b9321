"""Datasets, samplers and the loader: every sample once, the last batch kept, no path different."""

from __future__ import annotations

from collections import Counter, namedtuple
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import denpa as dp
from denpa.utils.data import (
    BatchSampler,
    ConcatDataset,
    DataLoader,
    Dataset,
    IterableDataset,
    RandomSampler,
    SequentialSampler,
    Subset,
    SubsetRandomSampler,
    TensorDataset,
    WeightedRandomSampler,
    default_collate,
    random_split,
)


def table(n: int) -> TensorDataset:
    return TensorDataset(dp.arange(2 * n).reshape(n, 2).float(), dp.arange(n))


class Squares(Dataset[Any]):
    def __init__(self, n: int) -> None:
        self.n = n

    def __getitem__(self, k: int) -> tuple[float, int]:
        return float(k * k), k

    def __len__(self) -> int:
        return self.n


class Stream(IterableDataset[int]):
    def __iter__(self) -> Iterator[int]:
        return iter(range(7))


@settings(max_examples=40, deadline=None)
@given(n=st.integers(0, 40), size=st.integers(1, 12), shuffle=st.booleans(), drop=st.booleans())
def test_every_sample_once_and_the_last_batch_kept(
    n: int, size: int, shuffle: bool, drop: bool
) -> None:
    data = table(n) if n else Squares(0)
    loader = DataLoader(data, batch_size=size, shuffle=shuffle, drop_last=drop)
    batches = [y.tolist() for _, y in loader]
    seen = [k for b in batches for k in b]
    assert len(batches) == len(loader) == (n // size if drop else -(-n // size))
    assert all(len(b) == size for b in batches[:-1])
    assert len(set(seen)) == len(seen) == (n - n % size if drop else n)
    if not shuffle:
        assert seen == list(range(len(seen)))


@pytest.mark.parametrize("wrap", ["plain", "subset", "subset of a subset"])
@pytest.mark.parametrize("shuffle", [False, True])
def test_the_fast_path_gives_the_batches_of_the_slow_one(wrap: str, shuffle: bool) -> None:
    data: Any = table(11)
    if wrap != "plain":
        data = Subset(data, [9, 3, 3, 0, 7])
    if wrap == "subset of a subset":
        data = Subset(data, [4, 1, 0])

    def batches(collate: Any) -> list[Any]:
        g = dp.Generator().manual_seed(3)
        loader = DataLoader(data, 2, shuffle=shuffle, generator=g, collate_fn=collate)
        return [[t.numpy() for t in batch] for batch in loader]

    fast, slow = batches(None), batches(lambda samples: default_collate(samples))
    assert len(fast) == len(slow)
    for a, b in zip(fast, slow, strict=True):
        for x, y in zip(a, b, strict=True):
            assert x.dtype == y.dtype
            np.testing.assert_array_equal(x, y)


def test_the_order_follows_from_the_seed_and_is_new_each_epoch() -> None:
    def epochs() -> list[list[int]]:
        dp.manual_seed(5)
        loader = DataLoader(table(20), batch_size=20, shuffle=True)
        return [next(iter(loader))[1].tolist() for _ in range(2)]

    first, second = epochs()
    assert first != second
    assert epochs() == [first, second]


def test_a_batch_is_a_copy() -> None:
    data = table(4)
    x, _ = next(iter(DataLoader(data, batch_size=4)))
    x.zero_()
    assert data.tensors[0].sum().item() == 28.0


def test_samples_of_numbers_become_tensors() -> None:
    x, y = next(iter(DataLoader(Squares(3), batch_size=3)))
    assert (x.tolist(), x.dtype) == ([0.0, 1.0, 4.0], dp.float64)
    assert (y.tolist(), y.dtype) == ([0, 1, 2], dp.int64)


def test_streams() -> None:
    assert [b.tolist() for b in DataLoader(Stream(), batch_size=3)] == [[0, 1, 2], [3, 4, 5], [6]]
    assert len(list(DataLoader(Stream(), batch_size=3, drop_last=True))) == 2
    assert list(DataLoader(Stream(), batch_size=None)) == list(range(7))


def test_samplers_of_ones_own() -> None:
    data = table(6)
    loader = DataLoader(data, batch_size=2, sampler=[5, 1, 0])
    assert [y.tolist() for _, y in loader] == [[5, 1], [0]]
    loader = DataLoader(data, batch_sampler=[[0, 1, 2], [4]])
    assert [y.tolist() for _, y in loader] == [[0, 1, 2], [4]]
    assert len(loader) == 2
    sizes = list(BatchSampler(SequentialSampler(range(5)), 2, True))
    assert sizes == [[0, 1], [2, 3]]


def test_random_samplers() -> None:
    assert sorted(RandomSampler(range(9))) == list(range(9))
    twice = Counter(RandomSampler(range(4), num_samples=10))
    assert set(twice.values()) == {2, 3}
    drawn = list(RandomSampler(range(3), replacement=True, num_samples=300))
    assert set(drawn) == {0, 1, 2}
    assert all(70 < n < 130 for n in Counter(drawn).values())
    assert sorted(SubsetRandomSampler([7, 2, 5])) == [2, 5, 7]


def test_weights() -> None:
    dp.manual_seed(0)
    drawn = Counter(WeightedRandomSampler([0.0, 1.0, 3.0], 4000))
    assert drawn[0] == 0
    assert drawn[2] / drawn[1] == pytest.approx(3, rel=0.15)
    firsts = Counter(
        next(iter(WeightedRandomSampler([0.0, 1.0, 3.0], 2, replacement=False)))
        for _ in range(1000)
    )
    assert firsts[2] == pytest.approx(750, abs=60)
    assert sorted(WeightedRandomSampler([0.0, 1.0, 3.0], 2, replacement=False)) == [1, 2]


class Chosen(dp.Generator):
    """A generator whose next uniform numbers are known."""

    def __init__(self, values: list[float]) -> None:
        super().__init__()
        self.values = values

    def draw(self, shape: Any, dtype: Any) -> Any:
        n = int(np.prod(shape))
        below_one = np.nextafter(np.ones((), dtype), np.zeros((), dtype))
        values = np.minimum(np.resize(self.values, n).astype(dtype), below_one)
        return dp.tensor(values.reshape(shape))


EDGE = 1 - 2.0**-53  # the greatest number below 1 that is drawn


@pytest.mark.parametrize(
    "weights",
    [
        [0.0, 1.0], [1.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0, 0.0, 0.0, 2.0, 0.0],
        [1e-300, 0.0, 1e-300, 0.0], [1e300, 0.0, 1e300, 0.0], [0.0, 5e-324, 0.0],
        [1e16, 0.0, 1.0, 0.0, 1.0, 0.0], [0.0, 1.5e308, 0.0, 1.5e308, 0.0, 1e-310],
        [0.1] * 10 + [0.0], [0.0] * 3 + [1 / 3] * 3 + [0.0] * 3, [1.0, 1e-17, 0.0],
    ],
)  # fmt: skip
@pytest.mark.parametrize("replacement", [True, False])
def test_weight_0_is_never_drawn(weights: list[float], replacement: bool) -> None:
    """At the edges of the numbers that can be drawn too, and where sums round."""
    w = np.array(weights)
    edges = np.cumsum(w / w.max()) / (w / w.max()).sum()
    near = [np.nextafter(e, s) for e in edges for s in (0.0, 2.0)] + [*edges]
    chosen = [0.0, 2.0**-53, 0.5, EDGE, *(float(e) for e in near if 0 <= e < 1)]
    positive = int(np.count_nonzero(w))
    n = len(chosen) if replacement else positive
    for values in (chosen, chosen[::-1], [0.0], [EDGE]):
        drawn = list(WeightedRandomSampler(weights, n, replacement, Chosen(values)))
        assert all(w[k] > 0 for k in drawn), (values, drawn)
        if not replacement:
            assert len(set(drawn)) == positive
    drawn = list(WeightedRandomSampler(weights, 200 if replacement else positive, replacement))
    assert all(w[k] > 0 for k in drawn)


@pytest.mark.parametrize("scale", [1.0, 1e-320, 5e307])
@pytest.mark.parametrize("replacement", [True, False])
def test_shares_do_not_depend_on_the_size_of_the_weights(scale: float, replacement: bool) -> None:
    dp.manual_seed(4)
    w = [3 * scale, 0.0, scale]
    first = [next(iter(WeightedRandomSampler(w, 1, replacement))) for _ in range(800)]
    assert first.count(0) == pytest.approx(600, abs=5 * (800 * 3 / 16) ** 0.5)
    assert first.count(1) == 0


def test_a_coin_of_0_never_falls_on_1_and_of_1_always() -> None:
    for values in ([0.0], [EDGE], [0.5]):
        g = Chosen(values)
        assert dp.bernoulli(dp.tensor([0.0, 1.0, 0.0]), generator=g).tolist() == [0.0, 1.0, 0.0]
        assert dp.empty(3).bernoulli_(0.0, generator=g).tolist() == [0.0] * 3
        assert dp.empty(3).bernoulli_(1.0, generator=g).tolist() == [1.0] * 3
        assert dp.randint(2, 5, (3,), generator=g).max().item() <= 4
        x = dp.empty(3, dtype=dp.float64).exponential_(generator=g)
        assert dp.isfinite(x).all()
        assert dp.isfinite(dp.randn(4, generator=g)).all()


def test_split_by_numbers_and_by_fractions() -> None:
    data = table(10)
    a, b = random_split(data, [7, 3], generator=dp.Generator().manual_seed(1))
    assert sorted([*a.indices, *b.indices]) == list(range(10))
    assert a[0][1].item() == a.indices[0]
    assert [len(s) for s in random_split(data, [0.5, 0.25, 0.25])] == [6, 2, 2]
    assert [len(s) for s in random_split(data, [0.7, 0.2, 0.1])] == [7, 2, 1]
    with pytest.warns(UserWarning, match="Length of split at index 1 is 0"):
        random_split(Squares(1), [0.5, 0.5])


def test_concatenation() -> None:
    both = Squares(2) + Squares(3)
    assert isinstance(both, ConcatDataset)
    assert [both[k][1] for k in range(len(both))] == [0, 1, 0, 1, 2]
    assert both[-1] == (4.0, 2)
    with pytest.raises(IndexError, match="sample 5 is out of range for a dataset of 5"):
        both[5]


def test_collate() -> None:
    pair = namedtuple("pair", ["x", "y"])
    out = default_collate([pair(1, "a"), pair(2, "b")])
    assert (out.x.tolist(), out.y) == ([1, 2], ["a", "b"])
    out = default_collate([{"k": np.float32(1)}, {"k": np.float32(2)}])
    assert (out["k"].tolist(), out["k"].dtype) == ([1.0, 2.0], dp.float32)
    assert default_collate([True, False]).dtype == dp.bool
    nested = default_collate([(1.0, [dp.ones(2), 3])] * 4)
    assert nested[1][0].shape == (4, 2)
    w = dp.ones(2, requires_grad=True)
    default_collate([w, w * 2]).sum().backward()
    assert w.grad.tolist() == [3.0, 3.0]


def test_collate_of_what_does_not_fit() -> None:
    with pytest.raises(RuntimeError, match=r"sample 0 has f32\[2\] and sample 1 has f32\[3\]"):
        default_collate([dp.ones(2), dp.ones(3)])
    with pytest.raises(RuntimeError, match="should be of equal size"):
        default_collate([(1, 2), (1,)])
    with pytest.raises(TypeError, match=r"must contain tensors.*found <class 'object'>"):
        default_collate([object()])
    with pytest.raises(TypeError, match="found a NumPy array of <U1"):
        default_collate([np.array(["a"])])


BAD: list[tuple[Any, str]] = [
    ({"batch_size": 0}, "positive integer value, but got batch_size=0"),
    ({"batch_size": 2.5}, "positive integer value, but got batch_size=2.5"),
    ({"shuffle": True, "sampler": [0]}, "sampler option is mutually exclusive with shuffle"),
    ({"batch_sampler": [[0]], "batch_size": 2}, "batch_sampler option is mutually exclusive"),
    ({"batch_size": None, "drop_last": True}, "disables auto-batching"),
    ({"num_workers": -1}, "num_workers option should be non-negative, not -1"),
]


@pytest.mark.parametrize(("options", "text"), BAD)
def test_options_of_a_loader_that_exclude_each_other(options: Any, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        DataLoader(table(3), **options)


@pytest.mark.parametrize(
    "options", [{"num_workers": 2}, {"pin_memory": True}, {"timeout": 3}, {"prefetch_factor": 2}]
)
def test_what_a_loader_does_not_offer(options: Any) -> None:
    with pytest.raises(NotImplementedError, match=f"{next(iter(options))} is not offered"):
        DataLoader(table(3), **options)


def test_bad_datasets_and_samplers() -> None:
    with pytest.raises(ValueError, match=r"Size mismatch between tensors: f32\[2\], f32\[3\]"):
        TensorDataset(dp.ones(2), dp.ones(3))
    with pytest.raises(TypeError, match=r"argument 0 is ndarray; make it one with dp.tensor"):
        TensorDataset(np.ones(2))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="tensor 0 has no dimension"):
        TensorDataset(dp.tensor(1.0))
    with pytest.raises(ValueError, match=r"lengths are \[2, 2\], the dataset has 5 samples"):
        random_split(Squares(5), [2, 2])
    with pytest.raises(ValueError, match=r"Fraction at index 0 is not between 0 and 1: 1.5"):
        random_split(Squares(5), [1.5, -0.5])
    with pytest.raises(ValueError, match="expected unspecified shuffle option"):
        DataLoader(Stream(), shuffle=True)
    with pytest.raises(ValueError, match="num_samples should be a positive integer"):
        RandomSampler(range(3), num_samples=0)
    with pytest.raises(ValueError, match="only 1 weights are not 0"):
        WeightedRandomSampler([0.0, 1.0], 2, replacement=False)
    with pytest.raises(ValueError, match="finite, 0 or more, and not all 0"):
        WeightedRandomSampler([-1.0, 1.0], 2)
    with pytest.raises(NotImplementedError, match="Dataset must define __getitem__"):
        Dataset()[0]
