"""Apple's graphics processors. Denpa does not use them."""

from __future__ import annotations


def is_available() -> bool:
    """False: Denpa computes on the processor."""
    return False


def is_built() -> bool:
    """False."""
    return False
