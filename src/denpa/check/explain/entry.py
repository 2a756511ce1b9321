"""The form of an explanation: what every mistake's page says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """The words of one explanation."""

    title: str
    example: str  # small enough to follow by hand
    training: str  # how it shows there
    recognise: str  # by eye


@dataclass(frozen=True)
class Entry:
    """One mistake."""

    formula: str
    wrong: str  # a line of code, or a few; "" where there is no typical one
    right: str
    said: Text
