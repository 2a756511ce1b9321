"""Mistakes that only the code tells: inside networks, over time, at repeated indices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from denpa import check
from tests.check.networks import MADE, planted

SIGMOID = "da1 = dz1 * self.z1 * (1 - self.z1)"
OUTPUT = "(self.y - self.t) / len(self.x)"
ALL = ("x", "W1", "b1", "W2", "b2")
RECURRENT = ("x", "Wx", "Wh", "b")

PLANTED = [
    # class, right, wrong, mistake, gradients that it makes wrong, what belongs there
    ("TwoLayer", SIGMOID, "da1 = dz1", "activation-forgotten", ALL[:3],
     "dz1 * (self.z1 * (1 - self.z1))"),
    ("TwoLayer", "self.z1 * (1 - self.z1)", "self.a1 * (1 - self.a1)", "wrong-variable", ALL[:3],
     "dz1 * self.z1 * (1 - self.z1)"),
    ("TwoLayer", OUTPUT, "(self.y - self.t)", "scale", ALL, OUTPUT),
    ("TwoLayer", OUTPUT, "(self.t - self.y) / len(self.x)", "sign", ALL, None),
    ("TwoLayer", "self.z1.T @ dy", "self.a1.T @ dy", "wrong-variable", ("W2",), "self.z1.T @ dy"),
    ("TwoLayer", "da1.sum(axis=0)", "dz1.sum(axis=0)", "wrong-variable", ("b1",),
     "da1.sum(axis=0)"),
    ("TwoLayer", 'da1 @ p["W1"].T', 'dz1 @ p["W1"].T', "wrong-variable", ("x",),
     'da1 @ p["W1"].T'),
    ("TwoLayer", "dy.sum(axis=0)", "dy[0]", "bias-not-summed", ("b2",), "dy.sum(axis=0)"),
    ("TwoLayer", "dy.sum(axis=0)", "dy.sum(axis=0) * 2", "scale", ("b2",), "dy.sum(axis=0)"),
    ("Recurrent", "self.dWx +=", "self.dWx =", "overwritten", ("Wx",),
     "self.dWx += self.x[:, k].T @ da"),
    ("Recurrent", "self.h[k - 1].T @ da", "self.h[k].T @ da", "wrong-variable", ("Wh",), None),
    ("Recurrent", " * (1 - self.h[k] ** 2)", "", "activation-forgotten", RECURRENT,
     "dh * (1 - self.h[k] ** 2)"),
    ("Recurrent", "dh = da @ self.Wh.T", "dh = da @ self.Wh", "operand-transposed", RECURRENT,
     "da @ self.Wh.T"),
    ("Recurrent", "reversed(range(t))", "range(t)", "loop-order", RECURRENT, "reversed(range(t))"),
    ("Leaky", "self.slope * dout)", "0)", "constant", ("x",), None),
    ("Embedding", "np.add.at(self.dW, self.idx, dout)", "self.dW[self.idx] += dout",
     "repeats-lost", ("W",), "np.add.at(self.dW, self.idx, dout)"),
    ("Embedding", "np.add.at(self.dW, self.idx, dout)", "self.dW[self.idx] = dout",
     "repeats-lost", ("W",), "np.add.at(self.dW, self.idx, dout)"),
    ("Swish", "dx += ds", "dx = ds", "overwritten", ("x",),
     "dx += ds * self.s * (1 - self.s)"),
    ("Swish", " * (1 - self.s)", "", "factor-missing", ("x",), "dx += ds * self.s * (1 - self.s)"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "right", "wrong", "mistake", "gradients", "expected"),
    PLANTED,
    ids=lambda x: x if isinstance(x, str) and " " not in x else None,
)
def test_one_finding_with_its_line_and_what_belongs_there(
    name: str, right: str, wrong: str, mistake: str, gradients: tuple[str, ...], expected: Any
) -> None:
    obj, given = planted(name, right, wrong)
    found = check.layer(obj, *given)
    assert len(found.findings) == 1, str(found)
    f = found.findings[0]
    assert (f.mistake, (f.name, *f.also)) == (mistake, gradients), str(found)
    assert f.location is not None
    assert f.location.file == f"<{name} {wrong}>"
    assert wrong.split(" = ")[0].split("(")[0] in f.location.text, str(found)
    assert f.verified is not None
    assert f.verified < 1e-8
    if expected is not None:
        assert f.expected == expected


@pytest.mark.parametrize("name", MADE)
def test_right_networks_pass(name: str) -> None:
    obj, given = planted(name)
    found = check.layer(obj, *given)
    assert found.ok, str(found)


def test_two_mistakes_are_two_findings() -> None:
    class Two:
        def __init__(self) -> None:
            self.W, self.b = np.random.default_rng(0).standard_normal((4, 3)), np.ones(3)
            self.dW = self.db = None

        def forward(self, x: Any) -> Any:
            self.x = x
            self.y = np.tanh(x @ self.W + self.b)
            return self.y

        def backward(self, dout: Any) -> Any:
            d = dout * (1 - self.y**2)
            self.dW = self.x.T @ dout
            self.db = d[0]
            return d @ self.W.T

    found = check.layer(Two(), np.random.default_rng(1).standard_normal((5, 4)))
    assert [(f.name, f.mistake, f.expected) for f in found.findings] == [
        ("W", "wrong-variable", "self.x.T @ d"),
        ("b", "bias-not-summed", "d.sum(axis=0)"),
    ]


def test_closures_lambdas_and_static_names() -> None:
    factor = 3.0

    def gradient(x: Any, g: Any) -> Any:
        return g * factor * x

    found = check.gradient(lambda x: x**3, np.array([1.0, 2.0, 0.5]), grad=gradient)
    assert (found.findings[0].mistake, found.findings[0].expected) == (
        "factor-missing",
        "g * factor * x * x",
    )
    wrong = lambda x, g: g * np.sin(x)  # noqa: E731  # as people write it
    found = check.gradient(np.sin, np.array([0.3, 1.2]), grad=wrong)
    assert (found.findings[0].mistake, found.findings[0].expected) == (
        "wrong-function",
        "g * np.cos(x)",
    )


def test_a_mistake_that_no_small_change_mends_is_not_invented() -> None:
    obj, given = planted("Recurrent", "dh = da @ self.Wh.T", "pass")
    found = check.layer(obj, *given)
    assert {f.mistake for f in found.findings} == {"unknown"}


def test_the_users_code_prints_nothing_and_keeps_its_source(capsys: Any) -> None:
    class Loud:
        def forward(self, x: Any) -> Any:
            self.x = x
            return np.sinh(x)

        def backward(self, dout: Any) -> Any:
            print("called")
            return dout * np.sinh(self.x)

    x = np.array([0.5, 1.0, -0.3])
    found = check.layer(Loud(), x)
    assert found.findings[0].expected == "dout * np.cosh(self.x)"
    assert len(capsys.readouterr().out.splitlines()) < 10  # those of the check, not of the search
    assert np.array_equal(Loud().forward(x), np.sinh(x))
