"""Layers, pairs of functions, and the command, as people write them and with their mistakes."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.check.gallery import MUTANTS
from denpa.check.subjects.places import partner
from denpa.cli.main import main

RNG = np.random.default_rng(0)

AFFINE = """
import numpy as np

class Affine:
    def __init__(self, W, b):
        self.W, self.b, self.dW, self.db = W, b, None, None

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, dout):
        self.dW = np.dot(self.x.T, dout)
        self.db = dout[0]
        return np.dot(dout, self.W.T)
"""


class Dicts:
    """A layer as another course writes it."""

    def __init__(self) -> None:
        self.params = {"W": RNG.standard_normal((4, 3)), "b": np.zeros(3)}
        self.grads: dict[str, Any] = {}

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.x = x
        return x @ self.params["W"] + self.params["b"]

    def backward(self, dout: np.ndarray) -> np.ndarray:
        self.grads["W"] = self.x.T @ dout
        self.grads["b"] = dout.sum(axis=0)
        return dout @ self.params["W"].T


class Lists(Dicts):
    def __init__(self) -> None:
        super().__init__()
        self.params = [self.params["W"], self.params["b"]]  # type: ignore[assignment]
        self.grads = [np.zeros((4, 3)), np.zeros(3)]  # type: ignore[assignment]

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.x = x
        return x @ self.params[0] + self.params[1]  # type: ignore[index]

    def backward(self, dout: np.ndarray) -> np.ndarray:
        self.grads[0][...] = self.x.T @ dout  # type: ignore[index]
        self.grads[1][...] = dout.mean(axis=0)  # type: ignore[index]
        return dout @ self.params[0].T  # type: ignore[index]


def test_parameters_in_dicts_and_lists() -> None:
    x = RNG.standard_normal((5, 4))
    found = dp.check.layer(Dicts(), x)
    assert found.ok
    assert set(found.compared) == {"x", "W", "b"}
    found = dp.check.layer(Lists(), x)
    assert [(f.name, f.mistake) for f in found.findings] == [("params[1]", "bias-not-summed")]


@pytest.mark.parametrize("gradient", ["dW", "grad_W", "W_grad", "delta_W", "W_gradient"])
def test_names_of_gradients(gradient: str) -> None:
    held = SimpleNamespace(W=np.ones(2), other=np.ones(2), **{gradient: None})
    assert partner(held, (("attribute", "W"),)) == (("attribute", gradient),)
    assert partner(held, (("attribute", "other"),)) is None


def test_the_object_stays_as_it_is() -> None:
    layer, x = Dicts(), RNG.standard_normal((5, 4))
    before = {k: v.copy() for k, v in layer.params.items()}
    kept = x.copy()
    dp.check.layer(layer, x)
    assert layer.grads == {}
    assert not hasattr(layer, "x")
    assert all((layer.params[k] == before[k]).all() for k in before)
    assert (x == kept).all()


def test_large_layers_are_projected_and_biases_are_complete() -> None:
    calls = []

    class Large(Dicts):
        def __init__(self) -> None:
            self.params = {"W": RNG.standard_normal((784, 50)) / 28, "b": np.zeros(50)}
            self.grads = {}

        def forward(self, x: Any) -> Any:
            calls.append("forward")
            return super().forward(x)

    x = RNG.random((100, 784))
    found = dp.check.layer(Large(), x)
    assert found.ok
    assert found.compared["b"].checked == 50
    assert found.compared["W"].checked == 3
    assert len(calls) < 1000  # of differences of W alone there would be 156,800


def test_pairs_of_functions() -> None:
    x, w = RNG.standard_normal(5), RNG.standard_normal(5)

    def loss(x: np.ndarray, w: np.ndarray) -> float:
        return float(np.sum((x * w) ** 2))

    def right(x: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return 2 * x * w**2, 2 * x**2 * w

    def wrong(x: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return 2 * x * w**2, x**2 * w

    assert dp.check.gradient(loss, x, w, grad=right).ok
    found = dp.check.gradient(loss, x, w, grad=wrong)
    assert [(f.name, f.mistake) for f in found.findings] == [("w", "scale")]
    assert found.findings[0].location is not None
    assert "return 2 * x * w**2, x**2 * w" in found.findings[0].location.text
    with pytest.raises(dp.check.GradientError, match=r"it is 0\.5 times") as error:
        dp.check.assert_gradient(loss, x, w, grad=wrong)
    assert not error.value.report.ok
    alone = dp.check.gradient(loss, x, w, grad=lambda x, w: 2 * x * w**2)
    assert alone.ok
    assert alone.unlooked == ["no gradient is found for w"]


def test_what_is_no_mistake_is_said() -> None:
    class Relu:
        def forward(self, x: np.ndarray) -> np.ndarray:
            self.m = x > 0
            return x * self.m

        def backward(self, dout: np.ndarray) -> np.ndarray:
            return dout * self.m

    found = dp.check.layer(Relu(), np.array([[0.0, 1.0], [-2.0, 3.0]]))
    assert found.ok
    assert "1 of 4 numbers lie on a kink" in found.notes[0]

    class Single(Relu):
        def forward(self, x: np.ndarray) -> np.ndarray:
            return super().forward(x).astype(np.float32)

    found = dp.check.layer(Single(), RNG.standard_normal((4, 3)))
    assert found.ok
    assert "float32" in found.notes[0]


# -- the command -----------------------------------------------------------------------------------


def run(capsys: pytest.CaptureFixture[str], *given: str) -> tuple[int, str, str]:
    code = main(["check", *given])
    out, err = capsys.readouterr()
    return code, out, err


def test_the_command_names_the_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mylayers.py").write_text(AFFINE)
    monkeypatch.chdir(tmp_path)
    code, out, _ = run(capsys, "mylayers.py:Affine")
    assert code == 1
    assert "✗ db" in out
    assert "the bias gradient is not summed over the batch (it equals one row of dout)" in out
    assert "mylayers.py:14   self.db = dout[0]          expected   dout.sum(axis=0)" in out
    assert "✓ dx" in out
    assert "✓ dW" in out
    code, out, _ = run(capsys, "mylayers.py:Affine", "--json", "--init", "W=rand(6,2), b=ones(2)",
                       "--input", "x=rand(7,6)")  # fmt: skip
    found = json.loads(out)
    assert (found["ok"], found["findings"][0]["line"]) == (False, 14)
    assert found["gradients"]["W"]["ok"]
    (tmp_path / "right.py").write_text(AFFINE.replace("dout[0]", "dout.sum(axis=0)"))
    assert run(capsys, "right.py:Affine")[0] == 0


BAD = """
import numpy as np

