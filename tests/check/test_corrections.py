"""Mistakes in small files as people write them: named, on their line, with a line that is right.

What is proposed is put into the file, and the file is checked again on inputs of other sizes: a
correction that fits one size only is none.
"""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from denpa.check import file, gradient
from denpa.check.patience import spend
from denpa.check.record import Finding
from denpa.check.repair.budget import drawn, purse
from denpa.check.repair.routines import routines
from denpa.check.repair.seen import Seen
from tests.check.names_written import WRITTEN, Wrong


def corrected(source: str, finding: Finding) -> str:
    """The source with the proposed line in place of the line told."""
    assert finding.location is not None
    lines = source.splitlines()
    old = lines[finding.location.line - 1]
    indent = old[: len(old) - len(old.lstrip())]
    statement = ast.parse(old.strip()).body[0]
    new = finding.expected
    proposed = ast.parse(new).body[0]
    if isinstance(proposed, ast.Expr) and isinstance(statement, (ast.Assign, ast.Return)):
        head = "return " if isinstance(statement, ast.Return) else ""
        if isinstance(statement, ast.Assign):
            head = " = ".join(ast.unparse(t) for t in statement.targets) + " = "
        new = head + new
    lines[finding.location.line - 1] = indent + new
    return "\n".join(lines) + "\n"


def marked(source: str) -> int:
    return next(k for k, line in enumerate(source.splitlines(), 1) if line.endswith("#!"))


@pytest.mark.parametrize("name", WRITTEN)
def test_a_mistake_has_its_name_its_line_and_a_correction_for_all_sizes(
    name: str, tmp_path: Path
) -> None:
    wrong: Wrong = WRITTEN[name]
    source = wrong.source.lstrip()
    path = tmp_path / "theirs.py"
    path.write_text(source.replace("   #!", ""), "utf-8")
    report = file(f"{path}:{wrong.name}", input=wrong.given)
    found = [f for f in report.findings if f.mistake != "upstream-changed"]
    assert [f.mistake for f in found] == [wrong.mistake], str(report)
    assert found[0].location is not None
    assert found[0].location.line == marked(source), str(report)
    mended = tmp_path / "mended.py"
    mended.write_text(corrected(source.replace("   #!", ""), found[0]), "utf-8")
    for given_ in (wrong.given, *wrong.others):
        again = file(f"{mended}:{wrong.name}", input=given_)
        assert again.ok, str(again)
        assert again.compared


# -- factors ---------------------------------------------------------------------------------------


def scaled_by(c: float, report_of: str = "scale") -> list[str]:
    x = np.random.default_rng(0).uniform(0.3, 1.0, (5, 4))
    report = gradient(lambda x: np.sin(x), x, grad=lambda x, g: c * g * np.cos(x))
    assert not report.ok
    return [f.mistake for f in report.findings]


@pytest.mark.parametrize("c", [2.0, 3.0, 0.5, 1 / 3, 2 / 3, -2.0, 20.0, 1 / 20, 5.0, 100.0])
def test_a_simple_factor_is_named(c: float) -> None:
    assert scaled_by(c) == ["scale"]


@settings(max_examples=15)
@given(st.floats(1.01, 30.0).filter(lambda c: all(
    abs(c * q - round(c * q)) > 1e-3 * c for q in range(1, 13)
)))  # fmt: skip
def test_a_factor_that_is_nobodys_number_is_not_named(c: float) -> None:
    """It stands in a cell of the closure, so in no code and in no shape."""
    root = c * c
    if abs(root - round(root)) < 1e-3:
        return
    assert "scale" not in scaled_by(c)


@settings(max_examples=10)
@given(st.integers(0, 10**6), st.integers(2, 6))
def test_a_derivative_that_is_one_number_is_no_factor(seed: int, n: int) -> None:
    """With one output the derivative that is left out is a number, another one for each input."""
    rng = np.random.default_rng(seed)
    x, w = rng.standard_normal((1, n)), rng.standard_normal((n, 1))

    def f(x: np.ndarray, w: np.ndarray) -> np.ndarray:
        return np.asarray(np.exp(0.3 * (x @ w)))

    def backward(x: np.ndarray, w: np.ndarray, g: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return g @ w.T, x.T @ g

    report = gradient(f, x, w, grad=backward)
    assert not report.ok
    assert "scale" not in [m for f_ in report.findings for m in (f_.mistake, *f_.others)]


def test_a_factor_tells_what_it_is_the_size_of_only_if_it_grows_with_it() -> None:
    def three(x: np.ndarray) -> np.ndarray:
        return np.asarray(np.sin(x))

    x = np.random.default_rng(1).uniform(0.3, 1.0, (3, 4))
    fixed = gradient(three, x, grad=lambda x, g: 3 * g * np.cos(x))
    grown = gradient(three, x, grad=lambda x, g: len(x) * g * np.cos(x))
    assert "examples" not in fixed.findings[0].text
    assert "the batch has 3 examples" in grown.findings[0].text


# -- when things are computed, and for how long it is searched -------------------------------------

EARLY = """
import numpy as np
class Dense:
    def __init__(self):
        r = np.random.default_rng(0)
        self.W, self.b = r.normal(size=(3, 4)), r.normal(size=(3, 1))
    def forward(self, x):
        self.x = x
        return self.W @ x + self.b
    def backward(self, d, learning_rate):
        grad = d @ self.x.T
        self.W -= learning_rate * grad
        self.b -= learning_rate * d
        return self.W.T @ d   #!
"""


def test_an_update_that_comes_too_early(tmp_path: Path) -> None:
    """No term is missing, whatever would fit a rate of 1."""
    path = tmp_path / "dense.py"
    path.write_text(EARLY.lstrip().replace("   #!", ""), "utf-8")
    report = file(f"{path}:Dense", input="x=rand(4, 1)")
    (finding,) = report.findings
    assert finding.mistake == "updated-early"
    assert finding.location is not None
    assert finding.location.line == marked(EARLY.lstrip())
    assert "self.W -= learning_rate * grad" in finding.text


def test_searches_share_their_time() -> None:
    with purse(0.2):
        with drawn(5.0) as patience:
            assert patience.left <= 0.2
            spend(0.3)
            assert patience.over
        with drawn(5.0) as patience:
            assert patience.left <= 0.1  # the least that each may take
    with drawn(5.0) as patience:
        assert patience.left > 4.0


def test_a_search_without_time_moves_nothing(tmp_path: Path) -> None:
    """Its values would each be one more run of the code."""
    path = tmp_path / "gate.py"
    path.write_text(WRITTEN["a gated unit without its direct way"].source.replace("#!", ""))
    case = file(f"{path}:Gate", input="x=rand(5, 4), h=rand(5, 3)").case
    assert case is not None
    subject = case.subject
    rule = subject.rule()
    assert rule is not None
    ones = np.ones((5, 3))
    runs = 0

    def back() -> dict[str, object]:
        nonlocal runs
        runs += 1
        return dict(subject.backward(subject.values, ones))

    places = routines(rule.function, lambda: subject.forward(subject.values), back)
    before = runs
    assert Seen(places, back, {}, -0.01).reached == {}
    assert runs == before + 1
