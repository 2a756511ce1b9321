"""What a backward does with its gradients besides returning them: it moves parameters, clips, adds
up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.check.findings import wrong

File = Callable[..., Any]


UPDATES = """
    class Dense:
        def __init__(self, n_in, n_out):
            self.W = np.random.default_rng(0).normal(size=(n_in, n_out))
            self.b = np.zeros(n_out)
        def forward(self, x):
            self.x = x
            return x @ self.W + self.b
        def backward(self, grad, learning_rate):
            dx = grad @ self.W.T
            self.W -= learning_rate * self.x.T @ grad
            self.b -= learning_rate * grad.sum(axis=0)
            return dx
"""


def test_an_update_in_backward(file: File) -> None:
    for text in (UPDATES, UPDATES.replace("learning_rate):", "learning_rate=0.1):")):
        found = file(text, "Dense")
        assert found.ok, str(found)
        assert set(found.compared) == {"x", "W", "b"}, str(found)
        found = file(text, "Dense", "self.W -= learning_rate", "self.W += learning_rate")
        assert wrong(found) == {"W"}, str(found)
        found = file(text, "Dense", "grad.sum(axis=0)", "grad.mean(axis=0)")
        assert wrong(found) == {"b"}, str(found)


def test_an_update_before_the_message_goes_down(file: File) -> None:
    late = UPDATES.replace("            dx = grad @ self.W.T\n", "").replace(
        "return dx", "return grad @ self.W.T"
    )
    found = file(late, "Dense", budget=0.5)
    assert wrong(found) == {"x"}, str(found)


def test_gradients_that_are_clipped(file: File) -> None:
    text = """
        class Dense:
            def __init__(self, W):
                self.W = W
            def forward(self, x):
                self.x = x
                return 50 * x @ self.W
            def backward(self, dout):
                self.dW = np.clip(50 * self.x.T @ dout, -5, 5)
                return 50 * dout @ self.W.T
    """
    found = file(text, "Dense")
    assert found.ok, str(found)
    assert any("clip" in n for n in found.notes), str(found)
    found = file(text, "Dense", "np.clip(50 *", "np.clip(40 *", budget=0.3)
    assert "W" in wrong(found), str(found)


def test_gradients_that_add_up_until_they_are_cleared(file: File) -> None:
    text = """
        class Dense:
            def __init__(self, W):
                self.W, self.dW = W, np.zeros_like(W)
            def zero_grad(self):
                self.dW = np.zeros_like(self.W)
            def forward(self, x):
                self.x = x
                return x @ self.W
            def backward(self, dout):
                self.dW += self.x.T @ dout
                return dout @ self.W.T
    """
    found = file(text, "Dense")
    assert found.ok, str(found)
    assert set(found.compared) == {"x", "W"}, str(found)
    assert not file(text.replace("zero_grad", "other"), "Dense").ok
    assert not file(text, "Dense", "self.dW = np.zeros_like(self.W)", "pass").ok
