"""Which names a proposed correction uses that are not there: Python itself is asked, which reads
the file with the correction as a statement at that line."""

from __future__ import annotations

import ast
import builtins
import linecache
import symtable

from denpa.check.locate import Location


def strange_names(expected: str, place: Location | None) -> set[str]:
    """Names of a correction that neither the function, nor the file, nor Python has at the line."""
    if place is None or not expected:
        return set()
    try:
        asked = ast.parse(expected)
    except SyntaxError:
        return {expected}
    tree = ast.parse("".join(linecache.getlines(place.file)))
    before = _globals(tree)
    _put(tree, place.line, asked.body)
    return _globals(ast.fix_missing_locations(tree)) - before - {"np"}


def _put(tree: ast.AST, line: int, extra: list[ast.stmt]) -> None:
    """Put statements before the one of a line, and nothing that binds a name."""
    found = [
        (body, k)
        for node in ast.walk(tree)
        for body in (getattr(node, f, None) for f in ("body", "orelse", "finalbody"))
        if isinstance(body, list)
        for k, s in enumerate(body)
        if s.lineno <= line <= s.end_lineno
    ]
    body, k = found[-1]  # the innermost
    values = [s.value for s in extra if isinstance(s, (ast.Expr, ast.Assign, ast.AugAssign))]
    body[k:k] = [ast.Expr(v) for v in values]


def _globals(tree: ast.AST) -> set[str]:
    """Names that functions look for in the file, and that the file does not have."""
    top = symtable.symtable(ast.unparse(tree), "checked", "exec")
    there = {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported()}
    there |= {t.get_name() for t in top.get_children()} | set(dir(builtins))
    wanted, tables = set(), list(top.get_children())
    while tables:
        table = tables.pop()
        tables += table.get_children()
        wanted |= {s.get_name() for s in table.get_symbols() if s.is_global()}
    return wanted - there
