"""Where an equation comes from: the user's line, and the path of modules around it."""

from __future__ import annotations

import linecache
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
COURSE = os.path.join(ROOT, "lab", "course") + os.sep
"""Chapters lie in the package, but are written as a user writes."""


class Source:
    """A place in the user's code. Kept as (code, instruction): the line is worked out when
    asked. `called` is what of Denpa's was called there: a function's name, a module's class."""

    __slots__ = ("called", "code", "instruction")

    def __init__(self, code: CodeType, instruction: int, called: str = "") -> None:
        self.code = code
        self.instruction = instruction
        self.called = called

    @property
    def filename(self) -> str:
        """The file, as Python names it."""
        return self.code.co_filename

    @property
    def line(self) -> int:
        """The line number, 1-based."""
        for start, end, line in self.code.co_lines():
            if start <= self.instruction < end and line is not None:
                return line
        return self.code.co_firstlineno

    @property
    def span(self) -> tuple[int, int, int, int] | None:
        """First line, last line, first column, last column of the expression that was computed
        (columns in bytes); None where Python does not know."""
        places = list(self.code.co_positions())
        if self.instruction // 2 >= len(places):
            return None
        first, last, start, end = places[self.instruction // 2]
        if first is None or last is None or start is None or end is None:
            return None
        return first, last, start, end

    @property
    def text(self) -> str:
        """The line itself, stripped; empty where the file cannot be read."""
        return linecache.getline(self.filename, self.line).strip()

    def __str__(self) -> str:
        place = f"{os.path.basename(self.filename)}:{self.line}"
        text = self.text if len(self.text) <= 100 else f"{self.text[:99]}…"
        return f"{place}   {text}" if text else place


class _Scope(threading.local):
    path: tuple[str, ...] = ()
    kind: str = ""  # the class of the innermost module
    source: Source | None = None  # while a module of ours runs: the line that called it


_scope = _Scope()


def here(called: str = "") -> Source | None:
    """The innermost line that is not Denpa's own. `called` is the name of what it called, if that
    is not the function whose frame is next to it."""
    if _scope.source is not None:
        return _scope.source
    frame = sys._getframe(1)
    name = ""
    while frame is not None:
        code = frame.f_code
        file = code.co_filename
        if not file.startswith(ROOT) or file.startswith(COURSE):
            return Source(code, frame.f_lasti, called or name)
        name = code.co_name
        frame = frame.f_back  # type: ignore[assignment]
    return None


def current_kind() -> str:
    """The class of the innermost module that is being called; empty outside any."""
    return _scope.kind


def in_layer() -> bool:
    """Whether a module of ours runs."""
    return _scope.source is not None


def current_scope() -> str:
    """The modules being called, outermost first: `encoder.0.linear`; empty outside any."""
    return ".".join(_scope.path)


@contextmanager
def scope(name: str) -> Iterator[None]:
    """Equations made inside belong to the module called `name`."""
    before = _scope.path
    _scope.path = (*before, name) if name else before
    try:
        yield
    finally:
        _scope.path = before


def where(source: Source | None, module: str) -> str:
    """`at train.py:12   y = net(x)   in layer 0.linear`, as added to errors."""
    parts = [f"at {source}"] if source is not None else []
    if module:
        parts.append(f"in layer {module}")
    return "   ".join(parts)
