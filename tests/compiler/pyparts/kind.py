"""The values that a Python program reads, and what it does with them.

`<E>` stands for the expression that reads the value, `<H>` for the tensor that is computed with
it, of any shape that broadcasts with (3,); `$` begins the names of one part of a program.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of value: `low` and `high` are expressions, and every use tells one from the other.

    `edits` change a value in place, away from `low`. `equals` are pairs that are equal, but of
    another type. `rows`: it takes a `<H>` of rows (rows, 3).
    """

    name: str
    low: tuple[str, ...]
    high: tuple[str, ...]
    uses: tuple[tuple[str, str], ...]
    edits: tuple[tuple[str, str], ...] = ()
    equals: tuple[tuple[str, str], ...] = ()
    rows: bool = False
    setup: str = ""


def times(*expressions: str) -> tuple[tuple[str, str], ...]:
    return tuple((e, f"<H> = <H> * ({e})") for e in expressions)


def if_(*tests: str) -> tuple[tuple[str, str], ...]:
    return tuple((f"if {t}", f"if {t}:\n    <H> = <H> * 0.5 + 0.1") for t in tests)
