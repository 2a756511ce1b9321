"""The form of an explanation: what every mistake's page says, once in each language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """The words of one explanation in one language."""

    title: str
    example: str  # small enough to follow by hand
    training: str  # how it shows there
    recognise: str  # by eye


@dataclass(frozen=True)
class Entry:
    """One mistake in both languages: formula and code are the same in all."""

    formula: str
    wrong: str  # a line of code, or a few; "" where there is no typical one
    right: str
    en: Text
    ja: Text
