"""Numbers that hide mistakes: gains of ones, weights of zeros, an identity, rows that are alike, a
gain that is a norm. What is wrong elsewhere is found although the code begins there."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import denpa as dp
from denpa.check.subjects.moving import generic, special

GAIN = """
    class Layer:
        def __init__(self):
            self.g = {start}
        def forward(self, x):
            self.x, self.h = x, np.tanh(x)
            return self.h * self.g
        def backward(self, dout):
            self.dg = (dout * self.h).sum(axis=0)
            return dout * self.g * (1 - self.h**2)
"""
MATRIX = """
    class Layer:
        def __init__(self):
            self.U = {start}
        def forward(self, x):
            self.x, self.h = x, np.tanh(x @ self.U)
            return self.h
        def backward(self, dout):
            da = dout * (1 - self.h**2)
            self.dU = self.x.T @ da
            return da @ self.U.T
"""
DEEP = """
    class Layer:
        def __init__(self):
            self.W1, self.W2 = {start}, {start}
        def forward(self, x):
            self.x, self.h = x, np.tanh(x @ self.W1)
            return self.h @ self.W2
        def backward(self, dout):
            self.dW2 = self.h.T @ dout
            da = (dout @ self.W2.T) * (1 - self.h**2)
            self.dW1 = self.x.T @ da
            return da @ self.W1.T
"""
NORMED = """
    class Layer:
        def __init__(self):
            self.V = np.random.default_rng(1).normal(size=(4, 3))
            self.g = np.linalg.norm(self.V, axis=0)
        def forward(self, x):
            self.x = x
            self.n = np.linalg.norm(self.V, axis=0)
            self.U = self.V / self.n
            return x @ (self.U * self.g)
        def backward(self, dout):
            dW = self.x.T @ dout
            self.dg = (dW * self.U).sum(axis=0)
            self.dV = (dW - self.U * self.dg) * self.g / self.n
            return dout @ (self.U * self.g).T
"""
FROZEN = """
    class Layer:
        def __init__(self):
            self.running_var, self.training = np.ones(4), False
        def forward(self, x):
            if self.training:
                self.running_var = 0.9 * self.running_var + 0.1 * x.var(axis=0)
            self.sd = np.sqrt(self.running_var + 1e-5)
            return x / self.sd
        def backward(self, dout):
            return dout / self.sd
"""
TABLE = """
    class Layer:
        def __init__(self):
            self.scale, self.W = np.ones(4), np.random.default_rng(1).normal(size=(4, 3))
        def forward(self, x):
            self.x = x
            return (x * self.scale) @ self.W
        def backward(self, dout):
            self.dW = self.x.T @ dout
            return dout @ self.W.T
"""
GAINS = ("np.ones(4)", "np.ones((1, 4))", "np.full(4, -1.0)", "1.0")
DRAWN = "np.random.default_rng(1).normal(size=(4, 4))"
MATRICES = ("np.eye(4)", "0.9 * np.eye(4)", f"(lambda a: a + a.T)({DRAWN})",
            f"np.linalg.qr({DRAWN})[0]")  # fmt: skip
STARTS = ("np.zeros((4, 4))", f"1e-5 * {DRAWN}", "1e-4 * np.ones((4, 4))")
CASES = [
    *((GAIN, s, "dout * self.g *", "dout *") for s in GAINS),
    *((MATRIX, s, "da @ self.U.T", "da @ self.U") for s in MATRICES),
    *((MATRIX, s, "da @ self.U.T", "da @ np.linalg.pinv(self.U)") for s in MATRICES[-1:]),
    *((DEEP, s, " * (1 - self.h**2)", "") for s in STARTS),
    (NORMED, "", " * self.g / self.n", ""),
    (FROZEN, "", "return dout / self.sd", "return dout"),
]


def checked(path: Path, text: str, **options: Any) -> Any:
    (path / "theirs.py").write_text("import numpy as np\n" + textwrap.dedent(text))
    return dp.check.file(f"{path / 'theirs.py'}:Layer", **options)


@pytest.mark.parametrize(("text", "start", "old", "new"), CASES)
def test_where_code_begins_hides_nothing(
    tmp_path: Path, text: str, start: str, old: str, new: str
) -> None:
    text = text.replace("{start}", start)
    if start == "1.0":
        text = text.replace(".sum(axis=0)", ".sum()")
    elif start == "np.ones((1, 4))":
        text = text.replace(".sum(axis=0)", ".sum(axis=0, keepdims=True)")
    found = checked(tmp_path, text)
    assert found.ok, str(found)
    assert old in text
    wrong = checked(tmp_path, text.replace(old, new))
    assert wrong.findings, str(wrong)
    assert "moved at random" in wrong.inputs
    assert wrong.notes  # says what was moved


def test_a_finding_is_repeated_by_its_line(tmp_path: Path) -> None:
    text = GAIN.replace("{start}", "np.ones(4)").replace("dout * self.g *", "dout *")
    first = checked(tmp_path, text)
    again = eval(first.repeat, {"denpa": dp})
    assert [f.to_dict() for f in again.findings] == [f.to_dict() for f in first.findings]


def test_a_table_that_nobody_trains_stays(tmp_path: Path) -> None:
    found = checked(tmp_path, TABLE)
    assert found.ok, str(found)
    assert "scale" not in found.inputs


def test_numbers_outside_of_the_domain_stay(tmp_path: Path) -> None:
    text = GAIN.replace("{start}", "np.ones(4)").replace(
        "self.x, self.h = x, np.tanh(x)",
        "assert np.all(self.g == 1)\n            self.x, self.h = x, np.tanh(x)",
    )
    found = checked(tmp_path, text)
    assert found.nothing or found.ok, str(found)
    assert "moved" not in found.inputs


@given(
    st.sampled_from([(5,), (1, 4), (3, 4), (3, 3), (2, 3, 3, 3)]),
    st.sampled_from([0.0, 1.0, -1.0, 1e-6, 0.5, 30.0]), st.integers(0, 99),
)  # fmt: skip
def test_what_is_moved_is_special_no_more(shape: tuple[int, ...], number: float, seed: int) -> None:
    a = np.full(shape, number)
    assert special(a)
    moved = generic(a, np.random.default_rng(seed))
    assert not special(moved)
    assert moved.shape == a.shape
    assert number < 0.01 or (moved > 0).all()


@given(st.integers(0, 999), st.sampled_from([(4,), (3, 4), (4, 4), (2, 2, 3, 3)]))
def test_what_is_drawn_at_random_is_not_special(seed: int, shape: tuple[int, ...]) -> None:
    assert not special(np.random.default_rng(seed).normal(size=shape))
