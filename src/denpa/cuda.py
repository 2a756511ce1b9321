"""What a script asks before it chooses a device. Denpa computes on the processor."""

from __future__ import annotations


def is_available() -> bool:
    """False: there is no GPU backend.

    >>> import denpa as dp
    >>> dp.device("cuda" if dp.cuda.is_available() else "cpu")
    device(type='cpu')
    """
    return False


def device_count() -> int:
    """0."""
    return 0
