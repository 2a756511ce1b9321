"""The processes that descend from this one: what they use, and how to end them all.

Linux tells this in /proc. Elsewhere a process group stands for the tree, and what it uses is held
by the system's own limits only.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_DEATH_SIGNAL, _SUBREAPER = 1, 36  # of prctl(2)
_PROC = Path("/proc")
LINUX = sys.platform == "linux"
_TICKS = os.sysconf("SC_CLK_TCK") if LINUX else 100
_PAGE = os.sysconf("SC_PAGE_SIZE") if LINUX else 4096


@dataclass
class Used:
    """What a tree of processes uses; seconds are of processor time."""

    processes: int = 0
    seconds: float = 0.0
    resident: int = 0
    written: int = 0


def adopts() -> None:
    """Let orphans among the descendants become children of this process, where the system can."""
    if LINUX:
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def dies_with_parent(number: int, parent: int) -> None:
    """Get this signal when the parent ends, where the system can."""
    if LINUX:
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, number, 0, 0, 0)
        if os.getppid() != parent:  # it ended before
            os.kill(os.getpid(), number)


def _children(pid: int) -> list[int]:
    found: list[int] = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children") as f:
                found += [int(n) for n in f.read().split()]
    except (OSError, ValueError):
        pass
    return found


def _by_parent() -> dict[int, list[int]]:
    """All processes by their parent, for kernels whose /proc does not list children."""
    found: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdecimal():
            fields = _stat(int(entry.name))
            if fields:
                found.setdefault(int(fields[1]), []).append(int(entry.name))
    return found


_LISTS_CHILDREN = Path(f"/proc/self/task/{os.getpid()}/children").exists()


def descendants() -> Iterator[int]:
    """All processes below this one."""
    if not LINUX:
        return
    table = None if _LISTS_CHILDREN else _by_parent()
    queue = [os.getpid()]
    while queue:
        pid = queue.pop()
        below = _children(pid) if table is None else table.get(pid, [])
        yield from below
        queue += below


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on, or none."""
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rpartition(")")[2].split()
    except OSError:
        return []


def _first(path: str, name: str) -> int:
    """The number after `name` in a file of /proc, 0 if it cannot be read."""
    try:
        with open(path) as f:
            for line in f:
                if line.startswith(name):
                    return int(line.split()[1])
    except (OSError, ValueError):
        pass
    return 0


def used() -> Used:
    """What all descendants use now, and those that have ended have used."""
    times = os.times()
    found = Used(seconds=times.children_user + times.children_system)
    for pid in descendants():
        fields = _stat(pid)
        if not fields:
            continue
        found.processes += 1  # also one that has ended and is not waited for: it has a number
        if fields[0] == "Z":
            continue
        found.seconds += sum(int(n) for n in fields[11:15]) / _TICKS
        found.resident += int(fields[21]) * _PAGE
        found.written += _first(f"/proc/{pid}/io", "wchar:")
    return found


def own_memory() -> int:
    """Bytes of memory of all descendants; what they share counts once, and that takes longer."""
    return sum(_first(f"/proc/{p}/smaps_rollup", "Pss:") * 1024 for p in descendants())


def end_all(group: int) -> None:
    """End the process group and every descendant, and wait for them."""
    seen: set[int] = set()
    while new := [pid for pid in descendants() if pid not in seen]:
        for pid in new:  # first none may start another
            _send(pid, signal.SIGSTOP)
        seen.update(new)
    if not LINUX:
        with suppress(OSError):
            os.killpg(group, signal.SIGKILL)
    until = time.monotonic() + 10
    while time.monotonic() < until:
        for pid in descendants():
            _send(pid, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.002)


def _send(pid: int, number: int) -> None:
    with suppress(OSError):
        os.kill(pid, number)
