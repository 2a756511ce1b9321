"""What findings rest on: the measure of an error, and the line that is shown."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import denpa as dp
from denpa.check.determinism import differ, relative
from denpa.check.locate import locate
from denpa.check.pages.plot import plot
from denpa.check.sweep import _judge

NUMBERS = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=5)


@given(NUMBERS, st.floats(0.01, 100))
def test_an_error_is_relative_to_the_larger_of_two(numbers: list[float], factor: float) -> None:
    a = np.array(numbers)
    b = a[::-1] * factor
    size = max(np.linalg.norm(a), np.linalg.norm(b))
    expected = np.linalg.norm(a - b) / size if size > 1e-12 else 0.0
    assert relative(a, b) == relative(b, a) == pytest.approx(expected, rel=1e-12)
    assert relative(a, b, 1e9) == pytest.approx(np.linalg.norm(a - b) / 1e9, rel=1e-12)
    assert relative(a, a) == 0.0
    assert relative(a, np.append(a, 0.0)) == float("inf")


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("number", [0.0, 1.0, -1e100])
def test_nothing_is_near_to_what_is_not_finite(bad: float, number: float) -> None:
    a, n = np.array([number, 1.0]), np.array([bad, 1.0])
    assert relative(a, n) == relative(n, a) == relative(n, n) == float("inf")
    assert differ({"x": a}, {"x": n})
    assert not differ({"x": a}, {"x": a.copy()})


class Layer:
    """Each gradient is made more than once, and in more than one manner."""

    def backward(self, d: Any) -> Any:
        self.dW = np.zeros(3)  # first W
        dx = d * 1  # first x
        self.dW = d.T  # last W
        self.grads = {"b": 0}
        self.grads["b"] = d.sum(0)  # last b
        if d.any():
            dx = dx * 2  # last x
        return dx


@pytest.mark.parametrize(("name", "is_input"), [("W", False), ("b", False), ("x", True)])
def test_the_line_is_the_last_that_makes_a_gradient(name: str, is_input: bool) -> None:
    found = locate(Layer(), name, f"d{name}", is_input)
    assert found is not None
    assert found.text.endswith(f"# last {name}")
    assert found.file == __file__


class Ridge:
    """½(xw)² + 0.1 w², whose derivative in w is the first part's and `times` times 0.2 w."""

    def __init__(self, times: float) -> None:
        self.w = np.array([0.7, -1.3, 2.1])
        self.times = times
        self.dw: Any = None

    def forward(self, x: Any) -> Any:
        self.x = x
        return 0.5 * np.sum((x @ self.w) ** 2) + 0.1 * np.sum(self.w**2)

    def backward(self, d: Any) -> Any:
        y = self.x @ self.w
        self.dw = d * (self.x.T @ y + self.times * 0.2 * self.w)
        return d * np.outer(y, self.w)


@pytest.mark.parametrize(
    ("times", "factor", "what"),
    [
        (0.0, -0.2, "missing or too small"),
        (0.5, -0.1, "missing or too small"),
        (2.0, 0.2, "there twice, or not in the loss"),
        (3.0, 0.4, "there twice, or not in the loss"),
    ],
)
def test_a_penalty_is_told_with_its_side(times: float, factor: float, what: str) -> None:
    x = np.random.default_rng(0).standard_normal((5, 3))
    assert dp.check.layer(Ridge(1.0), x).ok
    (found,) = dp.check.layer(Ridge(times), x).findings
    assert (found.name, found.mistake) == ("w", "penalty")
    assert found.text == f"it is off by {factor:g} · w: the penalty's term is {what}"


class Scaled:
    """x W for 8 examples and 5 columns; the gradient of W is `factor` times what it should be."""

    def __init__(self, factor: float) -> None:
        self.W = np.random.default_rng(1).standard_normal((3, 5))
        self.factor = factor
        self.dW: Any = None

    def forward(self, x: Any) -> Any:
        self.x = x
        return x @ self.W

    def backward(self, d: Any) -> Any:
        factor = self.factor(len(d)) if callable(self.factor) else self.factor
        self.dW = self.x.T @ d * factor
        return d @ self.W.T


@pytest.mark.parametrize(
    ("factor", "said", "size"),
    [
        (lambda n: n, "8", " (the batch has 8 examples)"),
        (lambda n: -n, "-8", " (the batch has 8 examples)"),
        (lambda n: 1 / n, "1/8", " (the batch has 8 examples)"),
        (8, "8", ""),  # also for other batches
        (1 / 8, "0.125", ""),
        (5, "5", " (the output has 5 columns)"),
        (1 / 5, "1/5", " (the output has 5 columns)"),
        (lambda n: 5 * n, "40", " (the output has 40 elements)"),
        (40, "40", ""),
        (7, "7", ""),
        (8.01, "8.01", ""),
        (1 / 6, "0.166667", ""),
        (2, "2", ""),
        (0.5, "0.5", ""),
        (-3, "-3", ""),
    ],
)
def test_a_factor_has_a_name_where_it_is_the_size_of_something(
    factor: Any, said: str, size: str
) -> None:
    x = np.random.default_rng(2).standard_normal((8, 3))
    (found,) = dp.check.layer(Scaled(factor), x).findings
    assert (found.name, found.mistake) == ("W", "scale")
    assert found.text == f"it is {said} times what it should be{size}"


@pytest.mark.parametrize("lucky", range(6))
def test_a_few_steps_that_are_right_by_luck_make_no_right_gradient(lucky: int) -> None:
    """A claim that is 5 % off at every step but some at which the error happens to vanish."""
    central = np.full(25, 0.05)
    central[18 : 18 + lucky] = 1e-9
    sides, rounding = np.full(25, 1e-7), np.full(25, 1e-10)
    verdict, plateau = _judge(central, sides, rounding, 1e-6)
    assert (verdict, plateau) == ("wrong" if lucky < 3 else "right-nearby", 0.05)
    assert _judge(np.full(25, 1e-9), sides, rounding, 1e-6) == ("right", None)


@pytest.mark.parametrize(("factor", "drawn"), [(2.0, {"W"}), (1.0, {"W", "x"})])
def test_where_one_gradient_is_wrong_it_alone_has_maps(factor: float, drawn: set[str]) -> None:
    x = np.random.default_rng(2).standard_normal((8, 3))
    picture = plot(dp.check.layer(Scaled(factor), x)).svg()
    assert {n for n in ("W", "x") if f">d{n}, claimed<" in picture} == drawn
