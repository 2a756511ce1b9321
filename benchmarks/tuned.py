"""Other values of the compiler's tuned constants, each on programs on which it matters.

`python -m benchmarks.tuned` goes through the table below, `python -m benchmarks.tuned _DEPTH SPINS`
through some of it. A program is compiled anew for each value (nothing is taken from the cache), and
its results are checked against eager mode. Then the values take turns in many short rounds, so that
a machine whose speed drifts is unfair to none. Printed: for each value the median over the rounds
of its time as a multiple of that of the value in use, and between which two the middle half of the
rounds lies. "again" is the value in use, compiled a second time: what is not further from 1 than
that says nothing. "same code" is what no time need be taken of.

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
from dataclasses import dataclass
from importlib import import_module
from statistics import quantiles
from typing import Any
from unittest.mock import patch

from benchmarks import tuned_programs as p
from benchmarks.report import machine
from denpa.compiler.emit import llvm
from denpa.compiler.run import native

SHORTEST = 0.02  # seconds of a measurement
AGAIN = "again"
SHORTER = "+avx,+avx2,+fma,+f16c,+bmi,+bmi2"  # features of what `--cpu` names


@dataclass(frozen=True)
class Tuned:
    """The values to try beside the one in use; programs by what they are called; on how many
    threads."""

    values: tuple[Any, ...]
    programs: dict[str, p.Maker]
    threads: tuple[int, ...] = (1,)
    live: bool = False  # read while a program runs, not only while it is compiled
    seconds: float = SHORTEST  # of a measurement
    also: str = ""  # another module that has imported it


def _steps(*names: str) -> dict[str, p.Maker]:
    return {f"step {name}": p.steps(name) for name in names}


def _compiling(*names: str) -> dict[str, p.Maker]:
    return {f"compiling {name}": p.compiling(name) for name in names}


def _product(m: int, k: int, n: int, turned: str = "") -> dict[str, p.Maker]:
    a, b = ("ᵀ" if side in turned else "" for side in "ab")
    return {f"{m}×{k}{a} @ {k}×{n}{b}": p.product(m, k, n, turned)}


_LINEAR = {
    **_product(128, 784, 512, "b"),  # forward
    **_product(128, 512, 784),  # the gradient of the input
    **_product(512, 128, 784, "a"),  # the gradient of the weight
}
_CROSSING = _steps("two", "mlp", "mlpbn", "deep", "signal")

TABLE = {
    # emit
    "compiler.emit.panels._ROWS": Tuned(
        (2, 8), _LINEAR),
    "compiler.emit.panels._VECTORS": Tuned(
        (2, 4), _LINEAR),
    "compiler.emit.panels._DEPTH": Tuned(
        (64, 128, 512),
        {**_LINEAR, **_product(1024, 784, 256), **_product(1024, 2048, 256)},
    ),
    "compiler.emit.panels._FEW": Tuned(
        (32, 64, 256, 512, 1024),
        {**_product(784, 100, 50, "a"), **_product(784, 100, 100, "a"),
         **_product(512, 128, 192, "a"), **_product(500, 100, 250, "a"),
         **_product(512, 128, 784, "a"), **_product(2048, 128, 512, "a")},
    ),
    "compiler.emit.panels._APART": Tuned(
        (0, 2, 8, 16),
        {**_product(512, 128, 784, "a"), **_product(512, 256, 512, "a")},
    ),
    "compiler.emit.panels._BLOCK": Tuned(
        (64, 256, 512),
        {**_product(512, 128, 784, "a"), **_product(1024, 784, 256)},
    ),
    "compiler.emit.codegen._ALONE": Tuned(
        (50_000, 200_000, 800_000, 1_600_000),
        _steps("house", "table3", "digits", "two"), (2,),
    ),
    # lower
    "compiler.lower.nodes._FULL": Tuned(
        (75, 300, 600),
        {**_steps("mlpbn"), "60 outputs": p.outputs(60, 100_000)},
    ),
    "compiler.lower.fusion._CHEAP": Tuned(
        (1, 6, 12),
        {**_steps("mlpbn", "signal"), "shared value": p.shared_value(512)},
    ),
    "compiler.lower.fusion._LARGEST": Tuned(
        (40, 160),
        {**_steps("mlpbn"), "chain of 150": p.chain(150, 1_000_000),
         "chain of 150, in the cache": p.chain(150, 4096),
         "chain of 60": p.chain(60, 1_000_000), "chain of 60, in the cache": p.chain(60, 4096)},
    ),
    "compiler.lower.epilogue._MOST": Tuned(
        (2, 4, 16), _steps("mlpbn", "deep")),
    "compiler.lower.ops._BLAS": Tuned(
        (3_000, 6_000, 24_000, 48_000),
        {**_product(32, 20, 10), **_product(64, 28, 10), **_product(32, 100, 10)},
    ),
    "compiler.lower.ops._CACHED": Tuned(
        (4_096, 16_384),
        {**_product(128, 64, 100), **_product(128, 100, 64, "b"), **_product(128, 128, 100),
         **_product(128, 100, 128, "b")},
    ),
    "compiler.lower.ops._LARGE": Tuned(
        (1 << 19, 1 << 21),
        {**_product(128, 784, 1024), **_product(128, 1024, 1536), **_product(128, 1536, 1024, "b")},
    ),
    "compiler.lower.ops._PIECE": Tuned(
        (4_096, 8_192, 32_768),
        {**_product(32, 128, 10), **_product(100, 50, 10), **_steps("digits", "two")}, (1, 2),
    ),
    "compiler.lower.ops._SHORT": Tuned(
        (16, 32, 128),
        {**_product(512, 512, 10), **_product(128, 2048, 10), **_steps("wide")}, (1, 2),
    ),
    # schedule
    "compiler.schedule.division._BYTE": Tuned(
        (0.09, 0.17, 0.7, 1.4), _CROSSING, (2,)),
    "compiler.schedule.division._CHANGE": Tuned(
        (75.0, 150.0, 600.0, 1200.0), _CROSSING, (2,)),
    "compiler.schedule.division._BORDER": Tuned(
        (0.0, 75.0, 300.0, 600.0), _CROSSING, (2,)),
    "compiler.schedule.division._PACK": Tuned(
        (0.25, 0.5, 2.0, 4.0), _CROSSING, (2,)),
    "compiler.schedule.division._SMALL": Tuned(
        (1024, 2048, 8192, 16_384), _CROSSING, (2,)),
    "compiler.schedule.division._SWEEPS": Tuned(
        (1, 2, 4, 16), {**_CROSSING, **_compiling("deep")}, (2,)
    ),
    # passes
    "compiler.passes._ROUNDS": Tuned(
        (1, 2, 8), {**_steps("mlpbn"), **_compiling("deep")}),
    "compiler.passes._AGAIN": Tuned(
        (1, 4, 16), {**_steps("mlpbn"), **_compiling("deep")}),
    "compiler.passes.reduce.LARGE": Tuned(
        (16_384, 32_768, 131_072, 262_144),
        {"squares 200×100": p.squares(200, 100), "squares 200×250": p.squares(200, 250),
         "squares 300×300": p.squares(300, 300), "squares 400×500": p.squares(400, 500)}, (1, 2),
    ),
    "compiler.passes.spread._MOST": Tuned(
        (8, 16, 32, 128),
        {**{f"pooling by {k}": p.pooling(k) for k in (2, 3, 4, 5, 6)},
         **{f"compiling pooling by {k}": p.pooling(k, build=True) for k in (3, 5, 6)}},
    ),
    "compiler.passes.one_hot.WIDEST": Tuned(
        (128, 1024, 16_384, 65_536),
        {**{f"{n} classes": p.many_classes(n) for n in (512, 2048, 8192, 32_768)},
         **{f"{n} columns": p.picking(n) for n in (512, 2048, 8192, 32_768)}},
    ),
    "compiler.passes.fold.LARGEST": Tuned(
        (1024, 16_384), _steps("mlpbn", "cnn", "signal", "one"),
    ),
    "compiler.passes.share._COMPARED": Tuned(
        (4096, 1 << 20), _compiling("mlp", "deep"),
    ),
    # what is read at each call
    "compiler.trace.objects.MOST_BYTES": Tuned(
        (1 << 15, 1 << 17), {"call": p.reading_array}, live=True
    ),
    "compiler.trace.reach.MOST": Tuned(
        (2500, 10_000), {"call": p.reading_list}, live=True),
    "compiler.run.bound.SLICE": Tuned(
        (0.005, 0.025, 0.1), _steps("toy", "digits"), live=True, seconds=0.3
    ),
    "ops.sums.FAN": Tuned(
        (16, 64, 128),
        {"sums of 1000×1000": p.totals(1000, 1000), "sums of 64×100": p.totals(64, 100),
         "eager sums of 1000×1000": p.eager_totals(1000, 1000), **_steps("mlpbn")}, live=True,
        also="compiler.emit.nest",
    ),
    "core.memory._KEPT": Tuned(
        (1 << 17, 64 << 20, 1 << 30), {f"eager {n}": p.eager(n)
        for n in ("two", "mlp", "cnn")}, live=True, seconds=0.2,
    ),
    "train.evaluation._WORTH": Tuned(
        (2, 8, 1000),
        {f"predict {n} × 1024 rows": p.predicting(n) for n in (2, 3, 4, 6, 8)}, live=True,
    ),
    # threads
    "train.threads._SMALL": Tuned(
        (1e6, 2e6, 8e6, 1.6e7),
        {f"eager {n}-{n}, batch 64": p.fitted(n, 64) for n in (110, 150, 200, 300)}, (2,),
        live=True, seconds=0.1,
    ),
    "compiler.emit.pool._LOOKS": Tuned(
        (300, 1500, 6000, 30_000),
        {f"calls of {n}": p.with_own_pool(p.calls(n)) for n in ("two", "signal")}, (2,), live=True,
    ),
    "compiler.emit.pool.SPINS": Tuned(
        (50, 200, 800, 3200),
        {**_steps("two", "deep"),
         "deep beside another": p.beside_another(p.steps("deep"))}, (2,), seconds=0.1,
        also="compiler.emit.driver",
    ),
    "compiler.run.threads.Pace._AGAIN": Tuned(
        (0.125, 0.25, 1.0, 2.0),
        {"deep beside another": p.beside_another(p.steps("deep"))}, (2,), live=True, seconds=2.0,
    ),
    "compiler.run.threads.Pace._MUCH": Tuned(
        (0.1, 0.2, 0.5, 0.7),
        {"deep beside another": p.beside_another(p.steps("deep")), **_steps("deep")}, (2,),
        live=True, seconds=2.0,
    ),
}  # fmt: skip
"""By module (below `denpa`) and name."""


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
    parser.add_argument("names", nargs="*", metavar="NAME", help="the end of a name: _DEPTH, "
                        "schedule.division._SMALL; all without one")  # fmt: skip
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--cpu", default="", metavar="NAME", help="compile for this processor, "
                        "such as haswell, whose vectors are shorter")  # fmt: skip
    chosen = parser.parse_args(given)
    names = [
        name for name in TABLE
        if not chosen.names or any(f".{name}".endswith(f".{end}") for end in chosen.names)
    ]  # fmt: skip
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
            for program in TABLE[name].programs:
                for threads in TABLE[name].threads:
                    compare(name, program, threads, chosen.rounds)


if __name__ == "__main__":
    main()
