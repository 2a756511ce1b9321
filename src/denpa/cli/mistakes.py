"""Which errors are the user's, and in which words they are told."""

from __future__ import annotations

from denpa.core.errors import AnomalyError, ArgumentError
from denpa.words import reason, say


def is_mistake(error: BaseException) -> bool:
    """Whether an error is the user's, and not a fault of Denpa."""
    return isinstance(error, (ArgumentError, AnomalyError, OSError, MemoryError))


def told(error: BaseException) -> str:
    """The words for an error of the user's."""
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {reason(error)}"
    if isinstance(error, MemoryError):
        return say(
            "not enough memory ({error}); give less data, or a smaller network or batch",
            error=error,
        )
    return str(getattr(error, "command_line", error))
