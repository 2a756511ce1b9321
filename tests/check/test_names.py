"""A proposed correction has the names of the code that it is for."""

from __future__ import annotations

from pathlib import Path

import pytest

import denpa as dp
from denpa.check.locate import Location
from denpa.check.names import in_their_names

from .scoping import strange_names

LAYER = """
import numpy as np
SIZE = 3
class Tanh:
    def __init__(self):
        self.out = None
    def forward(self, a):
        self.kept = a
        self.out = np.tanh(a)
        return self.out
    def backward(self, d):
        e = 2 * d
        return d * (1 - self.kept**2)
def alone(x, dy):
    for k in range(SIZE):
        z = x * k
    return dy * z
class Nothing:
    def forward(self, x):
        return np.tanh(x)
    def backward(self, d):
        return d * (1 - d)
"""
CASES = (
    (13, "d * (1 - y**2)", "d * (1 - self.out**2)"),
    (13, "d * (x > 0)", "d * (self.kept > 0)"),
    (13, "p * (d - (d * p).sum())", "self.out * (d - (d * self.out).sum())"),
    (13, "np.tanh(e) + SIZE + len(d)", "np.tanh(e) + SIZE + len(d)"),
    (13, "d.sum(axis=0)", "d.sum(axis=0)"),
    (13, "self.y * d", "self.y * d"),
    (13, "[q for q in d]", "[q for q in d]"),
    (13, "(p - t) / N", ""),
    (13, "z * d", ""),
    (13, "… + d", "d * (1 - self.kept**2) + d"),
    (12, "… + e", "2 * d + e"),
    (13, "… + dout", ""),
    (17, "dy * x * k", "dy * x * k"),
    (17, "dy * y", ""),
    (22, "d * (1 - y**2)", ""),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "a.py").write_text(LAYER)
    return tmp_path / "a.py"


@pytest.mark.parametrize(("line", "given", "wanted"), CASES)
def test_a_formula_in_the_names_of_the_code(file: Path, line: int, given: str, wanted: str) -> None:
    place = Location(str(file), line, LAYER.split("\n")[line - 1].strip())
    assert in_their_names(given, place) == wanted
    assert strange_names(wanted, place) == set()


def test_python_is_the_judge_of_names(file: Path) -> None:
    """What the cases leave out is strange to Python; what they keep is not."""
    for line, given, wanted in CASES:
        place = Location(str(file), line, "")
        if given.startswith("…"):
            continue
        assert bool(strange_names(given, place)) == (given != wanted), given


def test_without_a_place_or_a_source_it_is_left() -> None:
    assert in_their_names("p * y", None) == "p * y"
    assert in_their_names("p * y", Location("<stdin>", 3, "return y")) == "p * y"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("d * (1 - self.kept**2)", "d * (1 - self.out**2)"),
        ("d * self.kept * (1 - self.kept)", ""),
    ],
)
def test_the_report_has_them(tmp_path: Path, wrong: str, right: str) -> None:
    (tmp_path / "b.py").write_text(LAYER.replace("d * (1 - self.kept**2)", wrong))
    found = dp.check.file(f"{tmp_path / 'b.py'}:Tanh").findings[0]
    assert found.expected == right or not right
    assert strange_names(found.expected, found.location) == set()
