"""A file without a name: what of it can be checked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.corpora import CORPORA, rows
from denpa.check.opening.load import UserError, opened_file
from denpa.check.opening.offers import named, offers
from denpa.check.opening.partners import partners
from denpa.core.errors import ArgumentError
from denpa.words import speaking

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
    "class Base:\n    def forward(self, x): ...\n    def backward(self, d): pass\n"
    "class A(Base):\n    def forward(self, x): return x\n": ["A"],
    "class A:\n    def __call__(self, x): return x\n    def gradient(self, d): return d\n": ["A"],
    "class A:\n    def fn(self, x): return x\n    def derivative(self, d): return d\n": ["A"],
    "class A:\n    def __init__(self): self.grad = 1\n    def backprop(self): return 1\n": [],
    "def f(x): return x\ndef f_grad(x): return 1\ndef g(x): return x\n": ["f"],
    "def loss_and_grads(X, y): return 1, 2\n": ["loss_and_grads"],
    "def dense(n):\n    def forward(x): return x\n    def backward(d): return d\n"
    "    return forward, backward\n": ["dense"],
    "def verlust_und_gradienten(X, y): return 1, 2\n": ["verlust_und_gradienten"],
    "def nll(p, t):\n    diff, g = p - t, p\n    return diff, g\n": ["nll"],
    LAYER.format(name="A") + "def make():\n    return A()\n": ["make"],
    LAYER.format(name="A") + "layer = A()\n": ["A", "layer"],
    "import denpa as dp\nnet = dp.nn.Linear(2, 3)\n"
    "class Net(dp.nn.Module):\n    def forward(self, x): return x\n": ["net", "Net"],
    "class Adam:\n    def update(self, params, grads): pass\n": ["Adam"],
    "def sgd(w, dw, lr): return w\n": ["sgd"],
    "class A:\n    def hin(self, x): return x\n    def zurueck(self, d): return d\n": ["A"],
    "x = 1\n": [],
}  # fmt: skip
# Text of a file, and the commands that its functions are offered with.
PAIRS = {
    "def f(x): return x**3\ndef slope(x): return 3 * x**2\n": ["f --grad slope"],
    "def act(x): return x**3\ndef g(x): return x\ndef act_slope(x): return 3 * x**2\n":
        ["act --grad act_slope"],
    "import numpy as np\ndef p(x): return np.sin(x)\ndef q(x): return np.cos(x)\n"
    "def r(x): return np.exp(-x)\n": ["p --grad q"],
    "def f(x): return x**3\ndef half(x): return x / 2\n": [],
    "def f(x): return 2 * x\ndef two(x): return 2 + 0 * x\n": [],
    "def load(path, mode): return 1\ndef slope(x): return x\n": [],
    "def act(x): return x**3\ndef act_deriv(x): return 3 * x**2\n"
    "def f(x): return x**2\ndef slope(x): return 2 * x\n": ["act", "f --grad slope"],
}  # fmt: skip
JOINT = "a function that returns its gradient, too"
# Things that can be checked, and what a file says of them in English and in Japanese.
KINDS = {
    "def svm(W, X, y):\n    dW = X\n    return 1.0, dW\n": (JOINT, "勾配も返す関数"),
    "def svm(theta, X):\n    grad = X\n    return 1.0, grad.ravel()\n": (JOINT, "勾配も返す関数"),
    "def svm(p, X):\n    g = X\n    return 1.0, {'dW': g}\n": (JOINT, "勾配も返す関数"),
    "class A:\n    def loss(self, X, y):\n        grads = {}\n        return 1.0, grads\n":
        ("a network whose loss returns its gradients, too", "勾配も返すネットワーク"),
    "class A:\n    def __add__(self, o): return o\n    def __mul__(self, o): return o\n"
    "    def backward(self): pass\n": ("an engine of graphs", "エンジン"),
    LAYER.format(name="A"): ("a layer (forward, backward)", "層 (forward, backward)"),
    "class A:\n    def forward(self, x, t): return x\n    def backward(self): return 1\n":
        ("a loss, or a layer with one (forward, backward)", "損失"),
    "class A:\n    def loss(self, x, t): return x\n    def gradient(self, x, t): return 1\n":
        ("a network or a loss (loss, gradient)", "ネットワークか損失"),
    "class A:\n    def feedforward(self, a): return a\n"
    "    def backprop(self, x, y): return 1\n":
        ("a network (feedforward, backprop)", "ネットワーク"),
    "class A:\n    def fn(self, x): return x\n    def grad(self, x): return 1\n":
        ("an activation or a loss (fn, grad)", "活性化関数"),
    "def A(x): return x\ndef A_grad(x): return 1\n": ("a function and its gradient A_grad", "勾配"),
    "class A:\n    def update(self, params, grads): pass\n": ("an optimizer", "最適化器"),
    "class A:\n    def forward(self, x): return x\n    def backward(self, d):\n        ...\n":
        ("backward is not written yet (line 3)", "backward はまだ書かれていません (3 行目)"),
    "class A:\n    def hin(self, x): return x\n    def zurueck(self, d): return d\n":
        ("a class, with hin and zurueck tried as a pair", "組として"),
}  # fmt: skip


@pytest.mark.parametrize("text", FILES)
def test_what_a_file_offers(tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.py"
    file.write_text(text)
    found = offers(str(file), 5.0)
    assert [o.name for o in found] == FILES[text]
    sure = [o for o in found if o.sure] or found
    if len(sure) == 1 and not sure[0].option:
        assert named(str(file)) == (f"{file}:{sure[0].name}", [])
        return
    with pytest.raises(ArgumentError) as error:
        named(str(file))
    rows = str(error.value).splitlines()[1:]
    assert [row.split("   ")[0].strip() for row in rows] == [
        f"denpa check {file}:{o.name}{o.option}" for o in found
    ]
    if not found:
        assert "nothing that looks as if it could be checked" in str(error.value)


@pytest.mark.parametrize("text", PAIRS)
def test_a_function_and_its_slope(tmp_path: Path, text: str) -> None:
    """Such pairs are offered with what the command needs; what is only likely is not checked
    unasked."""
    file = tmp_path / "a.py"
    file.write_text(text)
    found = offers(str(file), 5.0)
    assert [f"{o.name}{o.option}" for o in found] == PAIRS[text]
    assert [o.sure for o in found] == [not o.option for o in found]


@pytest.mark.parametrize("text", KINDS)
def test_what_each_thing_is(tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.py"
    file.write_text(text)
    english, japanese = KINDS[text]
    assert [o.what for o in offers(str(file))] == [english]
    with speaking("ja"):
        assert japanese in offers(str(file))[0].what


def test_the_one_thing_is_checked_and_the_rest_is_told(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    sgd = "class Sgd:\n    def update(self, params, grads): pass\n"
    file.write_text(LAYER.format(name="A") + sgd)
    spec, told = named(str(file))
    assert spec == f"{file}:A"
    assert told == ["only A was checked; the file has also: Sgd --rule sgd, an optimizer"]


def test_what_is_named_already_stays() -> None:
    for spec in ("a.py:A", "pkg.a:A", "Affine", "C:\\x\\a.py:A"):
        assert named(spec) == (spec, [])
    with pytest.raises(ArgumentError, match="there is no such file"):
        named("nothing.py")


def test_a_folder_is_told_with_its_files(tmp_path: Path) -> None:
    for name in ("a.py", "b.ipynb", "words.txt"):
        (tmp_path / name).write_text("")
    with pytest.raises(
        ArgumentError, match=r"is a folder; name a file of it: \S*a\.py, \S*b\.ipynb\."
    ):
        named(str(tmp_path))
    (tmp_path / "empty").mkdir()
    with pytest.raises(ArgumentError, match="a folder without a Python file or a notebook"):
        named(str(tmp_path / "empty"))


def test_lines_and_options(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("\n\ndef myadam(w, g): pass\nclass Opt:\n    def step(self): pass\n")
    assert [str(o) for o in offers(str(file))] == [
        "myadam --rule adam   an optimizer's step (line 3)",
        "Opt --rule NAME   an optimizer (line 4)",
    ]
    book = tmp_path / "a.ipynb"
    cells = [
        {"cell_type": "code", "source": t} for t in ("x = 1", "%%time" + LAYER.format(name="A"))
    ]
    book.write_text(json.dumps({"cells": cells}))
    assert [str(o) for o in offers(str(book))] == [
        "A   a layer (forward, backward) (cell 2, line 2)"
    ]


def test_a_file_of_which_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import zzz_nobody\nclass A(zzz_nobody.Layer): pass\n")
    with pytest.raises(UserError, match="line 1 ended with ModuleNotFoundError"):
        named(str(tmp_path / "a.py"))


@pytest.mark.parametrize(
    "text",
    [
        "def forward(x, w):\n    return x @ w, (x, w)\n",
        "def predict(x):\n    return x, 3\n",
        "def backward(d):\n    dx, dw = d, d\n    return dx, dw\n",
        "class A:\n    def loss(self, x): return 1.0\n",
    ],
)
def test_what_returns_no_gradient_is_not_offered_as_one(tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.py"
    file.write_text(text)
    assert offers(str(file)) == []


# Methods and functions of names, and with returned names, that say nothing.
UNSAID = {
    "f019.py", "g023.py", "g027.py", "g052.py", "g056.py", "g061.py", "g070.py", "g074.py",
    "g085.ipynb", "g086.ipynb", "g096.py", "w14.py", "v07.py", "v11.py",
}  # fmt: skip


def test_the_files_of_strangers_offer_what_is_in_them() -> None:
    """What their authors say is to be checked is among what the file alone lists."""
    missing = set()
    for row in (row for corpus in CORPORA for row in rows(corpus) if row.path.is_file()):
        names = [o.name for o in offers(str(row.path), 5.0)]
        wanted = row.name.split("/")[0].split(".")[0]
        both = partners(wanted, vars(opened_file(str(row.path), "", 5.0).module))
        if not {wanted, both[0]} & set(names):
            missing.add(row.file)
    assert missing <= UNSAID
