"""How long `import denpa` takes beyond `import numpy`, each in fresh processes, in turn.

Both with their bytecode in place, as an installation leaves it.
"""

from __future__ import annotations

import compileall
import importlib.util
import subprocess
import sys
import time
from statistics import median


def once(module: str) -> float:
    """Wall time of a fresh Python that imports one module."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
    return time.perf_counter() - started


def main(rounds: int = 11) -> None:
    """Print both medians and the median difference."""
    spec = importlib.util.find_spec("denpa")
    assert spec is not None
    for folder in spec.submodule_search_locations or ():
        compileall.compile_dir(folder, quiet=1)
    pairs = [(once("numpy"), once("denpa")) for _ in range(rounds + 1)][1:]
    numpy, denpa = (median(p[k] for p in pairs) for k in (0, 1))
    extra = median(d - n for n, d in pairs)
    print(f"import numpy {numpy * 1e3:.0f} ms, denpa {denpa * 1e3:.0f} ms: +{extra * 1e3:.0f} ms")


if __name__ == "__main__":
    main()
