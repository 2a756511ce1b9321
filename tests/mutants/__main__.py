"""`python -m tests.mutants`: plant every fault of the table, one at a time, and run its tests.

A fault is killed when a test fails (or hangs) with it and passes without it. Survivors are printed;
the exit status is 1 where less than 95 % of the faults that can be seen are killed, and 2 where
tests say nothing because they fail without a fault.
"""

from __future__ import annotations

import argparse
import queue
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mutants.plant import Outcome, Tree, Unusable
from tests.mutants.record import Fault
from tests.mutants.table import FAULTS
from tests.mutants.where import stages

ENOUGH = 0.95
KILLED, SURVIVED, UNKNOWN = "killed  ", "SURVIVED", "UNKNOWN "


class Sound:
    """Whether tests pass on the tree as it is: found out once, and only for those that matter."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._lock = threading.Lock()
        self._known: dict[tuple[str, ...], Outcome] = {}

    def check(self, paths: Sequence[str]) -> None:
        """Raise `Unusable` where they do not: then no fault is killed by them."""
        with self._lock:
            found = self._known.get(tuple(paths))
            if found is None:
                found = self._known[tuple(paths)] = self._tree.run(paths)
        if not found.passed:
            raise Unusable(
                f"pytest {' '.join(paths)} fails without any fault ({found.said}); mend that first"
            )


def judge(fault: Fault, tree: Tree, sound: Sound) -> tuple[str, str]:
    """The verdict, and what it rests on."""
    began = time.perf_counter()
    try:
        for paths in stages(fault):
            with tree.planted(fault):
                found = tree.run(paths)
            if not found.passed:
                sound.check(paths)
                return KILLED, f"{time.perf_counter() - began:.1f} s  {found.said}"
    except Unusable as error:
        return UNKNOWN, str(error)
    return SURVIVED, f"{time.perf_counter() - began:.1f} s"


def run(chosen: list[Fault], jobs: int, timeout: float) -> list[tuple[Fault, str]]:
    """Plant the faults, so many at a time; the verdict on each, in the order of the table."""
    verdicts: list[tuple[Fault, str]] = []
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        every = [Tree(Path(folder) / str(k), timeout) for k in range(jobs + 1)]
        sound = Sound(every[0])
        trees: queue.Queue[Tree] = queue.Queue()
        for tree in every[1:]:
            trees.put(tree)

        def one(fault: Fault) -> tuple[str, str]:
            tree = trees.get()
            try:
                return judge(fault, tree, sound)
            finally:
                trees.put(tree)

        pool = ThreadPoolExecutor(jobs)
        try:
            for fault, (verdict, said) in zip(chosen, pool.map(one, chosen), strict=True):
                print(f"{verdict} {fault.file}: {fault.what}  ({said})", flush=True)
                verdicts.append((fault, verdict))
        finally:  # also after Ctrl-C
            pool.shutdown(wait=False, cancel_futures=True)
            for tree in every:
                tree.stop()
            pool.shutdown()
    return verdicts


def summary(verdicts: list[tuple[Fault, str]], equal: list[Fault]) -> int:
    """Print what was not killed, and how many of each package were; the exit status."""
    alive = [(f, verdict) for f, verdict in verdicts if verdict != KILLED]
    print()
    for f, verdict in alive:
        print(f"{verdict} {f.file}: {f.what}\n    - {f.old}\n    + {f.new}")
    for f in equal:
        print(f"equivalent {f.file}: {f.what}: {f.equivalent}")
    of, left = Counter(f.package for f, _ in verdicts), Counter(f.package for f, _ in alive)
    for package, n in sorted(of.items()):
        print(f"{package:12} {n - left[package]:3} of {n:3} killed")
    n, killed = len(verdicts), len(verdicts) - len(alive)
    share = killed / n if n else 1.0
    print(f"{killed} of {n} killed, {100 * share:.1f} %; {len(equal)} equivalent")
    if any(verdict == UNKNOWN for _, verdict in alive):
        return 2
    return 0 if share >= ENOUGH else 1


def main(argv: Sequence[str] | None = None) -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument(
        "--only", metavar="WORD", nargs="+", help="faults with one of the words in file or text"
    )
    parser.add_argument("--list", action="store_true", help="show the faults, plant none")
    parser.add_argument("--jobs", type=int, default=1, help="copies of the tree at work at a time")
    parser.add_argument("--timeout", type=float, default=900.0, help="seconds until a hang is one")
    options = parser.parse_args(argv)
    words = options.only or [""]
    faults = [f for f in FAULTS if any(word in f"{f.file}: {f.what}" for word in words)]
    if not faults:
        parser.error(f"no fault has {' or '.join(words)} in its file or text; --list shows all")
    if options.list:
        for f in faults:
            print(f"{f.file}: {f.what}" + (f" [equivalent: {f.equivalent}]" * bool(f.equivalent)))
        return 0
    # A job in a shell's background ignores Ctrl-C, and its children would, which some tests send.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    verdicts = run([f for f in faults if not f.equivalent], options.jobs, options.timeout)
    return summary(verdicts, [f for f in faults if f.equivalent])


if __name__ == "__main__":
    sys.exit(main())
