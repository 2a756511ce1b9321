"""`denpa check` on files that people write: networks with data, functions, rules, pages."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from denpa.check.opening.examples import examples_of

from .conftest import write_flowers, write_table

TRAIN = """
import numpy as np
import denpa as dp

class Half(dp.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x
    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * x

class Square(dp.nn.Module):
    def forward(self, x):
        return Half.apply(x)

nn = dp.nn
net = nn.Sequential(nn.Linear(64, 5), nn.ReLU(), nn.Linear(5, 10))
wrong = nn.Sequential(nn.Linear(64, 5), Square(), nn.Linear(5, 10))
pictures = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(72, 10))
rows = nn.Sequential(nn.Linear(8, 2), nn.Flatten(), nn.Linear(16, 10))
few = nn.Sequential(nn.Linear(64, 3))
houses = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
flowers = nn.Sequential(nn.Linear(2, 1))

class Sized(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.a = nn.Linear(input_size, hidden_size)
        self.b = nn.Linear(hidden_size, output_size)
    def forward(self, x):
        return self.b(self.a(x).tanh())

class Softmax:
    def __init__(self, W, b):
        self.W, self.b = W, b
    def forward(self, x, t):
        self.x, self.t = x, t
        a = x @ self.W + self.b
        e = np.exp(a - a.max(axis=1, keepdims=True))
        self.y = e / e.sum(axis=1, keepdims=True)
        return -np.sum(t * np.log(self.y)) / len(x)
    def backward(self, dout=1.0):
        d = dout * (self.y - self.t) / len(self.x)
        self.dW, self.db = self.x.T @ d, d.sum(axis=0)
        return d @ self.W.T
    dW = db = None

def f(x): return np.sum(x**3)
def df(x): return 3 * x**2
def alone(x): return np.sum(np.cosh(x))
def cubes(x): return np.sum(x**3)
"""


@pytest.fixture
def check(denpa, tmp_path: Path):
    (tmp_path / "train.py").write_text(TRAIN)
    return lambda *given: denpa("check", *given)


@pytest.mark.parametrize(
    ("name", "shape"),
    [("net", "(8, 64)"), ("pictures", "(8, 1, 8, 8)"), ("rows", "(8, 1, 8, 8)"),
     ("Sized", "(8, 64)")],
)  # fmt: skip
def test_a_network_on_digits(check, name: str, shape: str) -> None:
    done = check(f"train.py:{name}", "--data", "digits", "--batch", "8")
    assert done.code == 0, done.out + done.err
    assert f"checked on 8 examples of digits, given as {shape}, with cross_entropy" in done.out


def test_a_wrong_network_on_digits(check) -> None:
    done = check("train.py:wrong", "--data", "digits", "--batch", "8")
    assert done.code == 1
    assert "✗ 1 (Square), Half: dx" in done.out
    assert "train.py:13   return g * x" in done.out
    found = check("train.py:wrong", "--data", "digits", "--batch", "8", "--json").json
    assert [(f["part"], f["mistake"]) for f in found["findings"]] == [("1 (Square), Half", "scale")]
    japanese = check("train.py:net", "--data", "digits", "--batch", "8", "--lang", "ja")
    assert "digits の 8 例を形 (8, 64) で与え" in japanese.out


def test_tables(check, tmp_path: Path) -> None:
    write_table(tmp_path / "houses.csv")
    write_flowers(tmp_path / "flowers.csv")
    done = check("train.py:houses", "--data", "houses.csv", "--target", "price")
    assert done.code == 0, done.out + done.err
    assert "with mse_loss" in done.out
    done = check("train.py:flowers", "--data", "flowers.csv", "--target", "kind")
    assert "with binary_cross_entropy_with_logits" in done.out


def test_a_textbook_class_on_digits(check) -> None:
    done = check("train.py:Softmax", "--data", "digits", "--batch", "8", "--json")
    assert done.code == 0, done.out + done.err
    assert set(done.json["gradients"]) == {"x", "W", "b"}


def test_a_function_and_its_gradient(check) -> None:
    assert check("train.py:f", "--grad", "df").code == 0
    done = check("train.py:f")
    assert done.code == 0
    assert "df is taken for the gradient of f" in done.out
    assert check("train.py:f", "--grad", "df", "--input", "x=rand(3)").code == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["train.py:few", "--data", "digits"], "the output is (32, 3); digits has 10 classes"),
        (["train.py:houses", "--data", "digits"], "takes 3"),
        (["train.py:net", "--data", "digit"], "Did you mean 'digits'?"),
        (["train.py:net", "--data", "none.csv"], "none.csv: no such file"),
        (["train.py:net", "--data", "digits", "--loss", "entropy"], "'cross_entropy'"),
        (["train.py:net", "--batch", "3"], "--batch belongs to --data"),
        (["train.py:net", "--data", "digits", "--input", "x=rand(3)"], "give one of them"),
        (["train.py:net", "--budget", "-1"], "--budget must be more than 0"),
        (["train.py:alone"], "--grad NAME"),
        (["train.py:f", "--grad", "dff"], "Did you mean 'df'?"),
        (["train.py:nett"], "Did you mean 'net'?"),
        (["train.py:net", "more"], "unknown argument 'more'"),
        (["train.py:net", "--data", "digits", "--html", "none/r.html"], "none/r.html: No such"),
    ],
)
def test_what_is_given_by_mistake(check, given: list[str], said: str) -> None:
    done = check(*given)
    assert done.code == 2, done.out + done.err
    assert said in done.err
    assert "bug in Denpa" not in done.err


def test_options_that_pass_through(check, tmp_path: Path) -> None:
    done = check("train.py:f", "--grad", "df", "--step", "1e-13")
    assert "too small" in done.out
    done = check("train.py:f", "--grad", "df", "--html", "page.html", "--json")
    assert done.code == 0
    assert json.loads(done.out)["ok"]
    assert "<html" in (tmp_path / "page.html").read_text().lower()
    again = ("train.py:f", "--grad", "df", "--html", "page.html")
    assert "page.html is there already; give another" in check(*again).err
    assert "wrote page.html" in check(*again, "--overwrite").out
    source = (tmp_path / "train.py").read_text()
    done = check("train.py:f", "--grad", "df", "--html", "train.py", "--overwrite")
    assert (done.code, "train.py is what is read here" in done.err) == (2, True)
    assert (tmp_path / "train.py").read_text() == source


def test_an_update_against_its_definition(check, tmp_path: Path) -> None:
    (tmp_path / "rule.py").write_text("def step(p, g):\n    return p + 0.1 * g\n")
    done = check("rule.py:step", "--rule", "sgd")
    assert done.code == 1
    assert "rule.py" in done.out
    (tmp_path / "rule.py").write_text("def step(p, g):\n    return p - 0.1 * g\n")
    assert check("rule.py:step", "--rule", "sgd").code == 0


def test_what_a_mistake_is(check) -> None:
    done = check("explain", "bias-not-summed")
    assert done.code == 0
    assert "sum" in done.out


def test_examples_are_drawn_with_the_seed(tmp_path: Path) -> None:
    first, again, other = (examples_of("digits", None, 8, seed) for seed in (0, 0, 1))
    assert (first.x == again.x).all()
    assert not (first.y == other.y).all()
    table = examples_of(str(write_table(tmp_path / "t.csv")), "price", 200, 0)
    assert np.allclose(table.x.mean(axis=0), 0)
    assert table.classes == 0
