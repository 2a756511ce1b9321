"""Every mistake in every style: networks written in many ways, each with one mistake planted; two
mistakes at once; and what is left behind."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest

from denpa import check

Checked = Callable[..., Any]

ACTIVATIONS = {
    "tanh": ("np.tanh({})", "1 - {} ** 2"),
    "sigmoid": ("1 / (1 + np.exp(-({})))", "{0} * (1 - {0})"),
    "relu": ("np.maximum({}, 0)", "({} > 0)"),
}
STYLES = {"attributes": "self.h{}", "cache": "self.cache['h{}']", "list": "self.h[{}]"}
PLANTED = {
    "activation-forgotten": lambda line, name, slope: line.replace(f" * ({slope})", ""),
    "overwritten": lambda line, name, slope: line,
    "wrong-variable": lambda line, name, slope: line.replace(name(2), name(1)),
}


def written(activation: str, style: str, change: Callable[[str], str] = lambda x: x) -> str:
    """A network of three layers with a way around the second one, as text."""
    act, slope = ACTIVATIONS[activation]
    name = STYLES[style].format
    lines = ["class Net:", "    def __init__(self):", "        r = np.random.default_rng(5)",
             "        self.A, self.B, self.C = (r.normal(size=(4, 4)) for _ in range(3))",
             "    def forward(self, x):", "        self.h, self.cache = [None] * 4, {}",
             f"        {name(0)} = x"]  # fmt: skip
    for k, w in enumerate("ABC"):
        around = f" + {name(1)}" if k == 2 else ""
        value = act.format(f"{name(k)} @ self.{w}{around}")
        lines.append(f"        {name(k + 1)} = {value}")
    lines += [f"        return {name(3)}", "    def backward(self, dout):",
              f"        d3 = dout * ({slope.format(name(3))})",
              f"        self.dC = {name(2)}.T @ d3",
              "        g = np.array(d3)", "        e = d3 @ self.C.T",
              change(f"        d2 = e * ({slope.format(name(2))})  # here"),
              f"        self.dB = {name(1)}.T @ d2",
              "        g += d2 @ self.B.T  # there",
              f"        d1 = g * ({slope.format(name(1))})",
              f"        self.dA = {name(0)}.T @ d1", "        return d1 @ self.A.T"]  # fmt: skip
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("activation", "style", "mistake"), list(product(ACTIVATIONS, STYLES, PLANTED))
)
def test_in_every_activation_and_style(
    checked: Checked, activation: str, style: str, mistake: str
) -> None:
    name, slope = STYLES[style].format, ACTIVATIONS[activation][1]
    assert checked(written(activation, style), "Net", input="x=rand(5,4)").ok
    text = written(activation, style, lambda x: PLANTED[mistake](x, name, slope.format(name(2))))
    at = "# here"
    if mistake == "overwritten":
        text, at = text.replace("g += d2", "g = d2"), "# there"
    found = checked(text, "Net", input="x=rand(5,4)")
    assert [f.mistake for f in found.findings] == [mistake], str(found)
    (finding,) = found.findings
    assert finding.location.text.endswith(at), str(found)
    assert {finding.name, *finding.also} == {"x", "A"} | ({"B"} if at == "# here" else set())
    right = written(activation, style).splitlines()
    line = next(x for x in right if x.endswith(at)).split("=", 1)[1].split("#")[0].strip()
    changed = text.splitlines()
    place = next(k for k, x in enumerate(changed) if x.endswith(at))
    indent = changed[place][: len(changed[place]) - len(changed[place].lstrip())]
    new = finding.expected if at == "# there" else f"d2 = {finding.expected}"
    changed[place] = indent + new
    assert checked("\n".join(changed), "Net", input="x=rand(5,4)").ok, line  # it can be pasted


HELPERS = """
    class Mlp:
        def __init__(self):
            r = np.random.default_rng(1)
            self.W1, self.W2 = r.normal(size=(4, 5)), r.normal(size=(5, 3))
        def _act(self, z):
            return np.tanh(z)
        def _slope(self, a):
            $
        def forward(self, x):
            self.x = x
            self.h = self._act(x @ self.W1)
            self.o = self._act(self.h @ self.W2)
            return self.o
        def backward(self, grad):
            d2 = grad * self._slope(self.o)
            self.dW2 = self.h.T @ d2
            d1 = (d2 @ self.W2.T) * self._slope(self.h)
            self.dW1 = self.x.T @ d1
            return d1 @ self.W1.T
"""


# -- two mistakes, and none ------------------------------------------------------------------------


def test_two_mistakes_on_one_way_are_both_told(checked: Checked) -> None:
    """The bias is wrong in itself and gets a wrong message, too."""
    text = """
        class Net:
            def __init__(self):
                r = np.random.default_rng(0)
                self.W1, self.b1 = r.normal(size=(4, 5)), r.normal(size=5)
                self.W2 = r.normal(size=(5, 3))
            def forward(self, x):
                self.x = x
                self.h = np.tanh(x @ self.W1 + self.b1)
                return self.h @ self.W2
            def backward(self, dout):
                self.dW2 = self.h.T @ dout
                dz = dout @ self.W2.T * (1 - self.h)
                self.dW1 = self.x.T @ dz
                self.db1 = dz[0]
                return dz @ self.W1.T
    """
    found = checked(text, "Net", input="x=rand(5,4)")
    told = [(f.name, f.also, f.mistake, f.expected) for f in found.findings]
    assert told == [
        ("x", ("W1",), "wrong-function", "dout @ self.W2.T * (1 - self.h ** 2)"),
        ("b1", (), "bias-not-summed", "dz.sum(axis=0)"),
    ], str(found)


def test_functions_are_as_they_were_afterwards(checked: Checked, tmp_path: Any) -> None:
    """What was changed on trial is not left changed: the same objects give the same numbers."""
    text = HELPERS.replace("$", "return 1 - a")
    file = tmp_path / "kept.py"
    lines = [line[4:] for line in text.splitlines()]
    file.write_text("import numpy as np\n" + "\n".join(lines), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("kept", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    codes = {n: f.__code__ for n, f in vars(module.Mlp).items() if callable(f)}
    names = set(vars(module))
    found = check.layer(module.Mlp(), np.random.default_rng(0).standard_normal((5, 4)))
    assert not found.ok
    assert {n: f.__code__ for n, f in vars(module.Mlp).items() if callable(f)} == codes
    assert set(vars(module)) == names
