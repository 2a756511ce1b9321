"""Anomaly mode in a run: a row of the training data is told as the user finds it in the source."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import numpy as np

from denpa.data import Data
from denpa.runs.evaluation import places
from denpa.train.anomaly import watched


def watching(on: bool, data: Data) -> AbstractContextManager[None]:
    """Anomaly mode, if it is `on`, while a network learns `data`."""
    return watched(lambda row: _place(data, row)) if on else nullcontext()


def _place(data: Data, row: int) -> str:
    place, counted = places(data, np.array([row]))[0]
    name = "" if data.origin is None else f" of {data.origin.name}"
    if counted == "file":
        return f"the picture {place}"
    return f"line {place}{name}" if counted == "line" else f"row {place} of the source"
