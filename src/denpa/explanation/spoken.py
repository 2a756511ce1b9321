"""What the user calls things: read off the expression that was computed, in the user's own file."""

from __future__ import annotations

import ast
import linecache
from functools import lru_cache

from denpa.core.source import Source

_Span = tuple[int, int, int, int]


@lru_cache(maxsize=64)
def _parsed(filename: str, text: str) -> dict[_Span, tuple[ast.AST, ast.AST | None]]:
    """Every expression of a file by its span, with the statement or expression around it."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    found: dict[_Span, tuple[ast.AST, ast.AST | None]] = {}
    stack: list[ast.AST] = [tree]
    while stack:
        outer = stack.pop()
        for inner in ast.iter_child_nodes(outer):
            if isinstance(inner, ast.expr):
                last, end = inner.end_lineno or 0, inner.end_col_offset or 0
                found[inner.lineno, last, inner.col_offset, end] = (inner, outer)
            stack.append(inner)
    return found


def expression(source: Source | None) -> tuple[ast.AST, ast.AST | None] | None:
    """The expression at a place of the user's code, and what stands around it; None where the file
    cannot be read any more."""
    if source is None or (span := source.span) is None:
        return None
    text = "".join(linecache.getlines(source.filename))
    return _parsed(source.filename, text).get(span) if text else None


def result_name(source: Source | None) -> str:
    """`z` of `z = net(x)`; empty where the result has no name of its own."""
    found = expression(source)
    if found is None:
        return ""
    _, outer = found
    if isinstance(outer, ast.Assign) and len(outer.targets) == 1:
        return _name(outer.targets[0])
    if isinstance(outer, (ast.AnnAssign, ast.AugAssign)):
        return _name(outer.target)
    return ""


def argument_names(source: Source | None, count: int = 0) -> list[str]:
    """What a call or an operator was given, in the order of its operands: names, and "" for what is
    no name. What stands before the dot of a method counts where the rest is less than `count`:
    `x.sum()` is given x, `dp.log(x)` is not given dp."""
    found = expression(source)
    if found is None:
        return []
    node = found[0]
    operands: list[ast.expr] = []
    if isinstance(node, ast.BinOp):
        operands = [node.left, node.right]
    elif isinstance(node, ast.UnaryOp):
        operands = [node.operand]
    elif isinstance(node, ast.Compare):
        operands = [node.left, *node.comparators]
    elif isinstance(node, (ast.Attribute, ast.Subscript)):  # w.T, w[0]
        operands = [node.value]
    elif isinstance(node, ast.Call):
        operands = list(node.args)
        layer = source is not None and source.called[:1].isupper()  # self.fc1(x): self is not given
        if isinstance(node.func, ast.Attribute) and len(operands) < count and not layer:
            operands = [node.func.value, *operands]
    return [_name(x) for x in operands]


def _name(x: ast.AST) -> str:
    """A variable's name, or an attribute's."""
    if isinstance(x, ast.Name):
        return x.id
    if isinstance(x, ast.Attribute):
        return x.attr
    return ""
