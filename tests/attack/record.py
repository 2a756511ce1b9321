"""What an attack is, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass
class Outcome:
    """What came of an attack: how many cases were tried, and of each that fell, a line that says
    how to make it again. `slowest` is in seconds."""

    tried: int = 0
    fell: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def add(self, problem: str | None, seconds: float = 0.0) -> None:
        """Count a case; `problem` is None where it went as it should."""
        self.tried += 1
        self.slowest = max(self.slowest, seconds)
        if problem is not None:
            self.fell.append(problem)

    def judge(self, cases: Iterator[tuple[str, Callable[[], str | None]]]) -> Outcome:
        """Try each case, a name and a function that returns its problem or None, with the time it
        takes; what it raises is its problem."""
        for name, case in cases:
            start = time.perf_counter()
            try:
                problem = case()
            except Exception as error:
                problem = f"{type(error).__name__}: {error}"
            seconds = time.perf_counter() - start
            self.add(None if problem is None else f"{name}: {problem}", seconds)
        return self


@dataclass(frozen=True)
class Attack:
    """One row of the table.

    `run(count, seed)` tries that many cases; `few` of them run with the other tests and `many` in
    the long attack; `claim` is what has to hold of every case, in words of the table.
    """

    name: str
    claim: str
    run: Callable[[int, int], Outcome]
    few: int
    many: int
