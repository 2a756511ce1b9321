"""Running a lab's file and writing what it found: `figure.svg`, `graph.html`, `table.csv`,
`result.json`."""

from __future__ import annotations

import csv
import io
import json
import os
import platform
import runpy
import time
import traceback
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from denpa.core.errors import ArgumentError
from denpa.core.files import write_atomically
from denpa.core.jsonable import jsonable
from denpa.lab import style
from denpa.lab.claims import Claim
from denpa.lab.session import Lab, LabSettings, running
from denpa.lab.words import key_of, translate, words
from denpa.report.explanation import page

__all__ = ["Result", "prepare", "run_file"]


@dataclass(frozen=True)
class Result:
    """What a run of one lab gave."""

    lab: Lab
    seconds: float
    processor_seconds: float  # of all threads; other programs on the machine do not change it much

    @property
    def holds(self) -> bool:
        """Whether there are claims and each of them holds."""
        return bool(self.lab.claims) and all(c.holds for c in self.lab.claims)

    @property
    def failed(self) -> list[Claim]:
        """The claims that do not hold."""
        return [c for c in self.lab.claims if not c.holds]

    def record(self, language: str) -> dict[str, Any]:
        """What `result.json` holds, its words in `language`."""
        lab = self.lab
        return {
            "lab": lab.name,
            "holds": self.holds,
            "claims": [
                {
                    "claim": translate(c.text, language),
                    "measured": c.measured,
                    "expected": c.expected,
                    "holds": c.holds,
                }
                for c in lab.claims
            ],
            "language": language,
            "quick": lab.quick,
            "seed": lab.seed,
            "data": lab.data,
            "seconds": round(self.seconds, 2),
            "processor_seconds": round(self.processor_seconds, 2),
            "cores": os.cpu_count(),
            "versions": {
                "denpa": version("denpa"),
                "numpy": np.__version__,
                "python": platform.python_version(),
            },
        }

    def files(self, language: str) -> dict[str, str]:
        """The contents of the files, by their names."""
        found = {}
        for n, (figure, _) in enumerate(self.lab.figures, 1):
            found[_numbered("figure", n, "svg")] = style.svg(figure, language)[0]
        for n, (explanation, _) in enumerate(self.lab.pictures, 1):
            found[_numbered("graph", n, "html")] = page(explanation.to_dict(), language)
        for n, table in enumerate(self.lab.tables, 1):
            found[_numbered("table", n, "csv")] = _csv(table, language)
        text = json.dumps(
            jsonable(self.record(language)), ensure_ascii=False, indent=2, allow_nan=False
        )
        found["result.json"] = text + "\n"
        return found

    def write(self, folder: Path, language: str) -> list[str]:
        """Write the files into a folder that is there; returns their names."""
        files = self.files(language)
        for name, content in files.items():
            write_atomically(folder / name, content.encode("utf-8", "backslashreplace"))
        return list(files)

    def untranslated(self) -> list[str]:
        """The texts of figures, tables and claims that have no Japanese yet."""
        lab = self.lab
        texts = [c.text for c in lab.claims]
        for figure, what in lab.figures:
            texts += [what, *style.svg(figure, "en")[1]]
        texts += [what for _, what in lab.pictures]
        for table in lab.tables:
            texts += [*table, *(v for column in table.values() for v in column)]
        lines = [part for t in texts if isinstance(t, str) for part in t.split("\n")]
        keys = dict.fromkeys(key for part in lines if (key := key_of(part)))
        return [key for key in keys if key not in words()]


def _numbered(stem: str, n: int, ending: str) -> str:
    return f"{stem}.{ending}" if n == 1 else f"{stem}-{n}.{ending}"


def _csv(table: Mapping[str, list[Any]], language: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([translate(name, language) for name in table])
    for row in zip(*table.values(), strict=True):
        writer.writerow([translate(v, language) if isinstance(v, str) else v for v in row])
    return out.getvalue()


def run_file(path: Path, *, quick: bool = False, seed: int = 0) -> Result:
    """Run a lab's file from its first line to its last. Warnings are errors in it.

    Errors: an ArgumentError with file and line where the file raises one, where it makes no `Lab`,
    and where it claims nothing.
    """
    began, worked = time.perf_counter(), time.process_time()
    settings = LabSettings(quick, seed, collect=True)
    with running(settings), warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            runpy.run_path(str(path), run_name="__main__")
        except ArgumentError:
            raise
        except Exception as error:
            raise ArgumentError(
                f"{_place(path, error)}: {type(error).__name__}: {error}"
            ) from error
    lab = settings.lab
    if lab is None:
        raise ArgumentError(
            f"{path}: this file makes no Lab; begin with `from denpa.lab import Lab` and "
            '`lab = Lab("my-lab")`'
        )
    if not lab.claims:
        raise ArgumentError(f"{path}: the lab claims nothing; add a lab.claim(...)")
    return Result(lab, time.perf_counter() - began, time.process_time() - worked)


def _place(path: Path, error: BaseException) -> str:
    """The line of the lab's file at which an error came up."""
    if isinstance(error, SyntaxError):
        return f"{path}:{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f.lineno for f in frames if f.filename == str(path)]
    return f"{path}:{lines[-1]}" if lines else str(path)


def prepare(folder: Path, overwrite: bool) -> None:
    """Make the folder of the results, before anything is computed.

    Errors: an ArgumentError where it is a file, or has something in it and `overwrite` is false;
    an OSError where it cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise ArgumentError(f"{folder} is a file; --out names a folder")
    if folder.is_dir() and any(folder.iterdir()) and not overwrite:
        raise ArgumentError(
            f"{folder} exists and is not empty; "
            "give another folder, or --overwrite to write into it"
        )
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / ".denpa"
    probe.touch()
    probe.unlink()
