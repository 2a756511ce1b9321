"""How much a process may use."""

from __future__ import annotations

import re
from dataclasses import dataclass

from denpa.core.errors import ArgumentError
from denpa.words import say

_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


@dataclass(frozen=True)
class Limits:
    """What code may use, with everything that it starts.

    `seconds` are of processor time; on the clock it may take three times as long, and 3 s at least,
    so that code that sleeps ends, too, and a busy machine is not the code's fault.
    """

    seconds: float = 60.0
    memory: int = 4 * 2**30
    written: int = 256 * 2**20
    processes: int = 64

    @property
    def wall(self) -> float:
        """Seconds on the clock."""
        return 3 * max(self.seconds, 1.0)


def size(text: str) -> int:
    """The bytes that a text such as 500M or 4G means.

    >>> size("4G"), size("1.5k"), size("2MB")
    (4294967296, 1536, 2097152)
    """
    found = re.fullmatch(r"\s*(\d+\.?\d*)\s*([KMGT]?)(?:i?B)?\s*", text, re.IGNORECASE)
    if found is None or not float(found[1]):
        raise ArgumentError(say("{text!r} is no size; write it as 500M or 4G", text=text))
    return int(float(found[1]) * _UNITS[found[2].upper()])


def sized(n: int) -> str:
    """A number of bytes as `size` reads it.

    >>> sized(4294967296), sized(1000)
    ('4G', '1000')
    """
    for unit in ("T", "G", "M", "K"):
        if n >= _UNITS[unit]:
            return f"{n / _UNITS[unit]:.3g}{unit}"
    return str(n)
