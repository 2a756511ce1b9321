"""Training with planted mistakes: what is said of it is what the curves show."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from denpa.check.gallery import EXHIBITS, MUTANTS
from denpa.check.gallery.training import Curves, _judged, trained
from denpa.cli.check_gallery import sparkline
from denpa.cli.main import main

TITLES = {m.title: m for m in MUTANTS}


@pytest.mark.parametrize("layer", [k for k, e in EXHIBITS.items() if e.learns])
def test_right_layers_learn(layer: str) -> None:
    found = trained(EXHIBITS[layer].mutants[0], steps=100)
    assert len(found.right) == 100
    assert found.right[-1] < 0.9 * found.right[0]


@pytest.mark.parametrize(
    "title", ["affine-sign-x", "sigmoid-sign-x", "tanh-sign-x", "mean-squared-error-sign-x",
              "residual-sign-W", "exponential-sign-x"]
)  # fmt: skip
def test_a_wrong_direction_ends_higher(title: str) -> None:
    found = trained(TITLES[title])
    assert found.outcome in ("stalls", "nothing", "diverges")
    assert not found.wrong[-1] < found.right[-1] + 0.02 * found.right[0]


def test_both_start_alike_and_the_same_is_said_of_the_same() -> None:
    found = trained(TITLES["affine-upstream-changed-x"])  # what follows uses dout no more
    assert found.wrong == found.right
    assert found.outcome == "same"
    assert "as fast" in found.sentence()
    for m in [m for m in MUTANTS if m.mistake != "random"][::40]:
        again = trained(m, steps=20)
        assert np.array_equal(again.wrong, trained(m, steps=20).wrong, equal_nan=True)
        if again.wrong and m.mistake != "input-changed":
            assert again.wrong[0] == again.right[0]


def test_outcomes() -> None:
    fall = [0.9**k for k in range(100)]
    slow = [0.95**k for k in range(100)]
    assert _judged(fall, fall, 100) == ("same", 1.0)
    outcome, factor = _judged(fall, slow, 100)
    assert outcome == "slower"
    assert factor == pytest.approx(math.log(0.9) / math.log(0.95), rel=0.05)
    assert _judged(fall, [max(x, 0.3) for x in fall], 100)[0] == "stalls"
    assert _judged(fall, [1.0] * 100, 100)[0] == "nothing"
    assert _judged(fall, [1.0, 20.0], 100)[0] == "diverges"
    assert _judged(fall, [1.0, np.inf], 100)[0] == "diverges"
    assert _judged(fall, fall[:5], 100)[0] == "stops"
    for outcome in ("same", "slower", "stalls", "nothing", "diverges", "stops"):
        found = Curves(fall, slow, 0.1, outcome, 2.0)
        assert "{" not in found.sentence() + found.sentence("ja")
        assert any("\u3040" <= c <= "\u30ff" for c in found.sentence("ja"))


def test_curves_as_lines() -> None:
    assert sparkline([], 1.0, 2.0) == ""
    assert len(sparkline([0.9**k for k in range(200)], 1e-4, 1.0)) == 40
    assert sparkline([1.0, 1.0], 1.0, 1.0) == "▁▁"
    assert sparkline([float("nan"), -1.0], 1e-3, 1.0) == "█▁"


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "gallery", "affine-sign-x"]) == 0
    out = capsys.readouterr().out
    assert "-         dx = dout @ self.W.T\n+         dx = -dout @ self.W.T" in out
    assert "no further down than" in out
    assert "✗ dx" in out
    assert main(["check", "gallery", "affine-sign-x", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["mistake"] == found["report"]["findings"][0]["mistake"] == "sign"
    assert len(found["training"]["right"]) == 200
    assert main(["check", "gallery", "affine-sign-x", "--lang", "ja"]) == 0
    assert "までしか下がりません" in capsys.readouterr().out
    assert main(["check", "gallery", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["gallery"] == list(TITLES)
    assert set(found["layers"]) == set(EXHIBITS)
    assert main(["check", "gallery", "affine-sing-x"]) == 2
    assert "affine-sign-x" in capsys.readouterr().err


def test_the_layers_and_what_is_planted_in_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "gallery"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(EXHIBITS) + 3  # a head, a rule, and how to go on
    row = next(line for line in lines if line.startswith("Relu "))
    assert row.split()[1] == str(len(EXHIBITS["Relu"].mutants))
    assert "upstream-mask" in row
    assert main(["check", "gallery", "relu"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("class Relu:")
    assert all(m.title in out for m in EXHIBITS["Relu"].mutants)
    assert "affine" not in out
    assert main(["check", "gallery", "flipped"]) == 0
    out = capsys.readouterr().out
    assert all((m.title in out) == (m.mistake == "flipped") for m in MUTANTS)
    assert main(["check", "gallery", "flipped", "--json"]) == 0
    assert "convolution-flipped-W" in json.loads(capsys.readouterr().out)["gallery"]
    assert main(["check", "gallery", "Affin"]) == 2
    assert "near are Affine" in capsys.readouterr().err
    for name in ([], ["relu"]):
        assert main(["check", "gallery", *name, "--lang", "ja"]) == 0
        assert "を表示します" in capsys.readouterr().out
