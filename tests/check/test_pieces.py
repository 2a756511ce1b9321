"""What findings rest on: the measure of an error, and the line that is shown."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import denpa as dp
from denpa.check.locate import locate
from denpa.check.steady import differ, relative

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
