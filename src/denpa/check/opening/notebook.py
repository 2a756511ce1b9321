"""A file as cells: a Jupyter notebook, or Python with `# %%` between them.

Each cell of a notebook has a file name of its own, such as `homework.ipynb, cell 3`, under which
Python's linecache holds its lines: a traceback, and whoever looks for the source of a function,
finds cell and line. Cells are counted as a reader counts those with code, from 1.

For who imports it, a notebook is also one Python file, with what its cells define.
"""

from __future__ import annotations

import ast
import io
import json
import linecache
import re
import tokenize
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from denpa.check.opening.statements import StatementReader
from denpa.core.errors import ArgumentError
from denpa.words import say

_HEAD = re.compile(r"# cell (\d+)")
_FILE = re.compile(r", cell (\d+)$")
_MARK = re.compile(r"#\s*%%(?!%)")
_OF_IPYTHON = re.compile(r"\s*([%!?]|[\w.]+\s*=\s*[%!]|[\w.*]+\?{1,2}\s*$|(pip|conda|mamba)\s)")
_OF_PYTHON = ("time", "timeit", "capture", "prun", "python3", "python", "debug")  # as %%time


@dataclass(frozen=True)
class Cell:
    """Code that is compiled as one. `number` is None for a file without cells; `first` is the line
    of `file` on which it begins."""

    number: int | None
    file: str
    text: str
    first: int = 1

    def place(self, line: int) -> str:
        """Where a line is, as people say it.

        >>> Cell(3, "homework.ipynb, cell 3", "").place(5), Cell(None, "p.py", "").place(2)
        ('cell 3, line 5', 'line 2')
        """
        if self.number is None:
            return say("line {line}", line=line)
        return say("cell {number}, line {line}", number=self.number, line=line)


def is_notebook(file: Path) -> bool:
    """Whether a file is a Jupyter notebook, by its name."""
    return file.suffix == ".ipynb"


def cells_of(file: Path) -> list[Cell]:
    """The cells with code of a notebook or of a Python file, which is one cell if nothing parts it.

    Errors: ArgumentError for a file that is no text, or no notebook.
    """
    if is_notebook(file):
        return _of_notebook(file)
    try:
        with tokenize.open(file) as stream:
            text = stream.read()
    except (SyntaxError, UnicodeDecodeError) as error:
        raise ArgumentError(
            say(
                "{file} is not written in UTF-8 ({error}); save it so, or name its encoding in "
                "the first line: # -*- coding: cp932 -*-",
                file=file,
                error=error,
            )
        ) from None
    name = str(file.resolve())
    starts = marks(text)
    if not starts:
        return [Cell(None, name, text)]
    lines = text.splitlines(keepends=True)
    edges = [1, *starts, len(lines) + 1]
    parts = [(a, lines[a - 1 : b - 1]) for a, b in pairwise(edges)]
    cells: list[Cell] = []
    for first, part in parts:
        if re.match(r"#\s*%%.*\[(markdown|md|raw)\]", part[0] if part else "#"):
            continue
        if any(line.strip() and not line.lstrip().startswith("#") for line in part):
            # With empty lines before it, its lines have the numbers of the file.
            cells.append(Cell(len(cells) + 1, name, "\n" * (first - 1) + "".join(part), first))
    return cells


def marks(text: str) -> list[int]:
    """The lines of Python code on which cells begin; not those inside a string.

    >>> marks("import numpy\\n# %%\\na = 1\\n")
    [2]
    """
    if "%%" not in text:
        return []
    found = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT and not token.start[1] and _MARK.match(token.string):
                found.append(token.start[0])
        inside = [(n.lineno, n.end_lineno or n.lineno) for n in ast.parse(text).body]
    except (tokenize.TokenError, SyntaxError, ValueError):  # told when it is compiled
        return found
    return [k for k in found if not any(a < k <= b for a, b in inside)]


