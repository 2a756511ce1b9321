"""What the opening of somebody's code promises: wrong code does not pass because nobody looked, and
right code is not blamed for the input that was guessed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.core.errors import ArgumentError
from tests.check.findings import wrong
from tests.check.test_labels import NUMBERS

File = Callable[..., Any]


# -- wrong code does not pass ----------------------------------------------------------------------

LAZY = """
    class Dense:
        def __init__(self, units):
            self.units, self.W, self.b = units, None, None
        def forward(self, x):
            if self.W is None:
                r = np.random.default_rng(0)
                self.W = r.normal(size=(x.shape[1], self.units))
                self.b = r.normal(size=self.units)
            self.x = x
            return x @ self.W + self.b
        def backward(self, dout):
            self.dW = self.x.T @ dout
            self.db = dout.sum(axis=0)
            return dout @ self.W.T
"""


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("", "", set()),
        ("self.x.T @ dout", "2 * self.x.T @ dout", {"W"}),
        ("dout.sum(axis=0)", "-dout.sum(axis=0)", {"b"}),
        ("return dout @ self.W.T", "return 2 * dout @ self.W.T", {"x"}),
    ],
)
def test_parameters_that_the_first_forward_makes(
    file: File, old: str, new: str, names: set[str]
) -> None:
    found = file(LAZY, "Dense", old, new)
    assert set(found.compared) == {"x", "W", "b"}
    assert wrong(found) == names, str(found)
    assert found.ok == (not names), str(found)


BOTH = """
    class SoftmaxWithLoss:
        def forward(self, x, t):
            e = np.exp(x - x.max(axis=1, keepdims=True))
            self.y, self.t = e / e.sum(axis=1, keepdims=True), t
            if t.size == self.y.size:
                return -np.sum(t * np.log(self.y)) / len(x)
            return -np.sum(np.log(self.y[np.arange(len(x)), t])) / len(x)
        def backward(self, dout=1):
            n = len(self.y)
            if self.t.size == self.y.size:
                dx = (self.y - self.t) / n
            else:
                dx = self.y.copy()
                dx[np.arange(n), self.t] -= 1
                dx = dx / n
            return dout * dx
"""


def test_both_forms_of_targets_are_tried(file: File) -> None:
    found = file(BOTH, "SoftmaxWithLoss")
    assert found.ok, str(found)
    said = " ".join([found.inputs, *found.notes])
    assert "rows of 0 and 1" in said
    assert "whole numbers" in said
    assert not found.unlooked


@pytest.mark.parametrize(
    ("old", "new", "at"),
    [
        ("dx = (self.y - self.t) / n", "dx = self.y - self.t", "rows of 0 and 1"),
        ("dx[np.arange(n), self.t] -= 1", "dx[np.arange(n), self.t] += 1", "whole numbers"),
        ("dx = dx / n", "dx = dx", "whole numbers"),
    ],
)
def test_each_branch_of_targets_wrong_in_turn(file: File, old: str, new: str, at: str) -> None:
    found = file(BOTH, "SoftmaxWithLoss", old, new)
    assert wrong(found) == {"x"}, str(found)
    assert at in found.inputs


ONE = """
    class Dense:
        def __init__(self):
            self.W = np.random.default_rng(0).normal(size=(4, 3))
        def forward(self, x):
            if x.shape[0] != 1 or x.ndim != 2:
                raise ValueError("one example")
            self.x = x
            return x @ self.W
        def backward(self, dout):
            self.dW = self.x.T @ dout
            return dout @ self.W.T
