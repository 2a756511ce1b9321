"""Values as JSON can hold them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from os import PathLike, fspath
from typing import Any


def jsonable(value: object) -> Any:
    """The value as JSON can hold it: NumPy becomes Python, tuples lists, NaN and infinity None.

    Raises TypeError for a value that has no form in JSON.

    >>> import numpy as np
    >>> jsonable({"loss": np.float32(0.5), "r2": float("nan"), "shape": (2, 3)})
    {'loss': 0.5, 'r2': None, 'shape': [2, 3]}
    """
    if any(c.__module__ == "numpy" for c in type(value).__mro__):  # which need not be loaded
        value = getattr(value, "tolist", lambda: value)()
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [jsonable(item) for item in value]
    if isinstance(value, PathLike):
        return str(fspath(value))
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(
        f"JSON cannot hold {type(value).__name__}: "
        "give numbers, text, None, paths, dates, arrays, or lists and dicts of these"
    )
