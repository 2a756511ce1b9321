"""Several limited processes at a time."""

from __future__ import annotations

import select
from collections.abc import Callable, Generator, Iterable
from typing import TypeVar

from denpa.check.limits import Ended, Running

R = TypeVar("R")
Marking = Generator[Running, Ended, R]  # yields what it has started, is sent how that ended


def run_all(work: Iterable[Marking[R]], jobs: int, done: Callable[[R], None]) -> None:
    """Run every generator to its end, so many at a time; `done` gets what each returns.

    An interruption stops them all.
    """
    waiting = iter(work)
    active: dict[Running, Marking[R]] = {}

    def go_on(marking: Marking[R], ended: Ended | None) -> None:
        try:
            running = next(marking) if ended is None else marking.send(ended)
        except StopIteration as stop:
            done(stop.value)
        else:
            active[running] = marking

    try:
        while True:
            while len(active) < jobs and (marking := next(waiting, None)) is not None:
                go_on(marking, None)
            if not active:
                return
            for running in _ready(list(active)):
                ended = running.wait()
                marking = active.pop(running)
                try:
                    go_on(marking, ended)
                finally:
                    running.close()
    except BaseException:
        for running in active:
            running.stop()
            running.close()
        raise


def _ready(active: list[Running]) -> list[Running]:
    """Those that have ended; where that cannot be asked, the first, for which to wait."""
    if any(running.fileno() < 0 for running in active):
        return active[:1]
    ready, _, _ = select.select(active, [], [])
    return ready
