"""The processor's time for changes of the code, which all searches for one file share."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_LEAST = 0.1  # seconds that a search may take, however many there were before
_LEFT: ContextVar[list[float] | None] = ContextVar("left", default=None)


@contextmanager
def purse(seconds: float) -> Iterator[None]:
    """All searches inside take so many seconds together, but for a moment for each."""
    token = _LEFT.set([seconds])
    try:
        yield
    finally:
        _LEFT.reset(token)


@contextmanager
def drawn(seconds: float) -> Iterator[float]:
    """The time of this thread at which a search is to end that would take so many seconds; what it
    takes is gone for the next.

    >>> with purse(1.0), drawn(5.0) as until:
    ...     until - time.thread_time() <= 1.0
    True
    """
    left, began = _LEFT.get(), time.thread_time()
    allowed = seconds if left is None else min(seconds, max(left[0], _LEAST))
    try:
        yield began + allowed
    finally:
        if left is not None:
            left[0] -= time.thread_time() - began
