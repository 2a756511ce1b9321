"""Every planted mistake is named, with its line; no right layer is called wrong."""

from __future__ import annotations

import numpy as np
import pytest

from denpa import check
from denpa.check.gallery import EXHIBITS, MUTANTS, Mutant, built, examined
from denpa.check.signatures import SIGNATURES
from denpa.check.words import PHRASES, WORDS


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: f"{m.title} {m.new}")
def test_every_mistake_is_named(mutant: Mutant) -> None:
    obj, given = built(mutant.layer, mutant)
    found = check.layer(obj, *given)
    assert not found.ok
    first = found.findings[0]
    assert (first.name, first.mistake) == (mutant.name, mutant.mistake), str(found)
    wrong = {f.name for f in found.findings}
    assert wrong == {mutant.name}, str(found)  # and nothing else is blamed
    if first.verified is not None:
        assert first.verified < 1e-7
    if mutant.new != "pass":
        assert first.location is not None
        assert mutant.new in first.location.text, first.location


@pytest.mark.parametrize("layer", EXHIBITS)
@pytest.mark.parametrize("scale", [1e-3, 1.0, 30.0])
def test_right_layers_pass(layer: str, scale: float) -> None:
    for seed in range(3):
        obj, given = built(layer, seed=seed)
        found = check.layer(obj, given[0] * scale, *given[1:], seed=seed)
        assert found.ok, str(found)
        assert all(c.checked for c in found.compared.values())


def test_the_summary_counts_what_was_seen() -> None:
    found = examined(seeds=range(2))
    assert found["mutants"] == found["named"] == len(MUTANTS)
    assert (found["correct_cases"], found["false_alarms"]) == (2 * len(EXHIBITS), 0)


def test_a_blind_signature_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one signature, what it names is named otherwise, and the summary says so."""
    monkeypatch.setattr("denpa.check.signatures.SIGNATURES", SIGNATURES[1:])
    assert SIGNATURES[0].__name__ == "sign"
    found = examined(seeds=range(1))
    assert found["named"] == found["mutants"] - sum(m.mistake == "sign" for m in MUTANTS)
    assert "affine-sign-b" in found["missed"][0]


@pytest.mark.parametrize("mutant", MUTANTS[::3], ids=lambda m: m.title)
def test_reports_are_japanese_throughout(mutant: Mutant) -> None:
    obj, given = built(mutant.layer, mutant)
    first = check.layer(obj, *given, language="ja").findings[0]
    words = WORDS[mutant.mistake]
    assert any("\u3040" <= c <= "\u30ff" for c in first.text)
    assert first.why.startswith(words.why_ja[:4].format(upstream="dout", name=first.name))
    assert not any(f" {english} " in f" {first.text} " for english in PHRASES)


def test_an_unknown_mistake_is_called_so() -> None:
    class Odd:
        def forward(self, x: np.ndarray) -> np.ndarray:
            return x**3

        def backward(self, dout: np.ndarray) -> np.ndarray:
            return dout * np.cos(np.arange(dout.size)).reshape(dout.shape)

    found = check.layer(Odd(), np.random.default_rng(0).standard_normal((3, 4)))
    assert [f.mistake for f in found.findings] == ["unknown"]
    c = found.compared["x"]
    assert c.numeric is not None
    i, j = np.unravel_index(np.argmax(np.abs(c.claimed - c.numeric)), (3, 4))
    said = f"at [{i}, {j}]: {c.claimed[i, j]:.4g} in place of {c.numeric[i, j]:.4g}"
    assert f"no known mistake fits; it differs most {said}" in str(found)
