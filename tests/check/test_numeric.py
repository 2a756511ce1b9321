"""Differences: as exact as they say, and honest where there is no derivative."""

from __future__ import annotations

import numpy as np
import pytest

from denpa.check.numeric import entries, sharper, slope

X = {"x": np.array([0.3, -1.2, 2.0, 11.0])}
CASES = {
    "cube": (lambda x: x**3, lambda x: 3 * x**2),
    "exp": (np.exp, np.exp),
    "sin": (lambda x: np.sin(5 * x), lambda x: 5 * np.cos(5 * x)),
    "tiny": (lambda x: 1e-9 * x**2, lambda x: 2e-9 * x),
}


@pytest.mark.parametrize("name", CASES)
def test_slopes_are_within_their_own_error(name: str) -> None:
    f, exact = CASES[name]
    for k, direction in entries("x", X):
        found = slope(lambda v: f(v["x"]), X, direction)
        error = np.abs(found.value[k] - exact(X["x"])[k])
        assert error <= 10 * found.error[k]
        assert error < 1e-7 * max(abs(exact(X["x"])[k]), np.max(np.abs(f(X["x"]))))
        assert not found.kink.any()


def test_richardson_beats_the_plain_difference() -> None:
    x, one = {"x": np.array(1.3)}, {"x": np.array(1.0)}
    found = slope(lambda v: np.exp(3 * v["x"]), x, one)
    exact = 3 * np.exp(3.9)
    h = 1e-4 * 1.3
    plain = (np.exp(3 * (1.3 + h)) - np.exp(3 * (1.3 - h))) / (2 * h)
    assert abs(found.value - exact) < 1e-3 * abs(plain - exact)


def test_a_kink_is_seen_and_a_kink_nearby_is_stepped_around() -> None:
    one = {"x": np.array(1.0)}

    def f(v: object) -> np.ndarray:
        return np.abs(v["x"])  # type: ignore[index]

    assert slope(f, {"x": np.array(0.0)}, one).kink
    near = {"x": np.array(3e-5)}  # within the first step
    rough = slope(f, near, one)
    assert not np.isclose(rough.value, 1.0, atol=1e-6)
    assert np.isclose(sharper(f, near, one, rough).value, 1.0, atol=1e-9)
