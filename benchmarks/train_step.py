"""One whole training step (forward, backward, update) against the peers.

Each peer runs in a process of its own; the peers take turns, several rounds, so that a machine
whose speed drifts is unfair to none. Printed: medians over the rounds in microseconds, and the
ratio of Denpa's time to PyTorch eager's.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
from statistics import median

from benchmarks.workloads import WORKLOADS


def one(peer: str, name: str, seconds: float) -> float:
    """One figure, measured in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.workloads", peer, name, str(seconds)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    """Print the table, and write it as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workloads", nargs="*", default=list(WORKLOADS), help="toy two tab mlp …")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.0, help="length of one measurement")
    parser.add_argument("--json", metavar="FILE", help="write the figures there, too")
    chosen = parser.parse_args()
    peers = ["denpa"]
    if importlib.util.find_spec("torch"):
        peers.append("torch")
    print(f"{'µs per step':12}" + "".join(f"{p:>10}" for p in (*peers, "gemm")) + "   denpa/torch")
    table = {}
    for name in chosen.workloads:
        asked = peers if WORKLOADS[name].image else [*peers, "gemm"]
        figures: dict[str, list[float]] = {p: [] for p in asked}
        for _ in range(chosen.rounds):
            for p in asked:
                figures[p].append(one(p, name, chosen.seconds))
        row = {p: median(v) for p, v in figures.items()}
        table[name] = figures
        cells = "".join(f"{row[p]:>10,.0f}" if p in row else f"{'-':>10}" for p in (*peers, "gemm"))
        ratio = ""
        if "torch" in row:
            pairs = zip(figures["denpa"], figures["torch"], strict=True)
            ratio = f"{median(a / b for a, b in pairs):10.2f}"
        print(f"{name:12}{cells}   {ratio}", flush=True)
    if chosen.json:
        with open(chosen.json, "w") as file:
            json.dump(table, file, indent=1)


if __name__ == "__main__":
    main()
