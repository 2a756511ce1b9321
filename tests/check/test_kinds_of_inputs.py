"""Inputs that excuse, and inputs that must not: what is right for a kind of input that the file
says it is for, or for which only some gradients are right; what shows only with larger sizes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from denpa.check.subjects.claims import claimed

Checked = Callable[..., Any]

STRIDED = """
    class Falten:
        def __init__(self, size=3, stride=2):
            self.k, self.size, self.stride = [0.3, -0.7, 0.5], size, stride
        def forward(self, x):
            self.x = x
            n = (len(x) - self.size) // self.stride + 1
            return [sum(self.k[j] * x[i * self.stride + j] for j in range(self.size))
                    for i in range(n)]
        def backward(self, dout):
            dx, self.dk = [0.0] * len(self.x), [0.0] * self.size
            for i, d in enumerate(dout):
                start = i * self.stride
                for j in range(self.size):
                    self.dk[j] += d * self.x[start + j]
                    dx[start + j] += d * self.k[j]
            return dx
"""
MASKED = """
    def loss(P, Q, R, mask):
        E = (P @ Q.T - R) * mask
        return 0.5 * np.sum(E * E)
    def loss_grad(P, Q, R, mask):
        E = (P @ Q.T - R) * mask
        return E @ Q, E.T @ P
"""
QUADRATIC = '''
    def form(x, A):
        """x A x, where A is symmetric."""
        return x @ A @ x
    def form_grad(x, A):
        return 2 * A @ x
'''
POLICY = """
    def surrogate(w, s, advantages, states):
        z = (states @ w) / np.exp(s)
        loss = -np.mean(advantages * (-0.5 * z**2 - s))
        d = -advantages / len(z)
        dw, ds = -states.T @ (d * z / np.exp(s)), np.sum(d * (z**2 - 1))
        return loss, dw, ds
"""


def test_a_stride_is_seen_with_more_than_one_place(checked: Checked) -> None:
    assert checked(STRIDED, "Falten").ok
    wrong = checked(STRIDED.replace("dx[start + j]", "dx[i + j]"), "Falten")
    assert [f.expected for f in wrong.findings] == ["dx[start + j] += d * self.k[j]"]


def test_a_mask_of_0_and_1_excuses_what_is_right_for_it_and_no_more(checked: Checked) -> None:
    assert checked(MASKED, "loss").ok
    wrong = checked(MASKED.replace("E.T @ P", "(P @ Q.T - R).T @ P"), "loss")
    assert {f.name for f in wrong.findings} == {"Q"}


def test_what_the_file_says_is_symmetric(checked: Checked) -> None:
    assert checked(QUADRATIC, "form").ok
    assert not checked(QUADRATIC.replace(", where A is symmetric", ""), "form").ok
    assert not checked(QUADRATIC.replace("2 * A", "3 * A"), "form").ok


def test_signs_of_which_there_are_as_many_hide_no_term(checked: Checked) -> None:
    assert checked(POLICY, "surrogate").ok
    assert not checked(POLICY.replace("z**2 - 1", "z**2"), "surrogate").ok


GRU_LIKE = """
    class Celula:
        def __init__(self, n):
            g = np.random.RandomState(0)
            self.p = {"Wz": g.randn(n, n), "bz": g.randn(n)}
            self.d = {k: np.zeros_like(v) for k, v in self.p.items()}
        def forward(self, x):
            self.x = x
            return x @ self.p["Wz"] + self.p["bz"]
        def backward(self, dout):
            self.d["Wz"] = self.x.T @ dout
            self.d["bz"] = dout.sum(0)
            return dout @ self.p["Wz"].T
