"""The ε sweep: what its curve looks like for functions whose differences are known."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest

from denpa.check.examine import examine
from denpa.check.subjects.pair import Pair
from denpa.check.sweep import Sweep, sweep
from denpa.core.errors import ArgumentError

Function = Callable[[np.ndarray], np.ndarray]


def swept(f: Function, df: Function, x: list[float]) -> Sweep:
    return sweep(examine(Pair(f, df, [np.array(x)])), "x")


def cube(x: np.ndarray) -> np.ndarray:
    return x**3


RIGHT: dict[str, tuple[Function, Function, list[float]]] = {
    "cube": (cube, lambda x: 3 * x**2, [1.0, 2.0]),
    "linear": (lambda x: 2 * x, lambda x: 0 * x + 2, [1.0, 2.0]),
    "constant": (lambda x: 0 * x, lambda x: 0 * x, [1.0, 2.0]),
    "cancels": (lambda x: 2 * x + 1e8 - 1e8, lambda x: 0 * x + 2, [1.0, 2.0]),
    "offset": (lambda x: x**3 + 1e5, lambda x: 3 * x**2, [1.0, 2.0]),
    "not everywhere": (np.log, lambda x: 1 / x, [0.01, 2.0]),
    "float32": (lambda x: x.astype(np.float32) ** 3, lambda x: 3 * x**2, [1.0, 2.0]),
    "kink elsewhere": (np.abs, np.sign, [0.0, 1.0]),
}
WRONG: dict[str, tuple[Function, Function, list[float], float]] = {
    "two in place of three": (cube, lambda x: 2 * x**2, [1.0, 2.0], 1 / 3),
    "by little": (cube, lambda x: 3 * x**2 * (1 + 1e-5), [1.0, 2.0], 1e-5),
    "sign": (np.sin, lambda x: -np.cos(x), [0.3, 2.0], 2.0),
    "zero": (np.exp, lambda x: 0 * x, [0.3, 2.0], 1.0),
    "float32": (lambda x: x.astype(np.float32) ** 3, lambda x: 2.7 * x**2, [1.0, 2.0], 0.1),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_gradient_is_called_so(name: str) -> None:
    assert swept(*RIGHT[name]).verdict == "right"


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_gradient_has_a_plateau_as_high_as_its_error(name: str) -> None:
    f, df, x, error = WRONG[name]
    found = swept(f, df, x)
    assert found.verdict == "wrong"
    assert found.plateau == pytest.approx(error, rel=0.05)


def test_the_error_falls_with_the_step_and_then_rises() -> None:
    """x³ at 1 along one direction: forward errs by 3ε + ε², central by ε², of 3."""
    found = swept(cube, lambda x: 3 * x**2, [1.0])
    at = np.isin(np.round(np.log10(found.steps), 6), [-1.0, -2.0, -3.0])
    eps = found.steps[at]
    np.testing.assert_allclose(found.central[at], eps**2 / 3, rtol=0.05)
    np.testing.assert_allclose(found.forward[at], (3 * eps + eps**2) / 3, rtol=0.05)
    assert np.nanmax(found.richardson[:8]) < 1e-11  # of a cubic it has no truncation
    assert found.central[-1] > 1e-5  # rounding at ε = 1e-13
    assert found.best[1] < 1e-10
    assert 1e-7 < found.best[0] < 1e-4


@pytest.mark.parametrize("claim", [0.0, 1.0, -1.0])
def test_a_kink_is_one_whatever_is_claimed(claim: float) -> None:
    assert swept(np.abs, lambda x: 0 * x + claim, [0.0]).verdict == "kink"


def test_a_kink_nearby_is_seen_by_large_steps_only() -> None:
    found = swept(np.abs, np.sign, [1e-4, 1.0])
    assert found.verdict == "right-nearby"
    assert found.central[0] > 0.1
    assert found.best[1] < 1e-9


def test_the_worst_element_is_looked_at() -> None:
    def df(x: np.ndarray) -> np.ndarray:
        return np.asarray(3 * x**2 + np.array([[0.0, 0.0], [0.5, 1e-3]]))

    found = sweep(examine(Pair(cube, df, [np.array([[1.0, 2.0], [0.5, 1.5]])])), "x")
    assert found.place == "[1, 0]"
    assert found.plateau == pytest.approx(0.5 / 1.25)  # 3·0.25 = 0.75 against 1.25


def test_the_complex_step_where_the_function_allows() -> None:
    exact = swept(np.exp, np.exp, [0.3]).complex_step
    assert exact is not None
    assert exact < 1e-15
    single = swept(lambda x: np.asarray(x, np.float64) * 2, lambda x: 0 * x + 2, [0.3])
    assert single.complex_step is None  # it would throw the imaginary part away


def test_what_cannot_be_swept() -> None:
    case = examine(Pair(cube, lambda x, g: np.ones(3), [np.array([1.0, 2.0])]))
    with pytest.raises(ArgumentError, match=r"'x' cannot be swept over steps \(shape\)"):
        sweep(case, "x")
    with pytest.raises(ArgumentError, match="no such gradient"):
        sweep(case, "w")

    def slow(x: np.ndarray) -> np.ndarray:
        until = time.process_time() + 0.02
        while time.process_time() < until:
            pass
        return cube(x)

    case = examine(Pair(slow, lambda x: 3 * x**2, [np.array([1.0])]))
    with pytest.raises(ArgumentError, match=r"needs a larger budget than 0\.1 s"):
        sweep(case, "x", budget=0.1)
