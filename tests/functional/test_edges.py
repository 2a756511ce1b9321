"""The first and the last place of everything: counts of 0, ends of dims, generators, infinities."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.core.errors import DimError, ShapeError

X = np.arange(12.0).reshape(3, 4)

# -- parts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("dim", [0, 1, -1])
@pytest.mark.parametrize("largest", [True, False])
def test_topk_of_every_count(dim: int, largest: bool) -> None:
    x = np.random.default_rng(0).permuted(X, axis=None)
    for k in range(x.shape[dim] + 1):
        values, indices = dp.topk(dp.tensor(x), k, dim, largest)
        order = np.sort(x, axis=dim)
        expected = np.take(np.flip(order, dim) if largest else order, range(k), dim)
        np.testing.assert_array_equal(values.numpy(), expected)
        np.testing.assert_array_equal(np.take_along_axis(x, indices.numpy(), dim), expected)
    for k in (-1, x.shape[dim] + 1):
        with pytest.raises(ShapeError, match=f"k must be between 0 and {x.shape[dim]}, not {k}"):
            dp.topk(dp.tensor(x), k, dim, largest)


@pytest.mark.parametrize("dim", [0, 1, -2])
def test_narrow_reaches_every_part_and_nothing_else(dim: int) -> None:
    x, n = dp.tensor(X), X.shape[dim]
    for start in range(-n - 1, n + 2):
        for length in range(-1, n + 2):
            at = start + n if start < 0 else start
            if 0 <= at <= n and 0 <= length <= n - at:
                expected = np.take(X, range(at, at + length), dim)
                np.testing.assert_array_equal(dp.narrow(x, dim, start, length).numpy(), expected)
            else:
                with pytest.raises((DimError, ShapeError), match="narrow"):
                    dp.narrow(x, dim, start, length)


@pytest.mark.parametrize("dim", [0, 1])
def test_select_has_one_place_for_each_size(dim: int) -> None:
    n = X.shape[dim]
    for index in range(-n, n):
        np.testing.assert_array_equal(
            dp.tensor(X).select(dim, index).numpy(), np.take(X, index, dim)
        )
    for index in (-n - 1, n):
        with pytest.raises(DimError, match=f"index {index} is out of range"):
            dp.tensor(X).select(dim, index)


@pytest.mark.parametrize("name", ["max", "min", "argmax", "argmin", "amax"])
def test_there_is_no_largest_of_nothing(name: str) -> None:
    f = getattr(dp, name)
    with pytest.raises((DimError, ShapeError), match="no elements"):
        f(dp.zeros(2, 0))
    if name != "amax":
        with pytest.raises(DimError, match="no elements along dim 1"):
            f(dp.zeros(2, 0), 1)
        found = f(dp.zeros(2, 0), 0)  # of each of no columns
        assert (found[0] if isinstance(found, tuple) else found).shape == (0,)


@pytest.mark.parametrize("sizes", [(2,), (2, 3), (2, 3, 4), (1, 2, 3, 2)])
@pytest.mark.parametrize("indexing", ["ij", "xy"])
def test_meshgrid_of_any_number_of_vectors(sizes: tuple[int, ...], indexing: Any) -> None:
    vectors = [np.arange(n) + 10 * k for k, n in enumerate(sizes)]
    found = dp.meshgrid(*map(dp.tensor, vectors), indexing=indexing)
    for one, right in zip(found, np.meshgrid(*vectors, indexing=indexing), strict=True):
        np.testing.assert_array_equal(one.numpy(), right)


@pytest.mark.parametrize("picked", list(product([False, True], repeat=4)), ids=str)
def test_index_arrays_at_any_dims_are_numpys(picked: tuple[bool, ...]) -> None:
    """Neighbours stay in their place; those that are apart put their dimensions in front."""
    x = np.arange(2 * 3 * 4 * 5.0).reshape(2, 3, 4, 5)
    for index in (np.array([1, 0, 1]), np.array([[0, 1], [1, 1]])):
        for rest in (slice(None), slice(1, None)):
            key = tuple(index if p else rest for p in picked)
            given = tuple(dp.tensor(k) if isinstance(k, np.ndarray) else k for k in key)
            np.testing.assert_array_equal(dp.tensor(x)[given].numpy(), x[key])
            written, expected = dp.tensor(x), x.copy()
            written[given] = -1.0
            expected[key] = -1.0
            np.testing.assert_array_equal(written.numpy(), expected)


@pytest.mark.parametrize("size", [(2, 3), (2, 2, 3), (3, 2, 2)])
def test_a_mask_has_the_shape_of_what_it_is_for(size: tuple[int, ...]) -> None:
    x = dp.zeros(size)
    for shape in ((1,), (3,), (2, 1), (1, 3), (2, 2), (4, 3), (2, 3, 1)):
        fits = shape == size[: len(shape)]
        mask = dp.ones(shape, dtype=dp.bool)
        if fits:
            assert x[mask].shape == (int(np.prod(shape)), *size[len(shape) :])
        else:
            with pytest.raises(IndexError, match=r"mask has shape|too many indices"):
                x[mask]


# -- sums of products ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        ("...i,...i->...", [(2, 3, 4), (4,)]),
        ("...i,...i->...", [(4,), (2, 3, 4)]),
        ("...ij,...jk->...ik", [(5, 2, 3), (2, 5, 3, 4)]),
        ("...ij,...jk->...ik", [(2, 3), (6, 1, 3, 4)]),
        ("i...,...->i...", [(3, 2, 4), (4,)]),
    ],
)
def test_hidden_dimensions_are_aligned_at_the_right(text: str, shapes: Any) -> None:
    arrays = [np.random.default_rng(len(s)).standard_normal(s) for s in shapes]
    found = dp.einsum(text, *map(dp.tensor, arrays)).numpy()
    np.testing.assert_allclose(found, np.einsum(text, *arrays), rtol=1e-13)


@pytest.mark.parametrize("alpha", [1, 2.0, 0])
def test_what_is_multiplied_by_beta_0_is_not_looked_at(alpha: float) -> None:
    nan, m, v = dp.full((2, 2), float("nan")), dp.ones(2, 2), dp.ones(2)
    expected = np.full((2, 2), 2.0 * alpha)
    assert dp.addmm(nan, m, m, beta=0, alpha=alpha).tolist() == expected.tolist()
    assert dp.addmv(nan[0], m, v, beta=0, alpha=alpha).tolist() == expected[0].tolist()
    found = dp.baddbmm(nan[None], m[None], m[None], beta=0, alpha=alpha)
    assert found.tolist() == expected[None].tolist()
    assert dp.isnan(dp.addmm(nan, m, m, beta=1, alpha=alpha)).all()


# -- comparison ------------------------------------------------------------------------------------

SOME = [0.0, -0.0, 1e-9, 1.0, 1.0 + 9e-6, 1.05, -1.0, 1e6, 1e6 + 8.0, np.inf, -np.inf, np.nan]


@pytest.mark.parametrize("equal_nan", [False, True])
@pytest.mark.parametrize(("rtol", "atol"), [(1e-5, 1e-8), (0.05, 0.0), (0.0, 0.06), (0.0, 0.0)])
def test_closeness_is_numpys_on_both_sides(equal_nan: bool, rtol: float, atol: float) -> None:
    a, b = (g.reshape(-1) for g in np.meshgrid(SOME, SOME))
    found = dp.isclose(dp.tensor(a), dp.tensor(b), rtol, atol, equal_nan)
    expected = np.isclose(a, b, rtol, atol, equal_nan)  # atol + rtol·|b|
    np.testing.assert_array_equal(found.numpy(), expected)


# -- conversion ------------------------------------------------------------------------------------


def test_to_copies_where_it_is_asked_to() -> None:
    x = dp.ones(2)
    assert x.to(dp.float32) is x
    assert x.to("cpu") is x
    for copied in (x.to(dp.float32, copy=True), x.to("cpu", copy=True), x.to(x, copy=True)):
        copied.zero_()
        assert x.tolist() == [1.0, 1.0]
    assert x.to(dp.float64, copy=True).dtype == dp.float64


# -- random numbers --------------------------------------------------------------------------------

DRAWS: dict[str, Any] = {
    "rand": lambda g: dp.rand(9, generator=g),
    "randn": lambda g: dp.randn(9, generator=g),
    "randint": lambda g: dp.randint(0, 100, (9,), generator=g),
    "randperm": lambda g: dp.randperm(9, generator=g),
    "rand_like": lambda g: dp.rand_like(dp.ones(9), generator=g),
    "randn_like": lambda g: dp.randn_like(dp.ones(9), generator=g),
    "randint_like": lambda g: dp.randint_like(dp.ones(9), 100, generator=g),
    "bernoulli": lambda g: dp.bernoulli(dp.full((30,), 0.5), generator=g),
    "normal": lambda g: dp.normal(0.0, 1.0, (9,), generator=g),
    "uniform_": lambda g: dp.zeros(9).uniform_(2.0, 3.0, generator=g),
    "normal_": lambda g: dp.zeros(9).normal_(2.0, 3.0, generator=g),
    "bernoulli_": lambda g: dp.zeros(30).bernoulli_(0.5, generator=g),
    "random_": lambda g: dp.zeros(9).random_(100, generator=g),
    "exponential_": lambda g: dp.zeros(9).exponential_(2.0, generator=g),
}


@pytest.mark.parametrize("name", DRAWS)
def test_a_generator_of_ones_own_is_used_and_no_other(name: str) -> None:
    draw = DRAWS[name]
    dp.manual_seed(1)
    before = dp.get_rng_state().tolist()
    g = dp.Generator().manual_seed(7)
    first, second = draw(g).tolist(), draw(g).tolist()
    assert dp.get_rng_state().tolist() == before
    assert first != second
    assert draw(g.manual_seed(7)).tolist() == first  # from the start again, not only the seed
    kept = g.get_state()
    assert draw(g).tolist() == second
    g.set_state(kept)  # which the draw has not moved
    assert draw(g).tolist() == second


@pytest.mark.parametrize(("low", "high"), [(0, 2), (-3, 4), (5, 6)])
def test_every_integer_comes_and_no_other(low: int, high: int) -> None:
    dp.manual_seed(0)
    assert set(dp.randint(low, high, (300,)).tolist()) == set(range(low, high))
    assert set(dp.zeros(300).random_(low, high).tolist()) == set(range(low, high))


@pytest.mark.parametrize("lambd", [0.5, 1.0, 4.0])
def test_exponential_numbers_have_mean_and_spread_1_over_lambda(lambd: float) -> None:
    dp.manual_seed(0)
    x = dp.zeros(40_000, dtype=dp.float64).exponential_(lambd).numpy()
    assert x.min() >= 0
    assert abs(x.mean() * lambd - 1) < 5 / np.sqrt(x.size)  # five standard errors
    assert abs(x.std() * lambd - 1) < 10 / np.sqrt(x.size)
