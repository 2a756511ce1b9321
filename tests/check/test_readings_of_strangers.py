"""How the parts of strangers' code are read: what scales the updates of a method that learns, which
of a class's own losses decides, gradients in the fields of an object, a lone gradient."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest

import denpa as dp

LEARNS = """
    class Perceptron:
        def __init__(self, n_in, n_out):
            self.w = np.random.randn(n_in, n_out) * 0.5
            self.b = np.random.randn(n_out) * 0.1
            {held}
        def predict(self, x):
            self.x = x
            self.o = np.tanh(x @ self.w + self.b)
            return self.o
        def learn(self, {takes}):
            d = (self.o - targets) * {slope}
            self.w -= {scale} * (self.x.T @ d)
            self.b -= {bias} * d.sum(axis=0)
            return 0.5 * np.sum((targets - self.o) ** 2)
"""
SLOPE = "(1 - self.o**2)"
SCALES = {  # held, takes, scale
    "a default": ("", "targets, rate=0.25", "rate"),
    "another name": ("", "targets, zeal=0.5", "zeal"),
    "a whole number": ("", "targets, zeal=3", "zeal"),
    "without a default": ("", "targets, zeal", "zeal"),
    "before the targets": ("", "zeal, targets", "zeal"),
    "held": ("self.zeal = 0.25", "targets", "self.zeal"),
    "held, as a rate": ("self.lr = 0.25", "targets", "self.lr"),
}


def learning(scale: tuple[str, str, str], slope: str = SLOPE, bias: str = "") -> str:
    held, takes, name = scale
    return LEARNS.format(held=held, takes=takes, scale=name, slope=slope, bias=bias or name)


LOSS = """
    class Critic:
        def __init__(self, n_in, n_out=1):
            self.W = np.random.randn(n_in, n_out)
            self.b = np.random.randn(1, n_out) * 0.1
        def forward(self, x):
            self.x = x
            self.z = x @ self.W + self.b
            return self.z
        def accuracy(self, {label}):
            return float(np.mean((self.z > 0) == {label}))
        def shrink(self, {label}):
            return float(np.sum(self.W**2))
        def {name}(self, {label}):
            return np.mean(np.logaddexp(0, self.z) - self.z * {label})
        def backward(self, {label}):
            d = {delta} / len(self.x)
            self.dW, self.db = self.x.T @ d, d.sum(axis=0, keepdims=True)
            return d @ self.W.T
"""
RIGHT, WRONG = "(1 / (1 + np.exp(-self.z)) - {})", "(1 / (1 + np.exp(-self.z)) - 2 * {})"

HELD = """
    class Net:
        def __init__(self, n_in=5, n_hid=4):
            self.W1 = np.random.randn(n_in, n_hid)
            self.W2 = np.random.randn(n_hid, 1)
            self.X = None
            self.y = None
        def penalty(self):
            return 0.1 * np.sum(self.W1**2)
        def correct(self):
            return float(np.mean((self.p > 0.5) == (self.y > 0.5)))
        def {name}(self):
            p = self.p
            return -np.sum(self.y * np.log(p) + (1 - self.y) * np.log(1 - p)) / len(self.y)
        def forward(self):
            self.h = np.tanh(self.X @ self.W1)
            self.p = 1 / (1 + np.exp(-self.h @ self.W2))
            return {returned}
        def backward(self):
            d = (self.p - self.y){twice} / len(self.y)
            self.dW2 = self.h.T @ d
            self.dW1 = self.X.T @ (d @ self.W2.T * (1 - self.h**2))
        def fit(self, X, y, n=10):
            self.X, self.y = X, y
            for _ in range(n):
                self.forward()
                self.backward()
                self.W1 -= 0.1 * self.dW1
                self.W2 -= 0.1 * self.dW2
"""
TWICE = " * self.p * (1 - self.p)"

FIELDS = """
    import collections, dataclasses, types, typing

    @dataclasses.dataclass
    class Data:
        x: typing.Any
        w: typing.Any
        bias: typing.Any

    @dataclasses.dataclass(frozen=True)
    class Slots:
        __slots__ = ("d_x", "d_w", "d_bias")
        d_x: typing.Any
        d_w: typing.Any
        d_bias: typing.Any

    Named = collections.namedtuple("Named", "bias w x")

    class Typed(typing.NamedTuple):
        dbias: typing.Any
        dx: typing.Any
        dw: typing.Any

    class Plain:
        def __init__(self, w, bias, x):
            self.grad_w, self.grad_bias, self.grad_x = w, bias, x

    class Layer:
        def __init__(self, n_in, n_out):
            self.w = np.random.randn(n_in, n_out)
            self.bias = np.random.randn(n_out)
        def forward(self, x):
            self.kept = x
            return np.tanh(x @ self.w + self.bias)
        def backward(self, dy):
            d = dy * (1 - np.tanh(self.kept @ self.w + self.bias) ** 2)
            gx, gw, gb = d @ self.w.T, self.kept.T @ d, d.{of_bias}(axis=0)
            return {returned}
"""
RETURNED = (
    "Data(x=gx, w=gw, bias=gb)",
    "Slots(gx, gw, gb)",
    "Named(gb, gw, gx)",
    "Typed(gb, gx, gw)",
    "Plain(gw, gb, gx)",
    "types.SimpleNamespace(w=gw, bias=gb, x=gx)",
    "gx, types.SimpleNamespace(w=gw, bias=gb)",
)

LONE = """
    class Ranker:
        def __init__(self, n_in=6, n_out=3):
            self.W = np.random.randn(n_in, n_out)
        def forward(self, a, b):
            self.a, self.b = a, b
            self.d = (a - b) @ self.W
            return (self.d**2).sum() / len(a)
        def backward(self):
            {left} = (self.a {sign} self.b).T @ self.d * (2.0 / len(self.a))
            return {left}
