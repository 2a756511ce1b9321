"""What counts as evidence: numbers that agree beside those that were fitted, or the same words at
another point; and mistakes that the numbers of a whole program tell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from denpa import check

RNG = np.random.default_rng(0)


def rows(n: int, k: int) -> np.ndarray:
    return np.random.default_rng(n + k).standard_normal((n, k))


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("seed", range(4))
def test_a_number_fitted_to_few_is_no_evidence(size: int, seed: int) -> None:
    """Wrong in a way that is no multiple of anything: one number (or two) can always be called c
    times what it should be, or off by c times the parameter."""

    class Odd:
        def __init__(self) -> None:
            self.w = np.random.default_rng(seed).uniform(0.5, 1.5, size)

        def forward(self, x: Any) -> Any:
            self.x = x
            return x * np.sin(self.w)

        def backward(self, dout: Any) -> Any:
            off = np.cos(np.arange(1, size + 1) * self.w * np.abs(self.x).sum())
            self.dw = np.sum(dout * self.x * np.cos(self.w), axis=0) + off
            return dout * np.sin(self.w)

    found = check.layer(Odd(), rows(4, size))
    assert {f.name for f in found.findings} == {"w"}
    assert {f.mistake for f in found.findings} <= {"unknown", "term-extra"}, str(found)


@pytest.mark.parametrize("size", [1, 2, 5])
def test_the_same_factor_at_two_points_is(size: int) -> None:
    class Doubled:
        def __init__(self) -> None:
            self.w = np.linspace(0.5, 1.5, size)

        def forward(self, x: Any) -> Any:
            self.x = x
            return x * np.exp(self.w)

        def backward(self, dout: Any) -> Any:
            scale = 0.7  # of no use
            self.dw = np.sum(dout * self.x * np.exp(self.w), axis=0) * scale
            return dout * np.exp(self.w)

    (finding,) = check.layer(Doubled(), rows(4, size)).findings
    assert (finding.name, finding.mistake) == ("w", "scale")
    assert "0.7 times" in finding.text
    assert finding.expected == "np.sum(dout * self.x * np.exp(self.w), axis=0)"


@pytest.mark.parametrize("size", [2, 3, 6])
def test_a_penalty_is_told_by_the_same_factor_at_two_points(size: int) -> None:
    class Penalised:
        def __init__(self) -> None:
            self.w = np.linspace(0.5, 1.5, size)

        def forward(self, x: Any) -> Any:
            self.x = x
            return x * self.w

        def backward(self, dout: Any) -> Any:
            self.dw = np.sum(dout * self.x, axis=0) + 0.3 * self.w
            return dout * self.w

    (finding,) = check.layer(Penalised(), rows(4, size)).findings
    assert (finding.name, finding.mistake) == ("w", "penalty")
    assert "0.3 · w" in finding.text


@pytest.mark.parametrize(
    ("place", "shown"), [(-1, "W[-1]"), (0, "W[0]")]
)  # fmt: skip
def test_a_penalty_on_the_row_of_the_biases(place: int, shown: str) -> None:
    X, T = rows(6, 3), rows(6, 2)
    ones = np.ones((6, 1))
    Xb = np.hstack([X, ones] if place else [ones, X])
    kept = slice(None, -1) if place else slice(1, None)

    def loss(W: Any) -> Any:
        return 0.5 * np.mean((Xb @ W - T) ** 2) + 0.05 * np.sum(W[kept] ** 2)

    def right(W: Any) -> Any:
        g = Xb.T @ (Xb @ W - T) / T.size
        g[kept] += 0.1 * W[kept]
        return g

    def wrong(W: Any) -> Any:
        return Xb.T @ (Xb @ W - T) / T.size + 0.1 * W

    W = rows(4, 2)
    assert check.gradient(loss, W, grad=right).ok
    (finding,) = check.gradient(loss, W, grad=wrong).findings
    assert finding.mistake == "penalty"
    assert f"0.1 · {shown}" in finding.text


@pytest.mark.parametrize("each", [False, True])
def test_the_gradient_of_a_loss_where_the_output_is_returned(each: bool) -> None:
    X = rows(7, 4)

    def out(w: Any) -> Any:
        return X @ w

    def grad(w: Any, dout: Any) -> Any:
        d = 2 * (X @ w - 0.3)
        return d[:, None] * X if each else X.T @ d

    (finding,) = check.gradient(out, np.linspace(-1, 1, 4), grad=grad).findings
    assert finding.mistake == "of-a-loss", finding.text
    right = check.gradient(out, np.linspace(-1, 1, 4), grad=lambda w, dout: X.T @ dout)
    assert right.ok


def test_a_gradient_without_its_upstream_is_not_called_a_losss() -> None:
    X = rows(7, 4)
    found = check.gradient(lambda w: X @ w, np.ones(4), grad=lambda w, dout: X.T @ np.ones(7))
    assert [f.mistake for f in found.findings] == ["upstream-ignored"]


def test_several_gradients_off_by_one_factor_are_one_finding() -> None:
    """Where no one line can be told, too: here the source is not to be had."""
    X, T = rows(6, 3), rows(6, 2)
    scope: dict[str, Any] = {"X": X, "T": T}
    exec(
        "def loss(W, b):\n    return 0.5 * ((X @ W + b - T) ** 2).sum() / len(X)\n"
        "def grad(W, b):\n    d = X @ W + b - T\n    return X.T @ d, d.sum(axis=0)\n",
        scope,
    )
    (finding,) = check.gradient(scope["loss"], rows(3, 2), rows(2, 1)[:, 0],
                                grad=scope["grad"]).findings  # fmt: skip
    assert (finding.name, finding.also, finding.mistake) == ("W", ("b",), "scale")
    assert "6 times" in finding.text


def test_two_explanations_that_hold_alike_are_both_told() -> None:
    """Of a value that is used twice, one way is left out: numbers alone say that dout is missing,
    the code that it was overwritten."""

    class Branches:
        def forward(self, x: Any) -> Any:
            self.x = x
            return np.sin(x) + x

        def backward(self, dout: Any) -> Any:
            dx = np.array(dout)
            dx = dout * np.cos(self.x)
            return dx

    (finding,) = check.layer(Branches(), rows(4, 3)).findings
    assert finding.mistake == "overwritten"
    assert finding.expected == "dx += dout * np.cos(self.x)"
    assert "skip-forgotten" in finding.others


def test_targets_are_not_moved_to_another_point() -> None:
    """p - t is the gradient only for targets that sum to 1: one-hot ones stay as they are where a
    correction is tried at a second point."""
    X, T = rows(6, 4), np.eye(3)[[0, 1, 2, 0, 1, 1]]

    def loss(W: Any, t: Any) -> Any:
        z = X @ W
        return np.sum(np.log(np.exp(z).sum(axis=1)) - (z * t).sum(axis=1)) / len(X) + np.sum(W**2)

    def grad(W: Any, t: Any) -> Any:
        e = np.exp(X @ W)
        p = e / e.sum(axis=1, keepdims=True)
        return X.T @ (p - t) / len(X) + W, None

    finding = check.gradient(loss, rows(4, 3), T, grad=grad).findings[0]
    assert (finding.name, finding.mistake) == ("W", "penalty")
    assert finding.expected == "X.T @ (p - t) / len(X) + W * 2, None"
