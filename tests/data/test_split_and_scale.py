"""Splitting and standardising."""

from __future__ import annotations

import json

import numpy as np
import pytest

from denpa.data import DataError, Standardizer, digits, split

# Philox 4x64-10 by its definition (Salmon et al., SC11, section 3.3), in Python's whole numbers.
_M = (0xD2E7470EE14C6C93, 0xCA5A826395121157)
_W = (0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B)
_MASK = 2**64 - 1


def philox(counter: list[int], key: list[int]) -> list[int]:
    c, k = list(counter), list(key)
    for _ in range(10):
        p0, p1 = _M[0] * c[0], _M[1] * c[2]
        c = [(p1 >> 64) ^ c[1] ^ k[0], p1 & _MASK, (p0 >> 64) ^ c[3] ^ k[1], p0 & _MASK]
        k = [(a + w) & _MASK for a, w in zip(k, _W, strict=True)]
    return c


def test_the_known_answer_of_philox() -> None:
    # From the authors' table of known answers: counter 0, key 0.
    assert philox([0] * 4, [0] * 2) == [
        0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B,
    ]  # fmt: skip


@pytest.mark.parametrize("seed", [0, 7, 2**64 - 1])
def test_the_split_follows_from_the_published_generator(seed: int) -> None:
    # NumPy counts up before it draws: the first block has counter 1.
    keys = [v for block in range(1, 6) for v in philox([block, 0, 0, 0], [seed, 0x5F11])]
    order = sorted(range(20), key=lambda i: keys[i])
    train, val, test = split(np.zeros((20, 1)), "regression", (0.2, 0.1), seed)
    assert val.tolist() == sorted(order[:4])
    assert test.tolist() == sorted(order[4:6])
    assert train.tolist() == sorted(order[6:])


def test_parts_are_disjoint_stratified_and_of_the_size_asked() -> None:
    y = digits().require_target()
    parts = split(y, "classification", (0.1, 0.2), seed=3)
    assert np.array_equal(np.sort(np.concatenate(parts)), np.arange(1797))
    assert [len(p) for p in parts] == [1797 - 180 - 359, 180, 359]
    for part, share in zip(parts[1:], (0.1, 0.2), strict=True):
        exact = np.bincount(y) * share
        assert (np.abs(np.bincount(y[part], minlength=10) - exact) < 1).all()
    again = split(y, "classification", (0.1, 0.2), seed=3)
    assert all(np.array_equal(a, b) for a, b in zip(parts, again, strict=True))
    other = split(y, "classification", (0.1, 0.2), seed=4)
    assert not np.array_equal(parts[2], other[2])


def test_small_classes() -> None:
    y = np.array([0] * 90 + [1] * 3 + [2] * 2 + [3])
    for seed in range(20):
        train, val, test = split(y, "classification", (0.1, 0.1), seed)
        counts = [np.bincount(y[p], minlength=4).tolist() for p in (train, val, test)]
        assert [c[1] for c in counts] == [1, 1, 1]
        assert [c[2] for c in counts] == [2, 0, 0]
        assert [c[3] for c in counts] == [1, 0, 0]


def test_a_fraction_of_zero_leaves_a_part_empty() -> None:
    train, val, test = split(np.zeros(10), "regression", (0, 0.3), 0)
    assert (len(train), len(val), len(test)) == (7, 0, 3)


@pytest.mark.parametrize("n", range(3, 40))
@pytest.mark.parametrize("fractions", [(0.1, 0.1), (0.45, 0.45), (0.01, 0.5)])
def test_no_part_is_ever_empty(n: int, fractions: tuple[float, float]) -> None:
    for task in ("regression", "classification"):
        parts = split(np.zeros(n, np.int64), task, fractions, n)
        assert min(len(p) for p in parts) >= 1
        assert sum(len(p) for p in parts) == n


