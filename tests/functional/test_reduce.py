"""Reductions, extremes and sorting against NumPy; gradients where a rule of thumb goes wrong."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import denpa as dp
from tests.functional.numeric import check_gradient

CUBE = np.random.default_rng(3).standard_normal((2, 3, 4))
DIMS: list[Any] = [None, 0, -1, (0, 2), (0, 1, 2)]


@pytest.mark.parametrize("dim", DIMS, ids=str)
@pytest.mark.parametrize("keepdim", [False, True])
@pytest.mark.parametrize("name", ["sum", "mean", "var", "std", "amax", "amin"])
def test_against_numpy(name: str, dim: Any, keepdim: bool) -> None:
    options = {"ddof": 1} if name in ("var", "std") else {}
    expected = getattr(np, name)(CUBE, axis=dim, keepdims=keepdim, **options)
    found = getattr(dp, name)(dp.tensor(CUBE), dim=dim, keepdim=keepdim)
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-13)
    check_gradient(lambda x: getattr(dp, name)(x, dim=dim, keepdim=keepdim), CUBE)


def test_dtypes_of_sums() -> None:
    assert dp.tensor([True, True]).sum().item() == 2
    assert dp.tensor([1, 2], dtype=dp.int32).sum().dtype == dp.int64
    assert dp.sum(dp.tensor([1, 2]), dtype=dp.float64).dtype == dp.float64
    with pytest.raises(RuntimeError, match=r"mean takes a floating-point tensor, not i64\[2\]"):
        dp.tensor([1, 2]).mean()


def test_no_elements() -> None:
    x = dp.zeros(0, 3, requires_grad=True)
    assert dp.sum(x).item() == 0
    assert np.isnan(dp.mean(x).item())
    assert dp.prod(x).item() == 1
    assert dp.sum(x, 0).tolist() == [0, 0, 0]
    dp.prod(x, 0).sum().backward()
    assert x.grad.shape == (0, 3)
    with pytest.raises(RuntimeError, match="has no elements"):
        dp.max(x)
    with pytest.raises(IndexError, match="no elements along dim 0"):
        dp.max(x, 0)


def test_variance_knows_its_correction() -> None:
    x = dp.tensor(CUBE)
    np.testing.assert_allclose(dp.var(x, correction=0).item(), CUBE.var(), rtol=1e-13)
    np.testing.assert_allclose(x.var(1, False).numpy(), CUBE.var(1), rtol=1e-13)
    np.testing.assert_allclose(x.std(False).item(), CUBE.std(), rtol=1e-13)
    assert np.isnan(dp.var(dp.tensor([2.0])).item())  # 0/0: one example has no variance
    v, m = dp.var_mean(x, 1)
    np.testing.assert_allclose(v.numpy(), CUBE.var(1, ddof=1), rtol=1e-13)
    np.testing.assert_allclose(m.numpy(), CUBE.mean(1), rtol=1e-13)


def test_standard_deviation_of_equal_numbers_has_gradient_zero() -> None:
    x = dp.full((4,), 2.0, requires_grad=True)
    x.std().backward()
    assert x.grad.tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("zeros", [0, 1, 2])
def test_product_is_differentiated_at_zeros(zeros: int) -> None:
    x = np.array([[2.0, -3.0, 4.0, 0.5, 1.5], [1.0, 2.0, 3.0, 4.0, 5.0]])
    x[0, :zeros] = 0
    np.testing.assert_allclose(dp.prod(dp.tensor(x), 1).numpy(), x.prod(1), rtol=1e-14)
    check_gradient(lambda t: dp.prod(t, 1), x)
    check_gradient(dp.prod, x)


@pytest.mark.parametrize("p", [1, 2, 3, 0.5, np.inf, -np.inf, "fro"])
def test_norms(p: Any) -> None:
    order = 2 if p == "fro" else p
    expected = np.linalg.norm(CUBE.ravel(), ord=order)
    np.testing.assert_allclose(dp.norm(dp.tensor(CUBE), p).item(), expected, rtol=1e-13)
    rows = np.linalg.norm(CUBE, ord=order, axis=1)
    np.testing.assert_allclose(dp.tensor(CUBE).norm(p, 1).numpy(), rows, rtol=1e-13)
    check_gradient(lambda x: dp.norm(x, p, dim=1), CUBE)


@pytest.mark.parametrize("p", [1, 2, 3, 0.5])
def test_norm_of_zeros_has_a_finite_gradient(p: float) -> None:
    x = dp.zeros(3, requires_grad=True)
    dp.norm(x, p).backward()
    assert x.grad.tolist() == [0, 0, 0]


def test_norm_counts_with_p_zero() -> None:
    assert dp.norm(dp.tensor([0.0, 3.0, -1.0]), 0).item() == 2
    with pytest.raises(NotImplementedError, match="nuclear norm is not offered"):
        dp.norm(dp.ones(2, 2), "nuc")


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize("dim", [0, 1, -1])
def test_normalised_exponentials(name: str, dim: int) -> None:
    e = np.exp(CUBE) / np.exp(CUBE).sum(dim, keepdims=True)
    expected = e if name == "softmax" else np.log(e)
    f = getattr(dp, name)
    np.testing.assert_allclose(f(dp.tensor(CUBE), dim).numpy(), expected, rtol=1e-12)
    check_gradient(lambda x: f(x, dim), CUBE)


def test_log_softmax_keeps_its_digits_at_large_logits() -> None:
    big = dp.tensor([1e4, 1e4 - 0.5], dtype=dp.float32)
    small = dp.tensor([0.0, -0.5], dtype=dp.float32)
    assert dp.equal(dp.log_softmax(big, 0), dp.log_softmax(small, 0))
    assert dp.equal(dp.softmax(big, 0), dp.softmax(small, 0))


def test_logsumexp_and_cumsum() -> None:
    expected = np.log(np.exp(CUBE).sum((0, 2)))
    np.testing.assert_allclose(dp.logsumexp(dp.tensor(CUBE), (0, 2)).numpy(), expected, rtol=1e-13)
    np.testing.assert_allclose(dp.cumsum(dp.tensor(CUBE), 1).numpy(), CUBE.cumsum(1), rtol=1e-13)
    check_gradient(lambda x: dp.cumsum(x, -1), CUBE)


@pytest.mark.parametrize("dim", [0, 1, -1])
@pytest.mark.parametrize(("name", "where"), [("max", "argmax"), ("min", "argmin")])
def test_extremes_along_a_dimension(name: str, where: str, dim: int) -> None:
    x = dp.tensor(CUBE)
    found = getattr(dp, name)(x, dim)
    np.testing.assert_array_equal(found.values.numpy(), getattr(CUBE, name)(dim))
    np.testing.assert_array_equal(found.indices.numpy(), getattr(CUBE, where)(dim))
    np.testing.assert_array_equal(getattr(dp, where)(x, dim).numpy(), getattr(CUBE, where)(dim))
    assert getattr(x, where)().item() == getattr(CUBE, where)()
    assert found.indices.dtype == dp.int64
    check_gradient(lambda t: getattr(dp, name)(t, dim, True).values, CUBE)


def test_ties_of_the_whole_are_shared_those_of_a_dimension_go_to_the_first() -> None:
    x = dp.tensor([1.0, 3.0, 3.0], requires_grad=True)
    x.max().backward()
    assert x.grad.tolist() == [0, 0.5, 0.5]
    x.grad = None
    x.max(0).values.backward()
    assert x.grad.tolist() == [0, 1, 0]
    y = dp.tensor([np.nan, 3.0, np.nan], requires_grad=True)
    y.max().backward()
    assert y.grad.tolist() == [0.5, 0, 0.5]


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int64", "bool", "float32"])
def test_minima_of_every_dtype(dtype: str) -> None:
    info = {"b": (0, 1)}.get(np.dtype(dtype).kind) or (
        (np.iinfo(dtype).min, np.iinfo(dtype).max) if np.dtype(dtype).kind in "iu" else (-1, 1)
    )
    x = dp.tensor(np.array([info[1], info[0], info[1]], dtype))
    assert x.min().item() == info[0]
    assert x.min(0).indices.item() == 1
    assert x.amin().dtype == np.dtype(dtype)


def test_sort_and_topk() -> None:
    x = dp.tensor(CUBE)
    for descending in (False, True):
        found = dp.sort(x, 1, descending)
        expected = np.sort(CUBE, 1)
        np.testing.assert_array_equal(
            found.values.numpy(), expected[:, ::-1] if descending else expected
        )
        np.testing.assert_array_equal(
            found.values.numpy(), np.take_along_axis(CUBE, found.indices.numpy(), 1)
        )
    best = dp.topk(x, 2, dim=-1)
    np.testing.assert_array_equal(best.values.numpy(), np.sort(CUBE, -1)[..., :-3:-1])
    assert dp.topk(dp.tensor([3, 1, 2]), 2, largest=False).values.tolist() == [1, 2]
    assert dp.sort(dp.tensor([1, 0, 1, 0]), descending=True).indices.tolist() == [0, 2, 1, 3]
    assert dp.sort(dp.tensor([np.nan, 1.0])).indices.tolist() == [1, 0]
    check_gradient(lambda t: dp.topk(t, 2, 1).values, CUBE)
    with pytest.raises(RuntimeError, match="k must be between 0 and 4, not 5"):
        dp.topk(x, 5)


def test_any_all_count() -> None:
    x = dp.tensor([[0, 1], [0, 0]])
    assert dp.any(x).item() is True
    assert dp.all(x, 1).tolist() == [False, False]
    assert dp.any(x, 0, True).tolist() == [[False, True]]
    assert dp.all(dp.zeros(0)).item() is True
    assert dp.any(dp.zeros(0)).item() is False
    assert dp.count_nonzero(x, 0).tolist() == [0, 1]


def test_errors_name_the_line() -> None:
    with pytest.raises(IndexError, match=r"dimension 5 is out of range .*\n    at test_reduce.py"):
        dp.sum(dp.ones(2, 3), 5)


@pytest.mark.parametrize("p", [1, 2, 3, 0.5, 1.5, -1, -2.5, math.inf, -math.inf])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_norm_of_one_number_is_its_size(p: float, dtype: Any) -> None:
    least, most = np.finfo(dtype).smallest_subnormal, np.finfo(dtype).max
    numbers = np.array([[0, least, -3, -most, np.sqrt(most) * 2, -np.sqrt(least)]], dtype)
    for x, dim in ((numbers, 0), (numbers.T, 1), (numbers.T[:, :, None], (1, 2))):
        t = dp.tensor(x, requires_grad=True)
        y = dp.norm(t, p, dim)
        assert y.tolist() == np.abs(numbers[0]).tolist()
        y.sum().backward()
        np.testing.assert_array_equal(t.grad.numpy(), np.sign(x))
    assert dp.norm(dp.tensor(numbers[0, 3]), p).item() == most
    assert dp.norm(dp.tensor([[np.nan]], dtype=dp.float32), p, 1, True).isnan().tolist() == [[True]]
