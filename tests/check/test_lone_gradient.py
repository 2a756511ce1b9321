"""A lone gradient that has the shape of one argument by chance, and states behind gradients."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest

import denpa as dp

EACH = """
    def out(w, x):
        return np.tanh(x @ w)
    def out_grad(w, x, t=0.3):
        h = np.tanh(x @ w)
        return ({factor})[:, None] * x
"""
STATE = """
    def step(inputs, targets, h):
        e = inputs - targets
        loss = np.sum(e**2) + np.sum(np.sin(h))
        return loss, {of_inputs} * e, -2.0 * e, np.cos(h), h
"""


def checked(path: Path, text: str, name: str) -> Any:
    (path / "theirs.py").write_text("import numpy as np\n" + textwrap.dedent(text))
    return dp.check.file(f"{path / 'theirs.py'}:{name}")


def test_derivatives_of_each_number_of_the_output(tmp_path: Path) -> None:
    found = checked(tmp_path, EACH.format(factor="1 - h**2"), "out")
    assert found.ok, str(found)
    assert list(found.compared) == ["w"]


@pytest.mark.parametrize(
    ("factor", "mistake"),
    [("2 * (h - t) * (1 - h**2)", "of-a-loss"), ("1 - h", "wrong-function"), ("1 + x[:, 0]", "")],
)
def test_each_row_is_named_by_what_it_is(tmp_path: Path, factor: str, mistake: str) -> None:
    found = checked(tmp_path, EACH.format(factor=factor), "out")
    assert found.findings, str(found)
    named = [f.mistake for f in found.findings]
    assert named == [mistake] if mistake else "of-a-loss" not in named


def test_a_state_behind_the_gradients_is_none_of_them(tmp_path: Path) -> None:
    found = checked(tmp_path, STATE.format(of_inputs="2.0"), "step")
    assert found.ok, str(found)
    assert set(found.compared) == {"inputs", "targets", "h"}
    bad = checked(tmp_path, STATE.format(of_inputs="3.0"), "step")
    assert {f.name for f in bad.findings} == {"inputs"}


WALK = """
    class Rnn:
        def __init__(self, n=3):
            self.U = np.random.default_rng(0).normal(size=(n, n))
        def forward(self, x):
            self.hs = [np.zeros_like(x[:, 0])]
            for t in range(x.shape[1]):
                self.hs.append(np.tanh(self.hs[-1] @ self.U + x[:, t]))
            return self.hs[-1]
        def backward(self, dout):
            steps = len(self.hs) - 1
            dx = np.zeros(dout.shape[:1] + (steps,) + dout.shape[1:])
            self.dU = np.zeros_like(self.U)
            for t in range(steps, 0, -1):
                da = dout * (1 - self.hs[t] ** 2)
                dx[:, t - 1] = da
                self.dU += self.hs[t - 1].T @ da
                dout = da @ self.U.T
            return dx
"""
DETERMINANT = """
    def f(A):
        u = np.arange(1, len(A) + 1) / 3
        return -np.linalg.slogdet(A)[1] + 0.5 * np.sum((A @ u) ** 2)
    def f_grad(A):
        u = np.arange(1, len(A) + 1) / 3
        return -np.linalg.inv(A).T + np.outer(A @ u, u)
"""


def test_a_layer_that_walks_along_time_is_tried_on_three_dimensions(tmp_path: Path) -> None:
    found = checked(tmp_path, WALK, "Rnn")
    assert found.ok, str(found)
    bad = checked(tmp_path, WALK.replace("da @ self.U.T", "da @ self.U"), "Rnn")
    assert [f.mistake for f in bad.findings] == ["operand-transposed"], str(bad)


def test_a_function_of_a_square_matrix_alone_is_judged(tmp_path: Path) -> None:
    found = checked(tmp_path, DETERMINANT, "f")
    assert found.ok, str(found)
    bad = checked(tmp_path, DETERMINANT.replace("inv(A).T", "inv(A)"), "f")
    assert {f.name for f in bad.findings} == {"A"}
