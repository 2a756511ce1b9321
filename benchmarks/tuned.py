"""Other values of the compiler's tuned constants, each on programs on which it matters.

`python -m benchmarks.tuned` goes through the table of `benchmarks.tuned_table`,
`python -m benchmarks.tuned _DEPTH SPINS` through some of it. A program is compiled anew for each
value (nothing is taken from the cache), and its results are checked against eager mode. Then the
values take turns in many short rounds, so that a machine whose speed drifts is unfair to none.
Printed: for each value the median over the rounds of its time as a multiple of that of the value in
use, and between which two the middle half of the rounds lies. "again" is the value in use, compiled
a second time: what is not further from 1 than that says nothing. "same code": nothing to measure.

With one thread the processor's time is taken, which is the same whoever else runs. With two it is
the clock's, of shorter measurements, and compared is the fastest tenth: other programs only make it
longer. That says little where they never rest.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib import import_module
from statistics import quantiles
from typing import Any
from unittest.mock import patch

from benchmarks import tuned_programs as p
from benchmarks.report import machine
from benchmarks.tuned_table import SHORTEST, TABLE
from denpa.compiler.emit import llvm
from denpa.compiler.run import native

AGAIN = "again"
SHORTER = "+avx,+avx2,+fma,+f16c,+bmi,+bmi2"  # features of what `--cpu` names


class Value:
    """A constant set to a value, while a program is made and whenever it runs."""

    def __init__(self, name: str, also: str, value: Any, threads: int) -> None:
        self.value, self.threads = value, threads
        place, _, self.word = name.rpartition(".")
        self.owners = [owner(place), *([owner(also)] if also else [])]

    @contextmanager
    def set(self) -> Iterator[None]:
        """Inside, all that read the constant read this value."""
        with ExitStack() as stack:
            for x in self.owners:
                stack.enter_context(patch.object(x, self.word, self.value))
            stack.enter_context(patch.object(native, "lanes_here", lambda: self.threads))
            yield


def owner(place: str) -> Any:
    """A module below `denpa`, or a class in one."""
    try:
        return import_module(f"denpa.{place}")
    except ModuleNotFoundError:
        module, _, name = place.rpartition(".")
        return getattr(import_module(f"denpa.{module}"), name)


def compare(name: str, program: str, threads: int, rounds: int) -> None:
    """Print a line: a program with each of the values of a constant."""
    tuned = TABLE[name]
    place, _, word = name.rpartition(".")
    default = getattr(owner(place), word)
    kinds = [default, AGAIN, *tuned.values]
    made: dict[Any, tuple[Value, p.Program]] = {}
    for kind in kinds:
        value = Value(name, tuned.also, default if kind == AGAIN else kind, threads)
        with value.set():
            made[kind] = value, tuned.programs[program]()
    code = made[default][1].code
    same = [k for k in tuned.values if code and not tuned.live and made[k][1].code == code]
    timed = [k for k in kinds if k not in same]
    taken: dict[Any, list[float]] = {k: [] for k in timed}
    short = threads > 1 and tuned.seconds == SHORTEST
    if len(timed) > 2:
        many = repetitions(*made[default], tuned.seconds / 4 if short else tuned.seconds)
        for number in range(rounds * 4 if short else rounds):
            for k in (*timed[number % len(timed) :], *timed[: number % len(timed)]):
                taken[k].append(seconds(*made[k], many))
    cells = []
    for k in kinds if taken[default] else []:
        if k in same:
            cells.append(f"{k}: same code")
        elif k == default:
            cells.append(f"[{k}]: {fast(taken[k]) * 1e6:,.1f} µs")
        elif short:
            cells.append(f"{k}: {fast(taken[k]) / fast(taken[default]):.3f}")
        else:
            ratios = [a / b for a, b in zip(taken[k], taken[default], strict=True)]
            low, middle, high = quantiles(ratios, n=4)
            cells.append(f"{k}: {middle:.3f} ({low:.2f}–{high:.2f})")
    load = os.getloadavg()[0]
    print(f"  {program}, {threads} thread{'s' * (threads > 1)}, load {load:.1f}: ", end="")
    print("; ".join(cells) or "same code for all values", flush=True)


def fast(times: Sequence[float]) -> float:
    """What a tenth of the rounds took less than."""
    return quantiles(times, n=10, method="inclusive")[0]


def seconds(value: Value, program: p.Program, many: int) -> float:
    """Of one repetition: with one thread those that the processor gave it, whoever else runs."""
    clock = time.thread_time if value.threads == 1 else time.perf_counter
    with value.set():
        started = clock()
        program.run(many)
        return (clock() - started) / many


def repetitions(value: Value, program: p.Program, least: float) -> int:
    """How many take that long."""
    many = 1
    seconds(value, program, 2)
    while (taken := seconds(value, program, many) * many) < least:
        many = max(many + 1, int(many * min(10.0, 1.2 * least / max(taken, 1e-6))))
    return many


def main(given: Sequence[str] | None = None) -> None:
    """Print the lines of some constants, or of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="the end of a name: _DEPTH, schedule.division._SMALL; all without one",
    )
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--program", default="", metavar="TEXT", help="only those named so")
    parser.add_argument(
        "--cpu",
        default="",
        metavar="NAME",
        help="compile for this processor, such as haswell, whose vectors are shorter",
    )
    chosen = parser.parse_args(given)
    names = [
        name
        for name in TABLE
        if not chosen.names or any(f".{name}".endswith(f".{end}") for end in chosen.names)
    ]
    if not names:
        parser.error(f"no constant of that name; there are {', '.join(TABLE)}")
    about = machine()
    with ExitStack() as stack:
        stack.enter_context(patch.dict(os.environ, DENPA_CACHE="off"))
        if chosen.cpu:
            other = llvm.Target.of(llvm.host().triple, chosen.cpu, SHORTER)
            stack.enter_context(patch.object(llvm, "host", lambda: other))
        print(f"{about['processor']} ({llvm.host().cpu}), {about['cores']} cores", flush=True)
        for name in names:
            place, _, word = name.rpartition(".")
            print(f"{name} = {getattr(owner(place), word)}", flush=True)
            for program in filter(lambda x: chosen.program in x, TABLE[name].programs):
                for threads in TABLE[name].threads:
                    compare(name, program, threads, chosen.rounds)


if __name__ == "__main__":
    main()
