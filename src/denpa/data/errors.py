"""The error of this package, and the small phrases that its messages share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from denpa.core.errors import ArgumentError

__all__ = ["DataError"]


class DataError(ArgumentError):
    """The data given cannot be used: the text says what was found, where, and what to do.

    It is the user's mistake and never ours: the command prints the text as one line and exits 2.

    Errors: it is one itself, a ValueError, and so it is caught with `except ValueError`.

    >>> from denpa.data import read
    >>> read("no-such-file.csv", target="price")
    Traceback (most recent call last):
    denpa.data.errors.DataError: no-such-file.csv: no such file or folder ...
    """

    english = True  # in every language


def nearest(name: str, names: Iterable[str]) -> str:
    """Return " Did you mean 'a' or 'b'?" for the names close to `name`, else ""."""
    by_lower = {n.lower(): n for n in names}
    close = [by_lower[n] for n in get_close_matches(name.lower(), by_lower, 3, 0.6)]
    return f" Did you mean {' or '.join(repr(n) for n in close)}?" if close else ""


def listed(names: Sequence[str], limit: int = 12) -> str:
    """Return "'a', 'b', ... and 7 more" so that a wide table still makes a short message."""
    text = ", ".join(repr(str(n)) for n in names[:limit])
    return f"{text} and {len(names) - limit} more" if len(names) > limit else text


def counted(n: int, noun: str) -> str:
    """Return "1 row", "2 rows", "2 entries"."""
    if n == 1:
        return f"{n} {noun}"
    if noun.endswith("ry"):
        return f"{n} {noun[:-1]}ies"
    return f"{n} {noun}es" if noun.endswith("s") else f"{n} {noun}s"


def check_option(name: str, value: object, choices: Sequence[str], *, unset: bool = False) -> None:
    """Raise when `value` is not one of the choices, naming them all; None may mean unset."""
    if value not in choices and not (unset and value is None):
        hint = nearest(value, choices) if isinstance(value, str) else ""
        expected = ", ".join(repr(c) for c in choices)
        raise DataError(f"{name} must be one of {expected}, got {value!r}.{hint}")