@pytest.mark.parametrize(
    ("y", "task", "fractions", "text"),
    [
        (np.zeros(2), "regression", (0.1, 0.1), "2 rows cannot be split into 3 parts"),
        (np.arange(9), "classification", (0.1, 0.1), "9 rows in 9 classes are too few for a val"),
        (np.zeros(9), "regression", (0.5, 0.5), "a sum below 1"),
        (np.zeros(9), "regression", (-0.1, 0.5), "must be 0 or more"),
        (np.zeros(9), "regresion", (0.1, 0.1), "Did you mean 'regression'?"),
    ],
)
def test_split_mistakes(
    y: np.ndarray, task: str, fractions: tuple[float, float], text: str
) -> None:
    with pytest.raises(DataError) as caught:
        split(y, task, fractions, 0)
    assert text in str(caught.value)


def test_a_bad_seed() -> None:
    with pytest.raises(DataError, match="seed must be a whole number"):
        split(np.zeros(9), "regression", seed=-1)


# Standardizer


def test_mean_0_and_deviation_1_of_the_training_part_alone() -> None:
    rng = np.random.default_rng(0)
    x = (rng.normal(size=(500, 3)) * [1, 1e4, 1e-3] + [0, 1e6, 5]).astype(np.float32)
    s = Standardizer.fit(x[:400])
    np.testing.assert_allclose(s.mean, x[:400].astype(np.float64).mean(0), rtol=1e-12)
    np.testing.assert_allclose(s.scale, x[:400].astype(np.float64).std(0), rtol=1e-10)
    z = s.transform(x)
    assert z.dtype == np.float32
    assert abs(z[:400].mean(0)).max() < 1e-4
    np.testing.assert_allclose(z[:400].std(0), 1, rtol=1e-4)
    np.testing.assert_allclose(s.inverse(z), x, rtol=1e-5, atol=1e-6)


def test_images_go_by_channel_and_by_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.random.default_rng(0).random((50, 2, 4, 4)) * np.array([1, 9]).reshape(1, 2, 1, 1)
    whole = Standardizer.fit(x)
    np.testing.assert_allclose(whole.mean, x.mean((0, 2, 3)))
    np.testing.assert_allclose(whole.scale, x.std((0, 2, 3)))
    monkeypatch.setitem(Standardizer.fit.__func__.__globals__, "_CHUNK", 100)
    parts = Standardizer.fit(x)
    np.testing.assert_allclose(parts.mean, whole.mean)
    np.testing.assert_allclose(parts.transform(x), whole.transform(x))


def test_a_constant_column_becomes_0() -> None:
    x = np.full((1001, 2), 0.1, np.float32)  # its mean in float64 is not the value itself
    s = Standardizer.fit(x)
    assert s.scale.tolist() == [1, 1]
    assert (s.transform(x) == 0).all()


def test_json_keeps_every_bit() -> None:
    s = Standardizer.fit(np.random.default_rng(0).random((9, 3)))
    t = Standardizer.from_dict(json.loads(json.dumps(s.to_dict())))
    np.testing.assert_array_equal(s.mean, t.mean)
    np.testing.assert_array_equal(s.scale, t.scale)


def test_scale_mistakes() -> None:
    with pytest.raises(DataError, match="column 1 of x has NaN or infinite values"):
        Standardizer.fit(np.array([[1, np.nan]]))
    with pytest.raises(DataError, match=r"x has shape \(0, 2\)"):
        Standardizer.fit(np.ones((0, 2)))
    s = Standardizer.fit(np.ones((2, 3)))
    with pytest.raises(DataError, match=r"x has shape \(2, 4\), but was fitted on 3 columns"):
        s.transform(np.ones((2, 4)))
    with pytest.raises(DataError, match="expected lists 'mean' and 'scale'"):
        Standardizer.from_dict({})
    with pytest.raises(DataError, match="every scale above 0"):
        Standardizer.from_dict({"mean": [0.0], "scale": [0.0]})
