"""The tuned constants of the compiler, the values tried beside each, and on which programs.

`benchmarks.tuned` prints what comes of it. What came is said beside each constant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from benchmarks import tuned_programs as p
from benchmarks.workloads import WORKLOADS, Workload

SHORTEST = 0.02  # seconds of a measurement


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
    return {f"step {name}": p.steps(WORKLOADS[name]) for name in names}


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
_PICKED = ((64, 2048), (64, 8192), (64, 32_768), (1, 8192), (1, 32_768))
_BESIDE = {"mlp beside another": p.beside_another(p.steps(WORKLOADS["mlp"]))}
_CROSSING = _steps("two", "mlp", "mlpbn", "signal")

TABLE = {
    # emit
    "compiler.emit.packing.ROWS": Tuned((2, 8), _LINEAR, also="compiler.emit.panels"),
    "compiler.emit.panels._VECTORS": Tuned((2, 4), _LINEAR),
    "compiler.emit.panels._DEPTH": Tuned(
        (64, 128, 512),
        {**_LINEAR, **_product(1024, 784, 256), **_product(1024, 2048, 256)},
    ),
    "compiler.emit.panels._FEW": Tuned(
        (32, 64, 256, 512, 1024),
        {
            **_product(784, 100, 50, "a"),
            **_product(784, 100, 100, "a"),
            **_product(512, 128, 192, "a"),
            **_product(500, 100, 250, "a"),
            **_product(512, 128, 784, "a"),
            **_product(2048, 128, 512, "a"),
            **_product(2048, 128, 192, "a"),
        },
    ),
    "compiler.emit.packing.APART": Tuned(
        (0, 2, 8, 16),
        {**_product(512, 128, 784, "a"), **_product(512, 256, 512, "a")},
        also="compiler.emit.panels",
    ),
    "compiler.emit.panels._BLOCK": Tuned(
        (64, 256, 512),
        {**_product(512, 128, 784, "a"), **_product(1024, 784, 256)},
    ),
    "compiler.emit.codegen._ALONE": Tuned(
        (50_000, 200_000, 800_000, 1_600_000),
        _steps("house", "table3", "digits", "two"),
        (2,),
    ),
    # lower
    "compiler.lower.nodes._FULL": Tuned(
        (0, 75, 300, 600),
        {**_steps("mlpbn", "signal"), "60 outputs": p.outputs(60, 100_000)},
    ),
    "compiler.lower.fusion._CHEAP": Tuned(
        (1, 6, 12),
        {
            **_steps("mlpbn", "signal"),
            **{
                f"weight {k} of {n}×{n}": p.shared_value(k, n)
                for k in (2, 3, 5, 8)
                for n in (256, 2000)
            },
        },
    ),
    "compiler.lower.fusion._LARGEST": Tuned(
        (0, 40, 160),
        {
            **_steps("mlpbn", "signal"),
            "chain of 150": p.chain(150, 1_000_000),
            "chain of 150, in the cache": p.chain(150, 4096),
            "chain of 60": p.chain(60, 1_000_000),
            "chain of 60, in the cache": p.chain(60, 4096),
        },
    ),
    "compiler.lower.epilogue._MOST": Tuned(
        (0, 2, 4, 16), _steps("toy", "house", "table3", "mlpbn")
    ),
    "compiler.lower.ops._BLAS": Tuned(
        (3_000, 6_000, 24_000, 48_000),
        {
            **_product(32, 20, 10),
            **_product(64, 28, 10),
            **_product(32, 100, 10),
            "step 20-32-10": p.steps(Workload((20, 32, 10), 32, "relu", "adam", "classes")),
        },
    ),
    "compiler.lower.ops._CACHED": Tuned(
        (4_096, 16_384),
        {
            **_product(128, 64, 100),
            **_product(128, 100, 64, "b"),
            **_product(128, 128, 100),
            **_product(128, 100, 128, "b"),
        },
    ),
    "compiler.lower.ops._LARGE": Tuned(
        (1 << 19, 1 << 21, 1 << 23),
        {
            **_product(128, 784, 1024),
            **_product(128, 1024, 1536),
            **_product(128, 1536, 1024, "b"),
            **_product(128, 2048, 2048),
        },
    ),
    "compiler.lower.ops._PIECE": Tuned(
        (4_096, 8_192, 32_768),
        {**_product(32, 128, 10), **_product(100, 50, 10), **_steps("digits", "two")},
        (1, 2),
    ),
    "compiler.lower.ops._SHORT": Tuned(
        (16, 32, 128),
        {**_product(512, 512, 10), **_product(128, 2048, 10), **_steps("wide")},
        (1, 2),
    ),
    # schedule
    "compiler.schedule.division._BYTE": Tuned((0.09, 0.17, 0.7, 1.4), _CROSSING, (2,)),
    "compiler.schedule.division._CHANGE": Tuned((75.0, 150.0, 600.0, 1200.0), _CROSSING, (2,)),
    "compiler.schedule.division._BORDER": Tuned((0.0, 75.0, 300.0, 600.0), _CROSSING, (2,)),
    "compiler.schedule.division._PACK": Tuned((0.25, 0.5, 2.0, 4.0), _CROSSING, (2,)),
    "compiler.schedule.division._SMALL": Tuned((1024, 2048, 8192, 16_384), _CROSSING, (2,)),
    "compiler.schedule.division._SWEEPS": Tuned(
        (1, 2, 4, 16), {**_CROSSING, **_compiling("mlpbn")}, (2,)
    ),
    # passes
    "compiler.passes._ROUNDS": Tuned((1, 2, 8), {**_steps("mlpbn"), **_compiling("mlpbn")}),
    "compiler.passes._AGAIN": Tuned((1, 4, 16), {**_steps("mlpbn"), **_compiling("mlpbn")}),
    "compiler.passes.reduce.LARGE": Tuned(
        (16_384, 32_768, 131_072, 1 << 30),
        {
            "squares 200×100": p.squares(200, 100),
            "squares 200×250": p.squares(200, 250),
            "squares 300×300": p.squares(300, 300),
            "squares 400×500": p.squares(400, 500),
            "squares 2000×1000": p.squares(2000, 1000),
        },
        (1, 2),
    ),
    "compiler.passes.spread._MOST": Tuned(
        (8, 16, 32, 128),
        {
            **{f"pooling by {k}": p.pooling(k) for k in (3, 5, 6, 9)},
            **{f"compiling pooling by {k}": p.pooling(k, build=True) for k in (3, 5, 6)},
        },
    ),
    "compiler.passes.one_hot.WIDEST": Tuned(
        (128, 1024, 16_384, 65_536),
        {
            **{f"{n} classes": p.many_classes(n) for n in (512, 2048, 8192, 32_768)},
            **{f"picked from {m}×{n}": p.picking(m, n) for m, n in _PICKED},
        },
    ),
    "compiler.passes.fold.LARGEST": Tuned(
        (1024, 16_384),
        _steps("mlpbn", "cnn", "signal", "one"),
    ),
    "compiler.passes.share._COMPARED": Tuned(
        (4096, 1 << 20),
        _compiling("mlp", "mlpbn"),
    ),
    # what is read at each call
    "compiler.trace.objects.MOST_BYTES": Tuned(
        (1 << 15, 1 << 17), {"call": p.reading_array}, live=True
    ),
    "compiler.trace.reach.MOST": Tuned((2500, 10_000), {"call": p.reading_list}, live=True),
    "compiler.run.bound.SLICE": Tuned(
        (0.005, 0.025, 0.1), _steps("toy", "digits"), live=True, seconds=0.3
    ),
    "ops.sums.FAN": Tuned(
        (16, 64, 128),
        {
            "sums of 1000×1000": p.totals(1000, 1000),
            "sums of 64×100": p.totals(64, 100),
            "eager sums of 1000×1000": p.eager_totals(1000, 1000),
            **_steps("mlpbn"),
        },
        live=True,
        also="compiler.emit.nest",
    ),
    "core.memory._KEPT": Tuned(
        (1 << 17, 64 << 20, 1 << 30),
        {f"eager {n}": p.eager(n) for n in ("two", "mlp", "cnn")},
        live=True,
        seconds=0.2,
    ),
    "train.evaluation._WORTH": Tuned(
        (2, 8, 1000),
        {f"predict {n} × 1024 rows": p.predicting(n) for n in (2, 3, 4, 6, 8)},
        live=True,
    ),
    # threads
    "train.threads._SMALL": Tuned(
        (1e6, 2e6, 8e6, 1.6e7),
        {f"eager {n}-{n}, batch 64": p.fitted(n, 64) for n in (110, 150, 200, 300)},
        (2,),
        live=True,
        seconds=0.1,
    ),
    "compiler.emit.pool._LOOKS": Tuned(
        (300, 1500, 6000, 30_000),
        {f"calls of {n}": p.with_own_pool(p.calls(n)) for n in ("two", "signal")},
        (2,),
        live=True,
    ),
    "compiler.emit.pool.SPINS": Tuned(
        (50, 200, 800, 3200),
        {**_steps("two", "mlp"), **_BESIDE},
        (2,),
        seconds=0.1,
        also="compiler.emit.driver",
    ),
    "compiler.run.threads.Pace._AGAIN": Tuned(
        (0.125, 0.25, 1.0, 2.0),
        {**_BESIDE},
        (2,),
        live=True,
        seconds=2.0,
    ),
    "compiler.run.threads.Pace._MUCH": Tuned(
        (0.1, 0.2, 0.5, 0.7),
        {**_BESIDE, **_steps("mlp")},
        (2,),
        live=True,
        seconds=2.0,
    ),
}
"""By module (below `denpa`) and name."""
