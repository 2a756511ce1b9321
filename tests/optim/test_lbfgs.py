"""LBFGS: exact where theory says so, and no worse than its line search promises elsewhere."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.optim.lbfgs import _cubic_minimum, _Point, strong_wolfe


def closure_of(opt: Any, f: Any, seen: list[float]) -> Any:
    def closure() -> Any:
        opt.zero_grad()
        loss = f()
        loss.backward()
        seen.append(loss.item())
        return loss

    return closure


@pytest.mark.parametrize("search", [None, "strong_wolfe"])
def test_a_quadratic_in_many_dimensions(search: str | None) -> None:
    """Σ k x_k² from ones: the minimum, in far fewer evaluations than gradient descent needs."""
    x = dp.ones(8, dtype=dp.float64, requires_grad=True)
    curve = dp.arange(1, 9).double()
    opt = dp.optim.LBFGS([x], max_iter=40, tolerance_change=0, line_search_fn=search)
    seen: list[float] = []
    first = opt.step(closure_of(opt, lambda: (curve * x * x).sum(), seen))
    assert first.item() == seen[0] == 36.0
    assert np.abs(x.detach().numpy()).max() < 1e-6
    assert len(seen) <= 50
    assert opt.state[x]["func_evals"] == len(seen)


def test_rosenbrock_with_the_line_search() -> None:
    x = dp.tensor([-1.2, 1.0], dtype=dp.float64, requires_grad=True)
    opt = dp.optim.LBFGS([x], max_iter=100, tolerance_change=0, line_search_fn="strong_wolfe")
    opt.step(closure_of(opt, lambda: 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2, []))
    np.testing.assert_allclose(x.detach().numpy(), [1.0, 1.0], atol=1e-6)


def test_the_first_direction_is_the_gradient_and_the_second_the_secant() -> None:
    """By hand, f = ½x², lr 1: step one goes min(1, 1/|g|)·g, step two is the Newton step to 0."""
    x = dp.tensor([4.0], dtype=dp.float64, requires_grad=True)
    opt = dp.optim.LBFGS([x], max_iter=1)
    opt.step(closure_of(opt, lambda: (x * x).sum() / 2, []))
    assert x.item() == 3.0
    opt.step(closure_of(opt, lambda: (x * x).sum() / 2, []))
    assert x.item() == 0.0


@pytest.mark.parametrize("search", [None, "strong_wolfe"])
def test_loaded_half_way_it_continues_bit_for_bit(search: str | None) -> None:
    def make(start: np.ndarray) -> tuple[Any, Any, Any]:
        x = dp.tensor(start, requires_grad=True)
        opt = dp.optim.LBFGS([x], lr=0.1, max_iter=5, history_size=3, line_search_fn=search)
        return x, opt, closure_of(opt, lambda: (x**4).sum() + (x[0] - x[1]) ** 2, [])

    x, opt, closure = make(np.array([1.5, -0.5, 2.0]))
    opt.step(closure)
    saved = copy.deepcopy(opt.state_dict())
    y, other, again = make(x.detach().numpy().copy())
    other.load_state_dict(saved)
    opt.step(closure)
    other.step(again)
    assert y.detach().numpy().tobytes() == x.detach().numpy().tobytes()
    assert len(opt.state[x]["old_dirs"]) == 3  # the history is limited


@pytest.mark.parametrize("t", [1e-3, 0.3, 1.0, 40.0])
def test_the_line_search_keeps_its_promise(t: float) -> None:
    """Enough decrease and a small slope, for φ(t) = (t − 2)² + sin t from any first step."""

    def probe(s: Any) -> _Point:
        return _Point(s, (s - 2) ** 2 + np.sin(s), np.zeros(1), np.float64(2 * (s - 2) + np.cos(s)))

    start = probe(np.float64(0))
    found, count = strong_wolfe(probe, start, t, 1.0)
    assert found.f <= start.f + 1e-4 * found.t * start.slope
    assert abs(found.slope) <= 0.9 * abs(start.slope)
    assert count <= 26


def test_the_cubic_minimum_of_a_cubic() -> None:
    """x³ − 3x has its minimum at 1, whichever end comes first."""
    a, b = (_Point(x, x**3 - 3 * x, np.zeros(1), np.float64(3 * x**2 - 3)) for x in (0.0, 3.0))
    assert _cubic_minimum(a, b, 0.0, 3.0) == pytest.approx(1.0)
    assert _cubic_minimum(b, a, 0.0, 3.0) == pytest.approx(1.0)
    assert _cubic_minimum(a, b, 1.5, 3.0) == 1.5


def test_bad_input() -> None:
    x = dp.ones(2, requires_grad=True)
    with pytest.raises(TypeError, match="needs a closure"):
        dp.optim.LBFGS([x]).step()
    with pytest.raises(ValueError, match="doesn't support per-parameter options"):
        dp.optim.LBFGS([{"params": [x]}, {"params": [dp.ones(2, requires_grad=True)]}])
    with pytest.raises(RuntimeError, match="only 'strong_wolfe' is supported"):
        dp.optim.LBFGS([x], line_search_fn="wolfe")