"""


def test_a_batch_of_one_only_where_nothing_else_runs(file: File) -> None:
    found = file(ONE, "Dense")
    assert found.ok
    assert found.inputs == "x (1, 4)"
    assert any("one example at a time" in n for n in found.notes), str(found)
    assert wrong(file(ONE, "Dense", "self.dW = self.x.T", "self.dW = -self.x.T")) == {"W"}
    several = ONE.replace("x.shape[0] != 1 or x.ndim != 2", "x.ndim != 2")
    found = file(several, "Dense")
    assert found.ok
    assert found.inputs == "x (5, 4)"
    assert not found.notes


def test_nothing_compared_is_not_right(file: File, tmp_path: Path) -> None:
    """Where every element is on a kink, no difference can be taken."""
    text = """
        def f(x):
            return np.abs(x)
        def df(x):
            return np.sign(x)
    """
    given = "x=0*rand(3)"
    found = file(text, "f", input=given)
    assert found.nothing, str(found)
    assert not found.ok, str(found)
    assert not found.findings, str(found)
    assert found.to_dict()["ok"] is None
    assert "nothing could be compared" in str(found)
    assert file(text, "f", input="x=rand(3)").ok
    where = f"{tmp_path / 'theirs.py'}:f"
    run = [sys.executable, "-m", "denpa", "check", where, "--input", given]
    done = subprocess.run(run, capture_output=True, text=True, timeout=100)
    assert done.returncode == 2, done
    assert "nothing could be compared" in done.stdout
    with pytest.raises(dp.check.GradientError, match="nothing could be compared"):
        dp.check.assert_gradient(np.abs, np.zeros(3), grad=np.sign)


def test_nothing_compared_fails_a_test(gradients: Any) -> None:
    assert gradients.gradient(np.abs, np.ones(3), grad=np.sign).ok
    with pytest.raises(dp.check.GradientError, match="nothing could be compared"):
        gradients.gradient(np.abs, np.zeros(3), grad=np.sign)


def test_a_backward_that_returns_nothing_is_no_right_one(file: File) -> None:
    text = """
        class Silent:
            def forward(self, x):
                return 2 * x
            def backward(self, dout):
                2 * dout
    """
    with pytest.raises(ArgumentError, match="no gradient is found"):
        file(text, "Silent")


def test_lines_that_no_input_reaches_are_told(file: File) -> None:
    text = """
        class Scale:
            def forward(self, x):
                self.x = x
                return 2 * x
            def backward(self, dout):
                if self.x.shape == (17, 19):
                    return 3 * dout
                return 2 * dout
    """
    found = file(text, "Scale")
    assert found.ok
    (told,) = found.unlooked
    assert told.endswith("theirs.py:9"), told
    assert found.to_dict()["not_looked_at"] == [told]
    assert "not looked at: lines that no input reached" in str(found)


def test_gradients_without_a_partner_are_told(file: File) -> None:
    text = """
        def loss(x, W):
            y = x @ W
            return np.sum(y * y), {"dW": 2 * x.T @ y, "dQ": np.ones((7, 7))}
    """
    found = file(text, "loss")
    assert found.ok, str(found)
    assert any("dQ" in line for line in found.unlooked), str(found)
    text = """
        def f(x, W):
            return np.sum((x @ W) ** 2)
        def f_grad(x, W):
            return 2 * x.T @ (x @ W)
    """
    found = file(text, "f")
    assert set(found.compared) == {"W"}
    assert found.ok
    assert found.unlooked == ["no gradient is found for x"]


@pytest.mark.parametrize(
    ("text", "name", "old", "new"),
    [(LAZY, "Dense", "dout.sum(axis=0)", "dout.mean(axis=0)"),
     (BOTH, "SoftmaxWithLoss", "dx = dx / n", "dx = dx"),
     (NUMBERS, "Two", "x.T @ d / len(d)", "x.T @ d"),
     (NUMBERS, "Two", "x.T @ d / len(d)", "x.T @ d / len(d)")],
)  # fmt: skip
@pytest.mark.parametrize("seed", [0, 7])
def test_the_line_that_repeats_gives_the_same(
    file: File, text: str, name: str, old: str, new: str, seed: int
) -> None:
    first = file(text, name, old, new, seed=seed)
    assert first.inputs
    assert f"input: {first.inputs}" in str(first)
    assert first.repeat.startswith("denpa.check.file(")
    assert f"again: {first.repeat}" in str(first)
    again = eval(first.repeat, {"denpa": dp})
    assert [f.to_dict() for f in again.findings] == [f.to_dict() for f in first.findings]
    assert again.inputs == first.inputs
    assert set(again.compared) == set(first.compared)
    for name_, c in first.compared.items():
        np.testing.assert_array_equal(c.claimed, again.compared[name_].claimed)


# -- what a file holds ---------------------------------------------------------------------------

CHARS = """
    r = np.random.RandomState(0)
    vocab_size, hidden_size = 5, 6
    Wxh, Whh = 0.5 * r.randn(6, 5), 0.5 * r.randn(6, 6)
    Why, bh, by = 0.5 * r.randn(5, 6), 0.1 * r.randn(6, 1), 0.1 * r.randn(5, 1)
    def lossFun(inputs, targets, hprev):
        xs, hs, ps, loss = {}, {-1: np.copy(hprev)}, {}, 0
        for t in range(len(inputs)):
            xs[t] = np.zeros((vocab_size, 1))
            xs[t][inputs[t]] = 1
            hs[t] = np.tanh(Wxh @ xs[t] + Whh @ hs[t - 1] + bh)
            y = Why @ hs[t] + by
            ps[t] = np.exp(y) / np.sum(np.exp(y))
            loss += -np.log(ps[t][targets[t], 0])
        dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
        dbh, dby, dhnext = np.zeros_like(bh), np.zeros_like(by), np.zeros_like(hs[0])
        for t in reversed(range(len(inputs))):
            dy = np.copy(ps[t])
            dy[targets[t]] -= 1
            dWhy += dy @ hs[t].T
            dby += dy
            d = (1 - hs[t] * hs[t]) * (Why.T @ dy + dhnext)
            dbh += d
            dWxh += d @ xs[t].T
            dWhh += d @ hs[t - 1].T
            dhnext = Whh.T @ d
        return loss, dWxh, dWhh, dWhy, dbh, dby, hs[len(inputs) - 1]
