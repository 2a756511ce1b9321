"""How well the gradient check names mistakes: the planted ones, and right layers that it must not
call wrong."""

from __future__ import annotations

import sys
import time

from denpa.check.gallery import examined


def main() -> int:
    """Print the table; 1 if more than one in fifty is not named, or a right layer called wrong."""
    started = time.perf_counter()
    found = examined(seeds=range(5))
    checks = found["mutants"] + found["correct_cases"]
    each = (time.perf_counter() - started) / checks
    print(f"{'mistake':<24}{'planted':>9}{'named':>9}")
    for mistake, n in found["by_mistake"].items():
        print(f"{mistake:<24}{n['planted']:>9}{n['named']:>9}")
    share = found["named"] / found["mutants"]
    print(f"{'all':<24}{found['mutants']:>9}{found['named']:>9}   {share:.1%}")
    print(
        f"right layers {found['correct_cases']}, called wrong {found['false_alarms']}; "
        f"{each * 1e3:.0f} ms a check"
    )
    for line in (*found["missed"], *found["alarms"]):
        print(f"  {line}")
    return int(share < 0.98 or found["false_alarms"] > 0)


if __name__ == "__main__":
    sys.exit(main())
