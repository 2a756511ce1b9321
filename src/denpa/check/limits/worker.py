"""The process in which somebody's code runs."""

from __future__ import annotations

import faulthandler
import importlib
import io
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from denpa.check.limits.bounds import Limits
from denpa.core.files import write_atomically

ANSWER = "answer.json"
_MARGIN = 5  # seconds after which the system itself stops it, were there no guard


def called(job: str, payload: dict[str, Any]) -> str:
    """As JSON, what the job says: {"answer": …}, or {"error": …} of what it raised. `job` is
    "module:function"; the function takes the payload."""
    module, _, name = job.partition(":")
    try:
        answer = getattr(importlib.import_module(module), name)(payload)
        return json.dumps({"answer": answer}, allow_nan=False)
    except BaseException as error:
        kind, trace = type(error).__name__, traceback.format_exc()
        return json.dumps({"error": {"type": kind, "text": str(error), "trace": trace}})


def work(job: str, payload: dict[str, Any], limits: Limits, folder: Path) -> None:
    """Run the job within the system's limits, and put what it says where the parent looks, whole
    or not at all."""
    _limit(limits)
    write_atomically(folder / ANSWER, called(job, payload).encode(), private=True)


def settle(out: int) -> None:
    """Take leave of the parent's terminal: nobody answers questions, and what is printed goes into
    `out`. A crash, or SIGABRT, tells there which line ran."""
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(out, 1)
    os.dup2(out, 2)
    sys.stdin = io.TextIOWrapper(io.FileIO(0, closefd=False))
    sys.stdout = _printer(1)
    sys.stderr = _printer(2)
    faulthandler.enable(file=os.dup(out), all_threads=False)


def _printer(fd: int) -> io.TextIOWrapper:
    raw = io.FileIO(fd, "w", closefd=False)
    return io.TextIOWrapper(
        io.BufferedWriter(raw), encoding="utf-8", errors="replace", line_buffering=True
    )


def _limit(limits: Limits) -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    for name, most in (
        ("RLIMIT_CORE", 0),
        ("RLIMIT_CPU", int(limits.seconds) + _MARGIN),
        ("RLIMIT_FSIZE", limits.written),
        ("RLIMIT_DATA", limits.memory),
    ):
        kind = getattr(resource, name)
        _, hard = resource.getrlimit(kind)
        if hard == resource.RLIM_INFINITY or most < hard:
            try:
                resource.setrlimit(kind, (most, most))
            except (ValueError, OSError):  # macOS does not take every one
                continue
