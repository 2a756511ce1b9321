"""Mistakes that only the code tells: inside networks, over time, at repeated indices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from denpa import check
from denpa.check.gallery import Mutant, built

SIGMOID = "dz1 = dh * h * (1 - h)"
OUTPUT = "(self.y - self.t) / len(self.t)"
ALL = ("x", "W1", "b1", "W2", "b2")
RECURRENT = ("x", "Wx", "Wh", "b")

PLANTED = [
    # class, right, wrong, mistake, gradients that it makes wrong, what belongs there
    ("TwoLayerNet", SIGMOID, "dz1 = dh", "activation-forgotten", ALL[:3],
     "dh * (self.h * (1 - self.h))"),
    ("TwoLayerNet", SIGMOID, "dz1 = dh * self.z1 * (1 - self.z1)", "wrong-variable", ALL[:3],
     "dh * self.h * (1 - self.h)"),
    ("TwoLayerNet", OUTPUT, "(self.y - self.t)", "scale", ALL, "(self.y - self.t) / len(self.x)"),
    ("TwoLayerNet", OUTPUT, "(self.t - self.y) / len(self.t)", "sign", ALL, None),
    ("TwoLayerNet", "h.T @ dz2", "self.z1.T @ dz2", "wrong-variable", ("W2",), "self.h.T @ dz2"),
    ("TwoLayerNet", "dz1.sum(axis=0)", "dh.sum(axis=0)", "wrong-variable", ("b1",),
     "dz1.sum(axis=0)"),
    ("TwoLayerNet", 'dz1 @ self.params["W1"].T', 'dh @ self.params["W1"].T', "wrong-variable",
     ("x",), 'dz1 @ self.params["W1"].T'),
    ("TwoLayerNet", "dz2.sum(axis=0)", "dz2[0]", "bias-not-summed", ("b2",), "dz2.sum(axis=0)"),
    ("TwoLayerNet", "dz2.sum(axis=0)", "dz2.sum(axis=0) * 2", "scale", ("b2",), "dz2.sum(axis=0)"),
    ("Rnn", "self.dWx +=", "self.dWx =", "overwritten", ("Wx",),
     "self.dWx += self.x[:, s].T @ dz"),
    ("Rnn", "self.h[s + 1] ** 2", "self.h[s] ** 2", "wrong-variable", RECURRENT, None),
    ("Rnn", " * (1 - self.h[s + 1] ** 2)", "", "activation-forgotten", RECURRENT, None),
    ("Rnn", "dh = dz @ self.Wh.T", "dh = dz @ self.Wh", "operand-transposed", RECURRENT,
     "dz @ self.Wh.T"),
    ("Rnn", "reversed(range(self.x.shape[1]))", "range(self.x.shape[1])", "loop-order", RECURRENT,
     "reversed(range(self.x.shape[1]))"),
    ("LeakyRelu", "self.slope * dout)", "0)", "constant", ("x",), None),
    ("Embedding", "np.add.at(self.dW, self.idx, dout)", "self.dW[self.idx] += dout",
     "repeats-lost", ("W",), "np.add.at(self.dW, self.idx, dout)"),
    ("Embedding", "np.add.at(self.dW, self.idx, dout)", "self.dW[self.idx] = dout",
     "repeats-lost", ("W",), "np.add.at(self.dW, self.idx, dout)"),
    ("Gate", "dx += dz", "dx = dz", "overwritten", ("x",), "dx += dz @ self.W.T"),
    ("Gate", " * self.g * (1 - self.g)", " * self.g", "factor-missing", ("x", "W"),
     "dout * self.x * self.g * (1 - self.g)"),
]  # fmt: skip


def planted(layer: str, right: str, wrong: str) -> tuple[Any, tuple[Any, ...]]:
    """A layer of the gallery with one piece of its source exchanged, and what forward takes."""
    return built(layer, Mutant("", "", right, wrong, layer=layer, title=f"{layer} {wrong}"))


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
    assert f.mistake == mistake, str(found)
    assert {f.name, *f.also} == set(gradients), str(found)
    assert f.location is not None
    assert f.location.file == f"<gallery {name} {wrong}>"
    assert wrong.split(" = ")[0].split("(")[0] in f.location.text, str(found)
    assert f.verified is not None
    assert f.verified < 1e-8
    if expected is not None:
        assert f.expected == expected


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
    obj, given = planted("Rnn", "dh = dz @ self.Wh.T", "pass")
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
