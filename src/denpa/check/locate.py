"""Which line of somebody's code makes a gradient."""

from __future__ import annotations

import ast
import inspect
import os
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from denpa.words import say


@dataclass(frozen=True)
class Location:
    """A line of source, without the spaces around it."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        if _cell(self.file):
            return f"{_short(self.file)}, line {self.line}"
        return f"{_short(self.file)}:{self.line}"

    @property
    def place(self) -> str:
        """Where in its file it is, as people say it.

        >>> Location("a.ipynb, cell 3", 11, "").place, Location("a.py", 4, "").place
        ('cell 3, line 11', 'line 4')
        """
        cell = _cell(self.file)
        if not cell:
            return say("line {line}", line=self.line)
        return say("cell {cell}, line {line}", cell=cell, line=self.line)


def _cell(file: str) -> str:
    """The number of the cell that a file is."""
    found = re.search(r"\.ipynb, cell (\d+)$", file)
    return "" if found is None else found[1]


def _short(file: str) -> str:
    """The path from here, where that is shorter."""
    try:
        from_here = os.path.relpath(file)
    except ValueError:  # another drive
        return file
    return from_here if len(from_here) < len(file) else file


def locate(code: Any, name: str, gradient: str, is_input: bool) -> Location | None:
    """The line of `backward` (or of a function) that makes a gradient: the last assignment to it,
    or, for an input, the line that is returned or that makes what is returned."""
    source = ParsedSource.of(getattr(code, "backward", code))
    if source is None:
        return None
    tree = source.tree
    wanted = {gradient, name, f"d{name}", f"grad_{name}"}
    node = _returned(tree, wanted) if is_input else _assigned(tree, wanted - {name})
    if node is None and not is_input:  # the names of a dict: self.grads["W"] = …
        node = _assigned(tree, {name})
    return None if node is None else source.line(node)


def locate_change(code: Any, method: str, position: int) -> Location | None:
    """The line of a method that changes an argument in place: x *= 2, x[0] = 1."""
    source = ParsedSource.of(getattr(code, method, None))
    if source is None:
        return None
    names = [a.arg for a in source.tree.body[0].args.args if a.arg != "self"]  # type: ignore[attr-defined]
    if position >= len(names):
        return None
    for node in ast.walk(source.tree):
        for target in _targets(node):
            inside = isinstance(target, ast.Subscript) or isinstance(node, ast.AugAssign)
            while isinstance(target, ast.Subscript):
                target = target.value
            if inside and isinstance(target, ast.Name) and target.id == names[position]:
                return source.line(node)
    return None


_DRAWING = ("rand", "randn", "random", "uniform", "normal", "standard_normal", "integers",
            "randint", "choice", "permutation", "shuffle", "binomial", "dropout")  # fmt: skip


def locate_random(code: Any) -> Location | None:
    """The line of a class or function that draws random numbers."""
    source = ParsedSource.of(code)
    for node in ast.walk(source.tree) if source is not None else ():
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name.split(".")[-1] in _DRAWING or "random" in name:
                return source.line(node) if source is not None else None
    return None


@dataclass
class ParsedSource:
    """The source of a function, parsed."""

    file: str
    first: int
    lines: list[str]
    tree: ast.Module

    @classmethod
    def of(cls, function: Any) -> ParsedSource | None:
        """The source of a function; None where it is not to be had."""
        try:
            function = inspect.unwrap(function)
            lines, first = inspect.getsourcelines(function)
            tree = ast.parse(textwrap.dedent("".join(lines)))
            return cls(inspect.getsourcefile(function) or "?", first, lines, tree)
        except (OSError, TypeError, SyntaxError):
            return None

    def line(self, node: Any) -> Location:
        """Where a node of the tree stands in the file."""
        at = node.lineno - 1
        return Location(self.file, self.first + at, self.lines[at].strip())


def _targets(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Assign):
        for t in node.targets:
            yield from t.elts if isinstance(t, (ast.Tuple, ast.List)) else (t,)
    elif isinstance(node, (ast.AugAssign, ast.AnnAssign)):
        yield node.target


def _called(target: ast.expr) -> str:
    if isinstance(target, ast.Attribute):
        return target.attr
    if isinstance(target, ast.Name):
        return target.id
    if isinstance(target, ast.Subscript):
        key = target.slice
        if isinstance(key, ast.Constant):
            return str(key.value)
        return _called(target.value)
    return ""


def _assigned(tree: ast.AST, wanted: set[str]) -> ast.stmt | None:
    found = None
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and any(_called(t) in wanted for t in _targets(node)):
            found = node if found is None or node.lineno > found.lineno else found
    return found


def _returned(tree: ast.AST, wanted: set[str]) -> ast.stmt | None:
    returns = [n for n in ast.walk(tree) if isinstance(n, ast.Return) and n.value is not None]
    if not returns:
        return None
    last = max(returns, key=lambda n: n.lineno)
    value: Any = last.value
    if isinstance(value, ast.Tuple) and value.elts:
        value = value.elts[0]
    if isinstance(value, ast.Name):
        return _assigned(tree, {value.id}) or last
    if isinstance(value, ast.Attribute):
        return _assigned(tree, {value.attr}) or last
    return last
