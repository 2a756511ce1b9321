"""What a script asks before it chooses a device. Denpa computes on the processor: there is none."""

from __future__ import annotations

from typing import Any

from denpa.core.errors import not_offered


def is_available() -> bool:
    """False: there is no accelerator.

    >>> import denpa as dp
    >>> dp.accelerator.current_accelerator() if dp.accelerator.is_available() else dp.device("cpu")
    device(type='cpu')
    """
    return False


def device_count() -> int:
    """0."""
    return 0


def current_accelerator(check_available: bool = False) -> None:
    """None."""
    return


def __getattr__(name: str) -> Any:
    raise not_offered("denpa.accelerator", name, globals())
