"""One planted fault: a text in a source file, and what somebody might have written in its place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """`old` occurs exactly once in `file`, below src/denpa. `tests` are the arguments of pytest for
    the near tests, in the place of what `where` says; `equivalent` is the reason why no test can
    see it."""

    file: str
    what: str
    old: str
    new: str
    tests: str = ""
    equivalent: str = ""

    @property
    def package(self) -> str:
        """The folder (or module) below src/denpa that the file belongs to."""
        return self.file.split("/")[0].removesuffix(".py")


def faults(file: str, *rows: tuple[str, str, str], **more: str) -> list[Fault]:
    """Faults of one file, each (what it is, old text, new text)."""
    return [Fault(file, what, old, new, **more) for what, old, new in rows]
