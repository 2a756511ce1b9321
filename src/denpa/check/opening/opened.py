"""A file that is run as far as it goes: what it holds, and what of it was not run.

A Python file runs as Python runs it. Where a statement raises, or takes too long, what comes after
is run for its imports, definitions and constants only. Of a notebook, and of a file with `# %%`,
these alone are run from the start: its author runs cells one by one, with minutes of training among
them, and in an order of his own.
"""

from __future__ import annotations
import __future__

import ast
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from denpa.check.opening.execution import ABSENT, Stopped, UserError, limit, told
from denpa.check.opening.notebook import Cell
from denpa.check.opening.statements import StatementReader, bound_by, is_main
from denpa.core.errors import ArgumentError
from denpa.words import say

_PATIENCE = 5.0  # seconds of the processor for work, where the name asked for is a definition


@dataclass(frozen=True)
class Skipped:
    """A statement that was not run, or not to its end."""

    cell: Cell
    line: int
    names: tuple[str, ...]  # that it would have made
    error: BaseException | None = None  # that it raised
    main: bool = False  # below if __name__ == "__main__"

    @property
    def place(self) -> str:
        """Where it is."""
        return self.cell.place(self.line)

    @property
    def raised(self) -> str:
        """In a line, what came of it."""
        if self.error is None:
            return ""
        if isinstance(self.error, Stopped):
            return str(self.error)
        said = self.error.msg if isinstance(self.error, SyntaxError) else str(self.error)
        first = next(iter(said.splitlines()), "")
        return f"{type(self.error).__name__}: {first}"

    def why(self, name: str) -> str:
        """Why a name is not there."""
        if self.error is not None:
            return say(
                "{name} is made in {place}, which ended with {raised}",
                name=name,
                place=self.place,
                raised=self.raised,
            )
        if self.main:
            return say(
                '{name} is made in {place}, below if __name__ == "__main__"',
                name=name,
                place=self.place,
            )
        return say("{name} is made in {place}, which was not run", name=name, place=self.place)


