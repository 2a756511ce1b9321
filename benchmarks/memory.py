"""The peak memory of training: how much a fresh process grows once its imports and data are there.

Counted is resident memory, from before the network is built to the highest point (`VmHWM`, started
anew by /proc/self/clear_refs) of two epochs: weights, gradients, moments, activations, buffers,
compiled code and what a library keeps for itself. `denpa-cold` compiles; `denpa` finds the program
in the cache, as every process after the first does. Linux only.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence

from benchmarks.report import Figures, Table, child, close, show
from benchmarks.workloads import WORKLOADS

PEERS = ("denpa-cold", "denpa", "denpa-eager", "torch", "torch-fused")


def main(given: Sequence[str] | None = None) -> None:
    """Print the table, and write it as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help=", ".join(WORKLOADS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", metavar="FILE", help="write every round there, too")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    chosen = parser.parse_args(given)

    figures = Figures()
    table = Table(["peak, MiB", *PEERS], chosen.markdown)
    for name in chosen.workloads or ("mlp", "deep", "cnn"):
        with tempfile.TemporaryDirectory() as warm:

            def measure(column: str, name: str = name, warm: str = warm) -> dict[str, object]:
                peer = column.removesuffix("-cold")
                with tempfile.TemporaryDirectory() as cold:
                    cache = {"DENPA_CACHE": cold if column.endswith("-cold") else warm}
                    return child("benchmarks.measure", "memory", peer, name, env=cache)

            measure("denpa")  # fills the warm cache
            figures.fill(name, PEERS, chosen.rounds, measure, key="mib")
        table.row([name, *[show(figures.figure(name, p)) for p in PEERS]])
    close(figures, chosen.markdown, chosen.json, unit="MiB of growth at the peak")


if __name__ == "__main__":
    main()
