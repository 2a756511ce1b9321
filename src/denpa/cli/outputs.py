"""The pages and tables that a command writes beside what it prints."""

from __future__ import annotations

from denpa.cli.console import Console
from denpa.core.errors import ArgumentError
from denpa.core.files import write_atomically
from denpa.words import reason, say


def write_output(path: str | None, option: str, data: bytes, console: Console) -> None:
    """Write a page or a table, if a path was given.

    Errors: ArgumentError where it cannot be.
    """
    if path is None:
        return
    try:
        write_atomically(path, data)
    except OSError as error:
        raise ArgumentError(f"{option} {path}: {reason(error)}") from None
    console.line(say("wrote {path}", path=path))