def _of_notebook(file: Path) -> list[Cell]:
    try:
        held = json.loads(file.read_text(encoding="utf-8-sig"))
        sheets = held.get("worksheets", [held])  # those of the format before 2015
        sources = [
            _joined(cell.get("source", cell.get("input", "")))
            for sheet in sheets
            for cell in sheet["cells"]
            if cell["cell_type"] == "code"
        ]
    except (UnicodeDecodeError, ValueError, LookupError, AttributeError, TypeError) as error:
        raise ArgumentError(
            say(
                "{file} is no Jupyter notebook ({kind}: {error}); save it anew",
                file=file,
                kind=type(error).__name__,
                error=error,
            )
        ) from None
    cells = []
    for number, source in enumerate(sources, 1):
        name = f"{file.resolve()}, cell {number}"
        text = python_of(source)
        linecache.cache[name] = len(text), None, [f"{line}\n" for line in text.split("\n")], name
        cells.append(Cell(number, name, text))
    return cells


def _joined(source: Any) -> str:
    return source if isinstance(source, str) else "".join(source)


def python_of(source: str) -> str:
    """A cell without what IPython adds to Python, each line where it was. A cell that is none of
    Python's, such as %%bash, is empty.

    >>> print(python_of("%matplotlib inline\\nif a:\\n    !ls\\nb = 7 % 4"))
    # %matplotlib inline
    if a:
        pass  # !ls
    b = 7 % 4
    """
    lines = source.split("\n")
    first = next((k for k, line in enumerate(lines) if line.strip()), 0)
    magic = re.match(r"%%(\w+)", lines[first])
    if magic is not None:
        if magic[1] not in _OF_PYTHON:
            return "\n".join(f"# {line}" for line in lines)
        lines[first] = f"# {lines[first]}"
    for _ in range(len(lines)):
        text = "\n".join(lines)
        try:
            ast.parse(text)
        except SyntaxError as error:
            at = min(error.lineno or 1, len(lines)) - 1
            if not _OF_IPYTHON.match(lines[at]):
                return text
            line = lines[at]
            indent = line[: len(line) - len(line.lstrip())]
            lines[at] = f"{indent}pass  # {line.strip()}" if indent else f"# {line}"
            while line.rstrip().endswith("\\") and at + 1 < len(lines):  # it goes on
                at += 1
                line = lines[at]
                lines[at] = f"# {line}"
        except ValueError:  # a null byte
            return text
        else:
            return text
    return "\n".join(lines)


# -- as one file -----------------------------------------------------------------------------------


def as_file(notebook: Path) -> str:
    """A notebook as a Python file: a comment for each cell, then its lines, of which those that
    define nothing are empty. A cell that is no Python stays: Python tells where.

    Errors: ArgumentError for no notebook.
    """
    reader = StatementReader("")
    lines: list[str] = []
    for cell in _of_notebook(notebook):
        lines += [f"# cell {cell.number}", *_kept(cell.text, reader)]
    return "\n".join(lines)


def _kept(text: str, reader: StatementReader) -> list[str]:
    lines = text.split("\n")
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError):
        return lines
    kept: set[int] = set()
    for node in body:
        if reader.is_definition(node):
            first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
            kept.update(range(first, (node.end_lineno or first) + 1))
    return [line if n in kept else "" for n, line in enumerate(lines, 1)]


def cell_and_line(file: str, line: int, text: str | None = None) -> str:
    """A line as "cell 3, line 5", where it is of a notebook: by the name of a cell's file, or in
    the `text` that `as_file` has made.

    >>> cell_and_line("homework.ipynb, cell 3", 5), cell_and_line("a.py", 5)
    ('cell 3, line 5', '5')
    >>> cell_and_line("homework.py", 4, "# cell 1\\nx = 1\\n# cell 2\\ny = 2")
    'cell 2, line 1'
    """
    if found := _FILE.search(file):
        return say("cell {found}, line {line}", found=found[1], line=line)
    lines = [] if text is None else text.split("\n")
    for back in range(min(line, len(lines)) - 1, -1, -1):
        if found := _HEAD.fullmatch(lines[back]):
            at = line - 1 - back
            return say("cell {found}, line {at}", found=found[1], at=at)
    return str(line)
