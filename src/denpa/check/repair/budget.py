"""The work for changes of the code, which all searches for one file share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from denpa.check.patience import Patience

_LEAST = 0.1  # seconds that a search may take, however many there were before
_LEFT: ContextVar[list[float] | None] = ContextVar("left", default=None)


@contextmanager
def purse(seconds: float) -> Iterator[None]:
    """All searches inside take so many seconds of work together, but for a moment for each."""
    token = _LEFT.set([seconds])
    try:
        yield
    finally:
        _LEFT.reset(token)


@contextmanager
def drawn(seconds: float) -> Iterator[Patience]:
    """The patience of a search that would take so many seconds; what it takes is gone for the next.

    >>> with purse(1.0), drawn(5.0) as patience:
    ...     patience.left <= 1.0
    True
    """
    left = _LEFT.get()
    allowed = seconds if left is None else min(seconds, max(left[0], _LEAST))
    patience = Patience(allowed)
    try:
        yield patience
    finally:
        if left is not None:
            left[0] -= patience.used
