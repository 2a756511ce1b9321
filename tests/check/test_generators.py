"""A check leaves every generator of random numbers as it was, whatever it runs."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa import check
from denpa.cli.main import main
from denpa.train.gradcheck import check_gradients

X = np.random.default_rng(0).standard_normal((6, 4))
T = np.array([0, 1, 2, 2, 1, 0])


def states() -> list[Any]:
    """What NumPy's and Python's global generators and Denpa's own draw next."""
    kind, keys, place, *normal = np.random.get_state()
    return [kind, np.asarray(keys).tolist(), place, normal, random.getstate(),
            dp.get_rng_state().tolist()]  # fmt: skip


class Noise:
    """A dropout whose mask forward draws, from whichever generator."""

    def __init__(self, draw: Callable[[Any], Any], again: bool = False) -> None:
        self.draw, self.again = draw, again

    def forward(self, x: Any) -> Any:
        self.mask = self.draw(x.shape) > 0.5
        return x * self.mask

    def backward(self, dout: Any) -> Any:
        if self.again:
            self.mask = self.draw(dout.shape) > 0.5
        return dout * self.mask


class Affine:
    """A layer that makes its weights when it is made, as many do."""

    def __init__(self) -> None:
        self.W, self.b = np.random.randn(4, 3), np.zeros(3)

    def forward(self, x: Any) -> Any:
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout: Any) -> Any:
        self.dW, self.db = self.x.T @ dout, dout.sum(axis=0)
        return dout @ self.W.T


def numpys(shape: Any) -> Any:
    return np.random.rand(*shape)


def pythons(shape: Any) -> Any:
    return np.array([random.random() for _ in range(int(np.prod(shape)))]).reshape(shape)


class Wrong(Affine):
    def backward(self, dout: Any) -> Any:
        self.dW, self.db = 2 * self.x.T @ dout, dout.sum(axis=0)
        return dout @ self.W.T


class Doubled(dp.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        return x * 2

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        return g * 2


def step(p: Any, g: Any) -> Any:
    np.random.rand()
    return p - 0.1 * g


def noisy(x: Any) -> Any:
    return np.sum(x * np.random.rand(*x.shape))


def network() -> Any:
    return dp.nn.Sequential(dp.nn.Linear(4, 5), dp.nn.Dropout(0.5), dp.nn.Linear(5, 3))


CHECKS: dict[str, Callable[[], Any]] = {
    "layer": lambda: partial(check.layer, Affine(), X),
    "layer, wrong": lambda: partial(check.layer, Wrong(), X),
    "layer that draws": lambda: partial(check.layer, Noise(numpys), X),
    "layer that draws again": lambda: partial(check.layer, Noise(numpys, again=True), X),
    "layer that draws with Python": lambda: partial(check.layer, Noise(pythons), X),
    "gradient": lambda: partial(check.gradient, np.sum, X, grad=np.ones_like),
    "gradient that draws": lambda: partial(check.gradient, noisy, X, grad=np.ones_like),
    "assert_gradient": lambda: partial(check.assert_gradient, np.sum, X, grad=np.ones_like),
    "model": lambda: partial(check.model, network(), dp.nn.functional.cross_entropy, X, T),
    "function": lambda: partial(check.function, Doubled, X),
    "update rule": lambda: partial(check.update_rule, step, "sgd"),
    "differences before training": lambda: partial(
        check_gradients, network(), dp.nn.CrossEntropyLoss(), X, T),
}  # fmt: skip


@pytest.mark.parametrize("name", list(CHECKS))
def test_a_check_leaves_the_generators_alone(name: str) -> None:
    np.random.seed(7)
    np.random.randn()  # so that a second normal number is kept
    random.seed(8)
    dp.manual_seed(9)
    run = CHECKS[name]()
    before = states()
    run()
    assert states() == before


@pytest.mark.parametrize("seed", [0, 5])
def test_the_same_check_twice_says_the_same(seed: int) -> None:
    """Although the code draws: the seed is that of the check."""
    said = []
    for outside in (1, 2):
        np.random.seed(outside)
        found = check.layer(Noise(numpys), X, seed=seed)
        said.append((str(found), found.compared["x"].error))
    assert said[0] == said[1]


def test_what_fails_leaves_them_alone_too() -> None:
    class Fails:
        def forward(self, x: Any) -> Any:
            raise KeyError(np.random.rand())

        def backward(self, dout: Any) -> Any:
            return dout

    before = states()
    with pytest.raises(KeyError):
        check.layer(Fails(), X)
    assert states() == before


def test_the_command_leaves_them_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.py").write_text(
        "import numpy as np\n"
        "class Drop:\n"
        "    def forward(self, x):\n"
        "        self.m = np.random.rand(*x.shape) > 0.5\n"
        "        return x * self.m\n"
        "    def backward(self, dout):\n"
        "        return dout * self.m\n"
    )
    monkeypatch.chdir(tmp_path)
    np.random.seed(7)
    random.seed(8)
    before = states()
    assert main(["check", "mine.py:Drop"]) == 0
    capsys.readouterr()
    assert states() == before


class Turned:
    """A layer with a mistake that is looked for by changing its code."""

    def __init__(self) -> None:
        self.W = np.random.default_rng(1).standard_normal((4, 3))

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.x = x
        return np.tanh(x @ self.W)

    def backward(self, dout: np.ndarray) -> np.ndarray:
        d = dout * (1 - np.tanh(self.x @ self.W))
        self.dW = self.x.T @ d
        return d @ self.W.T


def test_two_threads_check_one_after_the_other(capsys: pytest.CaptureFixture[str]) -> None:
    """Each changes the user's functions and the terminal for a while."""
    said: list[str] = []

    def go(language: str) -> None:
        for _ in range(3):
            found = check.layer(Turned(), X, language=language)
            said.append(f"{language} {[f.mistake for f in found.findings]}")
            found.to_html()

    threads = [threading.Thread(target=go, args=(language,)) for language in ("en", "ja")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    alone = [f.mistake for f in check.layer(Turned(), X).findings]
    assert alone
    assert sorted(said) == [f"{language} {alone}" for language in ("en",) * 3 + ("ja",) * 3]
    print("still here")
    assert "still here" in capsys.readouterr().out
