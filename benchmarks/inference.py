"""Predicting: one row and 128 rows through `mlp` (784-512-512-10), from NumPy array to NumPy array.

Timed is what a program that serves predictions does: wrap the array, call the network without
gradients, read the result as an array. scikit-learn's `predict` also takes the largest class.
Below the table stands the floor: the time to read the weights once from where they lie, by dot
products of an array of their size, the best of many, with one thread and with two.
"""

from __future__ import annotations

import argparse
import threading
import time
from collections.abc import Sequence

import numpy as np

from benchmarks.peers import OURS, PEERS
from benchmarks.report import Figures, Table, child, close, show
from benchmarks.workloads import WORKLOADS, weights

LEFT_OUT = ("denpa-call", "torch-fused", "torch-fused-1t", "jax-scan", "jax-scan-1t", "tinygrad",
            "gemm")  # fmt: skip
ROWS = (1, 128)
REPEATS = 200


def reading(size: int, threads: int) -> float:
    """Microseconds to read `size` float32 numbers once, each thread its share."""
    from threadpoolctl import threadpool_limits

    share = size // threads
    parts = [np.ones(share, np.float32) for _ in range(threads)]
    gate = threading.Barrier(threads)
    spans = [(0.0, 0.0)] * threads

    def work(k: int) -> None:
        a = parts[k]
        gate.wait()
        started = time.perf_counter()
        for _ in range(REPEATS):
            np.dot(a, a)
        spans[k] = (started, time.perf_counter())

    best = float("inf")
    with threadpool_limits(limits=1, user_api="blas"):
        for _ in range(20):
            team = [threading.Thread(target=work, args=(k,)) for k in range(threads)]
            for t in team:
                t.start()
            for t in team:
                t.join()
            span = max(b for _, b in spans) - min(a for a, _ in spans)
            best = min(best, span / REPEATS)
    return best * 1e6


def main(given: Sequence[str] | None = None) -> None:
    """Print the table and the floor, and write them as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    asked = [p for p in PEERS if p not in LEFT_OUT]
    parser.add_argument("--peers", nargs="+", choices=asked, default=asked, metavar="PEER",
                        help=", ".join(asked))  # fmt: skip
    parser.add_argument("--workload", choices=WORKLOADS, default="mlp")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.0, help="length of one measurement")
    parser.add_argument("--timeout", type=float, default=120.0, help="of one, in seconds")
    parser.add_argument("--json", metavar="FILE", help="write every round there, too")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    chosen = parser.parse_args(given)

    figures = Figures()
    head = [f"{chosen.workload}, µs", *chosen.peers, "fastest peer", "ratio"]
    table = Table(head, chosen.markdown)
    for rows in ROWS:
        name = f"{rows} row{'s' * (rows > 1)}"

        def measure(peer: str, rows: int = rows) -> dict[str, object]:
            return child("benchmarks.measure", "predict", peer, chosen.workload,
                         str(chosen.seconds), str(rows), timeout=chosen.timeout)  # fmt: skip

        figures.fill(name, chosen.peers, chosen.rounds, measure)
        best = figures.fastest(name, without=OURS)
        ratio = figures.ratio(name, best, "denpa") if best else None
        cells = [show(figures.figure(name, p)) for p in chosen.peers]
        table.row([name, *cells, best or "-", show(ratio, 2)])
    size = sum(a.size for a in weights(WORKLOADS[chosen.workload]).values())
    floor = {f"{n} thread{'s' * (n > 1)}": reading(size, n) for n in (1, 2)}
    told = ", ".join(f"{name} {us:.0f} µs" for name, us in floor.items())
    print(f"reading the weights once, {size * 4 / 1e6:.2f} MB: {told}")
    close(figures, chosen.markdown, chosen.json, unit="µs per prediction", floor=floor)


if __name__ == "__main__":
    main()
