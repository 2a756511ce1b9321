"""How long a search goes on: counted in runs of the code that is checked, so that a slow or busy
machine finds what a fast one does.

A run counts as long as it takes a machine at rest for code of a usual size; of a run that takes
much longer, what is longer counts as well. The processor's time is only a second bound, a few times
as large, for what is not counted.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_RUN = 6e-5  # seconds that one run counts, unless it takes
_USUAL = 5e-4  # more than this
_SLACK = 3.0  # of the processor's time, against what is counted

_COUNTED: ContextVar[list[float]] = ContextVar("counted")


def _total() -> list[float]:
    found = _COUNTED.get(None)
    if found is None:
        found = [0.0]
        _COUNTED.set(found)
    return found


def spend(seconds: float) -> None:
    """Work of a known size: seconds that it takes a machine at rest."""
    _total()[0] += seconds


@contextmanager
def running() -> Iterator[None]:
    """One run of the code that is checked."""
    began = time.thread_time()
    try:
        yield
    finally:
        spend(_RUN + max(time.thread_time() - began - _USUAL, 0.0))


class Patience:
    """So many seconds of work, for a search that asks now and then whether it is over.

    >>> patience = Patience(1.0)
    >>> spend(0.25)
    >>> patience.left, patience.over
    (0.75, False)
    """

    def __init__(self, seconds: float) -> None:
        self._counted, self._began = _total()[0], time.thread_time()
        self.seconds = seconds

    @property
    def used(self) -> float:
        """How many of the seconds are gone, or more than all."""
        counted = _total()[0] - self._counted
        return max(counted, (time.thread_time() - self._began) / _SLACK)

    @property
    def left(self) -> float:
        """How many are left, not below 0."""
        return max(self.seconds - self.used, 0.0)

    @property
    def over(self) -> bool:
        """Whether none is left."""
        return self.used > self.seconds

    def shortened(self, seconds: float) -> Patience:
        """The same, but with no more than so many seconds from now on."""
        return Patience(min(self.left, seconds))
