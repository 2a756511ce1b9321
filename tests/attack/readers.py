"""Hostile files of data: honest ones damaged at random, and such as are made to deceive a reader.

They are made here and read in children, a hundred at a time, so that one that crashes, hangs or
takes the memory is known by its number: `python -m tests.attack.readers FOLDER FIRST STOP`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import numpy as np

from tests.attack.hostile import ROOMS, Case, honest
from tests.attack.record import Attack, Outcome

SECONDS = 2.0  # of computing, for one case
SILENCE = 60.0  # seconds after which a child has hung: it may have to wait for a processor
MEGABYTES = 500
BATCH = 100
ROOT = Path(__file__).parents[2]


def lay(case: Case, folder: Path) -> None:
    """Write the files of a case, and what is to be done with them."""
    for name, raw in case.files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(raw)
    told = {"source": case.source, "options": case.options, "how": case.how}
    folder.with_suffix(".json").write_text(json.dumps(told))


def judged(folder: Path) -> str | None:
    """Read the files of a case; its problem, or None."""
    from denpa.data import Data, DataError, read
    from tests.attack.audit import Watch

    case = json.loads(folder.with_suffix(".json").read_text())
    watch = Watch([folder])
    try:
        with watch:
            made = read(folder / case["source"], **case["options"])
        problem = None if isinstance(made, Data) else f"{type(made).__name__} came of it"
    except DataError as error:
        problem = None if str(folder) in str(error) else f"an error that names no file: {error}"
        problem = f"an error of several lines: {error}" if "\n" in str(error) else problem
    except Warning as warning:
        problem = f"warned: {type(warning).__name__}: {warning}"
    except Exception as error:
        problem = f"raised {type(error).__name__}: {error}"
    problem = "; ".join(watch.seen[:3]) or problem
    return problem and f"{case['how']}: {problem}"


def memory(name: str) -> float:
    """What the system says of this process's memory, in megabytes: now (VmRSS), or the largest
    (VmHWM) since `forget_peak`."""
    try:
        text = Path("/proc/self/status").read_text()
        return int(text.split(f"{name}:")[1].split()[0]) / 1024
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # bytes, on a Mac


def forget_peak() -> None:
    """Begin to measure the largest memory anew, where that can be."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return


def main(folder: Path, first: int, stop: int) -> None:
    """Try some cases and print a line for each, after the honest ones, by which what the readers
    import is imported."""
    warnings.simplefilter("error")
    for case in folder.glob("honest*.json"):
        judged(case.with_suffix(""))
    for number in range(first, stop):
        forget_peak()
        start = time.process_time()
        problem = judged(folder / f"{number}")
        seconds, most = time.process_time() - start, memory("VmHWM")
        if problem is None and seconds > SECONDS:
            problem = f"took {seconds:.1f} s"
        if problem is None and most > MEGABYTES:
            problem = f"took {most:.0f} MB"
        print(json.dumps([number, problem, seconds, most]), flush=True)
        if memory("VmRSS") > MEGABYTES / 2:
            return  # the next begins with little


def batch(folder: Path, first: int, stop: int) -> Iterator[tuple[int, str | None, float]]:
    """The problem, or None, and the seconds of each case from `first` on, in a child each time the
    one before has ended."""
    while first < stop:
        command = [sys.executable, "-m", "tests.attack.readers", folder, first, stop]
        with tempfile.TemporaryFile("w+") as errors:
            child = subprocess.Popen(
                [str(part) for part in command], cwd=ROOT, text=True,
                stdout=subprocess.PIPE, stderr=errors,
                env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
            )  # fmt: skip
            lines: Queue[str] = Queue()
            listener = Thread(target=_listen, args=(child, lines), daemon=True)
            listener.start()
            line = "start"
            while line:
                try:
                    line = lines.get(timeout=SILENCE)
                except Empty:
                    break
                if line:
                    number, problem, seconds, _ = json.loads(line)
                    assert number == first
                    yield first, problem, seconds
                    first += 1
            hung = bool(line)
            if hung:
                child.kill()
            code = child.wait()
            listener.join()
            errors.seek(0)
            end = (errors.read().strip().splitlines() or ["without a word"])[-1]
        if hung:
            yield first, f"said nothing for {SILENCE:.0f} s", SILENCE
            first += 1
        elif code:
            yield first, f"died with {code}: {end}", 0.0
            first += 1


def _listen(child: subprocess.Popen[str], lines: Queue[str]) -> None:
    assert child.stdout is not None
    with child.stdout as out:
        for line in out:
            lines.put(line)
    lines.put("")


def attack(room: str, count: int, seed: int) -> Outcome:
    """Try that many hostile files of a sort."""
    outcome = Outcome()
    for first in range(0, count, BATCH):
        stop = min(first + BATCH, count)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for number, case in enumerate(honest(room)):
                lay(case, folder / f"honest{number}")
            for number in range(first, stop):
                lay(ROOMS[room](np.random.default_rng([seed, number])), folder / f"{number}")
            for number, problem, seconds in batch(folder, first, stop):
                outcome.add(problem and f"{room} {seed} {number}: {problem}", seconds)
    return outcome


_CLAIM = "data or one error that names the file, in 2 s and 500 MB; nothing unpickled"

ATTACKS = tuple(
    Attack(room, _CLAIM, partial(attack, room), 12, many)
    for room, many in (
        ("idx", 800),
        ("npy-and-npz", 1000),
        ("csv", 1000),
        ("parquet", 800),
        ("images", 1000),
    )
)

if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
