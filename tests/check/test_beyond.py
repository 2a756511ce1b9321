"""Bounds that usual inputs do not reach, and labels that are left out: they are read in the code
that runs, and what is wrong beyond them is found."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest

import denpa as dp

NET = """
    CAP = {cap}
    def act(u):
        return {act}
    class Net:
        def __init__(self, cap=CAP):
            rng = np.random.default_rng(0)
            self.W, self.V, self.cap = rng.normal(size=(4, 3)), rng.normal(size=(3, 2)), cap
        def forward(self, x):
            self.x, self.u = x, x @ self.W
            u = self.u
            self.h = {used}
            return self.h @ self.V
        def backward(self, dout):
            self.dV = self.h.T @ dout
            u = self.u
            du = (dout @ self.V.T) * {slope}
            self.dW = self.x.T @ du
            return du @ self.W.T
"""
BOUNDS = [
    ("np.clip(u, 0, 6)", "act(u)", "((u > 0) & (u < 6))", "(u > 0)"),
    ("0", "np.minimum(np.maximum(u, 0), self.cap)", "((u > 0) & (u < self.cap))", "(u > 0)"),
    ("0", "np.where(u > CAP, CAP + 0.1 * (u - CAP), u)", "np.where(u > CAP, 0.1, 1.0)", "1.0"),
    ("np.clip(u / (2 * CAP) + 0.5, 0, 1)", "act(u)",
     "((np.abs(u) < CAP) / (2 * CAP))", "((u > -CAP) / (2 * CAP))"),
    ("0", "[u := np.minimum(u, CAP)][0]", "(self.u < CAP)", "1.0"),
    ("0", "u.clip(-CAP, CAP)", "(np.abs(u) < CAP)", "np.ones(u.shape)"),
    ("np.where(np.abs(u) < 0.01, 50 * u**2, np.abs(u) - 0.005)", "act(u)",
     "np.where(np.abs(u) < 0.01, 100 * u, np.sign(u))", "np.sign(u)"),
]  # fmt: skip
CELLS = """
    class Net:
        def __init__(self, limit=20.0):
            self.limit, self.W = limit, np.random.default_rng(7).normal(size=(4, 4))
        def forward(self, x):
            self.x = x
            self.z = x @ self.W
            y = self.z.copy()
            for i in range(len(y)):
                for j in range(y.shape[1]):
                    if self.z[i, j] > self.limit:
                        y[i, j] = self.limit
            return y
        def backward(self, dout):
            dz = dout * (self.z <= self.limit)
            self.dW = self.x.T @ dz
            return dz @ self.W.T
"""
GUARDED = """
    class Net:
        def __init__(self):
            rng = np.random.default_rng(0)
            self.W, self.V = rng.normal(size=(4, 6)), rng.normal(size=(6, 3))
        def loss(self, x, t):
            self.x, self.t, self.u = x, t, x @ self.W
            self.h = np.clip(self.u, 0, 6)
            s = self.h @ self.V
            e = np.exp(s - s.max(axis=1, keepdims=True))
            self.p = e / e.sum(axis=1, keepdims=True)
            p = {kept}
            return -np.mean(np.log(p[np.arange(len(t)), t]{eps}))
        def gradient(self, x, t):
            self.loss(x, t)
            d = self.p.copy()
            d[np.arange(len(t)), t] -= 1
            d /= len(t)
            du = d @ self.V.T * ((self.u > 0) & (self.u < 6))
            return {{"W": x.T @ du, "V": self.h.T @ d}}
"""
SIGMOID = """
    class Net:
        def forward(self, x):
            self.y = 1 / (1 + np.exp(-np.clip(x, -{bound}, {bound})))
            return self.y
        def backward(self, dout):
            return dout * self.y * (1 - self.y)
"""
LABELS = """
    class Net:
        def __init__(self, ignore_index={out}):
            self.ignore_index = ignore_index
        def forward(self, x, t):
            e = np.exp(x - x.max(axis=1, keepdims=True))
            self.p, self.t = e / e.sum(axis=1, keepdims=True), t
            self.keep = {keep}
            self.n = max(self.keep.sum(), 1)
            at = self.p[np.arange(len(t)), np.where(self.keep, t, 0)]
            return -(np.log(at) * self.keep).sum() / self.n
        def backward(self, dout=1.0):
            d = self.p.copy()
            d[np.arange(len(self.t)), np.where(self.keep, self.t, 0)] -= 1
            d = d * self.keep[:, None]
            return dout * d / self.n
