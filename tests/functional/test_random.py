"""Random numbers: the seed decides, the moments are right, the state can be kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denpa as dp

DRAWS: list[Any] = [
    lambda **k: dp.rand(5, **k), lambda **k: dp.randn(5, **k), lambda **k: dp.randperm(9, **k),
    lambda **k: dp.randint(0, 99, (5,), **k), lambda **k: dp.bernoulli(dp.full((9,), 0.5), **k),
    lambda **k: dp.normal(0.0, 2.0, (5,), **k), lambda **k: dp.empty(5).uniform_(-1, 1, **k),
    lambda **k: dp.empty(5).normal_(1, 2, **k), lambda **k: dp.empty(9).bernoulli_(0.3, **k),
    lambda **k: dp.empty(5).random_(99, **k), lambda **k: dp.empty(5).exponential_(2.0, **k),
]  # fmt: skip


@pytest.mark.parametrize("draw", DRAWS)
def test_the_seed_decides(draw: Any) -> None:
    own = dp.Generator().manual_seed(3)
    dp.manual_seed(3)
    first, second = draw(), draw()
    assert not dp.equal(first, second)
    dp.manual_seed(3)
    assert dp.equal(first, draw())
    assert dp.equal(first, draw(generator=own))  # a generator of one's own leaves the default alone
    assert dp.equal(second, draw())


def test_the_state_can_be_kept() -> None:
    dp.manual_seed(11)
    dp.rand(3)
    state = dp.get_rng_state()
    a = dp.randn(4)
    dp.set_rng_state(state)
    assert dp.equal(a, dp.randn(4))
    assert dp.initial_seed() == 11
    with pytest.raises(TypeError, match=r"i64\[2\] from get_state, not f32\[2\]"):
        dp.set_rng_state(dp.ones(2))
    with pytest.raises(RuntimeError, match="must fit into 64 bits"):
        dp.manual_seed(2**64)
    g = dp.Generator().manual_seed(2**64 - 1)
    assert g.initial_seed() == 2**64 - 1
    assert dp.Generator().seed() != dp.Generator().seed()


def test_known_answers() -> None:
    """Philox 4x64-10 by NumPy, element by element: the same numbers on every platform."""
    dp.manual_seed(5)
    first = dp.rand(4, dtype=dp.float64).numpy()
    words = np.random.Philox(key=[5, 0], counter=[2**64 - 1] * 4).random_raw(4)
    np.testing.assert_array_equal(first, (words >> np.uint64(11)) * 2.0**-53)


def test_moments() -> None:
    dp.manual_seed(0)
    n = 20_000
    within = 5 / n**0.5  # five standard errors
    u = dp.rand(n).numpy()
    assert u.min() >= 0
    assert u.max() < 1
    assert abs(u.mean() - 0.5) < within
    z = dp.randn(n, dtype=dp.float64).numpy()
    assert abs(z.mean()) < within
    assert abs(z.var() - 1) < 2 * within
    assert abs((z**3).mean()) < 4 * within
    assert abs((z**4).mean() - 3) < 10 * within
    assert abs(np.corrcoef(z[: n // 2], z[n // 2 :])[0, 1]) < 2 * within
    k = dp.randint(2, 5, (n,)).numpy()
    assert set(k) == {2, 3, 4}
    assert abs((k == 3).mean() - 1 / 3) < within
    assert abs(dp.bernoulli(dp.full((n,), 0.3)).mean().item() - 0.3) < within
    assert abs(dp.empty(n).exponential_(2.0).mean().item() - 0.5) < within
    v = dp.normal(dp.full((n,), 3.0), 0.5)
    assert abs(v.mean().item() - 3) < within


def test_permutations_hold_every_number_once() -> None:
    assert dp.randperm(100).sort().values.tolist() == list(range(100))
    assert dp.randperm(0).shape == (0,)
    assert dp.randperm(3).dtype == dp.int64


def test_shapes_dtypes_and_flags() -> None:
    assert dp.rand((2, 3)).shape == dp.randn(2, 3).shape == (2, 3)
    assert dp.randn(()).shape == ()
    assert dp.rand(2, dtype=dp.float16).dtype == dp.float16
    assert dp.randint(3, (2,)).dtype == dp.int64
    assert dp.rand_like(dp.ones(2, dtype=dp.float64)).dtype == dp.float64
    assert dp.randn(2, requires_grad=True).requires_grad
    assert dp.randint_like(dp.ones(4), 3).dtype == dp.float32


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: dp.randint(3, 3, (1,)), "high must be above low, not 3 above 3"),
        (lambda: dp.rand(-1), "sizes cannot be negative"),
        (lambda: dp.randn(2, dtype=dp.int64), "makes floating-point numbers, not int64"),
        (lambda: dp.bernoulli(dp.tensor([1.5])), "probabilities must be between 0 and 1"),
        (lambda: dp.normal(0.0, -1.0, (1,)), "cannot be negative"),
        (lambda: dp.zeros(2, dtype=dp.int64).normal_(), "takes a floating-point tensor"),
    ],
)
def test_errors(call: Any, text: str) -> None:
    with pytest.raises(RuntimeError, match=text):
        call()


def test_a_tracer_can_carry_the_state() -> None:
    """With a state that has no data, a draw becomes an equation and the next state an output."""
    g = dp.Generator()

    def draw(state: dp.Tensor) -> tuple[dp.Tensor, dp.Tensor]:
        g.state = state
        return dp.randn(3, generator=g), g.state

    graph = dp.func.trace(draw, dp.Generator().manual_seed(4).get_state())
    numbers, after = graph(np.array([4, 0]))
    dp.manual_seed(4)
    np.testing.assert_array_equal(numbers, dp.randn(3).numpy())
    np.testing.assert_array_equal(after, dp.get_rng_state().numpy())
