"""Right code is not called wrong for an input that it is not made for, where another is as
admissible; and a mistake stays one on every input."""

from __future__ import annotations

import inspect
from pathlib import Path

import numpy as np
import pytest

import denpa as dp
from denpa.check.opening.usage import uses
from denpa.check.report import Report
from denpa.check.subjects.binding import bindings

FACTORS = """
import numpy as np


def completion(A, B, rows, cols, M, seen):
    gap = (A.dot(B.T) + rows[:, None] + cols[None, :] - M) * seen
    J = 0.5 * np.sum(gap ** 2)
    return J, gap.dot(B), gap.T.dot(A), gap.sum(axis=1), gap.sum(axis=0)
"""
"""Matrix completion: a mask is its own square, so that the factor need not be written twice."""

ROBUST = """
import numpy as np


def robust(guess, y):
    d = guess - y
    return np.where(np.abs(d) < 0.5, d * d, np.abs(d) - 0.25).sum()


def d_robust(guess, y):
    d = guess - y
    return np.where(np.abs(d) < 0.5, 2 * d, np.sign(d))
"""

PAIR = """
import numpy as np


def observed_objective(A, B, M, seen):
    return 0.5 * np.sum((seen * (A @ B.T - M)) ** 2)


def observed_gradient(A, B, M, seen):
    gap = seen * (A @ B.T - M)
    return gap @ B, gap.T @ A
"""

SPINS = """
import numpy as np


class Spins:
    def __init__(self, samples):
        self.states = np.asarray(samples, dtype=float)
        self.count, self.width = self.states.shape

    def objective(self, x):
        pull = self.states @ x.reshape(self.width, self.width)
        f = np.sum(np.logaddexp(0.0, -2.0 * self.states * pull)) / self.count
        D = (np.tanh(pull) - self.states) / self.count
        return f, (self.states.T @ D).reshape(-1)
"""
"""−s·(1 − tanh(s·p)) is tanh(p) − s where s² is 1."""

CELL = """
import numpy as np


class Cell:
    def __init__(self, d_in=3, d_state=4):
        rng = np.random.RandomState(1)
        self.nx, self.nh = d_in, d_state
        self.W = rng.randn(d_state, d_in + d_state) * 0.4
        self.V = rng.randn(d_state, d_in + d_state) * 0.4

    def forward(self, x, h_prev, c_prev):
        z = np.vstack([h_prev, x])
        g, o = np.tanh(self.W @ z), 1 / (1 + np.exp(-(self.V @ z)))
        c = c_prev + g
        h = o * np.tanh(c)
        self.cache = z, g, o, c
        return h, c

    def backward(self, dh, dc):
        z, g, o, c = self.cache
        tc = np.tanh(c)
        total = dc + dh * o * (1 - tc ** 2)
        do = dh * tc * o * (1 - o)
        dg = total * (1 - g ** 2)
        self.dW, self.dV = dg @ z.T, do @ z.T
        dz = self.W.T @ dg + self.V.T @ do
        return dz[self.nh:], dz[:self.nh], total
"""

DROPPED = """
import numpy as np


class Dropped:
    def __init__(self, n_in=5, n_hidden=8, n_out=3):
        rng = np.random.RandomState(0)
        self.params = {'W1': rng.randn(n_in, n_hidden) * 0.5, 'W2': rng.randn(n_hidden, n_out)}

    def predict(self, x, train=False):
        self.a = np.maximum(x @ self.params['W1'], 0)
        keep = np.random.RandomState(5).rand(*self.a.shape) < 0.8
        self.mask = keep / 0.8 if train else np.ones_like(self.a)
        self.d = self.a * self.mask
        z = self.d @ self.params['W2']
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def loss(self, x, t, train=DEFAULT):
        y = self.predict(x, train)
        return -np.mean(np.log(y[np.arange(len(t)), t]))

    def gradient(self, x, t):
        dy = self.predict(x, True).copy()
        dy[np.arange(len(t)), t] -= 1
        dy /= len(t)
        da = dy @ self.params['W2'].T * self.mask * (self.a > 0)
        return {'W2': self.d.T @ dy, 'W1': x.T @ da}
"""

NOISE = """
import numpy as np


class Noise:
    def __init__(self, n_in=6, n_latent=2):
        rng = np.random.default_rng(3)
        self.Wm, self.Wv = rng.normal(0, 0.4, (2, n_in, n_latent))

    def forward(self, h, eps):
        self.h, self.eps = h, eps
        self.mu, self.logvar = h @ self.Wm, h @ self.Wv
        self.sd = np.exp(0.5 * self.logvar)
        kl = -0.5 * np.sum(1 + self.logvar - self.mu ** 2 - self.sd ** 2) / len(h)
        return self.mu + self.sd * eps, kl

    def backward(self, dz, dkl=1.0):
        n = len(self.h)
        dmu = dz + dkl * self.mu / n
        dlv = dz * self.eps * 0.5 * self.sd + dkl * 0.5 * (self.sd ** 2 - 1) / n
        self.dWm, self.dWv = self.h.T @ dmu, self.h.T @ dlv
        return dmu @ self.Wm.T + dlv @ self.Wv.T
"""

