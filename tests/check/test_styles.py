"""The table of styles: every row opens, in each of its names, and finds what is wrong in it."""

from __future__ import annotations

import re
import textwrap
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest

import denpa as dp
from denpa.check.opening.method_pairs import ANY, STYLES, ClassStyle

RIGHT = [pytest.param(style, id=style.name) for style in STYLES]
RUNS = [
    pytest.param(style, run, id=f"{style.name}: {run}") for style in STYLES for run in style.runs
]
FAULTS = {
    "a network with loss and gradient": ('{"W": x.T', '{"W": 3 * x.T'),
    "forward and backward": ("return dout *", "return 3 * dout *"),
    "forward and backward in other languages": ("return 2 *", "return 3 * 2 *"),
    "forward_pass and backward_pass": ("return accum_grad", "return 3 * accum_grad"),
    "feedforward and backprop": ("delta = (acts[-1] - y)", "delta = 3 * (acts[-1] - y)"),
    "an activation that is called, with its derivative": ("return p *", "return 3 * p *"),
    "a loss that returns its gradients, too": ('{"W": X.T', '{"W": 3 * X.T'),
}


def names(style: ClassStyle) -> tuple[str, str, str]:
    """The class of a row's example, and its two methods."""
    found = re.findall(r"(?:class|def) (\w+)", style.example)
    runs = [n for n in found if n in style.runs]
    backs = [n for n in found if n in style.backs]
    return found[0], runs[0], backs[0] if backs else ""


def renamed(style: ClassStyle, run: str, back: str) -> str:
    _, old, older = names(style)
    text = re.sub(rf"\b{old}\b", run, style.example).replace("self(", f"self.{run}(")
    return re.sub(rf"\b{older}\b", back, text) if older else text


def report(tmp_path: Path, text: str, name: str) -> Any:
    file = tmp_path / "theirs.py"
    file.write_text("import numpy as np\n" + textwrap.dedent(text), encoding="utf-8")
    return dp.check.file(f"{file}:{name}")


@pytest.mark.parametrize("style", RIGHT)
def test_an_example_opens_and_a_fault_in_it_is_found(tmp_path: Path, style: ClassStyle) -> None:
    name, *_ = names(style)
    found = report(tmp_path, style.example, name)
    assert found.ok, str(found)
    assert not found.unlooked, str(found)
    old, new = FAULTS[style.name]
    assert style.example.count(old) == 1
    found = report(tmp_path, style.example.replace(old, new), name)
    assert found.findings, str(found)
    assert not found.ok, str(found)
    assert {f.mistake for f in found.findings} <= {"scale", "unknown"}


@pytest.mark.parametrize(("style", "run"), RUNS)
def test_every_name_of_a_row(tmp_path: Path, style: ClassStyle, run: str) -> None:
    """Of one first method with all second ones, each in a class of its own."""
    name, *_ = names(style)
    told = []
    for back in style.backs or ("",):
        found = report(tmp_path, renamed(style, run, back), name)
        if not found.ok or found.unlooked:
            told.append(f"{run}, {back}: {found}")
    assert not told, "\n".join(told)


def test_the_guide_has_the_table_of_styles() -> None:
    """docs/how-to/check-gradients.md shows this table, row for row."""
    page = Path(__file__).parents[2] / "docs/how-to/check-gradients.md"
    lines = page.read_text(encoding="utf-8").splitlines()
    start = lines.index("| classes in this style | compute with | go back with | as in |")
    shown = list(takewhile(lambda line: line.startswith("|"), lines[start + 2 :]))

    def some(names: tuple[str, ...]) -> str:
        return ", ".join(f"`{n}`" for n in names[:3]) + ", …" * (len(names) > 3)

    wanted = [
        f"| {s.name} | {some(s.runs)} | {some(s.backs) or 'the same method'} | {s.source} |"
        for s in STYLES
    ]
    assert shown == [*wanted, f"| {ANY.name} | any | any | |"]


REGRESSION = """
class Regression:
    def __init__(self, n):
        self.coef = np.ones(n)
    def predict(self, X):
        return X @ self.coef
    def mse(self, X, y):
        return np.mean((self.predict(X) - y) ** 2)
    def gradients(self, X, y):
        return {"coef": 2 * X.T @ (self.predict(X) - y) / len(y)}
"""


def test_what_takes_the_same_comes_before_a_pair_of_usual_names(tmp_path: Path) -> None:
    """`gradients(X, y)` is of `mse(X, y)`, though predict is the name of a forward pass."""
    found = report(tmp_path, REGRESSION, "Regression")
    assert found.ok, str(found)
    assert list(found.to_dict()["gradients"]) == ["coef"]
    found = report(tmp_path, REGRESSION.replace("2 * X.T", "X.T"), "Regression")
    assert not found.ok, str(found)
    assert [f.name for f in found.findings] == ["coef"]
