"""Threads that run native programs: started when first needed, asleep between calls."""

from __future__ import annotations

import ctypes
import os
import threading
import time
from typing import Any

_RUN = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64)


def entry(address: int) -> Any:
    """The native function at `address`, (context, thread number) -> nothing, without the GIL."""
    return _RUN(address)


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


class _Worker:
    """A thread that waits for one job after another."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._wake = threading.Lock()  # held while there is no job
        self._wake.acquire()
        self._job: tuple[Any, int] | None = None
        thread = threading.Thread(target=self._serve, name=f"denpa-{number}", daemon=True)
        thread.start()

    def start(self, run: Any, context: int) -> None:
        self._job = (run, context)
        self._wake.release()

    def _serve(self) -> None:
        while True:
            self._wake.acquire()
            assert self._job is not None
            run, context = self._job
            run(context, self.number)


class Pool:
    """The workers of this process. One program runs at a time."""

    def __init__(self) -> None:
        self._workers: list[_Worker] = []
        self._lock = threading.Lock()

    def run(self, run: Any, context: int, threads: int) -> None:
        """Run a native function on `threads` threads, this one among them; returns when all have
        ended (the function's thread 0 waits for the others)."""
        with self._lock:
            while len(self._workers) < threads - 1:
                self._workers.append(_Worker(len(self._workers) + 1))
            for worker in self._workers[: threads - 1]:
                worker.start(run, context)
            run(context, 0)


class Pace:
    """How many threads to use while other programs want the same processors.

    A thread that waits at a barrier for one that the system has put aside loses all that the second
    one gains. Results do not depend on the number of threads, so it may change between calls: where
    threads had to give their core away at barriers, one thread is tried, and whichever was faster
    is kept, with another look now and then.
    """

    _AGAIN = 0.5  # seconds after which the other choice is measured again

    def __init__(self) -> None:
        self._alone = False
        self._trying = False
        self._seconds = {True: 0.0, False: 0.0}  # a step on one thread, on all
        self._looked = 0.0

    def choose(self, threads: int) -> int:
        """The number of threads of the next call, at most `threads`."""
        return 1 if self._alone != self._trying else threads

    def saw(self, threads: int, seconds: float, waits: float) -> None:
        """Enter what a call took, a step in seconds, and how often a step had to wait."""
        alone = threads == 1
        self._seconds[alone] = seconds
        now = time.monotonic()
        if self._trying:
            self._trying = False
            self._looked = now
            self._alone = self._seconds[True] < self._seconds[False]
        elif (alone or waits > 2) and now - self._looked > self._AGAIN:
            self._trying = True


POOL = Pool()


def _after_fork() -> None:
    """A child process has none of its parent's threads."""
    POOL.__init__()  # type: ignore[misc]


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def yield_address() -> int:
    """The C function by which a thread offers its core to others."""
    if os.name == "nt":
        kernel32 = ctypes.CDLL("kernel32")
        return ctypes.cast(kernel32.SwitchToThread, ctypes.c_void_p).value or 0
    return ctypes.cast(ctypes.CDLL(None).sched_yield, ctypes.c_void_p).value or 0
