"""What is no mistake is said as such: rough differences, precision, steps, budgets, aliases."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from denpa import check
from denpa.check.examine import examine
from denpa.check.numeric import complex_slope, slope
from denpa.check.remarks import REMARKS
from denpa.check.subjects.pair import Pair
from denpa.core.errors import ArgumentError
from denpa.words import translated

X = np.array([0.3, -1.2, 2.0])


def test_the_complex_step_is_exact_where_differences_are_rough() -> None:
    def f(v: Any) -> Any:
        return np.sin(3000 * v["x"])

    x, one = {"x": np.array(0.7)}, {"x": np.array(1.0)}
    exact = 3000 * np.cos(2100.0)
    found = complex_slope(f, x, one)
    assert found is not None
    assert abs(found - exact) < 1e-12 * abs(exact)
    assert abs(slope(f, x, one).value - exact) > 1e-6 * abs(exact)
    case = examine(Pair(lambda x: np.sin(3000 * x), lambda x: 3000 * np.cos(3000 * x), (X,)))
    assert case.analytic
    assert case.compared["x"].error < 1e-12


@pytest.mark.parametrize("f", [np.abs, lambda x: np.sqrt(np.abs(x * x)), lambda x: np.real(x)])
def test_the_complex_step_is_not_used_on_what_is_not_analytic(f: Any) -> None:
    assert not examine(Pair(f, lambda x: np.sign(x), (X,))).analytic


def test_functions_that_cannot_take_complex_numbers_are_left_alone() -> None:
    def f(x: Any) -> Any:
        return np.asarray(x, dtype=np.float64) ** 2

    case = examine(Pair(f, lambda x: 2 * x, (X,)))
    assert not case.analytic
    assert case.compared["x"].ok


def test_the_budget_of_evaluations_is_kept_and_said() -> None:
    calls = 0

    def f(x: Any) -> Any:
        nonlocal calls
        calls += 1
        return np.sum(x**2)

    x = np.arange(1.0, 61.0)
    found = check.gradient(f, x, grad=lambda x: 2 * x, evaluations=100)
    assert found.ok
    assert calls < 130  # the difference at hand is finished, and a few calls come before
    assert found.notes == [
        f"dx: the budget ended after {found.compared['x'].checked} of 60 numbers"
    ]
    calls = 0
    assert check.gradient(f, x, grad=lambda x: 2 * x).notes == []
    assert calls > 60 * 4


def test_the_budget_counts_the_processor_and_no_waiting() -> None:
    def f(x: Any) -> Any:
        time.sleep(0.002)  # as on a machine that others use, too
        return np.sum(x**2)

    case = examine(Pair(f, lambda x: 2 * x, (np.arange(1.0, 61.0),)), budget=0.4)
    assert case.compared["x"].checked == 60
    spun = examine(Pair(_spinning, lambda x: 2 * x, (np.arange(1.0, 61.0),)), budget=0.05)
    assert spun.compared["x"].checked < 60


def _spinning(x: Any) -> Any:
    until = time.process_time() + 0.002
    while time.process_time() < until:
        pass
    return np.sum(x**2)


@pytest.mark.parametrize(
    ("step", "said"), [(1e-12, "too small"), (0.3, "too large"), (1e-5, "serves")]
)
def test_a_step_is_judged(step: float, said: str) -> None:
    found = check.gradient(np.exp, X, grad=lambda x, g: g * np.exp(x), step=step)
    assert found.ok
    assert said in found.notes[0]
    assert f"{step:g}" in found.notes[0]


def test_what_float32_alone_costs() -> None:
    """(1 + x) - 1 keeps few digits of a small x in float32."""

    class Naive:
        def forward(self, x: Any) -> Any:
            self.x = x
            return np.log((1 + x) - 1)

        def backward(self, dout: Any) -> Any:
            return dout / ((1 + self.x) - 1)

    class Stable(Naive):
        def forward(self, x: Any) -> Any:
            self.x = x
            return np.log(x)

        def backward(self, dout: Any) -> Any:
            return dout / self.x

    x = np.array([1.234567e-4, 3.21e-4, 7.7e-4]) * 3e-3
    naive, stable = check.layer(Naive(), x), check.layer(Stable(), x)
    assert naive.compared["x"].single > 1e-2
    assert stable.compared["x"].single < 1e-6
    assert any("in float32 rounding alone" in n for n in naive.notes)
    assert naive.compared["x"].checked == 3  # 3e-7 from a pole: the first step goes beyond it
    assert not any("float32" in n for n in stable.notes)


def test_float32_inside_code_that_returns_float64() -> None:
    class Inside:
        def forward(self, x: Any) -> Any:
            self.x = np.asarray(x, np.float32)
            return float(np.sum(np.exp(self.x)))

        def backward(self, dout: float) -> Any:
            return dout * np.exp(self.x)

    found = check.layer(Inside(), X)
    assert found.ok, str(found)
    assert "computes in float32" in found.notes[0]
    Inside.backward = lambda self, dout: dout * np.exp(self.x) * 1.1  # type: ignore[method-assign]
    assert not check.layer(Inside(), X).ok


def test_two_arguments_that_are_one_array() -> None:
    found = check.gradient(lambda a, b: a * b, X, X, grad=lambda a, b, g: (g * b, g * a))
    assert found.ok
    assert found.notes == [
        "a and b share memory: a change of one in place changes the other; each was moved alone"
    ]


def test_rounding_is_no_mistake_and_a_real_one_is_still_seen() -> None:
    """A difference of 1e12 + x² keeps twelve digits less."""

    def f(x: Any) -> Any:
        return np.asarray(1e12 + np.sum(np.float64(x) ** 2))  # float64: no complex step

    found = check.gradient(f, X, grad=lambda x: 2 * x)
    assert found.ok, str(found)
    assert found.compared["x"].uncertain > 1e-6
    assert any("differences are good to" in n for n in found.notes)
    assert not check.gradient(f, X, grad=lambda x: -2 * x).ok


def test_what_could_not_be_compared_is_not_called_right() -> None:
    def f(x: Any) -> Any:
        return np.where(x == 1.0, x, np.nan)

    found = check.gradient(f, np.ones(2), grad=lambda x: np.ones(2))
    assert "? dx" in str(found)
    assert "nothing could be compared" in found.notes[0]


def test_the_unseeded_call_is_found() -> None:
    class Noisy:
        def forward(self, x: Any) -> Any:
            self.m = np.random.rand(*x.shape) > 0.5
            return x * self.m

        def backward(self, dout: Any) -> Any:
            return dout * self.m

    found = check.layer(Noisy(), np.ones((3, 4)))
    assert found.ok
    assert "without a seed" in found.notes[0]
    assert "np.random.rand(*x.shape)" in found.notes[0]

    class Generator(Noisy):
        def forward(self, x: Any) -> Any:
            self.m = np.random.default_rng().random(x.shape) > 0.5
            return x * self.m

    found = check.layer(Generator(), np.ones((5, 8)))  # two equal masks: one in 10¹²
    assert [f.mistake for f in found.findings] == ["random"]
    assert found.findings[0].location is not None
    assert "default_rng()" in found.findings[0].location.text


def test_a_mask_that_only_backward_draws() -> None:
    class Dropout:
        def forward(self, x: Any) -> Any:
            self.mask = np.random.RandomState(0).rand(*x.shape) < 0.6
            return x * self.mask / 0.6

        def backward(self, dout: Any) -> Any:
            return dout * (np.random.rand(*dout.shape) < 0.6) / 0.6

    found = check.layer(Dropout(), np.random.default_rng(0).standard_normal((6, 5)))
    assert [f.mistake for f in found.findings] == ["mask-drawn-again"]


def test_an_object_that_keeps_its_first_input() -> None:
    class Stale:
        x: Any = None

        def forward(self, x: Any) -> Any:
            if self.x is None:
                self.x = x
            return np.tanh(x)

        def backward(self, dout: Any) -> Any:
            return dout * (1 - np.tanh(self.x) ** 2)

    found = check.layer(Stale(), X)
    assert [f.mistake for f in found.findings] == ["stale"]


def test_remarks_are_japanese_too() -> None:
    found = check.gradient(np.exp, X, grad=lambda x, g: g * np.exp(x), step=0.3, language="ja")
    assert "刻み幅 0.3 は大きすぎます" in found.notes[0]
    for english in REMARKS.values():
        japanese = translated(english, "ja")
        assert any("\u3040" <= c <= "\u30ff" for c in japanese)
        names = {part.split("}")[0] for part in english.split("{")[1:]}
        assert names == {part.split("}")[0] for part in japanese.split("{")[1:]}


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ({"step": -1}, "step is a number above 0, not -1"),
        ({"step": 0}, "step is a number above 0, not 0"),
        ({"budget": -1}, "budget is seconds, 0 or more, not -1"),
        ({"budget": float("nan")}, "budget is seconds, 0 or more, not nan"),
        ({"evaluations": 0}, "evaluations is a number above 0, not 0"),
        ({"language": "fr"}, "language is 'en' or 'ja', not 'fr'"),
        ({"language": "ja", "step": -1}, "step は 0 より大きい数です"),
    ],
)
def test_options_out_of_range_are_told(option: dict[str, Any], said: str) -> None:
    with pytest.raises(ArgumentError, match=said):
        check.gradient(np.sin, np.array([1.0, 2.0]), grad=lambda x: np.cos(x), **option)