"""
LOOP = """
    class Net:
        def forward(self, x, t):
            e = np.exp(x - x.max(axis=1, keepdims=True))
            self.p, self.t, total = e / e.sum(axis=1, keepdims=True), t, 0.0
            for i in range(len(t)):
                if t[i] == -1:
                    continue
                total -= np.log(self.p[i, t[i]])
            return total
        def backward(self, dout=1.0):
            d = self.p.copy()
            for i in range(len(self.t)):
                if self.t[i] == -1:
                    d[i] = 0
                else:
                    d[i, self.t[i]] -= 1
            return dout * d
"""


def checked(path: Path, text: str) -> Any:
    (path / "theirs.py").write_text("import numpy as np\n" + textwrap.dedent(text))
    return dp.check.file(f"{path / 'theirs.py'}:Net")


@pytest.mark.parametrize("cap", ["6.0", "3.5", "40"])
@pytest.mark.parametrize(("act", "used", "right", "wrong"), BOUNDS)
def test_bounds_inside_of_a_network(
    tmp_path: Path, cap: str, act: str, used: str, right: str, wrong: str
) -> None:
    def text(slope: str) -> str:
        return NET.format(act=act, used=used, slope=slope, cap=cap)

    found = checked(tmp_path, text(right))
    assert found.ok, str(found)
    bad = checked(tmp_path, text(wrong))
    assert bad.findings, str(bad)
    again = eval(bad.repeat, {"denpa": dp})
    assert {f.name for f in again.findings} == {f.name for f in bad.findings}
    assert "*rand" in bad.repeat


def test_bounds_that_a_loop_looks_at(tmp_path: Path) -> None:
    found = checked(tmp_path, CELLS)
    assert found.ok, str(found)
    bad = checked(tmp_path, CELLS.replace(" * (self.z <= self.limit)", ""))
    assert bad.findings, str(bad)


@pytest.mark.parametrize(
    "text",
    [
        GUARDED.format(kept="self.p", eps=" + 1e-7"),
        GUARDED.format(kept="np.clip(self.p, 1e-12, 1 - 1e-12)", eps=""),
        GUARDED.format(kept="np.maximum(self.p, 1e-8)", eps=""),
        *(SIGMOID.format(bound=bound) for bound in (15, 30, 100, 500)),
    ],
)
def test_bounds_that_keep_numbers_finite_are_no_mistakes(tmp_path: Path, text: str) -> None:
    found = checked(tmp_path, text)
    assert found.ok, str(found)


@pytest.mark.parametrize(
    ("out", "keep"),
    [
        ("-1", "t != -1"), ("255", "t != 255"), ("-100", "t != self.ignore_index"),
        ("-1", "t >= 0"), ("-1", "t > -1"), ("-1", "~(t < 0)"),
    ],
)  # fmt: skip
def test_labels_that_are_left_out(tmp_path: Path, out: str, keep: str) -> None:
    text = LABELS.format(out=out, keep=keep)
    found = checked(tmp_path, text)
    assert found.ok, str(found)
    bad = checked(tmp_path, text.replace("            d = d * self.keep[:, None]\n", ""))
    assert bad.findings, str(bad)
    again = eval(bad.repeat, {"denpa": dp})
    assert [f.to_dict() for f in again.findings] == [f.to_dict() for f in bad.findings]


def test_labels_that_a_loop_leaves_out(tmp_path: Path) -> None:
    found = checked(tmp_path, LOOP)
    assert found.ok, str(found)
    bad = checked(tmp_path, LOOP.replace("d[i] = 0", "pass"))
    assert bad.findings, str(bad)


@pytest.mark.parametrize(
    ("forward", "backward"),
    [
        ("np.clip(x, -1, 1)", "dout"),
        ("np.sqrt(np.abs(x) + 0.1)", "dout / (2 * self.y)"),
        ("np.log(np.abs(x) + 0.1)", "dout / (np.abs(self.x) + 0.1)"),
        ("np.power(x * x + 0.1, 0.25)", "dout * np.abs(self.x) / (2 * self.y**3)"),
    ],
)
def test_a_smaller_range_excuses_nothing(tmp_path: Path, forward: str, backward: str) -> None:
    text = f"""
    class Net:
        def forward(self, x):
            self.x, self.y = x, {forward}
            return self.y
        def backward(self, dout):
            return {backward}
    """
    found = checked(tmp_path, text)
    assert found.findings, str(found)


@pytest.mark.parametrize("name", ["p", "x"])
def test_probabilities_are_what_a_bounded_logarithm_is_made_for(tmp_path: Path, name: str) -> None:
    text = f"""
    class Net:
        def forward(self, x):
            {name} = np.clip(x, 1e-7, 1 - 1e-7)
            self.p = {name}
            return -np.log(self.p).sum()
        def backward(self, dout=1.0):
            return -dout / self.p
    """
    found = checked(tmp_path, text)
    assert found.ok, str(found)
    assert "between 0 and 1" in found.inputs
