"""Threads that run native programs: started when first needed, asleep between calls."""

from __future__ import annotations

import atexit
import ctypes
import os
import threading
import time
from typing import Any

import numpy as np

from denpa.compiler.emit import llvm
from denpa.compiler.emit import pool as pool_code
from denpa.compiler.run.cache import Cache, key

_RUN = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64)  # without the GIL


def entry(address: int) -> Any:
    """The native function at `address`, (context, thread number) -> nothing, without the GIL."""
    return _RUN(address)


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


class _Worker:
    """A thread that sleeps until its mailbox has a job."""

    def __init__(self, number: int, serve: Any, pool: int) -> None:
        self.number = number
        self.wake = threading.Lock()  # held while there is nothing to do
        self.wake.acquire()
        self._serve, self._pool = serve, pool
        self.thread = threading.Thread(target=self._work, name=f"denpa-{number}", daemon=True)
        self.thread.start()

    def _work(self) -> None:
        while True:
            self.wake.acquire()
            if self._serve(self._pool, self.number):
                return


class Pool:
    """The workers of this process. One program runs at a time."""

    def __init__(self) -> None:
        self._workers: list[_Worker] = []
        self._lock = threading.Lock()
        self._library: Any = None

    def run(self, run: Any, address: int, context: int, threads: int) -> None:
        """Run a native function, `run` at `address`, on `threads` threads, this one among them;
        returns when all have ended."""
        with self._lock:
            if threads == 1:
                run(context, 0)
                return
            if len(self._workers) < threads - 1:
                self._grow(threads - 1)
            for worker in self._workers[: threads - 1]:
                if self._post(self._at, worker.number, address, context):
                    worker.wake.release()
            run(context, 0)
            self._finish(self._at, threads, self._yield)

    def _grow(self, workers: int) -> None:
        if self._library is None:
            target = llvm.host()
            store, name = Cache(), key("pool")
            entry = store.get(name)
            if entry is None:
                entry = {}, llvm.build(pool_code.text(target.triple), target)
                store.put(name, *entry)
            self._library = llvm.load(entry[1])
            at, whole = ctypes.c_void_p, ctypes.c_int64
            find = self._library.address
            self._post = ctypes.CFUNCTYPE(whole, at, whole, at, at)(find("denpa.post"))
            self._serve = ctypes.CFUNCTYPE(whole, at, whole)(find("denpa.serve"))
            self._finish = ctypes.CFUNCTYPE(None, at, whole, at)(find("denpa.finish"))
            self._yield = yield_address()
            self._boxes = np.zeros(pool_code.MAILBOX * 1024 + 8, np.int64)
            start: int = self._boxes.ctypes.data
            self._at = start + -start % 64
            # After llvmlite's own: handlers run last in, first out, and the workers use its code.
            atexit.register(self._close)
        while len(self._workers) < workers:
            number = len(self._workers) + 1
            asleep = self._at + 8 * (pool_code.MAILBOX * number + pool_code.ASLEEP)
            ctypes.c_int64.from_address(asleep).value = 1
            self._workers.append(_Worker(number, self._serve, self._at))

    def _close(self) -> None:
        """End the workers, before their code goes away with the process."""
        with self._lock:
            for worker in self._workers:
                if self._post(self._at, worker.number, None, None):
                    worker.wake.release()
            for worker in self._workers:
                worker.thread.join(1.0)
            self._workers = []


class Pace:
    """How many threads to use while other programs want the same processors.

    A thread that waits at a barrier for one that the system has put aside loses all that the second
    one gains. Results do not depend on the number of threads, so it may change between calls: where
    threads had to give their core away at barriers, one thread is tried, and whichever was faster
    is kept, with another look now and then.
    """

    # Beside a program that never rests, on two cores of an AMD EPYC (Zen 5) that others used as
    # well (load 11), steps of mlp take these multiples of their time with the values here, with the
    # same value again 0.8 to 1.2 (`benchmarks.tuned Pace`).
    # Seconds after which the other choice is measured again. 0.125: 1.25; 0.25: 1.19; 1: 0.96; 2:
    # 1.05.
    _AGAIN = 0.5
    # Share of the threads' time spent waiting that makes one thread worth a try. 0.1: 1.09; 0.2:
    # 1.16; 0.5: 1.14; 0.7: 1.07: none tells itself from the same value again.
    _MUCH = 0.35

    def __init__(self) -> None:
        self._alone = False
        self._trying = False
        self._seconds = {True: 0.0, False: 0.0}  # a step on one thread, on all
        self._looked = 0.0
        self._slow = -2  # calls in a row that mostly waited; the first two start threads and caches

    def choose(self, threads: int) -> int:
        """The number of threads of the next call, at most `threads`."""
        return 1 if self._alone != self._trying else threads

    def saw(self, threads: int, seconds: float, waited: float) -> None:
        """Enter what a call took, a step in seconds, and the share of the time spent waiting."""
        alone = threads == 1
        self._seconds[alone] = seconds
        now = time.monotonic()
        if self._trying:
            self._trying = False
            self._looked = now
            self._alone = self._seconds[True] < 0.9 * self._seconds[False]
            self._slow = 0
        elif alone:
            self._trying = now - self._looked > self._AGAIN
        elif self._slow < 0 or waited > self._MUCH:
            self._slow += 1
            self._trying = self._slow > 2
        else:
            self._slow = 0


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
