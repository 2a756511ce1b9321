"""How well the gradient check names mistakes: the planted ones, and right layers that it must not
call wrong."""

from __future__ import annotations

import sys
import time
from collections import Counter

from denpa import check
from denpa.check.gallery import MUTANTS, all_right, built


def main() -> int:
    """Print the table; 1 if a mistake is missed or a right layer called wrong."""
    named: Counter[str] = Counter()
    planted = Counter(m.mistake for m in MUTANTS)
    started = time.perf_counter()
    for m in MUTANTS:
        obj, given = built(m.layer, m)
        found = check.layer(obj, *given).findings
        named[m.mistake] += bool(found) and (found[0].name, found[0].mistake) == (m.name, m.mistake)
    each = (time.perf_counter() - started) / len(MUTANTS)
    cases = list(all_right(range(30)))
    alarms = sum(not check.layer(obj, *given).ok for _, obj, given in cases)
    print(f"{'mistake':<24}{'planted':>9}{'named':>9}")
    for mistake, n in sorted(planted.items()):
        print(f"{mistake:<24}{n:>9}{named[mistake]:>9}")
    print(f"{'all':<24}{len(MUTANTS):>9}{sum(named.values()):>9}")
    print(f"right layers {len(cases)}, called wrong {alarms}; {each * 1e3:.0f} ms a check")
    return int(alarms > 0 or sum(named.values()) < len(MUTANTS))


if __name__ == "__main__":
    sys.exit(main())
