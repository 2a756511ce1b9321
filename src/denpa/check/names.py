"""A correction in the names that the code itself has at that line.

What numbers alone tell is a formula: y for the output, x for the input. Where the code calls them
self.out and self.inputs, it is told so; what has no name there is not told as code.
"""

from __future__ import annotations

import ast
import builtins
import linecache
import re
from collections.abc import Iterator

from denpa.check.locate import Location

_REST = "… + "  # and what is there already, before it
_OUTPUTS, _INPUTS = ("y", "p"), ("x",)
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def in_their_names(expected: str, place: Location | None) -> str:
    """A correction with the names of that line; empty where it needs a name that is not there.

    Without the source nothing is known of its names, and it is left as it is.
    """
    if place is None or not expected:
        return expected
    if expected.startswith(_REST):
        expected = _added(expected.removeprefix(_REST), place)
    try:
        tree, wanted = ast.parse("".join(linecache.getlines(place.file))), ast.parse(expected)
    except (SyntaxError, ValueError):
        return "" if expected.startswith(_REST) else expected
    if not tree.body:
        return expected
    around = list(_around(tree, place.line))
    unknown = _used(wanted) - _known(tree, around)
    if not unknown:
        return expected
    theirs = _attributes(around)
    if not unknown <= theirs.keys():
        return ""
    for name in unknown:
        expected = re.sub(rf"(?<![\w.]){name}\b(?!\s*=)", theirs[name], expected)
    return expected


def _added(term: str, place: Location) -> str:
    """What stands on a line, and a term more; empty where that is no single value."""
    try:
        (statement,) = ast.parse(place.text).body
    except (SyntaxError, ValueError):
        return ""
    value = statement.value if isinstance(statement, (ast.Return, ast.Assign)) else None
    if value is None or isinstance(value, (ast.Tuple, ast.List, ast.Dict)):
        return ""
    text = ast.get_source_segment(place.text, value) or ast.unparse(value)
    loose = isinstance(value, (ast.IfExp, ast.Lambda, ast.Compare, ast.BoolOp))
    return f"({text}) + {term}" if loose else f"{text} + {term}"


def _around(tree: ast.AST, line: int) -> Iterator[ast.ClassDef | _Function]:
    """The classes and functions that a line is in, the outermost first."""
    for node in ast.walk(tree):
        holds = isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        if holds and node.lineno <= line <= (node.end_lineno or node.lineno):  # type: ignore[attr-defined]
            yield node  # type: ignore[misc]


def _known(tree: ast.Module, around: list[ast.ClassDef | _Function]) -> set[str]:
    """The names that are there: Python's, the file's, those of the functions around. A file that
    imports everything from another may have any, np among them."""
    known = {*dir(builtins), "np"}
    for node in tree.body:
        inside = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        known |= {node.name} if inside else set(_bound(node))  # type: ignore[attr-defined]
    for function in around:
        if not isinstance(function, ast.ClassDef):
            known |= set(_bound(function))
    return known


def _bound(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from ((a.asname or a.name).split(".")[0] for a in node.names)


def _used(tree: ast.AST) -> set[str]:
    own = set(_bound(tree))
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} - own


def _attributes(around: list[ast.ClassDef | _Function]) -> dict[str, str]:
    """What a class keeps of its output and its input, if it does: {"y": "self.out"}."""
    held = [n for n in around if isinstance(n, ast.ClassDef)]
    if not held:
        return {}
    for method in held[-1].body:
        if not isinstance(method, _Function) or method in around or method.name == "__init__":
            continue
        returns = [n.value for n in ast.walk(method) if isinstance(n, ast.Return) and n.value]
        if not returns:
            continue
        found = dict.fromkeys(_OUTPUTS, _kept(method, returns[-1]))
        arguments = [ast.Name(a.arg, ast.Load()) for a in method.args.args[1:2]]
        found |= dict.fromkeys(_INPUTS, _kept(method, arguments[0]) if arguments else "")
        return {name: text for name, text in found.items() if text}
    return {}


def _kept(method: _Function, value: ast.expr) -> str:
    """The attribute that holds a value at the end of a method: self.y = y, self.y = y = f(x)."""
    if isinstance(value, ast.Attribute):
        return ast.unparse(value)
    for node in ast.walk(method):
        if isinstance(node, ast.Assign):
            same = ast.unparse(value) in map(ast.unparse, (node.value, *node.targets))
            at = [ast.unparse(t) for t in node.targets if isinstance(t, ast.Attribute)]
            if same and at:
                return at[0]
    return ""
