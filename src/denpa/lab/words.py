"""What labs write into figures, tables and claims, in other languages: the catalogue
words/lab.LANGUAGE.po.

A key is the English text with every number as `#`; a value has the numbers as `#` in the same
order, or as `#1`, `#2` where Japanese orders them otherwise. Mathematics between `$` stays as it
is and is part of the key. The chapters' prose is translated where the documentation is built.
"""

from __future__ import annotations

import re
from functools import cache

from denpa.words import catalogue

__all__ = ["key_of", "translate", "words"]

_MATH = re.compile(r"(\$[^$]*\$)")
# 2, −0.5, 1e-3, 1,000, 98.4 %; not the digit of a name such as L2, Conv2d or W1.
_NUMBER = re.compile(r"(?<![\w.])[-−]?\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]?\d+)?(?![A-Za-z\d])")
_MARK = re.compile(r"#(\d?)")


def _parts(text: str) -> tuple[str, list[str]]:
    """The key of a text, and the numbers that it holds."""
    found: list[str] = []

    def take(match: re.Match[str]) -> str:
        found.append(match.group())
        return "#"

    pieces = _MATH.split(text)
    key = "".join(p if p.startswith("$") else _NUMBER.sub(take, p) for p in pieces)
    return key, found


def key_of(text: str) -> str:
    """Return the key of a text, or "" where there are no words to translate.

    >>> key_of("learning rate 0.1, 20 epochs")
    'learning rate #, # epochs'
    >>> key_of("$w_1$"), key_of("1,000"), key_of("−3")
    ('', '', '')
    """
    key, _ = _parts(text)
    return key if re.search(r"[A-Za-z]{2,}", _MATH.sub("", key)) else ""


@cache
def words(language: str = "ja") -> dict[str, str]:
    """The texts of all labs by their keys."""
    return {key: text for (_, key), text in catalogue(language, "lab").items()}


def translate(text: str, language: str) -> str:
    """Return the text in `language`; in English where the tables have no Japanese.

    >>> translate("learning rate 0.1", "ja")
    '学習係数 0.1'
    """
    key, numbers = _parts(text)
    if language == "en" or not key_of(text):
        return text
    japanese = words(language).get(key)
    if japanese is None:
        return text
    order = iter(numbers)
    return _MARK.sub(lambda m: numbers[int(m[1]) - 1] if m[1] else next(order), japanese)
