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


class Source:
    """A place in the user's code. Kept as (code, instruction): the line is worked out when
    asked."""

    __slots__ = ("code", "instruction")

    def __init__(self, code: CodeType, instruction: int) -> None:
        self.code = code
        self.instruction = instruction

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
    def text(self) -> str:
        """The line itself, stripped; empty where the file cannot be read."""
        return linecache.getline(self.filename, self.line).strip()

    def __str__(self) -> str:
        place = f"{os.path.basename(self.filename)}:{self.line}"
        text = self.text if len(self.text) <= 100 else f"{self.text[:99]}…"
        return f"{place}   {text}" if text else place


class _Scope(threading.local):
    path: tuple[str, ...] = ()
    source: Source | None = None  # while a module of ours runs: the line that called it


_scope = _Scope()


def here() -> Source | None:
    """The innermost line that is not Denpa's own."""
    if _scope.source is not None:
        return _scope.source
    frame = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if not code.co_filename.startswith(ROOT):
            return Source(code, frame.f_lasti)
        frame = frame.f_back  # type: ignore[assignment]
    return None


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