class FileRun(Loader):
    """Runs the cells of a file in one module."""

    def __init__(self, cells: list[Cell], asked: str, seconds: float) -> None:
        """`asked`: the name that is to be had; `seconds`: for any statement, 0 for no limit."""
        self.cells, self.asked, self.seconds = cells, asked, seconds
        self.works = cells and cells[0].number is None  # whether work is done, too
        self.skipped: list[Skipped] = []
        self.absent: dict[str, Skipped] = {}
        self.spent = 0.0  # of the processor's time, on work
        self.patient = True  # whether work may take as long as the rest
        self.flags = 0

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """As Python does."""
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Run it. Errors: SyntaxError for a file that is no Python."""
        held = vars(module)
        held[ABSENT] = {}
        reader = StatementReader(self.asked)
        parsed = list(self._parsed())
        if self.works:  # a name that is no definition may come of any work
            nodes = [n for _, tree in parsed for n in ast.walk(tree)]
            named = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
            self.patient = not any(isinstance(n, named) and n.name == self.asked for n in nodes)
        own, parts = module.__name__, []
        for cell, tree in parsed:
            if cell.number is not None and cell.file != module.__file__:
                parts.append(_part(own, cell))
                held["__name__"] = parts[-1].__name__
            for node in tree.body:
                self._statement(cell, node, reader, held)
        held["__name__"] = own
        for part in parts:  # who looks for the globals of a class finds them by its module
            vars(part).update({k: x for k, x in held.items() if not k.startswith("__")})
        held[ABSENT] = {n: s.why(n) for n, s in self.absent.items()}

    def _parsed(self) -> Iterator[tuple[Cell, ast.Module]]:
        for cell in self.cells:
            try:
                tree = ast.parse(cell.text, cell.file)
                self.flags |= _futures(tree)
                compile(tree, cell.file, "exec", self.flags, dont_inherit=True)
            except (SyntaxError, ValueError) as error:
                if cell.number is None:
                    raise
                line = getattr(error, "lineno", None) or 1
                self._skip(Skipped(cell, line, tuple(_words(cell.text)), error))
            else:
                yield cell, tree

    def _statement(
        self, cell: Cell, node: ast.stmt, reader: StatementReader, held: dict[str, Any]
    ) -> None:
        names = tuple(bound_by(node))
        if is_main(node):
            for inner in node.body:
                self._skip(Skipped(cell, inner.lineno, tuple(bound_by(inner)), main=True))
            return
        shown = isinstance(node, ast.Expr) and not _calls(node) and not self.works
        definition = reader.is_definition(node)
        if shown or not (definition or self.works):
            if not shown:
                self._skip(Skipped(cell, node.lineno, names))
            return
        try:
            started = time.process_time()
            patience = 0.0
            if not definition and self.seconds and not self.patient:
                patience = max(_PATIENCE - self.spent, 0.1)
            code = compile(ast.Module([node], []), cell.file, "exec", self.flags, dont_inherit=True)
            with limit(self.seconds), limit(patience, processor=True):
                exec(code, held)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            self._skip(Skipped(cell, node.lineno, names, error))
            if not definition:
                self.works = False
        if not definition:
            self.spent += time.process_time() - started

    def _skip(self, skipped: Skipped) -> None:
        self.skipped.append(skipped)
        self.absent |= dict.fromkeys(skipped.names, skipped)


def _part(own: str, cell: Cell) -> ModuleType:
    """What Python takes for the module of the classes of a cell: its file is the cell."""
    part = ModuleType(f"{own}.cell_{cell.number}")
    part.__file__ = cell.file
    sys.modules[part.__name__] = part
    return part


def _calls(node: ast.AST) -> bool:
    return any(isinstance(n, (ast.Call, ast.Await)) for n in ast.walk(node))


def _futures(tree: ast.Module) -> int:
    found = 0
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            for name in node.names:
                found |= getattr(__future__, name.name).compiler_flag
    return found


def _words(text: str) -> Iterator[str]:
    """The names that a cell would define, though it is no Python."""
    for line in text.splitlines():
        head, _, rest = line.partition(" ")
        if head in ("class", "def"):
            yield rest.partition("(")[0].partition(":")[0].strip()


# -- in words --------------------------------------------------------------------------------------


def _failed(run: FileRun) -> tuple[list[Skipped], list[Skipped]]:
    """What failed of itself, and what else was left out."""
    failed = [s for s in run.skipped if s.error is not None and not _follows(s, run)]
    return failed, [s for s in run.skipped if not s.main and s not in failed]


def raised(file: Path, run: FileRun) -> list[str]:
    """What of a file raised and was passed over."""
    out: list[str] = []
    failed, left = _failed(run)
    for s in failed:
        then = ""
        if not isinstance(s.error, ImportError) and s.cell.number is None and left:
            then = say("; after it only imports, definitions and constants were run")
        out.append(
            say(
                "{name}, {place} ended with {raised}",
                name=file.name,
                place=s.place,
                raised=s.raised,
            )
            + then
        )
    return out


def remarks(file: Path, run: FileRun) -> list[str]:
    """What of a file was not run."""
    out, left = raised(file, run), _failed(run)[1]
    numbers = sorted({s.cell.number for s in left if s.cell.number is not None})
    if numbers:
        which = _ranges(numbers)
        many = "cells" if len(numbers) > 1 else "cell"
        out.append(
            say(
                "of {name} only imports, definitions and constants were run; {many} {which} "
                "not, or not wholly",
                name=file.name,
                many=many,
                which=which,
            )
        )
    return out


def _follows(skipped: Skipped, run: FileRun) -> bool:
    """Whether a statement only failed for want of another that was not run."""
    error = skipped.error
    return (
        isinstance(error, NameError)
        and error.name in run.absent
        and error.name not in (skipped.names)
    )


def _ranges(numbers: list[int]) -> str:
    """Numbers as people list them.

    >>> _ranges([1, 3, 4, 5, 8])
    '1, 3-5, 8'
    """
    parts: list[list[int]] = []
    for n in numbers:
        if parts and n == parts[-1][-1] + 1:
            parts[-1].append(n)
        else:
            parts.append([n])
    return ", ".join(str(p[0]) if len(p) == 1 else f"{p[0]}-{p[-1]}" for p in parts)


def lacking(run: FileRun, path: str, name: str) -> None:
    """Tell why a file does not hold a name, if that is because something was left out.

    Errors: UserError with what the file raised; ArgumentError for what was not run.
    """
    cause = run.absent.get(name)
    first = next((s for s in run.skipped if s.error is not None), None)
    if cause is not None and cause.error is None:
        raise ArgumentError(
            f"{path}: {cause.why(name)}"
            + say(". Put it into a function without arguments that returns it, and name that")
        )
    for skipped in (cause, first):
        if skipped is not None and skipped.error is not None:
            raise UserError(f"{path}: {told(skipped.error, 'importing it')}")