ON, OFF = (DROPPED.replace("DEFAULT", d) for d in ("True", "False"))

RIGHT = {
    "a mask": (FACTORS, "completion"),
    "a mask of a pair": (PAIR, "observed_gradient"),
    "spins": (SPINS, "Spins"),
    "sizes": (CELL, "Cell"),
    "the option of a loss": (ON, "Dropped"),
    "the option that a loss has not": (OFF, "Dropped"),
    "noise and two outputs": (NOISE, "Noise"),
}

WRONG = {
    "a mask": [
        (FACTORS, "completion", "gap.dot(B), ", "gap.dot(B) * 2, "),
        (FACTORS, "completion", "gap.sum(axis=1), ", "gap.mean(axis=1), "),
        (FACTORS, "completion", "gap ** 2", "gap ** 3"),
        (FACTORS, "completion", "- M) * seen", "- M) * np.sqrt(2 + seen)"),
    ],
    "a pair": [
        (PAIR, "observed_gradient", "gap = seen * (A @ B.T - M)", "gap = A @ B.T - M"),
        (PAIR, "observed_gradient", "gap.T @ A", "(A @ B.T - M).T @ A"),
    ],
    "differences of 0 and 1": [(ROBUST, "robust", "2 * d, np.sign(d)", "2 * d, d")],
    "spins": [
        (SPINS, "Spins", "np.tanh(pull) - self.states", "np.tanh(pull) + self.states"),
        (SPINS, "Spins", "T @ D)", "T @ D * 2)"),
    ],
    "sizes": [
        (CELL, "Cell", "(1 - g ** 2)", "(1 - g)"),
        (CELL, "Cell", "tc * o * (1 - o)", "tc * (1 - o)"),
        (CELL, "Cell", "total = dc + dh", "total = dh"),
    ],
    "options": [
        (ON, "Dropped", "dy /= len(t)", "pass"),
        (OFF, "Dropped", "dy /= len(t)", "pass"),
        (ON, "Dropped", " * self.mask * (", " * ("),
        (OFF, "Dropped", "self.d.T @ dy", "self.a.T @ dy"),
    ],
    "noise": [
        (NOISE, "Noise", "self.eps * 0.5 * self.sd", "self.eps * self.sd"),
        (NOISE, "Noise", "dz * self.eps * 0.5 * self.sd + ", "dz * self.eps * 0.5 + "),
        (NOISE, "Noise", "dkl * self.mu / n", "dkl * self.mu"),
        (NOISE, "Noise", "(self.sd ** 2 - 1)", "(self.sd - 1)"),
    ],
}  # fmt: skip


def checked(tmp_path: Path, text: str, name: str) -> Report:
    (tmp_path / "theirs.py").write_text(text)
    return dp.check.file(f"{tmp_path / 'theirs.py'}:{name}")


@pytest.mark.parametrize("case", RIGHT)
def test_right_for_an_input_that_is_as_admissible(tmp_path: Path, case: str) -> None:
    report = checked(tmp_path, *RIGHT[case])
    assert report.ok, str(report)
    assert report.compared


@pytest.mark.parametrize(
    ("text", "name", "old", "new"), [c for cases in WRONG.values() for c in cases]
)
def test_a_mistake_is_one_on_every_input(
    tmp_path: Path, text: str, name: str, old: str, new: str
) -> None:
    assert text.count(old) == 1
    report = checked(tmp_path, text.replace(old, new), name)
    assert report.findings, str(report)


@pytest.mark.parametrize(("language", "words"), [("en", "as a mask does"), ("ja", "マスク")])
def test_it_is_told_what_the_code_is_right_for(tmp_path: Path, language: str, words: str) -> None:
    (tmp_path / "theirs.py").write_text(FACTORS)
    report = dp.check.file(f"{tmp_path / 'theirs.py'}:completion", language=language)
    assert words in str(report)
    again = report.repeat.split("input=")[1].strip("')")
    assert "binary(" in again


def test_both_outputs_are_compared_where_backward_takes_a_gradient_for_each(tmp_path: Path) -> None:
    def backward(dz: object, dkl: float = 1.0) -> None: ...

    def clipped(dz: object, most: float = 1.0) -> None: ...

    (first, *_) = bindings(backward, ["h", "eps"], 2, False)
    assert [(n, r, k) for n, r, k in first.roles] == [("dz", "above", 0), ("dkl", "above", 1)]
    assert all(len(b.roles) == 1 for b in bindings(backward, ["h", "eps"], 1, False))
    assert all(len(b.roles) == 1 for b in bindings(clipped, ["h", "eps"], 2, False))


def test_how_many_dimensions_the_code_asks_for() -> None:
    def f(P: np.ndarray, b: np.ndarray, c: np.ndarray, n: np.ndarray, X: np.ndarray) -> object:
        return P @ P.T + b[:, None] + c[np.newaxis, :] + n[None, :, :, None], X[:, 0]

    assert callable(f)
    found = uses(f, list(inspect.signature(f).parameters))
    assert found["P"].depth == 2
    assert [found[n].exact for n in "bcnXP"] == [1, 1, 2, 0, 0]
