"""One whole training step (forward, backward, update) against every peer.

Each measurement is a process of its own; the peers take turns, several rounds, so that a machine
whose speed drifts is unfair to none. A step is timed from batch to updated weights, as the mean
over a pass of up to 200 steps, the median of 5 passes; compiling and the first steps are outside
the time. Printed: the median over the rounds in microseconds; the fastest peer; and how many times
longer it takes than Denpa's native step. `python -m benchmarks.train_step --check` times nothing:
all peers start from the same weights, and their losses must agree, so that none skips work.
What each peer does is said at the head of its `benchmarks/peer_*.py`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from benchmarks.peers import OURS, PEERS
from benchmarks.report import Figures, Table, child, close, show
from benchmarks.workloads import WORKLOADS, describe

CHECKED = 6  # losses compared: those before the first step and after each of five
TOLERANCE = 1e-4  # relative: sums in another order end below 4e-5
OTHERS = {"sklearn": 1e-3}  # its Adam adds ε before the bias correction: 5e-4 off on `wide`


def main(given: Sequence[str] | None = None) -> int:
    """Print the table (or the check), and write it as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help=", ".join(WORKLOADS))
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS), metavar="PEER",
                        help=", ".join(PEERS))  # fmt: skip
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.0, help="length of one measurement")
    parser.add_argument("--timeout", type=float, default=120.0, help="of one measurement, with "
                        "its imports and compilation, in seconds")  # fmt: skip
    parser.add_argument("--json", metavar="FILE", help="write every round there, too")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    parser.add_argument("--check", action="store_true", help="compare losses; time nothing")
    chosen = parser.parse_args(given)
    unknown = [name for name in chosen.workloads if name not in WORKLOADS]
    if unknown:
        parser.error(f"no workload {', '.join(unknown)}; there are {', '.join(WORKLOADS)}")
    names = chosen.workloads or list(WORKLOADS)
    if chosen.check:
        return check(names, [p for p in chosen.peers if p != "gemm"], chosen.timeout)

    figures = Figures()
    table = Table(["µs per step", *chosen.peers, "fastest peer", "ratio"], chosen.markdown)
    for name in names:

        def measure(peer: str, name: str = name) -> dict[str, object]:
            return child("benchmarks.measure", "train", peer, name, str(chosen.seconds),
                         timeout=chosen.timeout)  # fmt: skip

        figures.fill(name, chosen.peers, chosen.rounds, measure)
        best = figures.fastest(name, without=OURS)
        ratio = figures.ratio(name, best, "denpa") if best else None
        cells = [show(figures.figure(name, p)) for p in chosen.peers]
        table.row([name, *cells, best or "-", show(ratio, 2)])
    print("ratio: the fastest peer's time / the time of denpa; gemm is the matrix products alone")
    for name in names:
        print(f"{'* ' if chosen.markdown else ''}{name}: {describe(WORKLOADS[name])}")
    settings = {"rounds": chosen.rounds, "seconds": chosen.seconds, "timeout": chosen.timeout}
    close(figures, chosen.markdown, chosen.json, unit="µs per training step", settings=settings,
          workloads={name: describe(WORKLOADS[name]) for name in names})  # fmt: skip
    return 0


def check(names: Sequence[str], peers: Sequence[str], timeout: float) -> int:
    """Compare the losses of all peers with the median peer's; 1 if any is off, or none agrees."""
    failed = 0
    for name in names:
        losses: dict[str, list[float]] = {}
        for peer in peers:
            found = child("benchmarks.measure", "check", peer, name, str(CHECKED), timeout=timeout)
            if "reason" in found:
                print(f"{name:8} {peer:15} -           {found['reason']}", flush=True)
            else:
                losses[peer] = found["losses"]
        middle = [sorted(column)[len(losses) // 2] for column in zip(*losses.values(), strict=True)]
        failed += len(losses) < 2  # one peer alone compares with nobody
        for peer, found_losses in losses.items():
            off = max(abs(a - b) / abs(b) for a, b in zip(found_losses, middle, strict=True))
            bad = not off < OTHERS.get(peer, TOLERANCE)  # a loss that is not a number is bad, too
            failed += bad
            word = "DIFFERS" if bad else "agrees"
            print(f"{name:8} {peer:15} {word:8} {off:8.1e}  {found_losses[-1]:.6f}", flush=True)
    print(f"{failed} differ" if failed else "all agree")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
