from __future__ import annotations

import pytest

import denpa.lab.words
from denpa.lab.words import key_of, translate, words


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("learning rate 0.1", "learning rate #"),
        ("after 1,000 steps", "after # steps"),
        ("(0, 2) is far", "(#, #) is far"),
        ("from −3 to 1e-6 and 98.4 %", "from # to # and # %"),
        ("L2 and Conv2d", "L2 and Conv2d"),
        ("slope of $x_1$ at 3", "slope of $x_1$ at #"),
        ("$\\mathrm{loss}$", ""),
        ("1,000", ""),
        ("σ = 0.01", ""),
        ("ŷ", ""),
    ],
)
def test_a_key_has_its_numbers_taken_out(text: str, key: str) -> None:
    assert key_of(text) == key


def test_numbers_come_back_in_the_order_that_japanese_wants(monkeypatch) -> None:
    table = {"# of # are right": "#2 個中 #1 個が正しい", "# to # steps": "#〜# 歩"}
    monkeypatch.setattr(denpa.lab.words, "words", lambda language: table)
    assert translate("3 of 10 are right", "ja") == "10 個中 3 個が正しい"
    assert translate("3 to 10 steps", "ja") == "3〜10 歩"
    assert translate("3 of 10 are right", "en") == "3 of 10 are right"
    assert translate("never heard of", "ja") == "never heard of"


@pytest.mark.parametrize("english", sorted(words()))
def test_a_translation_has_the_numbers_of_its_key(english: str) -> None:
    japanese = words()[english]
    assert japanese.count("#") == english.count("#")
    assert key_of(english.replace("#", "7")) in (english, ""), f"{english!r} is no key"
    translate(english.replace("#", "7"), "ja")
