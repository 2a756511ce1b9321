"""Indexing against NumPy, or PyTorch's rule where they differ; writing through; gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denpa as dp
from tests.functional.numeric import check_gradient

X = np.arange(60.0).reshape(3, 4, 5)
K, J = np.array([0, 2, -1]), np.array([1, 1, 0])
MASK = X[:, :, 0] % 3 == 0

BASIC: list[Any] = [
    0, -1, slice(1, 3), slice(None, None, 2), slice(5, 9), slice(2, 1), (1, 2), (1, 2, 3), (..., 0),
    (0, ...), None, (None, 1, None), (slice(None), None, 2), ..., (),
    (slice(1, None), 0, slice(-2, None)), np.int64(1),
]  # fmt: skip
ADVANCED: list[Any] = [
    K, [0, 2], (K, J), (slice(None), K), (K, slice(1, 3)), (..., K), (slice(None), K, J),
    (K, slice(None), J), (K[:, None], J), (None, K), MASK, (slice(None), [True, False, True, True]),
    (0, J), (slice(0, 2), 1, J),
    [], (K[:, None], slice(None), J), (1, MASK[1]), X > 30, np.zeros(0, np.int64),
]  # fmt: skip


@pytest.mark.parametrize("key", [*BASIC, *ADVANCED], ids=repr)
def test_read(key: Any) -> None:
    found = dp.tensor(X)[key]
    expected = X[key if not isinstance(key, list) or key else np.zeros(0, int)]
    np.testing.assert_array_equal(found.numpy(), expected)
    assert found.shape == expected.shape
    check_gradient(lambda t: t[key], X)


@pytest.mark.parametrize("key", BASIC, ids=repr)
def test_basic_indexing_is_a_view(key: Any) -> None:
    base = dp.tensor(X)
    part = base[key]
    if part.numel():
        assert np.shares_memory(part.numpy(), base.numpy())


def test_ints_count_as_basic() -> None:
    """NumPy would put the dimension of J in front of the slice; PyTorch takes the int first."""
    assert dp.tensor(X)[0, :, J].shape == (4, 3)
    np.testing.assert_array_equal(dp.tensor(X)[0, :, J].numpy(), X[0][:, J])
    assert dp.tensor(X)[K, :, 0].shape == (3, 4)


def test_tensors_index_too() -> None:
    x = dp.tensor(X)
    np.testing.assert_array_equal(x[dp.tensor(K), dp.tensor(J)].numpy(), X[K, J])
    np.testing.assert_array_equal(x[dp.tensor(MASK)].numpy(), X[MASK])
    assert x[dp.tensor(1)].shape == (4, 5)
    assert x[[[0, 1], [2, 3]]].shape == (2, 5)  # a list of lists is a tuple, as in PyTorch


@pytest.mark.parametrize("key", [*BASIC, *ADVANCED], ids=repr)
def test_write(key: Any) -> None:
    where = key if not isinstance(key, list) or key else np.zeros(0, int)
    for value in (7.0, np.random.default_rng(0).standard_normal(X[where].shape)):
        expected = X.copy()
        expected[where] = value
        plain, turned = dp.tensor(X), dp.tensor(X.T.copy()).permute(2, 1, 0)
        plain[key] = value if isinstance(value, float) else dp.tensor(value)
        turned[key] = value
        np.testing.assert_array_equal(plain.numpy(), expected)
        np.testing.assert_array_equal(turned.numpy(), expected)
        # The same write, recorded.
        leaf = dp.tensor(X, requires_grad=True)
        copy = leaf.clone()
        copy[key] = value
        np.testing.assert_array_equal(copy.detach().numpy(), expected)
        copy.sum().backward()
        kept = np.ones_like(X)
        kept[where] = 0
        np.testing.assert_array_equal(leaf.grad.numpy(), kept)


def test_gradient_of_a_written_value() -> None:
    def f(x: Any, v: Any) -> Any:
        y = x * 2
        y[1:, 0] = v
        return y * y

    check_gradient(f, X[:, :2, 0], X[:2, 0, 0] + 1)


def test_a_write_is_seen_by_every_view() -> None:
    x = dp.zeros(2, 3)
    row = x[1]
    row[0] = 4
    x[:, 2] = dp.tensor([1, 2])
    assert x.tolist() == [[0, 0, 1], [4, 0, 2]]
    assert row.tolist() == [4, 0, 2]


def test_a_write_that_backward_would_miss_is_an_error() -> None:
    x = dp.ones(2, requires_grad=True)
    with pytest.raises(
        RuntimeError, match="a leaf tensor that requires a gradient is being changed"
    ):
        x[0] = 5.0
    y = x * x
    with dp.no_grad():
        x[0] = 5.0
    with pytest.raises(RuntimeError, match="changed in place"):
        y.sum().backward()


WRONG: list[tuple[Any, type[Exception], str]] = [
    (3, IndexError, "index 3 is out of range for dimension 0 of size 3"),
    ((0, -5), IndexError, "index -5 is out of range for dimension 1 of size 4"),
    ((0, 0, 0, 0), IndexError, "too many indices: 4 for a tensor of 3 dimensions"),
    ((..., 0, ...), IndexError, "only one Ellipsis"),
    (slice(None, None, -1), ValueError, r"must be positive; use .flip\(dim\)"),
    (slice(None, None, 0), ValueError, "must not be 0"),
    ([3], IndexError, "index 3 is out of range"),
    (np.array([True, False]), IndexError, r"the mask has shape \[2\], the dimensions .* \[3\]"),
    ("a", IndexError, "an index must be made of ints, slices"),
    (1.5, IndexError, "an index must be made of ints, slices"),
    ((K, np.array([0, 1])), IndexError, "do not broadcast"),
]


@pytest.mark.parametrize(("key", "error", "text"), WRONG, ids=[repr(w[0]) for w in WRONG])
def test_wrong_indices(key: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        dp.tensor(X)[key]
    with pytest.raises(error, match=text):
        dp.tensor(X)[key] = 0.0


def test_wrong_values() -> None:
    x = dp.zeros(2, 3)
    with pytest.raises(
        RuntimeError, match=r"f32\[2\] cannot be written into a part of shape \[3\]"
    ):
        x[0] = dp.ones(2)
    with pytest.raises(TypeError, match="must be a number, a tensor or an array, not str"):
        x[0] = "a"
    with pytest.raises(RuntimeError, match="several elements share one place"):
        dp.zeros(1).expand(3)[0] = 1.0


def test_iteration_and_membership() -> None:
    x = dp.tensor([[1, 2], [3, 4]])
    assert [row.tolist() for row in x] == [[1, 2], [3, 4]]
    assert len(x) == 2
    assert 3 in x
    assert 5 not in x
    with pytest.raises(TypeError, match="iteration over a 0-dim tensor"):
        iter(dp.tensor(1))


GATHERS: list[Any] = [
    (0, np.array([[2, 0, 1, 1]])),
    (1, np.array([[0], [3], [1]])),
    (-1, np.zeros((0, 4), int)),
]


@pytest.mark.parametrize(("dim", "index"), GATHERS, ids=str)
def test_gather_and_scatter_add_are_transposes(dim: int, index: Any) -> None:
    x, i = X[:, :, 0], dp.tensor(index)
    part = x[tuple(slice(0, n) if k != dim % 2 else slice(None) for k, n in enumerate(index.shape))]
    np.testing.assert_array_equal(
        dp.gather(dp.tensor(x), dim, i).numpy(), np.take_along_axis(part, index, dim)
    )
    check_gradient(lambda t: dp.gather(t, dim, i), x)
    g = np.random.default_rng(0).standard_normal(index.shape)
    left = (dp.gather(dp.tensor(x), dim, i) * dp.tensor(g)).sum()
    right = (
        dp.tensor(x) * dp.zeros(3, 4, dtype=dp.float64).scatter_add(dim, i, dp.tensor(g))
    ).sum()
    np.testing.assert_allclose(left.item(), right.item(), rtol=1e-12)
    check_gradient(lambda t, s: dp.scatter_add(t, dim, i, s), x, g)


def test_the_pickers() -> None:
    x, i = X[:, :, 0], dp.tensor([2, 0, 2])
    np.testing.assert_array_equal(dp.index_select(dp.tensor(x), 1, i).numpy(), x[:, [2, 0, 2]])
    check_gradient(lambda t: dp.index_select(t, 1, i), x)
    order = dp.tensor(x).argsort(0, descending=True)
    np.testing.assert_array_equal(
        dp.take_along_dim(dp.tensor(x), order, 0).numpy(), np.sort(x, 0)[::-1]
    )
    np.testing.assert_array_equal(dp.take_along_dim(dp.tensor(x), i).numpy(), x.ravel()[[2, 0, 2]])
    check_gradient(lambda t, s: dp.index_add(t, 1, i, s, alpha=2), x, X[:, :3, 1])
    check_gradient(lambda t, s: dp.scatter(t, 1, dp.tensor([[1, 0]]), s), x, np.ones((1, 2)))
    assert dp.scatter(dp.zeros(3), 0, dp.tensor([1, 1]), dp.tensor([5.0, 6.0])).tolist() == [
        0,
        6,
        0,
    ]
    mask = dp.tensor(x > 20)
    np.testing.assert_array_equal(dp.masked_select(dp.tensor(x), mask).numpy(), x[x > 20])
    check_gradient(lambda t: dp.masked_fill(t, mask, 3.0), x)
    np.testing.assert_array_equal(dp.nonzero(mask).numpy(), np.argwhere(x > 20))


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda x: x.gather(0, dp.tensor([[3]])), RuntimeError, "index 3 is out of range"),
        (lambda x: x.gather(0, dp.tensor([[-1]])), RuntimeError, "index -1 is out of range"),
        (lambda x: x.gather(0, dp.tensor([0])), RuntimeError, "must have 2 dimensions"),
        (lambda x: x.gather(0, dp.tensor([[0.0]])), RuntimeError, "must be an int64 tensor"),
        (lambda x: x.gather(0, dp.zeros(1, 9, dtype=dp.long)), RuntimeError, "must not be larger"),
        (lambda x: x.index_select(0, dp.tensor([9])), IndexError, "index 9 is out of range"),
        (lambda x: x.masked_fill(x, 1.0), RuntimeError, "the mask must be bool"),
        (lambda x: x.long().masked_fill(x > 0, 1e30), RuntimeError, "1e[+]30 does not fit into"),
        (lambda x: x.scatter(0, dp.tensor([[0]]), x.double()), RuntimeError, "must have the dtype"),
        (lambda x: x.index_add(0, dp.tensor([0]), dp.tensor(1.0)), RuntimeError,
         r"an index of 1 for dim 0 of .* takes a source of shape \[1, \d+\], not f32\[\]"),
    ],
)  # fmt: skip
def test_wrong_picks(call: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call(dp.ones(3, 4))
