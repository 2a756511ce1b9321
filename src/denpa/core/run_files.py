"""The names of the files that a run has in its folder."""

from __future__ import annotations

import re

MODEL, RUN, HISTORY, REPORT = "model.safetensors", "run.json", "history.csv", "report.html"
_CHECKPOINT = re.compile(r"checkpoint(-\d+)?(\.previous)?\.safetensors")


def own_name(name: str) -> bool:
    """Whether a file of this name in a run folder is one of the run's."""
    name = name.casefold()  # as some file systems see it
    return name in (MODEL, RUN, HISTORY, REPORT) or _CHECKPOINT.fullmatch(name) is not None
