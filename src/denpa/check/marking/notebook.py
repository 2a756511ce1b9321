"""The code of a submission: a file as it is, of a notebook what its cells define.

Cells train, plot and download; of those nothing is run. Imports, functions, classes and constants
are what tests and checks need.
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from pathlib import Path

_MAGIC = re.compile(r"^\s*[%!?]|\?\s*$")
_HEAD = re.compile(r"^# cell (\d+)$")


@dataclass(frozen=True)
class Place:
    """A line of a notebook's cell; cells of text do not count."""

    cell: int
    line: int

    def __str__(self) -> str:
        return f"[{self.cell}]:{self.line}"


def code_of(path: Path) -> str:
    """The Python text of a .py or .ipynb file. Errors: ValueError for no notebook."""
    text = path.read_text(encoding="utf-8")
    return definitions(text) if path.suffix == ".ipynb" else text


def definitions(text: str) -> str:
    """A notebook as a Python file: a comment for each cell, then its lines, of which those that
    define nothing are empty.

    >>> cell = {"cell_type": "code", "source": "%time\\nimport math\\nprint(1)\\nN = 3"}
    >>> definitions(json.dumps({"cells": [cell]})).split("\\n")
    ['# cell 1', '', 'import math', '', 'N = 3']
    """
    try:
        cells = json.loads(text)["cells"]
        sources = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError):
        raise ValueError("this is no notebook (nbformat 4)") from None
    lines: list[str] = []
    for number, source in enumerate(sources, 1):
        lines += [f"# cell {number}", *_kept(source)]
    return "\n".join(lines)


def place(text: str, line: int) -> Place | None:
    """Where a line of such a file stands in the notebook."""
    lines = text.split("\n")
    for back in range(min(line, len(lines)) - 1, -1, -1):
        if found := _HEAD.match(lines[back]):
            return Place(int(found[1]), line - 1 - back)
    return None


def _kept(source: str) -> list[str]:
    lines = source.split("\n")
    if lines[0].startswith("%%") and lines[0].split()[0] not in ("%%time", "%%timeit", "%%capture"):
        return [""] * len(lines)  # of another language
    lines = ["" if _MAGIC.search(line) else line for line in lines]
    try:
        body = ast.parse("\n".join(lines)).body
    except SyntaxError:
        return lines  # Python tells where
    kept: set[int] = set()
    for node in body:
        if _defines(node):
            first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
            kept.update(range(first, (node.end_lineno or first) + 1))
    return [line if n in kept else "" for n, line in enumerate(lines, 1)]


def _defines(node: ast.stmt) -> bool:
    if isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)):
        return True
    if not isinstance(node, (ast.Assign, ast.AnnAssign)) or node.value is None:
        return False
    return not any(isinstance(n, (ast.Call, ast.Await)) for n in ast.walk(node.value))
