"""What a script asks of CUDA before it chooses a device. Denpa computes on the processor."""

from __future__ import annotations

from typing import Any

from denpa.core.errors import not_offered


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


def manual_seed(seed: int) -> None:
    """Nothing, as in PyTorch where there is no GPU: `denpa.manual_seed` seeds the processor."""


def manual_seed_all(seed: int) -> None:
    """Nothing, as `manual_seed`."""


def __getattr__(name: str) -> Any:
    raise not_offered("denpa.cuda", name, globals())
