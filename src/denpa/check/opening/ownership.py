"""Whose a file is: the user's, or a library's."""

from __future__ import annotations

import sysconfig
from pathlib import Path

OPENED: set[str] = set()  # files that were asked for: the user's, wherever they lie
_OURS = Path(__file__).parent.parent.parent
_LIBRARY = {Path(p) for k, p in sysconfig.get_paths().items() if k in ("stdlib", "platstdlib")}


def is_theirs(file: str) -> bool:
    """Whether a file of a traceback is the user's: not Python's, NumPy's, or Denpa's own."""
    if file in OPENED:
        return True
    path = Path(file)
    if file.startswith("<") or {"site-packages", "dist-packages"} & set(path.parts):
        return False
    return not any(folder in path.parents for folder in (_OURS, *_LIBRARY))