class Hangs:
    def forward(self, x):
        while True:
            pass
    def backward(self, dout):
        return dout

class Raises:
    def forward(self, x):
        return x
    def backward(self, dout):
        raise KeyError("mine")

class Needs:
    def __init__(self, config):
        self.k = config["".join("k")]
    def forward(self, x):
        print("noise")
        return x * self.k
    def backward(self, dout):
        return dout * self.k

class NoBackward:
    def forward(self, x):
        return x
"""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["nofile.py:A"], "nofile.py: there is no such file"),
        (["bad.py"], "bad.py alone does not say what to check|denpa check bad.py:Hangs"),
        (["bad.py:Raise"], "Did you mean 'Raises'?"),
        (["bad.py:Needs"], '--init "W=rand'),
        (["bad.py:Raises"], "line 15, in backward"),
        (["bad.py:NoBackward"], "no method backward"),
        (
            ["bad.py:Hangs", "--timeout", "0.2"],
            "it took more than 0.2 s of processor time (--timeout)",
        ),
        (["bad.py:Needs", "--init", "config={"], "write them as"),
        (["bad.py:Needs", "--init", "wrong=1"], "unexpected keyword argument"),
        (["broken.py:A"], 'broken.py", line 1, in <module>'),
        (["gallery", "relu-upstream"], "relu-upstream-mask-x"),
        ([], "name what to check"),
    ],
)
def test_mistakes_of_the_user(
    given: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    (tmp_path / "bad.py").write_text(BAD)
    (tmp_path / "broken.py").write_text("import nothing_of_the_kind\n")
    monkeypatch.chdir(tmp_path)
    code, _, err = run(capsys, *given)
    assert code == 2
    assert any(part in err for part in said.split("|")), err
    assert "bug in Denpa" not in err


def test_what_the_code_prints_is_not_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.py").write_text(BAD)
    code, out, _ = run(capsys, f"{tmp_path / 'bad.py'}:Needs", "--init", "config={'k': 2.0}")
    assert code == 0
    assert "noise" not in out


def test_the_gallery_and_the_check_of_the_checker(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, _ = run(capsys, "gallery", "relu-upstream-mask-x")
    assert code == 0
    assert "+         dx = dout * (dout > 0)" in out
    assert "by the sign of dout" in out
    assert "relu-upstream-mask-x" in run(capsys, "gallery", "Relu")[1]
    few = tuple(m for m in MUTANTS if not m.hard)[::40]
    monkeypatch.setattr("denpa.check.gallery.MUTANTS", few)
    code, out, _ = run(capsys, "--self", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["mutants"] == found["named"] == len(few)
    assert found["false_alarms"] == 0
