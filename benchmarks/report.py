"""What the parent process does: start measurements, keep their figures and reasons, print tables.

A measurement is a process of its own, so that no library disturbs another's threads or memory. One
that fails is never dropped: its cell is `-`, and the reason (the last line it wrote to stderr)
stands below the table.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.peers import PACKAGES, PEERS

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
BUSY = 0.5  # of the last minute's load: above, threads that wait spinning wait for others' work
ROOT = Path(__file__).parent.parent


def child(
    module: str, *words: str, timeout: float = 120, env: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """What `python -m module words…` printed as JSON, or {"reason": …} if it failed."""
    command = [sys.executable, "-m", module, *words]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=timeout,
            cwd=ROOT, env={**os.environ, **(env or {})},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return {"reason": f"took longer than {timeout:.0f} s"}
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        reason = lines[-1] if lines else f"ended with status {done.returncode} and no word"
        return {"reason": reason[:200]}
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


class Figures:
    """Every round of every cell, and why a cell is empty.

    A cell is a row's name and a column's. Its figure is the median over its rounds.
    """

    def __init__(self) -> None:
        self.machine = machine()  # now, since the measurements themselves make the load rise
        self.rounds: dict[str, dict[str, list[float]]] = {}
        self.reasons: dict[str, dict[str, str]] = {}
        self.threads: dict[str, int] = {}
        self.remarks: dict[str, dict[str, str]] = {}

    def fill(
        self, row: str, columns: Sequence[str], rounds: int,
        measure: Callable[[str], dict[str, Any]], key: str = "us",
    ) -> None:  # fmt: skip
        """Measure a row: in each round the columns take turns; what failed once is not repeated."""
        kept = self.rounds.setdefault(row, {})
        reasons = self.reasons.setdefault(row, {})
        for _ in range(rounds):
            for column in columns:
                if column in reasons:
                    continue
                found = measure(column)
                if "reason" in found:
                    reasons[column] = found["reason"]
                    kept.pop(column, None)
                    continue
                kept.setdefault(column, []).append(found[key])
                if found.get("threads"):
                    self.threads[column] = found["threads"]
                if found.get("note"):
                    self.remarks.setdefault(row, {})[column] = found["note"]

    def figure(self, row: str, column: str) -> float | None:
        """The median over the rounds, or None if the cell is empty."""
        found = self.rounds[row].get(column)
        return median(found) if found else None

    def ratio(self, row: str, above: str, below: str) -> float | None:
        """The median over the rounds of one column's time as a multiple of another's."""
        a, b = self.rounds[row].get(above), self.rounds[row].get(below)
        if not a or not b:
            return None
        return median(x / y for x, y in zip(a, b, strict=True))

    def fastest(self, row: str, without: Iterable[str]) -> str | None:
        """The column with the smallest figure."""
        left = [c for c in self.rounds[row] if c not in without and self.rounds[row][c]]
        return min(left, key=lambda c: median(self.rounds[row][c]), default=None)

    def notes(self) -> list[str]:
        """The reasons of the empty cells, one line for each peer and reason."""
        found: dict[tuple[str, str], list[str]] = {}
        for row, reasons in self.reasons.items():
            for column, reason in reasons.items():
                found.setdefault((column, reason), []).append(row)
        return [f"{c}: {reason} ({', '.join(rows)})" for (c, reason), rows in found.items()]

    def as_json(self, **more: Any) -> dict[str, Any]:
        """All of it with the machine and the packages."""
        return {
            "machine": self.machine,
            "versions": versions(),
            "threads": self.threads,
            **more,
            "medians": {r: {c: median(v) for c, v in k.items()} for r, k in self.rounds.items()},
            "rounds": self.rounds,
            "reasons": self.reasons,
            "remarks": self.remarks,
        }


def machine() -> dict[str, Any]:
    """The processor's name, the cores that this process may use, and what limits threads."""
    name = platform.processor()
    try:
        with open("/proc/cpuinfo") as file:
            names = [line.split(":", 1)[1].strip() for line in file if "model name" in line]
        name = names[0] if names else name
    except OSError:
        pass
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "processor": name,
        "cores": cores,
        "system": platform.platform(),
        "python": platform.python_version(),
        "limits": {k: os.environ[k] for k in THREADS if k in os.environ},
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0,
    }


def versions() -> dict[str, str]:
    """Installed versions of all that is measured."""
    found = {}
    for package in sorted({p for module in PEERS.values() for p in PACKAGES[module]}):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def show(figure: float | None, digits: int = 0) -> str:
    """A cell: small figures keep a digit."""
    if figure is None:
        return "-"
    return f"{figure:,.{max(digits, 1) if figure < 10 else digits}f}"


class Table:
    """Prints rows as they come, in columns or as Markdown."""

    def __init__(self, head: Sequence[str], markdown: bool) -> None:
        self.markdown = markdown
        self.widths = [max(len(h), 9) for h in head]
        self.row(head)
        if markdown:
            self.row(["---"] * len(head))

    def row(self, cells: Sequence[str]) -> None:
        """Print one row now."""
        if self.markdown:
            print(f"| {' | '.join(cells)} |", flush=True)
        else:
            padded = [c.rjust(n) for c, n in zip(cells[1:], self.widths[1:], strict=True)]
            print(cells[0].ljust(self.widths[0]) + "  " + "  ".join(padded), flush=True)


def close(figures: Figures, markdown: bool, path: str | None, **more: Any) -> None:
    """Print the reasons of the empty cells and the machine, and write the JSON file."""
    for line in figures.notes():
        print(f"* `-` {line}" if markdown else f"- {line}")
    about = figures.machine
    load = about["load"]
    print(f"{about['processor']}, {about['cores']} cores; load before the first: {load:.2f}")
    if load > BUSY:
        print("other programs were running: figures of several threads can be many times too long")
    if path:
        with open(path, "w") as file:
            json.dump(figures.as_json(**more), file, indent=1)
