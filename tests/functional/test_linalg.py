"""Products: NumPy as the oracle for every combination of ranks, and for einsum."""

from __future__ import annotations

import numpy as np
import pytest

import denpa as dp
from tests.functional.numeric import check_gradient

RNG = np.random.default_rng(5)
RANKS = [
    ((4,), (4,)), ((3, 4), (4,)), ((4,), (4, 2)), ((3, 4), (4, 2)), ((2, 3, 4), (4,)),
    ((4,), (2, 4, 3)), ((2, 3, 4), (4, 2)), ((5, 1, 2, 3), (4, 3, 2)), ((0, 4), (4, 2)),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b"), RANKS, ids=str)
def test_matmul(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    x, y = RNG.standard_normal(a), RNG.standard_normal(b)
    np.testing.assert_allclose((dp.tensor(x) @ dp.tensor(y)).numpy(), x @ y, rtol=1e-12)
    check_gradient(dp.matmul, x, y)


def test_products_that_are_strict_about_ranks() -> None:
    m, v = dp.ones(2, 3), dp.ones(3)
    with pytest.raises(
        RuntimeError, match=r"mm takes 2-D and 2-D tensors, not f32\[2, 3\] and f32\[3\]"
    ):
        dp.mm(m, v)
    with pytest.raises(RuntimeError, match=r"dot: f32.3. and f32.2. differ in size"):
        dp.dot(v, dp.ones(2))
    with pytest.raises(RuntimeError, match="batches of different sizes"):
        dp.bmm(dp.ones(2, 1, 1), dp.ones(3, 1, 1))
    with pytest.raises(
        RuntimeError, match="the left ends in 3, the right takes 2; they must be equal"
    ):
        m @ dp.ones(2)
    with pytest.raises(RuntimeError, match="the left has 3 columns, the right 2 rows"):
        m @ m


def test_sums_of_products() -> None:
    a, b, c = RNG.standard_normal((2, 3)), RNG.standard_normal((3, 4)), RNG.standard_normal((2, 4))
    found = dp.addmm(dp.tensor(c), dp.tensor(a), dp.tensor(b), beta=0.5, alpha=2)
    np.testing.assert_allclose(found.numpy(), 0.5 * c + 2 * (a @ b), rtol=1e-13)
    check_gradient(lambda x, y: dp.tensordot(x, y, ([1], [0])), a, b)
    np.testing.assert_allclose(
        dp.inner(dp.tensor(a), dp.tensor(b.T)).numpy(), np.inner(a, b.T), rtol=1e-13
    )
    check_gradient(dp.outer, a[0], b[0])


EINSUMS = [
    ("ij,jk->ik", (2, 3), (3, 4)), ("ij,jk", (2, 3), (3, 4)), ("ij->ji", (2, 3)),
    ("ba", (2, 3)), ("ii->i", (3, 3)), ("ii", (3, 3)), ("iij->j", (3, 3, 2)), ("iii->i", (2, 2, 2)),
    ("i,j->ij", (2,), (3,)), ("i,i", (3,), (3,)), ("i,j->", (3,), (2,)),
    ("ij,ij->", (2, 3), (2, 3)),
    ("bij,bjk->bik", (2, 3, 4), (2, 4, 5)), ("...ij,...jk->...ik", (2, 3, 4), (4, 5)),
    ("...i->...", (2, 3)), ("i...->...", (2, 3, 4)), ("i...,...i->...", (2, 3), (3, 2)),
    ("ij,jk,kl->il", (2, 3), (3, 4), (4, 2)), ("bi,ij,bj->b", (2, 3), (3, 4), (2, 4)),
    ("...,...", (2, 1), (3,)), ("bhqd,bhkd->bhqk", (2, 2, 3, 4), (2, 2, 5, 4)),
    ("ij,k->i", (2, 3), (4,)),
    ("ij,jk->", (2, 3), (3, 4)), ("ij,ik->ijk", (2, 3), (2, 4)), ("ij,jk->ik", (2, 0), (0, 3)),
]  # fmt: skip


@pytest.mark.parametrize("case", EINSUMS, ids=lambda c: c[0])
def test_einsum(case: tuple[object, ...]) -> None:
    text = str(case[0])
    arrays = [RNG.standard_normal(s) for s in case[1:]]  # type: ignore[call-overload]
    expected = np.einsum(text, *arrays)
    found = dp.einsum(text, *map(dp.tensor, arrays))
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-11, atol=1e-13)
    check_gradient(lambda *xs: dp.einsum(text, *xs), *arrays)


@pytest.mark.parametrize(
    ("text", "shapes", "message"),
    [
        ("ij,jk->ik", [(2, 3), (4, 5)], "'j' is 3 in f32.2, 3. and 4 in f32.4, 5."),
        ("ij->i", [(2,)], "'ij' names 2 dimensions, f32.2. has 1"),
        ("ij,jk->ik", [(2, 3)], "names 2 operands, 1 given"),
        ("ij->ik", [(2, 3)], "is in no operand"),
        ("ij->ii", [(2, 3)], "comes twice"),
        ("i1->i", [(2, 3)], "labels must be letters"),
    ],
)
def test_einsum_says_what_is_wrong(text: str, shapes: list[tuple[int, ...]], message: str) -> None:
    with pytest.raises(RuntimeError, match=message):
        dp.einsum(text, *(dp.ones(s) for s in shapes))


LAYOUTS = [(0, 1, 2, 3), (3, 1, 0, 2), (2, 3, 1, 0)]


@pytest.mark.parametrize("order", LAYOUTS)
@pytest.mark.parametrize(("a", "b"), [(0, 1), (1, 0), (-1, 1), (0, -2), (2, 3)])
@pytest.mark.parametrize("offset", [-9, -2, -1, 0, 1, 3, 4, 9])
def test_a_diagonal_is_a_view(order: tuple[int, ...], a: int, b: int, offset: int) -> None:
    array = RNG.standard_normal((3, 4, 5, 4)).transpose(order)[1:]
    x = dp.from_numpy(array)
    d = x.diagonal(offset, a, b)
    np.testing.assert_array_equal(d.numpy(), np.diagonal(array, offset, a, b))
    assert np.shares_memory(d.numpy(), array) or not d.numel()
    want = array.copy()
    for k in range(d.shape[-1]):
        place: list[object] = [slice(None)] * 4
        place[a], place[b] = k - min(offset, 0), k + max(offset, 0)
        want[tuple(place)] *= 2
    d.mul_(2)
    np.testing.assert_array_equal(array, want)
    array += 1
    np.testing.assert_array_equal(d.numpy(), np.diagonal(array, offset, a, b))


@pytest.mark.parametrize("offset", [-1, 0, 2])
def test_the_gradient_of_a_diagonal(offset: int) -> None:
    check_gradient(lambda x: x.diagonal(offset, 2, 0), RNG.standard_normal((3, 2, 4)))
    check_gradient(lambda x: x.t().diagonal(offset), RNG.standard_normal((3, 4)))


def test_diag_and_trace_of_a_matrix_are_copies() -> None:
    x = dp.zeros(3, 3)
    dp.diag(x).fill_(1)
    x.trace().fill_(1)
    assert x.abs().sum().item() == 0
    dp.einsum("ii->i", x).fill_(1)  # no sum: a view, as in PyTorch
    assert x.tolist() == np.eye(3).tolist()
