"""All attacks with many cases: `python -m tests.attack [NAME …] [--seed N] [--share 0.1]`."""

from __future__ import annotations

import argparse
import sys
import time

from tests.attack.table import ATTACKS


def main() -> int:
    """Print a line an attack, and beneath each what fell; the exit code is 1 if anything did."""
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="attacks (default: all)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--share", type=float, default=1.0, help="of the cases (default 1)")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in ATTACKS]
    if unknown:
        parser.error(f"no attack {unknown[0]!r}; there are {', '.join(ATTACKS)}")
    print(
        "| attack | every case | tried | fell | slowest case |\n|---|---|--:|--:|--:|", flush=True
    )
    fell = False
    for name in options.names or ATTACKS:
        attack = ATTACKS[name]
        start = time.perf_counter()
        outcome = attack.run(max(1, round(attack.many * options.share)), options.seed)
        seconds = time.perf_counter() - start
        figures = f"{outcome.tried:,} | {len(outcome.fell):,} | {outcome.slowest:.2g} s"
        print(f"| {name} | {attack.claim} | {figures} |", flush=True)
        print(f"{name}: {seconds:.0f} s", *outcome.fell[:20], sep="\n  ", file=sys.stderr)
        fell |= bool(outcome.fell)
    return int(fell)


if __name__ == "__main__":
    sys.exit(main())
