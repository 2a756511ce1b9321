"""The explanations: all there, in both languages, right by the numbers, and on disk as made."""

from __future__ import annotations

import argparse
import ast
import io
import json

import numpy as np
import pytest

from denpa.check import gradient, layer
from denpa.check.exceptions.words import RAISE_WORDS, key_of
from denpa.check.explain.book import explanation, link, main, markdown
from denpa.check.explain.entries import ENTRIES
from denpa.check.mistakes.words import WORDS
from denpa.check.repair.words import REPAIR_WORDS
from denpa.cli.check_explain import run_explain
from denpa.cli.console import Console
from denpa.core.errors import ArgumentError
from tests.house.repository import ROOT


@pytest.mark.parametrize("mistake", sorted({*WORDS, *REPAIR_WORDS, *map(key_of, RAISE_WORDS)}))
def test_every_mistake_that_is_named_is_explained(mistake: str) -> None:
    assert mistake in ENTRIES


@pytest.mark.parametrize("mistake", ENTRIES)
def test_explanations_are_complete(mistake: str) -> None:
    for language in ("en", "ja"):
        found = explanation(mistake, language)
        for key in ("title", "formula", "example", "training", "recognise"):
            assert len(getattr(found, key)) >= 8, key
        japanese = any("\u3040" <= c <= "\u30ff" for c in found.example)
        assert japanese == (language == "ja")
        for code in (found.wrong, found.right):
            if code:
                ast.parse(code if not code.endswith(":") else f"{code}\n    pass")
    assert bool(found.wrong) == bool(found.right)
    assert found.wrong != found.right or not found.wrong


def test_the_pages_on_disk_are_these() -> None:
    """`python -m denpa.check.explain --write docs` makes them."""
    for language, name in (("en", "mistakes.md"), ("ja", "mistakes.ja.md")):
        assert (ROOT / "docs" / name).read_text("utf-8") == markdown(language)
        for mistake in ENTRIES:
            assert markdown(language).count(f"\n### {mistake}\n") == 1  # what the links lead to
            assert f"(#{mistake})" in markdown(language)


def test_writing(tmp_path: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--write", str(tmp_path)]) == 0
    assert capsys.readouterr().out.count("mistakes") == 2


def test_links_and_unknown_names() -> None:
    assert link("sign", "ja") == "docs/mistakes.ja.md#sign"
    assert link("nothing") == ""
    with pytest.raises(ArgumentError, match="near are bias-not-summed"):
        explanation("bias_not_sumed")
    with pytest.raises(ArgumentError, match="unknown language 'fr'"):
        explanation("sign", "fr")


def told(name: str | None, lang: str = "en", as_json: bool = False) -> str:
    out = io.StringIO()
    console = Console(json=as_json, stdout=out)
    assert run_explain(argparse.Namespace(exhibit=name, lang=lang), console) == 0
    return out.getvalue()


def test_the_command() -> None:
    assert "+ self.db = dout.sum(axis=0)" in told("bias-not-summed")
    assert "見分け方: " in told("sign", "ja")
    assert "bias-not-summed" in told(None)
    assert json.loads(told("kink", as_json=True))["mistake"] == "kink"
    assert len(json.loads(told(None, as_json=True))["mistakes"]) == len(ENTRIES)


# -- the examples by hand are right, and are what the check calls them -----------------------------


def sigmoid(x: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-x)))


def test_numbers_of_the_examples() -> None:
    y = sigmoid(np.array(2.0))
    assert [round(float(v), 3) for v in (y, y * (1 - y), y + 2 * y * (1 - y))] == [
        0.881, 0.105, 1.091
    ]  # fmt: skip
    twice = sigmoid(2 * y - 1)
    assert round(float(twice), 3) == 0.682
    assert round(-np.log(np.e / (np.e + 1)), 2) == 0.31
    assert round(-np.log(np.e / (np.e + 9)), 2) == 1.46
    assert round(1 / np.cosh(1) ** 2, 2) == 0.42
    assert round(1 / np.sinh(1) ** 2, 2) == 0.72
    x, w = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 2.0], [0.0, 1.0]])
    dy, ones = np.array([[1.0, 0.0], [0.0, 0.0]]), np.ones((1, 2))
    assert (x.T @ dy).tolist() == [[1, 0], [2, 0]]  # order
    assert (dy @ x.T).tolist() == [[1, 3], [0, 0]]
    assert (ones @ w.T).tolist() == [[3, 1]]  # operand-transposed
    assert (ones @ w).tolist() == [[1, 3]]
    a = np.array([[1.0, 1.0], [0.0, 1.0]])  # layer-order
    assert (np.array([3.0, 0.0]) @ a.T).tolist() == [3, 0]
    assert (np.array([3.0, 4.0]) @ a.T).tolist() == [7, 4]
    dw = np.zeros(2)  # repeats-lost
    dw[[0, 0, 1]] += [1.0, 2.0, 5.0]
    assert dw.tolist() == [2, 5]
    up, z = np.array([1.0, 0.0]), np.array([-1.0, 1.0])  # statistics-constant
    assert (up - up.mean() - z * (up * z).mean()).tolist() == [0, 0]
    flat = np.array([[1, 2], [3, 4]]).T.reshape(-1)  # places
    assert flat.tolist() == [1, 3, 2, 4]
    assert np.array([5, 6, 7, 8]).reshape(2, 2).T.tolist() == [[5, 7], [6, 8]]
    h = 1e-4  # kink
    assert round((max(3e-5 + h, 0) - max(3e-5 - h, 0)) / (2 * h), 2) == 0.65


def test_the_check_names_the_examples_so() -> None:
    x = np.array([[1.0, 2.0], [0.5, -1.0], [2.0, 0.3]])

    class Bias:
        def __init__(self) -> None:
            self.b, self.db = np.zeros(2), None

        def forward(self, x: np.ndarray) -> np.ndarray:
            return x + self.b

        def backward(self, dout: np.ndarray) -> np.ndarray:
            self.db = dout[0]
            return dout

    assert [f.mistake for f in layer(Bias(), x).findings] == ["bias-not-summed"]
    named = {
        "fed-the-wrong-one": gradient(sigmoid, x, grad=lambda x, g: g * x * (1 - x)),
        "sign": gradient(np.sin, x, grad=lambda x, g: -g * np.cos(x)),
        "passed-on": gradient(np.square, x, grad=lambda x, g: g),
        "upstream-ignored": gradient(np.square, x, grad=lambda x, g: 2 * x),
    }
    for mistake, report in named.items():
        assert report.findings[0].mistake == mistake, str(report)
