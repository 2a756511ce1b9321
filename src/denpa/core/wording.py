"""One text for two readers: who calls Denpa from Python, and who types a command.

A text that tells what to do names an argument in the one and an option in the other. It is written
once, with `option` (or `either`) where the two differ; `str(text)` is Python's form and
`command_line(text)` the command's, which the command alone asks for.
"""

from __future__ import annotations

import re
import shlex
from typing import Any

_OPEN, _BAR, _CLOSE = "\ue000", "\ue001", "\ue002"  # of the area for private use
_PIECE = re.compile(f"{_OPEN}([^{_BAR}]*){_BAR}([^{_CLOSE}]*){_CLOSE}")
_UNSET: Any = object()


def either(python: str, command: str) -> str:
    """A piece of a text that reads differently in Python and on the command line.

    >>> text = Wording(f"go on with {either('dp.runs.resume(path)', 'denpa train --resume DIR')}")
    >>> print(text)
    go on with dp.runs.resume(path)
    >>> command_line(text)
    'go on with denpa train --resume DIR'
    """
    return f"{_OPEN}{python}{_BAR}{command}{_CLOSE}"


def option(name: str, value: Any = _UNSET) -> str:
    """An argument and the option of the same name, alone or with a value.

    >>> text = Wording(f"{option('batch_size')} is 0; give {option('clip', 1)}")
    >>> str(text), command_line(text)
    ('batch_size is 0; give clip=1', '--batch-size is 0; give --clip 1')
    """
    flag = "--" + name.replace("_", "-")
    if value is _UNSET:
        return either(name, flag)
    if value is True:
        return either(f"{name}=True", flag)
    return either(f"{name}={value!r}", f"{flag} {value}")


class Wording(str):
    """A text in Python's words that knows those of the command line, too."""

    _command: str

    def __new__(cls, text: str) -> Wording:
        """From a text with pieces that `option` and `either` made."""
        new = super().__new__(cls, _PIECE.sub(r"\1", text))
        new._command = _PIECE.sub(r"\2", text)
        return new


def arguments(name: str, values: list[str]) -> str:
    """An argument that is a list of names, with some of them; on the command line as typed in a
    shell: a name with a comma in quotes, as in a CSV.

    >>> text = Wording(arguments("drop", ["x, y"]))
    >>> print(text, "|", command_line(text))
    drop=['x, y'] | --drop '"x, y"'
    """
    flag = "--" + name.replace("_", "-")
    return either(f"{name}={values!r}", f"{flag} {shlex.quote(','.join(map(_cell, values)))}")


def _cell(name: str) -> str:
    quote = '"'
    if "," in name or name.startswith(quote):
        return quote + name.replace(quote, 2 * quote) + quote
    return name


def command_line(text: object) -> str:
    """A text in the words of the command line, where it has such."""
    return text._command if isinstance(text, Wording) else str(text)
