"""`dp.check.file`: what the command opens, in Python, with the line that repeats it."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import denpa as dp
from denpa.check.opening.load import UserError
from denpa.core.errors import ArgumentError

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
        self.db = dout.sum(axis=0)
        return dout @ self.W.T
"""
SIZED = AFFINE.replace("W, b):", "width=None):").replace(
    "self.W, self.b = W, b", "self.W, self.b = np.ones((4, width)), np.zeros(width)"
)
Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def run(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    return run


def notebook(*cells: str) -> str:
    held = [{"cell_type": "code", "source": c, "metadata": {}, "outputs": []} for c in cells]
    return json.dumps({"cells": held, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def test_python_cells_and_notebooks_say_the_same(write: Write) -> None:
    for wrong in ("", "-"):
        text = AFFINE.replace("self.dW = ", f"self.dW = {wrong}")
        parts = text.split("\nclass")
        files = [
            write("plain.py", text),
            write("cells.py", f"# %%{parts[0]}\n# %% [markdown]\n# words\n# %%\nclass{parts[1]}"),
            write("book.ipynb", notebook(f"%matplotlib inline{parts[0]}", f"class{parts[1]}")),
        ]
        reports = [dp.check.file(f"{f}:Affine") for f in files]
        told = {(f.name, f.mistake) for r in reports for f in r.findings}
        assert told == ({("W", "sign")} if wrong else set())
        assert {r.inputs for r in reports} == {"x (5, 4)"}
        assert all(set(r.compared) == {"x", "W", "b"} for r in reports)
        if wrong:
            texts = {r.findings[0].location.text for r in reports}
            assert texts == {"self.dW = -self.x.T @ dout"}


def test_a_module_by_its_dotted_name(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write("mine/__init__.py", "")
    write("mine/tools.py", "import numpy as np\ndef product(a, b):\n    return a @ b\n")
    path = write("mine/layers/affine.py", AFFINE.replace(
        "import numpy as np", "import numpy as np\nfrom ..tools import product"
    ).replace("x @ self.W +", "product(x, self.W) +"))  # fmt: skip
    write("mine/layers/__init__.py", "from .affine import Affine\n")
    monkeypatch.chdir(path.parents[2])
    for spec in ("mine.layers.affine:Affine", f"{path}:Affine", "mine/layers/affine.py:Affine"):
        assert dp.check.file(spec).ok, spec


def test_arguments_as_texts(write: Write) -> None:
    path = write("sized.py", SIZED)
    with pytest.raises(ArgumentError, match="--init"):
        dp.check.file(f"{path}:Affine")
    found = dp.check.file(f"{path}:Affine", init="width=2", input="x=unit(3, 4)")
    assert found.ok
    assert found.inputs == "x (3, 4) between 0 and 1 · moved at random: W, b"
    assert "init='width=2', input='x=unit(3, 4)'" in found.repeat
    path = write("plain.py", AFFINE)
    found = dp.check.file(f"{path}:Affine", init="W=rand(2, 2), b=rand(2)", seed=3)
    assert found.ok
    assert found.inputs == "x (5, 2)"
    assert found.repeat.endswith("seed=3)")
    assert found.compared["W"].claimed.shape == (2, 2)


def test_the_text_may_use_what_the_file_holds(write: Write) -> None:
    path = write("near.py", AFFINE + "\nSTART = np.full((4, 3), 2.0)\n")
    found = dp.check.file(f"{path}:Affine", init="W=START, b=rand(3)")
    assert found.ok
    assert eval(found.repeat, {"denpa": dp}).ok


def test_seeds_draw_other_numbers(write: Write) -> None:
    path = write("plain.py", AFFINE)
    a, b, c = (dp.check.file(f"{path}:Affine", seed=s).compared["W"].claimed for s in (0, 1, 0))
    assert (a == c).all()
    assert (a != b).all()


def test_the_report_in_japanese(write: Write) -> None:
    path = write("plain.py", AFFINE.replace("dout.sum(axis=0)", "dout[0]"))
    found = dp.check.file(f"{path}:Affine", language="ja")
    assert "バイアス" in found.findings[0].text
    assert "入力: x (5, 4)" in str(found)


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("zzz", "name a file and what it holds"),
        ("nothing.py:Affine", "no such file"),
        ("plain.py:Afine", "Did you mean 'Affine'"),
        ("plain.py:np", "np"),
        ("words.txt:Affine", "not a Python file"),
    ],
)
def test_what_cannot_be_opened(
    write: Write, monkeypatch: pytest.MonkeyPatch, spec: str, said: str
) -> None:
    monkeypatch.chdir(write("plain.py", AFFINE).parent)
    write("words.txt", "Affine")
    with pytest.raises(ArgumentError, match=said):
        dp.check.file(spec)


def test_what_the_file_raises_is_told_with_its_line(write: Write) -> None:
    path = write("raises.py", "import numpy as np\nweights = 1 / 0\nclass A:\n    w = weights\n")
    with pytest.raises(UserError, match=r"(?s)raises\.py.*line 2.*ZeroDivisionError"):
        dp.check.file(f"{path}:A")


def test_nothing_of_the_objects_is_changed(write: Write) -> None:
    """An instance of the file is checked in copies."""
    path = write("made.py", AFFINE + "\nmade = Affine(np.ones((4, 3)), np.zeros(3))\n")
    from denpa.check.opening.load import load

    found: Any = dp.check.file(f"{path}:made")
    assert found.ok
    made, _ = load(f"{path}:made")
    assert set(vars(made)) == {"W", "b"}
    assert (made.W == 1).all()


def test_what_was_not_run_is_told(write: Write) -> None:
    """The notes begin with what was skipped, in the language of the report."""
    text = AFFINE + "\nfit = np.load('none.npy')\nLATER = 2\n"
    path = write("a.py", text)
    for language, said in (("en", "a.py, line 13 ended with FileNotFoundError"),
                           ("ja", "a.py の 13 行目は FileNotFoundError")):  # fmt: skip
        notes = dp.check.file(f"{path}:Affine", language=language).notes
        assert said.replace("13", str(1 + text[: text.index("fit =")].count("\n"))) in notes[0]
    path = write("b.py", AFFINE + "class Sgd:\n    def update(self, params, grads): pass\n")
    assert dp.check.file(str(path)).notes[0].startswith("only Affine was checked")