"""


def test_two_dicts_with_entries_of_the_same_names(checked: Checked) -> None:
    found = checked(GRU_LIKE, "Celula")
    assert found.ok
    assert set(found.compared) == {"x", "Wz", "bz"}
    assert not found.missing
    wrong = checked(GRU_LIKE.replace("dout.sum(0)", "dout.mean(0)"), "Celula")
    assert {f.name for f in wrong.findings} == {"bz"}


PARAMETER = """
    class Parameter:
        def __init__(self, value):
            self.value, self.grad = value, np.zeros_like(value)
    class Layer:
        def __init__(self, n):
            self.W = Parameter(np.random.randn(n, n))
        def forward(self, x):
            self.x = x
            return x @ self.W.value
        def backward(self, dout):
            self.W.grad += self.x.T @ dout
            return dout @ self.W.value.T
"""


def test_a_parameter_with_a_grad_of_its_own_adds_up_until_it_is_cleared(checked: Checked) -> None:
    found = checked(PARAMETER, "Layer")
    assert found.ok, str(found)
    assert set(found.compared) == {"x", "W.value"}
    assert not checked(PARAMETER.replace("+= self.x.T", "+= 2 * self.x.T"), "Layer").ok


@pytest.mark.parametrize(
    ("returned", "names", "claims"),
    [
        (([2, 1], 0), ("X", "t"), {"a[0]": 2, "a[1]": 1, "b": 0}),  # by shape, and not (X, t)
        (({"W": 2}, 1, 0), ("ids", "aims", "h"), {"W": 2}),  # a dict: no part is told by its place
    ],
)
def test_parts_by_their_places_only_where_they_fit(
    returned: Any, names: tuple[str, ...], claims: dict[str, int]
) -> None:
    arrays = [np.zeros(4), np.zeros(3), np.zeros((5, 3))]

    def made(x: Any) -> Any:
        if isinstance(x, dict):
            return {k: made(v) for k, v in x.items()}
        return [made(v) for v in x] if isinstance(x, list) else arrays[x]

    shapes = {"X": (5, 5), "t": (5,), "a[0]": (5, 3), "a[1]": (3,), "b": (4,)}
    if "ids" in names:
        shapes = {"h": (9,), "W": (5, 3)}
    found, _ = claimed(tuple(made(x) for x in returned), shapes, (), [names])
    assert {n: np.shape(g) for n, g in found.items()} == {
        n: arrays[k].shape for n, k in claims.items()
    }


def test_an_engine_of_arrays_is_tried_on_arrays(checked: Checked) -> None:
    text = """
        class Feld:
            def __init__(self, data, back=lambda g: None):
                self.data, self.grad, self.back = np.asarray(data, float), 0.0, back
            def _add(self, g):
                self.grad = self.grad + g
                self.back(g)
            def __add__(self, o):
                return Feld(self.data + o.data, lambda g: (self._add(g), o._add(g)))
            def __mul__(self, o):
                return Feld(self.data * o.data,
                            lambda g: (self._add(g * o.data), o._add(g * self.data)))
            def mean(self):
                return Feld(self.data.mean(),
                            lambda g: self._add(g * np.ones(self.data.shape) / self.data.size))
            def backward(self):
                self._add(np.ones_like(self.data))
    """
    assert checked(text, "Feld").ok
    assert not checked(text.replace("self.data.size)", "len(self.data))"), "Feld").ok


TURNED = """
    class Affine:
        def __init__(self, W, b):
            self.W, self.b = W, b
        def forward(self, x):
            self.x = x
            return x @ self.W + self.b
        def backward(self, dout):
            self.dW = self.x.T @ dout.T
            self.db = dout.sum(axis=0)
            return dout @ self.W.T
"""


@pytest.mark.parametrize("wrong", ["self.x.T @ dout.T", "self.x @ dout"])
def test_what_raises_is_not_excused_by_an_object_of_less(checked: Checked, wrong: str) -> None:
    """With sizes of 1 factors fit in any order, and whole numbers have no gradients."""
    found = checked(TURNED.replace("self.x.T @ dout.T", wrong), "Affine")
    assert [f.name for f in found.findings] == ["W"]
    assert found.findings[0].expected == "self.x.T @ dout"
    assert checked(TURNED.replace("self.x.T @ dout.T", "self.x.T @ dout"), "Affine").ok
