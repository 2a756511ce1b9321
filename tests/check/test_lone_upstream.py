"""A gradient function of one argument more than the function has: that argument comes from above,
and no second reading of it makes wrong code right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from denpa import check

Array = Any
ABOVE = ("dout", "g", "grad_output", "dy", "upstream", "delta", "gy", "dvalues", "grad", "dA")
# A function, its derivative, and what a body computes of x and the gradient from above.
FUNCTIONS: dict[str, tuple[Callable[[Array], Array], str]] = {
    "square": (np.square, "2 * x"),
    "cube": (lambda x: x**3, "3 * x * x"),
    "sine": (np.sin, "np.cos(x)"),
    "exp": (np.exp, "np.exp(x)"),
    "same": (lambda x: 1.0 * x, "np.ones_like(x)"),
}
WRONG = (
    "{d}",  # not multiplied in
    "{d} * x",  # the input in its place
    "{d} * F(x)",  # the output
    "x + 0 * {g}",
    "F(x) * {d} / {d}",
    "2 * {g} * {d}",
)


def written(body: str, name: str, last: bool, F: Any) -> Callable[..., Array]:
    scope: dict[str, Any] = {"np": np, "F": F}
    takes = f"x, {name}" if last else f"{name}, x"
    exec(f"def gradient({takes}):\n    return {body}\n", scope)
    found: Callable[..., Array] = scope["gradient"]
    return found


@pytest.mark.parametrize("body", ["{g} * {d}", *WRONG])
@hypothesis.given(
    name=st.sampled_from(ABOVE), function=st.sampled_from(sorted(FUNCTIONS)), last=st.booleans(),
    size=st.integers(2, 4),
)  # fmt: skip
@hypothesis.settings(max_examples=12, deadline=None)
def test_what_is_right_is_what_is_multiplied_by_what_comes_from_above(
    body: str, name: str, function: str, last: bool, size: int
) -> None:
    F, derivative = FUNCTIONS[function]
    gradient = written(body.format(g=name, d=f"({derivative})"), name, last, F)
    x = np.random.default_rng(size).uniform(0.4, 1.6, (3, size))
    assert check.gradient(F, x, grad=gradient, budget=1.0).ok == (body == "{g} * {d}")


@pytest.mark.parametrize("name", ABOVE)
def test_a_vector_from_above_that_is_not_used_is_missed(name: str) -> None:
    X = np.random.default_rng(0).normal(size=(7, 4))
    scope: dict[str, Any] = {"X": X, "np": np}
    exec(f"def ignores(w, {name}):\n    return X.T @ np.ones(7)\n", scope)
    exec(f"def uses(w, {name}):\n    return X.T @ {name}\n", scope)
    found = check.gradient(lambda w: X @ w, np.ones(4), grad=scope["ignores"])
    assert [f.mistake for f in found.findings] == ["upstream-ignored"]
    assert check.gradient(lambda w: X @ w, np.ones(4), grad=scope["uses"]).ok


@pytest.mark.parametrize("names", ["x, s", "s, x", "x, out", "x, y_hat"])
def test_a_slope_that_takes_the_output_too_is_right(names: str) -> None:
    other = next(n for n in names.split(", ") if n != "x")
    scope: dict[str, Any] = {}
    exec(f"def gradient({names}):\n    return 1 - {other} ** 2 + 0 * x\n", scope)
    x = np.random.default_rng(1).normal(size=(3, 4))
    assert check.gradient(np.tanh, x, grad=scope["gradient"]).ok
