"""The backends: what makes a traced graph run."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from denpa.compiler.run.interpret import build_of

Build = Callable[..., Any]  # as denpa.compiler.run.native.compile_program
_told = [False]


def builder(name: str) -> Build | None:
    """What makes a graph run; None for eager mode."""
    if name == "eager":
        return None
    if name == "graph":
        return build_of
    if name != "native":
        raise ValueError(f"backend={name!r} is not one of 'native', 'graph', 'eager'")
    from denpa.compiler.emit import llvm

    if not llvm.available():
        if not _told[0]:
            _told[0] = True
            warnings.warn(llvm.MISSING, RuntimeWarning, stacklevel=4)
        return None
    from denpa.compiler.run.native import compile_program

    return lambda graph, state, batch, anomaly: compile_program(
        graph, state, batch=batch, anomaly=anomaly
    )
