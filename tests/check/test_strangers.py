"""Code as courses and books write it, right and with one mistake: what is recognised, what is
compared, and what is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.check.opening.load import UserError, beside, bound, inputs_of, load
from denpa.check.subjects.pair import Joint, Pair
from denpa.core.errors import ArgumentError
from tests.check.findings import wrong

RNG = np.random.default_rng(0)

Checked = Callable[..., Any]


# -- forward and backward that share a cache -------------------------------------------------------

AFFINE = """
    def affine_forward(x, w, b):
        out = x.reshape(x.shape[0], -1).dot(w) + b
        cache = (x, w, b)
        return out, cache

    def affine_backward(dout, cache):
        x, w, b = cache
        dx = dout.dot(w.T).reshape(x.shape)
        dw = x.reshape(x.shape[0], -1).T.dot(dout)
        db = np.sum(dout, axis=0)
        return dx, dw, db
"""


@pytest.mark.parametrize("name", ["affine_forward", "affine_backward"])
def test_a_cache(checked: Checked, name: str) -> None:
    found = checked(AFFINE, name)
    assert found.ok, str(found)
    assert set(found.compared) == {"x", "w", "b"}
    assert "affine_backward is taken for the gradient of affine_forward" in found.notes[0]
    (finding,) = checked(AFFINE.replace("np.sum(dout", "np.mean(dout"), name).findings
    assert (finding.name, finding.mistake) == ("b", "bias-not-summed")
    assert finding.location.text == "db = np.mean(dout, axis=0)"
    assert finding.expected == "np.sum(dout, axis=0)"  # as the code writes it
    given = {"gradient": "affine_backward", "input": "x=rand(2,3,2), w=rand(6,3), b=rand(3)"}
    assert checked(AFFINE, "affine_forward", **given).ok


def test_a_cache_in_python() -> None:
    def forward(x: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, Any]:
        return x @ w, (x, w)

    def backward(dout: np.ndarray, cache: Any) -> tuple[np.ndarray, np.ndarray]:
        x, w = cache
        return dout @ w.T, x.T @ dout

    x, w = RNG.standard_normal((5, 4)), RNG.standard_normal((4, 3))
    assert dp.check.gradient(forward, x, w, grad=backward).ok
    found = dp.check.gradient(forward, x, w, grad=lambda d, c: (d @ c[1].T, -c[0].T @ d))
    assert [(f.name, f.mistake) for f in found.findings] == [("w", "sign")]


@pytest.mark.parametrize(
    "returned",
    ["dW, db, dA", 'dict(dW=dW, db=db, dA=dA)', "dA, dW, db"],
)  # fmt: skip
def test_columns_and_gradients_in_any_order(checked: Checked, returned: str) -> None:
    text = f"""
        def linear_forward(A, W, b):
            return np.dot(W, A) + b, {{"A": A, "W": W}}
        def linear_backward(dZ, cache):
            dW = np.dot(dZ, cache["A"].T)
            db = np.sum(dZ, axis=1, keepdims=True)
            dA = np.dot(cache["W"].T, dZ)
            return {returned}
    """
    found = checked(text, "linear_forward")
    assert found.ok, str(found)
    assert found.compared["b"].claimed.shape == (3, 1)
    assert wrong(checked(text.replace(", keepdims=True", ""), "linear_forward")) == {"b"}


def test_several_outputs_options_and_whole_numbers(checked: Checked) -> None:
    text = """
        def cell_forward(x, c, mode, k):
            h = np.tanh(x) * c
            return h, c + x, (x, c, mode)
        def cell_backward(dh, dc, cache, mode):
            x, c, kept = cache
            assert mode == kept == "train"
            return dh * c * (1 - np.tanh(x)**2) + dc, dh * np.tanh(x) + dc

        def rows_forward(x, W):
            return W[x], (x, W)
        def rows_backward(dout, cache):
            x, W = cache
            dW = np.zeros_like(W)
            np.add.at(dW, x, dout)
            return dW
    """
    given = "x=rand(3,2), c=rand(3,2), mode='train', k=2"
    found = checked(text, "cell_forward", input=given)
    assert found.ok, str(found)
    assert set(found.compared) == {"x", "c"}
    text = text.replace("dh * np.tanh(x) + dc", "dh * np.tanh(x)")
    assert wrong(checked(text, "cell_forward", input=given)) == {"c"}
    rows = "x=array([[0,1],[1,2]]), W=rand(4,3)"
    assert set(checked(text, "rows_forward", input=rows).compared) == {"W"}
    lost = text.replace("np.add.at(dW, x, dout)", "dW[x] = dout")
    assert wrong(checked(lost, "rows_forward", input=rows)) == {"W"}


def test_a_cache_that_backward_does_not_take() -> None:
    with pytest.raises(ArgumentError, match="should take a gradient for each output"):
        dp.check.gradient(
            lambda x: (x, x, x), np.ones(3), grad=lambda dy, cache: dy
        )  # fmt: skip


def test_a_value_and_its_gradient_from_one_function(checked: Checked) -> None:
    text = """
        def svm_loss(W, X, y, reg):
            scores = X @ W
            rows = np.arange(len(X))
            m = np.maximum(0, scores - scores[rows, y][:, None] + 1)
            m[rows, y] = 0
            loss = m.sum() / len(X) + reg * np.sum(W * W)
            up = (m > 0).astype(float)
            up[rows, y] = -up.sum(axis=1)
            dW = X.T @ up / len(X) + 2 * reg * W
            return loss, dW
    """
    given = "W=rand(4,3), X=rand(5,4), y=array([0,1,2,0,1]), reg=0.1"
    found = checked(text, "svm_loss", input=given)
    assert found.ok, str(found)
    assert list(found.compared) == ["W"]
    assert wrong(checked(text.replace("2 * reg", "reg"), "svm_loss", input=given)) == {"W"}
    with pytest.raises(ArgumentError, match=r"does not return \(value, gradient\)"):
        Joint(np.sin, [np.ones(3)])


def test_losses_of_a_prediction_and_a_target(checked: Checked) -> None:
    text = """
        def mse(y_true, y_pred): return np.mean((y_true - y_pred)**2)
        def mse_prime(y_true, y_pred): return 2 * (y_pred - y_true) / np.size(y_true)
        class SSE:
            def loss(self, predicted, actual): return np.sum((predicted - actual)**2)
            def gradient(self, predicted, actual): return 2 * (predicted - actual)
    """
    for name, one in (("mse", "y_pred"), ("mse_prime", "y_pred"), ("SSE", "predicted")):
        found = checked(text, name)
        assert found.ok, str(found)
        assert list(found.compared) == [one]
        assert wrong(checked(text.replace("return 2 *", "return"), name)) == {one}


def test_in_place_changes_of_what_is_above() -> None:
    def backward(dout: np.ndarray, cache: np.ndarray) -> np.ndarray:
        dout[cache <= 0] = 0
        return dout

    x = RNG.standard_normal((4, 3))
    subject = Pair(lambda x: (np.maximum(x, 0), x), backward, [x])
    assert subject.habits({"x": x}, np.ones((4, 3))) == ["taken-over"]


# -- what people give by mistake -------------------------------------------------------------------


def test_imports_from_a_neighbour(tmp_path: Path) -> None:
    folder = tmp_path / "mycourse"
    folder.mkdir()
    (folder / "helper.py").write_text("def twice(x): return 2 * x\n")
    (folder / "layers.py").write_text("from .helper import twice\nK = twice(4)\n")
    assert load(f"{folder / 'layers.py'}:K")[0] == 8
    assert beside(f"{folder / 'layers.py'}:K", "twice")(3) == 6


def test_a_question_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "ask.py").write_text("k = input('k? ')\n")
    with pytest.raises(UserError, match=r"EOFError(.|\n)*nobody answers input\(\) here"):
        load(f"{tmp_path / 'ask.py'}:k", 5.0)
    (tmp_path / "bad.py").write_text("class A:\n    def f(self)\n        pass\n")
    with pytest.raises(UserError, match=r'bad\.py", line 2\n    def f\(self\)\nSyntaxError'):
        load(f"{tmp_path / 'bad.py'}:A", 5.0)


def test_arguments_without_names() -> None:
    (x, k), lists = inputs_of("rand(5,4), k=3", 0), inputs_of("x=[[1., 2.]], names=['a']", 0)
    assert (x.shape, k) == ((5, 4), 3)
    assert (lists[0].shape, lists[1]) == ((1, 2), ["a"])
    assert bound(lambda a, b: a - b, {"0": 5, "b": 3}) == 2
    with pytest.raises(ArgumentError, match=r"x has the shape \(0, 4\), and so no numbers"):
        inputs_of("x=rand(0,4)", 0)


def test_no_line_of_ours_in_what_theirs_raise(checked: Checked) -> None:
    with pytest.raises(UserError) as error:
        checked("class L:\n  def forward(self, x): return x.T.T\n"
                "  def backward(self, d): return d @ np.ones((7, 2))", "L",
                input="x=rand(5,4)")  # fmt: skip
    assert "theirs.py" in str(error.value)
    assert "denpa" not in str(error.value).replace("denpa: error", "")


def test_a_name_that_is_not_there(checked: Checked) -> None:
    with pytest.raises(UserError, match=r"theirs\.py(.|\n)*NameError: name 'nq'"):
        checked("class L:\n  def forward(self, x): return nq.tanh(x)\n"
                "  def backward(self, d): return d", "L")  # fmt: skip
    with pytest.raises(ArgumentError, match=r"complex numbers \(complex128\)"):
        checked("class L:\n  def forward(self, x): return np.fft.fft(x)\n"
                "  def backward(self, d): return d", "L")  # fmt: skip
