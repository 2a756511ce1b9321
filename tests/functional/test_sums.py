"""Everything that adds many numbers, against float64: no further off than a tree of blocks.

The bound is 4 ε log₂ n, relative to what would be had without any cancellation (Σ|x| for a sum).
Adding one number after the other misses it from a few hundred numbers on; `test_a_chain_…` shows
that these data tell.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import denpa as dp
from denpa import nn
from denpa.functional.common import op
from denpa.nn import functional as F

EPS = {"float16": 2.0**-10, "float32": 2.0**-23, "float64": 2.0**-52}


def numbers(kind: str, shape: tuple[int, ...], dtype: str = "float32") -> np.ndarray:
    """Data on which chains of additions go wrong."""
    rng = np.random.default_rng(0)
    n = math.prod(shape)
    flat = {
        "constant": lambda: np.full(n, 0.1),
        "uniform": lambda: rng.random(n),
        "rising": lambda: np.linspace(0, 1, n),
        "normal": lambda: rng.standard_normal(n) + 3,
        "one large": lambda: np.r_[1e4, rng.random(n - 1)],
    }[kind]()
    return flat.reshape(shape).astype(dtype)


def bound(n: int, dtype: str = "float32") -> float:
    """What an error may be, relative to Σ|x|."""
    return 4 * EPS[dtype] * max(math.log2(n), 1)


def laid_out(x: np.ndarray, order: tuple[int, ...], how: str) -> np.ndarray:
    """The dims in another order in memory; or backwards; or with gaps; or one row in the place of
    all of a dim, as `expand` gives it."""
    back = np.argsort(order)
    if how == "expanded":
        one = x[(*[slice(None)] * order[0], slice(1))]
        return np.broadcast_to(one, x.shape)
    if how == "gaps":
        wide = np.zeros([2 * n for n in np.transpose(x, order).shape], x.dtype)
        every = tuple(slice(None, None, 2) for _ in order)
        wide[every] = np.transpose(x, order)
        return wide[every].transpose(back)
    y = np.ascontiguousarray(np.transpose(x, order))
    if how == "backwards":
        y = np.ascontiguousarray(np.flip(y))
        return np.flip(y).transpose(back)
    return y.transpose(back)


@st.composite
def arrays(draw: Any) -> tuple[np.ndarray, tuple[int, ...]]:
    """An array of any layout, and dims of it."""
    rank = draw(st.integers(1, 4))
    sizes = st.sampled_from([1, 2, 3, 7, 16, 31, 32, 33, 64, 65, 100, 1000, 1025, 4099])
    shape = tuple(draw(sizes) for _ in range(rank))
    while math.prod(shape) > 300_000:
        shape = tuple(max(1, n // 4) if n == max(shape) else n for n in shape)
    dtype = draw(st.sampled_from(["float16", "float32", "float32", "float64"]))
    kind = draw(st.sampled_from(["constant", "uniform", "rising", "normal", "one large"]))
    x = numbers(kind, shape, dtype)
    order = tuple(draw(st.permutations(range(rank))))
    dims = draw(st.sets(st.integers(0, rank - 1), min_size=1))
    how = draw(st.sampled_from(["plain", "plain", "backwards", "gaps", "expanded"]))
    return laid_out(x, order, how), tuple(sorted(dims))


@given(arrays())
def test_sums_and_means_of_any_layout(case: tuple[np.ndarray, tuple[int, ...]]) -> None:
    x, dims = case
    wide = x.astype(np.longdouble)
    n = math.prod(x.shape[d] for d in dims)
    size = np.abs(wide).sum(dims)
    at_most = size * bound(n, x.dtype.name)
    t = dp.tensor(x)
    if x.dtype != np.float16 or size.max() < 60_000:
        assert (np.abs(t.sum(dims).numpy() - wide.sum(dims)) <= at_most).all()
    assert (np.abs(t.mean(dims).numpy() - wide.mean(dims)) <= at_most / n + 1e-7 * (n == 0)).all()
    for d in dims:
        size = np.abs(wide).cumsum(d)
        if x.dtype == np.float16 and size.max() > 60_000:
            continue
        off = np.abs(t.cumsum(d).numpy() - wide.cumsum(d))
        assert (off <= size * bound(max(x.shape[d], 2), x.dtype.name)).all()


def test_a_chain_of_additions_misses_the_bound() -> None:
    x = numbers("constant", (100_000, 3))
    chain = np.zeros(3, np.float32)
    for row in x:
        chain += row
    exact = x.astype(np.float64).sum(0)
    assert (np.abs(chain - exact) > 5 * exact * bound(len(x))).all()


# -- what is made of sums, eager and native --------------------------------------------------------

N, K = 100_000, 3


def _variance(t: Any) -> Any:
    return t.var(0)


def _bias(t: Any) -> Any:
    """The gradient of a bias: the sum of what arrives over the batch."""
    layer = nn.Linear(2, K)
    return dp.func.grad(lambda b: (F.linear(dp.zeros(len(t), 2), layer.weight, b) * t).sum())(
        dp.zeros(K)
    )


def _batch_norm(t: Any) -> Any:
    return F.batch_norm(t, None, None, training=True)


def _batch_norm_of_pictures(t: Any) -> Any:
    return F.batch_norm(t.reshape(100, -1, K).permute(0, 2, 1), None, None, training=True)


def _batch_norm_weight(t: Any) -> Any:
    """The gradients of the scale and the shift."""

    def loss(w: Any, b: Any) -> Any:
        return (F.batch_norm(t.detach(), None, None, w, b, training=True) ** 2).sum()

    return dp.cat(dp.func.grad(loss, (0, 1))(dp.ones(K), dp.ones(K)))


def _conv_bias(t: Any) -> Any:
    x = t.reshape(100, -1, K).permute(0, 2, 1)
    weight = dp.zeros(K, K, 1)
    return dp.func.grad(lambda b: (F.conv1d(x, weight, b) * x).sum())(dp.zeros(K))


def _statistics(x: np.ndarray) -> tuple[Any, Any]:
    mean = x.mean(0)
    return mean, np.sqrt(x.var(0) + 1e-5)


def _normal(x: np.ndarray) -> np.ndarray:
    mean, spread = _statistics(x)
    return (x - mean) / spread


Found = tuple[np.ndarray, Any]


def _plain(f: Callable[[np.ndarray], np.ndarray]) -> Callable[[np.ndarray], Found]:
    """Sums of positive numbers: relative to themselves."""
    return lambda x: (f(x), np.abs(f(x)))


def _normal_found(x: np.ndarray) -> Found:
    y = _normal(x)
    return y, np.abs(y) + np.abs(x).mean(0) / _statistics(x)[1]


def _pictures_found(x: np.ndarray) -> Found:
    return tuple(
        np.broadcast_to(a, x.shape).reshape(100, -1, K).transpose(0, 2, 1) for a in _normal_found(x)
    )  # type: ignore[return-value]


def _weight_found(x: np.ndarray) -> Found:
    """Σ 2 (y+1) y and Σ 2 (y+1), with what Σ|·| is."""
    y = _normal(x)
    off = np.abs(x).mean(0) / _statistics(x)[1]  # what the error of the mean is measured by
    terms = np.abs(2 * (y + 1)) + off
    found = np.r_[(2 * (y + 1) * y).sum(0), (2 * (y + 1)).sum(0)]
    return found, np.r_[(terms * (np.abs(y) + off)).sum(0), terms.sum(0)]


CASES: dict[str, tuple[Callable[[Any], Any], Callable[[np.ndarray], Found]]] = {
    "sum": (lambda t: t.sum(0), _plain(lambda x: x.sum(0))),
    "sum of all": (lambda t: t.sum(), _plain(lambda x: x.sum())),
    "sum of columns, which are rows": (
        lambda t: t.t().sum(1), _plain(lambda x: x.sum(0))
    ),
    "sum over the first and the third": (
        lambda t: t.reshape(100, -1, 5, K).permute(0, 3, 1, 2).sum((0, 2)),
        _plain(lambda x: x.reshape(100, -1, 5, K).transpose(0, 3, 1, 2).sum((0, 2))),
    ),
    "mean": (lambda t: t.mean(0), _plain(lambda x: x.mean(0))),
    "variance": (_variance, _plain(lambda x: x.var(0, ddof=1))),
    "norm": (lambda t: t.norm(), _plain(lambda x: np.sqrt((x * x).sum()))),
    "norm of columns": (lambda t: t.norm(dim=0), _plain(lambda x: np.sqrt((x * x).sum(0)))),
    "vector norm 1": (lambda t: t.norm(1, 0), _plain(lambda x: np.abs(x).sum(0))),
    "vector norm 3": (lambda t: t.norm(3, 0), _plain(lambda x: (np.abs(x) ** 3).sum(0) ** (1 / 3))),
    "logsumexp": (
        lambda t: t.logsumexp(0) - 11.0,
        lambda x: (np.log(np.exp(x).sum(0)) - 11, 1.0),  # the sum's relative error
    ),
    "cumsum": (lambda t: t.cumsum(0), _plain(lambda x: x.cumsum(0))),
    "bias gradient": (_bias, _plain(lambda x: x.sum(0))),
    "bias gradient behind a mean": (
        lambda t: dp.func.grad(
            lambda b: F.linear(t, dp.zeros(K, K), b).reshape(4, -1, K).mean(1).sum()
        )(dp.zeros(K)),
        lambda x: (np.full(K, 4.0), 4.0),
    ),
    "bias gradient of a convolution": (_conv_bias, _plain(lambda x: x.sum(0))),
    "gradient of what was broadcast": (
        lambda t: dp.func.grad(lambda b: (b * t).sum())(dp.zeros(K)), _plain(lambda x: x.sum(0))
    ),
    "gradient of rows that were read": (
        lambda t: dp.func.grad(lambda b: (b[dp.zeros(N, dtype=dp.int64)] * t).sum())(
            dp.zeros(2, K)
        )[0],
        _plain(lambda x: x.sum(0)),
    ),
    "index_add": (
        lambda t: dp.zeros(2, K).index_add(0, dp.ones(N, dtype=dp.int64), t)[1],
        _plain(lambda x: x.sum(0)),
    ),
    "batch norm": (_batch_norm, _normal_found),
    "batch norm of pictures": (_batch_norm_of_pictures, _pictures_found),
    "gradients of batch norm": (_batch_norm_weight, _weight_found),
    "mse": (lambda t: F.mse_loss(t, dp.zeros(N, K)), _plain(lambda x: (x * x).mean())),
    "l1": (lambda t: F.l1_loss(t, dp.zeros(N, K)), _plain(lambda x: np.abs(x).mean())),
    "cross entropy": (
        lambda t: F.cross_entropy(t, dp.zeros(N, dtype=dp.int64)),
        lambda x: (
            (np.log(np.exp(x).sum(1)) - x[:, 0]).mean(),
            (np.log(np.exp(x).sum(1)) + np.abs(x[:, 0])).mean(),
        ),
    ),
    "global average pool": (
        lambda t: F.adaptive_avg_pool1d(t.t(), 1), _plain(lambda x: x.mean(0)[:, None])
    ),
}  # fmt: skip


@pytest.mark.parametrize("backend", ["eager", "native"])
@pytest.mark.parametrize("kind", ["constant", "uniform", "rising"])
@pytest.mark.parametrize("name", CASES)
def test_what_is_made_of_sums(name: str, kind: str, backend: str) -> None:
    function, reference = CASES[name]
    if kind == "constant" and ("batch norm" in name or name == "variance"):
        kind = "normal"  # without variance only rounding is left, and it is divided by itself
    x = numbers(kind, (N, K))
    run = dp.compile(function) if backend == "native" else function
    y = run(dp.tensor(x)).detach().numpy()
    exact, size = reference(x.astype(np.float64))
    off = np.max(np.abs(y - exact) / (size + 1e-30))
    assert off <= bound(N), f"{off / bound(N):.1f} times the bound"


@pytest.mark.parametrize("n", [33, 64, 100, 127, 1000, 5000])
@pytest.mark.parametrize("k", [1, 3, 16, 17, 70])
def test_native_sums_of_every_shape_of_loop(n: int, k: int) -> None:
    """Vectors along what is summed and across it, with every kind of rest."""
    for kind in ("constant", "one large"):
        x = numbers(kind, (n, k))
        wide = x.astype(np.float64)
        found = dp.compile(
            lambda t: (t.sum(0), t.t().sum(1), t.sum(), (t * t).sum(0), t.cumsum(0))
        )(dp.tensor(x))
        for y, exact, count in zip(
            found,
            (wide.sum(0), wide.sum(0), wide.sum(), (wide * wide).sum(0), wide.cumsum(0)),
            (n, n, n * k, n, n),
            strict=True,
        ):
            assert (np.abs(y.numpy() - exact) <= bound(count) * exact).all()


def test_clipping_knows_the_norm_of_a_large_gradient() -> None:
    p = nn.Parameter(dp.zeros(500, 1000))
    p.grad = dp.full((500, 1000), 0.1)
    norm = nn.utils.clip_grad_norm_([p], 1.0)
    exact = float(np.float32(0.1)) * math.sqrt(500_000)
    assert abs(float(norm) / exact - 1) <= bound(500_000)


def test_a_repeated_row_is_multiplied() -> None:
    for dtype in (dp.float16, dp.float32, dp.float64):
        row = dp.tensor([0.0, 0.5, math.inf, math.nan], dtype=dtype)
        total = dtype.type(35_000)
        found = row.expand(70_000, 4).sum(0)  # so many are more than half precision can count
        np.testing.assert_array_equal(found.numpy(), [0.0, total, math.inf, math.nan])


def test_half_precision_means_of_more_than_half_precision_can_count() -> None:
    x = dp.full((100_000, 2), 0.5, dtype=dp.float16)
    for mean in (lambda t: t.mean(0), lambda t: op("mean", t, dim=(0,), keepdim=False)):
        assert mean(x).tolist() == [0.5, 0.5]
        assert dp.compile(mean)(x).tolist() == [0.5, 0.5]


MANY = 70_000  # more than float16 counts


def test_normalised_exponentials_of_more_than_half_precision_can_count() -> None:
    x = dp.zeros(2, MANY, dtype=dp.float16, requires_grad=True)
    np.testing.assert_array_equal(dp.softmax(x, 1).detach(), np.float16(1 / MANY))
    np.testing.assert_array_equal(dp.log_softmax(x, 1).detach(), np.float16(-np.log(MANY)))
    y = dp.logsumexp(x, 1)
    np.testing.assert_array_equal(y.detach(), np.float16(np.log(MANY)))
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, np.float16(1 / MANY))


LOSSES = {
    "kl_div": (lambda F, x: F.kl_div(x, x * 0 + 0.5, reduction="batchmean"),
               4 * 0.5 * (math.log(0.5) + 8)),
    "cross_entropy": (lambda F, x: F.cross_entropy(x, dp.zeros(MANY, dtype=dp.int64)), math.log(4)),
    "smoothed": (lambda F, x: F.cross_entropy(
        x, dp.ones(MANY, dtype=dp.int64), dp.ones(4).half(), label_smoothing=0.25), math.log(4)),
    "soft": (lambda F, x: F.cross_entropy(x, x * 0 + 0.25), math.log(4)),
    "nll_loss": (lambda F, x: F.nll_loss(x, dp.zeros(MANY, dtype=dp.int64)), 8),
}  # fmt: skip


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("prepare", [lambda f: f, dp.compile], ids=["eager", "compiled"])
def test_losses_of_more_rows_than_half_precision_can_count(name: str, prepare: Any) -> None:
    loss, want = LOSSES[name]
    found = prepare(lambda x: loss(dp.nn.functional, x))(dp.full((MANY, 4), -8, dtype=dp.float16))
    assert found.dtype == dp.float16
    assert found.item() == pytest.approx(want, rel=1e-3)
