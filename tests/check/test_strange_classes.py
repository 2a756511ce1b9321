"""Classes as courses and books write them, right and with one mistake."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import denpa as dp
from tests.check.findings import wrong

RNG = np.random.default_rng(0)

Checked = Callable[..., Any]


# -- classes ---------------------------------------------------------------------------------------

KINDS = {
    "slots": """
        class L:
            __slots__ = ("W", "b", "dW", "db", "x")
            def __init__(self, W, b):
                self.W, self.b, self.dW, self.db = W, b, None, None
            def forward(self, x):
                self.x = x
                return x @ self.W + self.b
            def backward(self, dout):
                self.dW, self.db = self.x.T @ dout, dout.sum(0)
                return dout @ self.W.T
    """,
    "properties": """
        class L:
            def __init__(self, W, b):
                self._W, self._b, self._dW, self._db = W, b, None, None
            W = property(lambda self: self._W)
            b = property(lambda self: self._b)
            dW = property(lambda self: self._dW)
            db = property(lambda self: self._db)
            def forward(self, x):
                self.x = x
                return x @ self._W + self._b
            def backward(self, dout):
                self._dW, self._db = self.x.T @ dout, dout.sum(0)
                return dout @ self._W.T
    """,
    "numbers": """
        class L:
            def __init__(self):
                self.W, self.b, self.dW, self.db = 1.5, 0.2, 0.0, 0.0
            def forward(self, x):
                self.x = x
                return self.W * x + self.b
            def backward(self, dout):
                self.dW, self.db = np.sum(dout * self.x), dout.sum()
                return dout * self.W
    """,
    "lists": """
        class L:
            def __init__(self):
                self.W, self.b = [[0.1, 0.2], [0.4, -0.5], [0.3, 1.0], [2.0, 1.0]], [0.0, 0.1]
                self.dW = self.db = None
            def forward(self, x):
                self.x = x
                return x @ np.array(self.W) + np.array(self.b)
            def backward(self, dout):
                self.dW, self.db = (self.x.T @ dout).tolist(), dout.sum(0).tolist()
                return dout @ np.array(self.W).T
    """,
    "left in the object": """
        class L:
            def __init__(self, n_inputs, n_neurons):
                self.W, self.b = np.random.randn(n_inputs, n_neurons), np.zeros((1, n_neurons))
            def forward(self, inputs):
                self.inputs = inputs
                self.output = inputs @ self.W + self.b
            def backward(self, dvalues):
                self.dW, self.db = self.inputs.T @ dvalues, np.sum(dvalues, 0, keepdims=True)
                self.dinputs = dvalues @ self.W.T
    """,
    "updated by backward": """
        class L:
            def __init__(self, in_size, out_size):
                self.W, self.b = np.random.randn(in_size, out_size), np.random.randn(1, out_size)
            def forward(self, x):
                self.x = x
                return x @ self.W + self.b
            def backward(self, dout, learning_rate):
                dx = dout @ self.W.T
                self.W -= learning_rate * self.x.T @ dout
                self.b -= learning_rate * dout
                return dx
    """,
    "called": """
        class L:
            def __init__(self, W, b):
                self.W, self.b = W, b
            def __call__(self, x):
                self.x = x
                return x @ self.W + self.b
            def backward(self, dout):
                self.dW, self.db = self.x.T @ dout, dout.sum(0)
                return dout @ self.W.T
    """,
    "in Japanese": """
        class L:
            def __init__(self, 重み, バイアス):
                self.W, self.b = 重み, バイアス
            def forward(self, 入力):
                self.入力 = 入力
                return 入力 @ self.W + self.b
            def backward(self, 上流):
                self.dW, self.db = self.入力.T @ 上流, 上流.sum(0)
                return 上流 @ self.W.T
    """,
}  # fmt: skip


SPOILED = (
    ("dout.sum(0)", "2 * dout.sum(0)"),
    ("dout.sum()", "dout.mean()"),
    ("上流.sum(0)", "上流[0]"),
    ("np.sum(dvalues, 0", "np.mean(dvalues, 1"),
    ("learning_rate * dout", "2 * learning_rate * dout"),
)


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_of_classes(checked: Checked, kind: str) -> None:
    text = KINDS[kind]
    found = checked(text, "L")
    assert found.ok, str(found)
    assert {"W", "b"} < set(found.compared)
    assert found.compared["W"].checked
    spoiled = [text.replace(right, other) for right, other in SPOILED if right in text]
    assert spoiled
    for other in spoiled:
        assert wrong(checked(other, "L")) == {"b"}


def test_a_layer_of_two_inputs(checked: Checked) -> None:
    text = """
        class Mul:
            def forward(self, x, y):
                self.x, self.y = x, y
                return x * y
            def backward(self, dout):
                dx = dout * self.y
                dy = dout * self.x
                return dx, dy
        class RNN:
            def __init__(self, Wx, Wh, b):
                self.params = [Wx, Wh, b]
                self.grads = [np.zeros_like(p) for p in self.params]
            def forward(self, x, h_prev):
                Wx, Wh, b = self.params
                h = np.tanh(h_prev @ Wh + x @ Wx + b)
                self.cache = x, h_prev, h
                return h
            def backward(self, dh):
                Wx, Wh, b = self.params
                x, h_prev, h = self.cache
                dt = dh * (1 - h**2)
                for g, part in zip(self.grads, (x.T @ dt, h_prev.T @ dt, dt.sum(0))):
                    g[...] = part
                return dt @ Wx.T, dt @ Wh.T
    """
    assert set(checked(text, "Mul").compared) == {"x", "y"}
    assert wrong(checked(text.replace("dy = dout * self.x", "dy = dout"), "Mul")) == {"y"}
    found = checked(text, "RNN")
    assert found.ok, str(found)
    assert set(found.compared) == {"x", "h_prev", "params[0]", "params[1]", "params[2]"}
    assert wrong(checked(text.replace("dt @ Wh.T", "dt @ Wh"), "RNN")) == {"h_prev"}


def test_a_state_is_no_parameter() -> None:
    class Stateful:
        def __init__(self) -> None:
            self.W, self.dW, self.h, self.dh = RNG.standard_normal((4, 3)), None, None, None

        def forward(self, x: np.ndarray) -> np.ndarray:
            self.x, self.h = x, np.zeros(3)
            return x @ self.W + self.h

        def backward(self, dout: np.ndarray) -> np.ndarray:
            self.dW, self.dh = self.x.T @ dout, dout  # type: ignore[assignment]
            return dout @ self.W.T

    found = dp.check.layer(Stateful(), RNG.standard_normal((5, 4)))
    assert found.ok, str(found)
    assert set(found.compared) == {"x", "W"}


def test_whole_numbers_that_could_be_floats() -> None:
    class Square:
        def forward(self, x: np.ndarray) -> np.ndarray:
            self.x = x
            return x * x * 1.0

        def backward(self, dout: np.ndarray) -> np.ndarray:
            return self.x * dout

    assert wrong(dp.check.layer(Square(), np.array([[1, 2], [3, 4]]))) == {"x"}


def test_an_input_that_a_logarithm_takes(checked: Checked) -> None:
    text = """
        class Log:
            def forward(self, x):
                self.x = x
                with np.errstate(invalid="ignore"):
                    return np.log(x)
            def backward(self, dout):
                return dout / self.x
    """
    found = checked(text, "Log")
    assert found.ok
    assert found.compared["x"].checked == 20
    assert wrong(checked(text.replace("dout / self.x", "dout * self.x"), "Log")) == {"x"}


def test_a_keyword_argument_of_a_layer_inside(checked: Checked) -> None:
    text = """
        class Scale:
            def forward(self, x, train=True):
                return 2 * x
            def backward(self, dout):
                return 3 * dout
        class Net:
            def __init__(self):
                self.inner = Scale()
            def forward(self, x):
                return self.inner.forward(x, train=False)
            def backward(self, dout):
                return self.inner.backward(dout)
    """
    assert checked(text, "Net").findings[0].part == "inner (Scale)"


def test_biases_of_zero_behind_a_dead_layer(checked: Checked) -> None:
    text = """
        class Net:
            def __init__(self):
                self.params = {"W1": -np.ones((4, 3)), "b1": np.zeros(2)}
            def loss(self, x, t):
                self.h = np.maximum(0 * x[:, :2] + self.params["b1"], 0)
                return np.sum(self.h * t) + 0 * np.sum(self.params["W1"])
            def gradient(self, x, t):
                self.loss(x, t)
                return {"W1": np.zeros((4, 3)), "b1": ((self.h > 0) * t).sum(axis=0)}
    """
    given = "x=rand(5,4), t=rand(5,2)"
    found = checked(text, "Net", input=given)
    assert found.ok, str(found)
    assert found.compared["b1"].checked == 2
    assert wrong(checked(text.replace(".sum(axis=0)}", "[0]}"), "Net", input=given)) == {"b1"}
