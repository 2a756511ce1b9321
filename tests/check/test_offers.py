"""A file without a name: what of it can be checked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from denpa.check.opening.load import UserError
from denpa.check.opening.offers import named, offers
from denpa.core.errors import ArgumentError

LAYER = """
class {name}:
    def forward(self, x):
        return x
    def backward(self, d):
        return d
"""
# Text of a file, and the names that it offers.
FILES = {
    LAYER.format(name="A"): ["A"],
    "from math import *\ndef sig(x): return x\n" + LAYER.format(name="A"): ["A"],
    LAYER.format(name="A") + LAYER.format(name="B"): ["A", "B"],
    LAYER.format(name="_Hidden") + "class B(_Hidden): pass\n": ["B"],
    "class Base:\n    def forward(self, x):\n        raise NotImplementedError\n"
    "    def backward(self, d):\n        'Doc.'\n        raise NotImplementedError()\n"
    "class A(Base):\n    def forward(self, x): return x\n"
    "    def backward(self, d): return d\n": ["A"],
    "class Base:\n    def forward(self, x): ...\n    def backward(self, d): pass\n": [],
    "class A:\n    def __call__(self, x): return x\n    def gradient(self, d): return d\n": ["A"],
    "class A:\n    def fn(self, x): return x\n    def derivative(self, d): return d\n": ["A"],
    "class A:\n    def __init__(self): self.grad = 1\n    def backprop(self): return 1\n": [],
    "def f(x): return x\ndef f_grad(x): return 1\ndef g(x): return x\n": ["f"],
    "def loss_and_grads(X, y): return 1, 2\n": ["loss_and_grads"],
    LAYER.format(name="A") + "def make():\n    return A()\n": ["make"],
    LAYER.format(name="A") + "layer = A()\n": ["A", "layer"],
    "import denpa as dp\nnet = dp.nn.Linear(2, 3)\n"
    "class Net(dp.nn.Module):\n    def forward(self, x): return x\n": ["net", "Net"],
    "class Adam:\n    def update(self, params, grads): pass\n": ["Adam"],
    "def sgd(w, dw, lr): return w\n": ["sgd"],
    "x = 1\n": [],
}  # fmt: skip


@pytest.mark.parametrize("text", FILES)
def test_what_a_file_offers(tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.py"
    file.write_text(text)
    found = offers(str(file), 5.0)
    assert [o.name for o in found] == FILES[text]
    certain = [o.name for o in found if not o.option]
    if len(certain) == 1:
        assert named(str(file)) == f"{file}:{certain[0]}"
        return
    with pytest.raises(ArgumentError) as error:
        named(str(file))
    for o in found:
        assert f"denpa check {file}:{o.name}" in str(error.value)
    if not found:
        assert "nothing that looks as if it could be checked" in str(error.value)


def test_what_is_named_already_stays() -> None:
    for spec in ("a.py:A", "pkg.a:A", "Affine", "C:\\x\\a.py:A"):
        assert named(spec) == spec
    with pytest.raises(ArgumentError, match="there is no such file"):
        named("nothing.py")


def test_lines_and_options(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("\n\ndef myadam(w, g): pass\nclass Opt:\n    def step(self): pass\n")
    assert [str(o) for o in offers(str(file))] == [
        "myadam --rule adam   an optimizer's step, line 3",
        "Opt --rule NAME   an optimizer, line 4",
    ]
    book = tmp_path / "a.ipynb"
    cells = [
        {"cell_type": "code", "source": t} for t in ("x = 1", "%%time" + LAYER.format(name="A"))
    ]
    book.write_text(json.dumps({"cells": cells}))
    assert [str(o) for o in offers(str(book))] == [
        "A   a layer, a network or a loss, cell 2, line 2"
    ]


def test_a_file_of_which_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import zzz_nobody\nclass A(zzz_nobody.Layer): pass\n")
    with pytest.raises(UserError, match="line 1 ended with ModuleNotFoundError"):
        named(str(tmp_path / "a.py"))
