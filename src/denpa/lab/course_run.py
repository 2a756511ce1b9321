"""Running many labs: each in a process of its own, as many at a time as there are cores."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from denpa.lab.course import Entry

__all__ = ["Outcome", "run_many"]

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class Outcome:
    """How the run of one lab ended: its result, or what went wrong in its place."""

    entry: Entry
    result: dict[str, Any] | None
    error: str
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether it came to its end and every claim holds."""
        return self.result is not None and bool(self.result["holds"])


def run_many(
    labs: Sequence[Entry],
    folder: Path,
    options: Sequence[str],
    jobs: int,
    told: Callable[[Outcome], None],
) -> list[Outcome]:
    """Run the labs, each into `folder/NAME`; `told` hears of each as it ends.

    Those that measure time come last, one after the other, with the whole machine. Ctrl-C ends
    those that run and passes on; what had ended is kept.
    """
    together = [e for e in labs if not e.timing]
    alone = [e for e in labs if e.timing]
    outcomes: list[Outcome] = []
    for group, at_once in ((together, jobs), (alone, 1)):
        for outcome in _pool(group, folder, options, at_once):
            outcomes.append(outcome)
            told(outcome)
    return outcomes


def _cores() -> list[int]:
    """The processors that this process may use."""
    if sys.platform != "win32" and hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def _pool(
    labs: Sequence[Entry], folder: Path, options: Sequence[str], at_once: int
) -> Iterator[Outcome]:
    """Run the labs, so many at once, each on its share of the processors."""
    waiting = list(reversed(labs))
    cores = _cores()
    free = [cores[k % len(cores) :: at_once] for k in range(at_once)]
    live: dict[subprocess.Popen[str], tuple[Entry, float, list[int]]] = {}
    try:
        while waiting or live:
            while waiting and free:
                entry, share = waiting.pop(), free.pop()
                process = _start(entry, folder / entry.name, options, share)
                live[process] = entry, time.perf_counter(), share
            ended = [p for p in live if p.poll() is not None]
            for process in ended:
                entry, began, share = live.pop(process)
                free.append(share)
                yield _outcome(entry, process, folder / entry.name, time.perf_counter() - began)
            if not ended:
                time.sleep(0.02)
    finally:
        for process in live:
            process.terminate()
        for process in live:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)


def _start(
    entry: Entry, out: Path, options: Sequence[str], cores: Sequence[int]
) -> subprocess.Popen[str]:
    out.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "denpa", "lab", "run", entry.name, "--overwrite"]
    environment = {**os.environ, **dict.fromkeys(_THREADS, str(len(cores)))}
    # Its words go to a file: a pipe that nobody reads would stop it.
    with (out / "log.txt").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [*command, "--out", str(out), *options],
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=environment,
            text=True,
        )
    if sys.platform != "win32" and hasattr(os, "sched_setaffinity"):
        with contextlib.suppress(OSError):  # it has ended already
            os.sched_setaffinity(process.pid, cores)
    return process


def _outcome(entry: Entry, process: subprocess.Popen[str], out: Path, seconds: float) -> Outcome:
    written = out / "result.json"
    log = out / "log.txt"
    said = log.read_text(encoding="utf-8").strip()
    if process.returncode in (0, 1) and written.exists():
        log.unlink()
        return Outcome(entry, json.loads(written.read_text(encoding="utf-8")), "", seconds)
    last = said.splitlines()[-1] if said else f"it ended with {process.returncode}"
    return Outcome(entry, None, last, seconds)
