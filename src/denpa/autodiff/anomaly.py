"""Anomaly mode: find where the first NaN or infinity was made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from denpa.core.errors import AnomalyError
from denpa.core.source import Source, where


def _bad(array: Any) -> np.ndarray | None:
    if not isinstance(array, np.ndarray) or array.dtype.kind != "f":
        return None
    wrong = ~np.isfinite(array)
    return wrong if wrong.any() else None


def check(what: str, result: Any, inputs: Iterable[Any], source: Source | None, scope: str) -> None:
    """Raise if `result` holds a NaN or an infinity and no input does."""
    wrong = _bad(result)
    if wrong is None or any(_bad(x) is not None for x in inputs):
        return
    value = result[wrong].flat[0]
    error = AnomalyError(
        f"{what} made {value} from finite inputs ({int(wrong.sum())} of {result.size} elements)"
    )
    error.where = where(source, scope)
    raise error
