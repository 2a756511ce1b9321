"""Which lines of somebody's functions a run has reached, and which it has not."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType
from typing import Any

import numpy as np

from denpa.check.locate import Location
from denpa.check.subjects.written import Written


@dataclass(frozen=True)
class Reached:
    """Lines that ran, and all those of the functions of interest, as (file, line)."""

    lines: frozenset[tuple[str, int]]
    all: frozenset[tuple[str, int]]

    def joined(self, other: Reached) -> Reached:
        """Both together."""
        return Reached(self.lines | other.lines, self.all | other.all)

    def missing(self) -> list[str]:
        """What never ran, as file:line, neighbours together."""
        left = sorted(self.all - self.lines)
        found: list[str] = []
        while left:
            file, first = left.pop(0)
            last = first
            while left and left[0] == (file, last + 1):
                last = left.pop(0)[1]
            at = str(Location(file, first, ""))
            found.append(at if last == first else f"{at}–{last}")
        return found


def reached(subject: Written) -> Reached:
    """The lines that one forward and backward pass reaches, in the file of the code."""
    functions = [f for f in (_code(subject, subject.run), _code(subject, subject.back)) if f]
    files = {f.co_filename for f in functions}
    seen: set[tuple[str, int]] = set()

    def trace(frame: Any, event: str, _: Any) -> Any:
        if frame.f_code.co_filename not in files:
            return None
        if event == "line":
            seen.add((frame.f_code.co_filename, frame.f_lineno))
        return trace

    before = sys.gettrace()
    try:
        sys.settrace(trace)
        with np.errstate(all="ignore"):
            y = subject.forward(subject.values)
            subject.backward(subject.values, np.ones(np.shape(y)))
            subject.cold_run()
    except Exception:  # told elsewhere
        pass
    finally:
        sys.settrace(before)
    return Reached(frozenset(seen), frozenset(line for f in functions for line in _lines(f)))


def _code(subject: Written, f: Any) -> CodeType | None:
    if isinstance(f, str):
        f = getattr(type(subject.owner), f, None)
    f = inspect.unwrap(f) if isinstance(f, Callable) else None  # type: ignore[arg-type]
    return getattr(f, "__code__", None)


def _lines(code: CodeType) -> set[tuple[str, int]]:
    first = code.co_firstlineno
    return {(code.co_filename, n) for _, _, n in code.co_lines() if n and n > first}
