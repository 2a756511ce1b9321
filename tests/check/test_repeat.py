"""The line that repeats a check: copied, it says the same, whatever options were given."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import denpa
from denpa.check import file
from denpa.check.report import Report
from denpa.core.errors import ArgumentError

THEIRS = """
    import numpy as np
    import denpa as dp

    START = np.ones((3, 2))

    class Affine:
        def __init__(self, W, b):
            self.W, self.b = W, b
        def forward(self, x):
            self.x = x
            return x @ self.W + self.b
        def backward(self, dout):
            self.dW = self.x.T @ dout
            self.db = dout[0]
            return dout @ self.W.T

    class Log:
        def forward(self, x):
            self.x = x
            return np.log(x)
        def backward(self, dout):
            return -dout / self.x

    class Pieces:
        def forward(self, x):
            self.x = x
            return np.where(x > 3, x**2, x)
        def backward(self, dout):
            return dout * np.where(self.x > 3, self.x, 1)

    class Linear:
        def __init__(self, width=64, height=10):
            self.W = np.random.default_rng(0).standard_normal((width, height)) / 8
        def forward(self, x):
            self.x = x
            return x @ self.W
        def backward(self, dout):
            self.dW = 2 * self.x.T @ dout
            return dout @ self.W.T

    def made():
        return Affine(START, np.zeros(2))

    def f(x):
        return np.sum(np.sin(x) * x)

    def slope(x):
        return np.cos(x) * x - np.sin(x)

    def g(x, w):
        return x * w

    def of_g(x, w, dout):
        return dout * w, 2 * dout * x

    def net():
        dp.manual_seed(0)
        return dp.nn.Sequential(dp.nn.Flatten(), dp.nn.Linear(64, 10))
"""

SUBJECTS: dict[str, list[dict[str, Any]]] = {
    "Affine": [{}, {"init": "W=rand(2, 3), b=rand(3)"}, {"input": "x=rand(7, 4)"},
               {"init": "W=START, b=rand(2)", "input": "x=2*rand(5, 3)"}],
    "Log": [{}, {"input": "x=1+unit(3, 4)"}],
    "Pieces": [{}],
    "Linear": [{"data": "digits"}, {"data": "digits", "batch": 5}],
    "made": [{}, {"input": "x=rand(4, 3)"}],
    "f": [{"grad": "slope"}, {"grad": "slope", "input": "x=rand(3)"}],
    "g": [{"grad": "of_g"}, {"grad": "of_g", "input": "x=rand(3), w=rand(3)"}],
    "net": [{"data": "digits", "batch": 4}, {"data": "digits", "loss": "mse_loss", "batch": 3}],
}  # fmt: skip

CASES = [(name, given_) for name, all_ in SUBJECTS.items() for given_ in all_]


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("it's") / "theirs.py"
    path.write_text(textwrap.dedent(THEIRS))
    return path


def said(report: Report) -> tuple[Any, ...]:
    return (
        [(f.name, f.mistake, f.text, f.location, f.part) for f in report.findings],
        {n: (c.ok, str(c.claimed)) for n, c in report.compared.items()},
        report.notes, report.repeat, report.language,
    )  # fmt: skip


def repeated(report: Report) -> Report:
    found: Report = eval(report.repeat, {"denpa": denpa})
    return found


@pytest.mark.parametrize(("name", "options"), CASES)
def test_the_line_says_the_same(theirs: Path, name: str, options: dict[str, Any]) -> None:
    first = file(f"{theirs}:{name}", **options)
    assert f"again: {first.repeat}" in str(first)
    assert said(repeated(first)) == said(first)


measures = st.fixed_dictionaries({}, optional={
    "seed": st.integers(1, 99), "evaluations": st.integers(1, 400), "step": st.sampled_from([1e-3]),
    "language": st.just("ja"), "budget": st.sampled_from([8.0, 20.0]),
})  # fmt: skip


@settings(max_examples=30)
@given(st.sampled_from(CASES), measures)
def test_with_any_options(
    theirs: Path, case: tuple[str, dict[str, Any]], more: dict[str, Any]
) -> None:
    name, options = case
    first = file(f"{theirs}:{name}", **options, **more)
    assert said(repeated(first)) == said(first)
    for option, value in {**options, **more}.items():
        if option not in ("input", "init"):
            assert f"{option}={value!r}" in first.repeat


def test_an_option_that_there_is_not(theirs: Path) -> None:
    with pytest.raises(ArgumentError, match=r"no option gradd\. Did you mean grad"):
        file(f"{theirs}:f", gradd="slope")
    with pytest.raises(ArgumentError, match=r"no option q\. It has init, input, grad, jax"):
        file(f"{theirs}:f", q=1)
