"""What a child process does: one measurement of one peer, printed as one line of JSON.

`python -m benchmarks.measure train PEER WORKLOAD SECONDS`, `… check PEER WORKLOAD STEPS`,
`… predict PEER WORKLOAD SECONDS ROWS`, `… memory PEER WORKLOAD`.
A peer that has no such thing prints its reason.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from statistics import median
from typing import Any

from benchmarks.peers import PEERS, Refused, predictor, trainer
from benchmarks.workloads import WORKLOADS, checked, data

PASSES = 5
STEPS = 200  # of a pass, at most: as many for a fast peer as for a slow one
SHORTEST = 0.02  # seconds of a pass, so that the clock and a waking thread do not count


def passes(run: Callable[[int], object], unit: int, seconds: float) -> list[float]:
    """Seconds of a step in each of PASSES passes that together last about `seconds`.

    The steps before that, not counted, compile what is to be compiled and warm the caches.
    """
    for _ in range(3):
        run(max(unit, 2))
    started = time.perf_counter()
    run(unit)
    each = max(time.perf_counter() - started, 1e-7) / unit
    n = max(min(STEPS, seconds / PASSES / each), SHORTEST / each, 3)
    n = -(-int(n) // unit) * unit
    found = []
    for _ in range(PASSES):
        started = time.perf_counter()
        run(n)
        found.append((time.perf_counter() - started) / n)
    return found


def train(peer: str, name: str, seconds: str) -> dict[str, Any]:
    """Microseconds of one training step: the median over the passes."""
    found = trainer(peer, WORKLOADS[name])
    times = passes(found.run, found.unit, float(seconds))
    more = {"threads": found.threads, "note": found.note}
    return {"us": median(times) * 1e6, "passes": times, **more}


def check(peer: str, name: str, steps: str) -> dict[str, Any]:
    """The losses of the first steps from the common weights: see `checked`."""
    found = trainer(peer, checked(WORKLOADS[name]), check=True)
    losses: list[float] = []
    while len(losses) < int(steps):
        losses += found.run(found.unit)
    return {"losses": losses[: int(steps)]}


def predict(peer: str, name: str, seconds: str, rows: str) -> dict[str, Any]:
    """Microseconds of one prediction of some rows."""
    w = WORKLOADS[name]
    f = predictor(peer, w)
    x = data(w)[0][: int(rows)]

    def run(n: int) -> None:
        for _ in range(n):
            f(x)

    times = passes(run, 1, float(seconds))
    return {"us": median(times) * 1e6, "passes": times}


def memory(peer: str, name: str) -> dict[str, Any]:
    """Mebibytes by which the process grows at its highest: see `benchmarks.memory`."""
    w = WORKLOADS[name]
    _imports(peer)
    kept = data(w)  # the peer makes its own, which may share no memory with these
    before = _status("VmRSS")
    _forget_peak()
    found = trainer(peer, w)
    found.run(found.unit * -(-w.batches // found.unit))
    peak = _status("VmHWM")
    settled = _status("VmRSS")
    _forget_peak()
    found.run(found.unit * -(-w.batches // found.unit))
    del kept
    mebi = 1 / 1024
    return {
        "mib": (max(peak, _status("VmHWM")) - before) * mebi,
        "settled": (settled - before) * mebi,
        "before": before * mebi,
    }


def _imports(peer: str) -> None:
    """All modules that the peer will use, so that they are not counted."""
    import_module(f"benchmarks.peer_{PEERS[peer]}")
    for module in {"denpa": ("denpa", "llvmlite.binding"), "torch": ("torch",)}[PEERS[peer]]:
        if peer != "denpa-eager" or module == "denpa":
            import_module(module)


def _status(key: str) -> int:
    """A line of the process's own status, in KiB."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(f"{key}:"))


def _forget_peak() -> None:
    """Let the peak start anew from what is resident now: imports may have needed more."""
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def main() -> None:
    """Do what the first argument says."""
    jobs: dict[str, Callable[..., dict[str, Any]]] = {
        "train": train,
        "check": check,
        "predict": predict,
        "memory": memory,
    }
    try:
        found = jobs[sys.argv[1]](*sys.argv[2:])
    except Refused as reason:
        found = {"reason": str(reason)}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
