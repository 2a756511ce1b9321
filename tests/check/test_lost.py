"""Gradients that backward computes and does not keep, and parameters that have none by design."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import denpa as dp

LAYER = """
class A:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.kept, self.lr = {{}}, 0.1
    def forward(self, x):
        self.x = x
        return x @ self.W + self.b
    def backward(self, dout):
        {body}
"""
KEEP_B = "self.db = dout.sum(0)\n        "
Checked = Callable[..., Any]


def of(checked: Checked, body: str, **given: Any) -> Any:
    return checked(LAYER.format(body=body), "A", **given)


LOST = {
    "dW = self.x.T @ dout\n        return dout @ self.W.T": ("dW", "self.dW = self.x.T @ dout"),
    "grad_W = self.x.T.dot(dout)\n        return dout @ self.W.T":
        ("grad_W", "self.grad_W = self.x.T.dot(dout)"),
    # by its numbers alone
    "h = self.x.T @ dout\n        return dout @ self.W.T": ("h", "self.dW = self.x.T @ dout"),
    "dW = np.zeros_like(self.W)\n        for a, g in zip(self.x, dout):\n"
    "            dW += np.outer(a, g)\n        return dout @ self.W.T": ("dW", "self.dW = dW"),
    "dW = np.zeros_like(self.W)\n        for a, g in zip(self.x, dout):\n"
    "            dW[...] += np.outer(a, g)\n        return dout @ self.W.T": ("dW", "self.dW = dW"),
    "dx, dW = dout @ self.W.T, self.x.T @ dout\n        return dx": ("dW", "self.dW = dW"),
    # by its name and its shape: what it holds is wrong, too, so no correction is offered
    "dW = self.x.T @ dout / 7\n        return dout @ self.W.T": ("dW", ""),
}  # fmt: skip


@pytest.mark.parametrize("body", LOST)
def test_a_gradient_in_a_local_variable_is_lost(checked: Checked, body: str) -> None:
    found = of(checked, KEEP_B + body)
    (finding,) = found.findings
    variable, expected = LOST[body]
    assert (finding.name, finding.mistake, finding.expected) == ("W", "missing", expected)
    assert finding.text == f"{variable} is a local variable here, and is lost when backward ends"
    assert variable in finding.location.text
    assert (finding.verified is None) == (not expected)
    assert not found.ok
    assert found.not_compared == ["W"]
    assert f"? d{finding.name}" not in str(found)  # told once


def test_in_japanese(checked: Checked) -> None:
    body = next(iter(LOST))
    assert "dW はここだけのローカル変数" in str(of(checked, KEEP_B + body, language="ja"))
    frozen = of(checked, "return dout @ self.W.T", language="ja")
    assert str(frozen).startswith("? dW, db は比べていません: backward のあとに W, b の勾配が")


KEPT = (
    "return dout @ self.W.T",  # frozen
    "dW = self.x.T @ dout\n        self.hidden = [dW]\n        return dout @ self.W.T",
    "dW = self.x.T @ dout\n        self.kept['no name'] = dW.sum()\n        return dout @ self.W.T",
    "dW = self.x.T @ dout\n        print(dW)\n        return dout @ self.W.T",
    "dx, _ = dout @ self.W.T, self.x.T @ dout\n        return dx",
    "dW = dout.sum(0)\n        return dout @ self.W.T",  # no gradient: another shape
    "W = self.W.T\n        h = self.x.T\n        return dout @ W",  # h is no gradient
    "dW = self.x.T @ dout\n        eval('dW')\n        return dout @ self.W.T",
    "def inner():\n            return dW\n        dW = self.x.T @ dout\n        inner()\n"
    "        return dout @ self.W.T",
)


@pytest.mark.parametrize("body", KEPT)
def test_a_parameter_without_a_gradient_is_no_mistake(checked: Checked, body: str) -> None:
    found = of(checked, KEEP_B + body)
    assert found.ok, str(found)
    if "W" in found.missing:
        assert str(found).startswith(
            "? dW not compared: backward leaves no gradient of W that can be found\n✓ dx"
        )
        assert "dW not compared" in found.to_html()
    else:
        assert found.compared["W"].ok


@pytest.mark.parametrize("ways", list(itertools.product(("self.", ""), repeat=2)))
def test_what_is_kept_is_compared_and_what_is_not_is_told(
    checked: Checked, ways: tuple[str, str]
) -> None:
    """Each gradient apart: with self. it is compared, without it is lost, whatever the other."""
    body = f"{ways[0]}dW = self.x.T @ dout\n        {ways[1]}db = dout.sum(0)\n        "
    found = of(checked, body + "return dout @ self.W.T")
    lost = {n for n, way in zip("Wb", ways, strict=True) if not way}
    assert {f.name for f in found.findings} == set(found.missing) == lost
    assert {n for n, c in found.compared.items() if c.checked} == {"x", "W", "b"} - lost


def test_of_an_object_in_python() -> None:
    class Scale:
        def __init__(self) -> None:
            self.a = np.array([1.0, 2.0, 3.0])

        def forward(self, x: Any) -> Any:
            self.x = x
            return x * self.a

        def backward(self, dout: Any) -> Any:
            da = (dout * self.x).sum(0)  # noqa: F841
            return dout * self.a

    found = dp.check.layer(Scale(), np.random.default_rng(0).standard_normal((4, 3)))
    assert [(f.name, f.mistake) for f in found.findings] == [("a", "missing")]
