"""The blind corpora of `benchmarks/strangers`, and what the command says of each file."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent / "strangers"
CORPORA = (
    "styles1", "styles2", "styles3", "styles4", "wrong1", "wrong2", "wrong3", "wrong4",
)  # fmt: skip
# Findings that say that something is wrong and not what.
VAGUE = ("unknown", "shape", "missing", "nan")
VERDICTS = ("right", "wrong", "wrong correction")
_TIME_OUT = 240  # seconds; the command's own limit ends it long before


@dataclass(frozen=True)
class Row:
    """One file, and what its author says of it."""

    corpus: str
    file: str
    name: str
    right: bool
    mistake: str
    line: str
    note: str
    options: tuple[str, ...]

    @property
    def path(self) -> Path:
        return ROOT / self.corpus / self.file

    @property
    def spec(self) -> str:
        return f"{self.path}:{self.name.split('/')[0]}"

    @property
    def place(self) -> tuple[str, str] | None:
        """File, or file and cell, and line of the mistake, as a report tells them."""
        if not self.line:
            return None
        if self.path.suffix == ".ipynb":
            # The author counts the cells with text, too; the report those with code.
            cell = int(_found(r"cell (\d+)", self.note))
            inside = re.search(r"line (\d+) of the cell", self.note)
            code = [c["cell_type"] == "code" for c in self.cells()[:cell]]
            return f"{self.path.name}, cell {sum(code)}", inside[1] if inside else self.line
        if self.path.is_dir():
            return Path(_found(r"line in (\S+)", self.note)).name, self.line
        return self.path.name, self.line

    def cells(self) -> list[dict[str, Any]]:
        cells: list[dict[str, Any]] = json.loads(self.path.read_text("utf-8"))["cells"]
        return cells

    def code(self) -> str | None:
        """The line with the mistake; None where none is named or there is none."""
        if self.place is None:
            return None
        where, line = self.place
        if self.path.suffix == ".ipynb":
            code = [c for c in self.cells() if c["cell_type"] == "code"]
            text = "".join(code[int(_found(r"cell (\d+)", where)) - 1]["source"])
        else:
            folder = self.path if self.path.is_dir() else self.path.parent
            text = (folder / where).read_text("utf-8")
        lines = text.splitlines()
        return lines[int(line) - 1] if int(line) <= len(lines) else None


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise ValueError(f"a manifest's note names no place: {text!r}")
    return match[1]


def rows(corpus: str) -> list[Row]:
    """The manifest of a corpus. Those of wrong files alone have no column `verdict`."""
    found = []
    for r in table(f"{corpus}/manifest.csv"):
        right = r.get("verdict", "wrong") == "right"
        options = tuple((r.get("options") or "").split())
        found.append(
            Row(corpus, r["file"], r["name"], right, r["mistake"], r["line"], r.get("note") or "",
                options)
        )  # fmt: skip
    return found


def table(name: str) -> list[dict[str, str]]:
    with (ROOT / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True)
class Outcome:
    """What the command said of one file, in how many seconds."""

    row: Row
    status: int
    data: dict[str, Any]
    seconds: float

    @property
    def findings(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.data.get("findings") or []
        return found

    @property
    def opened(self) -> bool:
        return self.status in (0, 1)

    @property
    def false_alarm(self) -> bool:
        return self.row.right and self.status == 1

    @property
    def silent(self) -> bool:
        return not self.row.right and self.status == 0

    @property
    def caught(self) -> bool:
        return not self.row.right and self.status == 1

    @property
    def named(self) -> bool:
        """Whether what is told first is a mistake with a name."""
        return self.caught and bool(self.findings) and self.findings[0]["mistake"] not in VAGUE

    @property
    def line_right(self) -> bool:
        return self.caught and self.row.place in {
            (Path(f["file"]).name, str(f["line"])) for f in self.findings if f.get("file")
        }

    @property
    def keys(self) -> list[tuple[str, str, str]]:
        """What a person judges: each mistake that a wrong file is said to have."""
        said = dict.fromkeys(f["mistake"] for f in self.findings) if self.caught else {}
        return [(self.row.corpus, self.row.file, mistake) for mistake in said]


def command(*arguments: str) -> tuple[int, str, float]:
    """Exit status and output of `denpa …`, and its seconds on the clock."""
    began = time.perf_counter()
    ended = subprocess.run(
        [sys.executable, "-m", "denpa", *arguments],
        capture_output=True, encoding="utf-8", timeout=_TIME_OUT,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    return ended.returncode, ended.stdout, time.perf_counter() - began


def outcome(row: Row) -> Outcome:
    status, out, seconds = command("check", row.spec, "--json", *row.options)
    return Outcome(row, status, json.loads(out) if out else {"error": "no report"}, seconds)


def outcomes(corpus: str, pool: ThreadPoolExecutor) -> Iterator[Outcome]:
    """Those of a corpus, in its order; the work begins at once."""
    return pool.map(outcome, rows(corpus))


def judged() -> dict[tuple[str, str, str], str]:
    """A person's verdicts on findings in wrong files."""
    return {(r["corpus"], r["file"], r["mistake"]): r["verdict"] for r in table("judged.csv")}


def known() -> dict[tuple[str, str, str], str]:
    """Right files called wrong (✗) and wrong ones called right (✓), with the reason."""
    return {(r["corpus"], r["file"], r["said"]): r["reason"] for r in table("known.csv")}