"""


def test_weights_of_a_file(file: File) -> None:
    """As in character RNNs (Karpathy 2015), the weights stand outside of the function."""
    found = file(CHARS, "lossFun")
    assert found.ok, str(found)
    assert {"Wxh", "Whh", "Why", "bh", "by"} <= set(found.compared)
    for old, new, name in (
        ("dWhy += dy", "dWhy += 2 * dy", "Why"),
        ("dWhh += d @ hs[t - 1].T", "dWhh += d @ hs[t].T", "Whh"),
    ):  # fmt: skip
        assert name in wrong(file(CHARS, "lossFun", old, new, budget=0.5)), name


# -- what is drawn ---------------------------------------------------------------------------------

AFFINE = """
import numpy as np
class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b
    def forward(self, x):
        self.x = x
        return x @ self.W + self.b
    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = {}
        return dout @ self.W.T
"""


@pytest.mark.parametrize(
    "wrong",
    [
        "dout",
        "dout.sum()",
        "dout.mean()",
        "dout.sum(axis=1)",
        "np.sum(dout, axis=1, keepdims=True)",
    ],
)
def test_no_shape_of_a_bias_is_looked_for_that_makes_its_gradient_right(
    tmp_path: Path, wrong: str
) -> None:
    """With b as one number, or as one for each example, each of these is right."""
    file = tmp_path / "theirs.py"
    file.write_text(AFFINE.format(wrong))
    report = dp.check.file(f"{file}:Affine")
    assert [f.name for f in report.findings] == ["b"], str(report)
    file.write_text(AFFINE.format("dout.sum(axis=0)"))
    assert dp.check.file(f"{file}:Affine").ok


def test_a_class_in_place_of_an_object_is_told() -> None:
    class Affine:
        def forward(self, x: Any) -> Any:
            return x

        def backward(self, dout: Any) -> Any:
            return dout

    with pytest.raises(ArgumentError, match="give an object, as in Affine"):
        dp.check.layer(Affine, np.ones((2, 3)))
    report = dp.check.layer(Affine(), np.ones((2, 3)))
    assert repr(report) == str(report)
