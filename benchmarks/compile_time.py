"""How long a user waits for the compiler: the first compiled training step, from call to result.

Timed is `dp.compile(step)` and its first call `step(x, y)` in a fresh process that has imported
denpa and built the network: importing llvmlite, tracing, all passes, LLVM, and the step itself.
First with an empty cache (`DENPA_CACHE` names a folder made for the purpose), then in a new process
that finds the program there. `eager` is the same first step without compiling.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Sequence

from benchmarks.peers import Refused
from benchmarks.report import Figures, Table, child, close, show
from benchmarks.workloads import WORKLOADS

LIMITS = {"mlp": 1.0, "cnn": 3.0}  # seconds with an empty cache
WARM = 0.1  # seconds with a warm one


def first_step(name: str, compiled: bool) -> float:
    """Seconds of making and calling the step of a workload once."""
    import denpa as dp
    from benchmarks.peer_denpa import pieces
    from benchmarks.torch_like import tensors

    w = WORKLOADS[name]
    step = pieces(w)
    x, y = (t[: w.batch] for t in tensors(dp, w))
    started = time.perf_counter()
    if not compiled:
        float(step(x, y))
        return time.perf_counter() - started
    step = dp.compile(step)
    float(step(x, y))
    taken = time.perf_counter() - started
    if not step.programs():
        raise Refused("ran eagerly, since no native program could be made")
    return taken


def main(given: Sequence[str] | None = None) -> None:
    """Print the table, and write it as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help=", ".join(WORKLOADS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", metavar="FILE", help="write every round there, too")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    parser.add_argument("--one", choices=("native", "eager"), help=argparse.SUPPRESS)
    chosen = parser.parse_args(given)
    names = chosen.workloads or list(LIMITS)
    if chosen.one:  # the child process
        try:
            print(json.dumps({"s": first_step(names[0], chosen.one == "native")}))
        except Refused as reason:
            print(json.dumps({"reason": str(reason)}))
        return

    figures = Figures()
    table = Table(["seconds", "empty cache", "limit", "warm cache", "limit", "eager"],
                  chosen.markdown)  # fmt: skip
    for name in names:
        with tempfile.TemporaryDirectory() as top:

            def measure(column: str, name: str = name, top: str = top) -> dict[str, object]:
                if column == "empty":  # the next "warm" finds what this leaves behind
                    shutil.rmtree(f"{top}/cache", ignore_errors=True)
                kind = "eager" if column == "eager" else "native"
                return child("benchmarks.compile_time", name, "--one", kind,
                             env={"DENPA_CACHE": f"{top}/cache"})  # fmt: skip

            figures.fill(name, ("empty", "warm", "eager"), chosen.rounds, measure, key="s")
        cold, warm, eager = (figures.figure(name, c) for c in ("empty", "warm", "eager"))
        limit = f"{LIMITS[name]:g}{_over(cold, LIMITS[name])}" if name in LIMITS else "-"
        table.row([name, show(cold, 2), limit, show(warm, 3), f"{WARM:g}{_over(warm, WARM)}",
                   show(eager, 3)])  # fmt: skip
    close(figures, chosen.markdown, chosen.json, unit="s", limits={"cold": LIMITS, "warm": WARM})


def _over(figure: float | None, limit: float) -> str:
    return " OVER" if figure is not None and figure > limit else ""


if __name__ == "__main__":
    main()