"""


def checked(path: Path, text: str, name: str) -> Any:
    (path / "theirs.py").write_text("import numpy as np\n" + textwrap.dedent(text))
    return dp.check.file(f"{path / 'theirs.py'}:{name}")


@pytest.mark.parametrize("scale", SCALES.values(), ids=SCALES.keys())
def test_what_an_update_is_proportional_to_is_the_rate(
    tmp_path: Path, scale: tuple[str, str, str]
) -> None:
    found = checked(tmp_path, learning(scale), "Perceptron")
    assert found.ok, str(found)
    assert set(found.compared) == {"w", "b"}
    wrong = checked(tmp_path, learning(scale, "(1 - self.o)"), "Perceptron")
    assert wrong.findings, str(wrong)
    if "=" in scale[1]:  # once more than it should be
        again = checked(tmp_path, learning(scale, bias=f"{scale[2]} ** 2"), "Perceptron")
        assert [f.name for f in again.findings] == ["b"], str(again)


def test_two_rates(tmp_path: Path) -> None:
    text = learning(("", "targets, fast=0.5, slow=0.125", "fast"), bias="slow")
    assert checked(tmp_path, text, "Perceptron").ok
    text = learning(("", "targets, fast=0.5, slow=0.125", "fast"), bias="slow * fast * 3.0")
    assert checked(tmp_path, text, "Perceptron").findings


def test_a_number_from_a_layer_is_still_a_gradient_of_the_wrong_shape(tmp_path: Path) -> None:
    text = LONE.replace("(self, a, b)", "(self, a)").replace("self.a, self.b = a, b", "self.a = a")
    text = text.replace("(a - b) @", "a @").replace("backward(self)", "backward(self, dy)")
    text = text.format(left="self.dW", sign="-").replace("(self.a - self.b)", "self.a")
    text = text.replace("return (self.d**2).sum() / len(a)", "return self.d")
    text = text.replace("@ self.d * (2.0 / len(self.a))", "@ dy")
    right = text.replace("return self.dW", "return dy @ self.W.T")
    assert checked(tmp_path, right, "Ranker").ok
    wrong = text.replace("return self.dW", "return np.sum(dy @ self.W.T)")
    found = checked(tmp_path, wrong, "Ranker")
    assert [f.mistake for f in found.findings] == ["shape"], str(found)


@pytest.mark.parametrize("name", ["bce", "score_of", "energy"])
@pytest.mark.parametrize("label", ["label", "real", "t"])
def test_a_loss_of_any_name_decides(tmp_path: Path, name: str, label: str) -> None:
    text = LOSS.format(name=name, label=label, delta=RIGHT.format(label))
    found = checked(tmp_path, text, "Critic")
    assert found.ok, str(found)
    assert set(found.compared) == {"x", "W", "b"}
    text = LOSS.format(name=name, label=label, delta=WRONG.format(label))
    assert checked(tmp_path, text, "Critic").findings
    excused = LOSS.format(name=name, label=label, delta=f"(self.z - {label})")  # of squares
    assert checked(tmp_path, excused, "Critic").findings


@pytest.mark.parametrize(
    ("name", "returned"),
    [
        ("entropy", "self.p"),
        ("of_all", "self.p"),
        ("entropy", "self.p, self.entropy()"),
        ("entropy", "self.p, self.correct(), self.entropy()"),
    ],
)
def test_a_loss_of_what_an_object_holds_decides(tmp_path: Path, name: str, returned: str) -> None:
    told = {"name": name, "returned": returned}
    text = HELD
    if "," in returned:  # with the data there
        text = text.replace("self.X = None", "self.X = np.random.randn(6, n_in)")
        text = text.replace("self.y = None", "self.y = np.random.rand(6, 1)")
    found = checked(tmp_path, text.format(twice="", **told), "Net")
    assert found.ok, str(found)
    assert {"W1", "W2"} <= set(found.compared)
    wrong = checked(tmp_path, text.format(twice=TWICE, **told), "Net")
    assert {"W1", "W2"} <= {n for f in wrong.findings for n in (f.name, *f.also)}, str(wrong)


@pytest.mark.parametrize("returned", RETURNED)
def test_gradients_in_the_fields_of_an_object(tmp_path: Path, returned: str) -> None:
    found = checked(tmp_path, FIELDS.format(of_bias="sum", returned=returned), "Layer")
    assert found.ok, str(found)
    assert set(found.compared) == {"x", "w", "bias"}
    wrong = checked(tmp_path, FIELDS.format(of_bias="mean", returned=returned), "Layer")
    assert [f.name for f in wrong.findings] == ["bias"], str(wrong)


def test_an_object_that_returns_itself_returns_no_gradients(tmp_path: Path) -> None:
    text = FIELDS.format(of_bias="sum", returned="self").replace("gx, gw, gb =", "_, self.dw, _ =")
    found = checked(tmp_path, text, "Layer")
    assert not found.findings, str(found)
    assert "w" in found.compared


@pytest.mark.parametrize("left", ["self.dW", "g"])
def test_a_lone_gradient_is_that_of_the_parameter_whose_shape_it_has(
    tmp_path: Path, left: str
) -> None:
    found = checked(tmp_path, LONE.format(left=left, sign="-"), "Ranker")
    assert found.ok, str(found)
    assert set(found.compared) == {"W"}
    wrong = checked(tmp_path, LONE.format(left=left, sign="+"), "Ranker")
    assert [f.name for f in wrong.findings] == ["W"], str(wrong)
