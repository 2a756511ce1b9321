"""What forward computes, said in the names that backward has, and its derivative by the rules of
calculus: what a formula that somebody has differentiated by hand should have been."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Sequence
from typing import Any

from denpa.check.repair.tree import (
    Edit,
    Scope,
    Slot,
    called,
    edit,
    expressions,
    is_gradient,
    parsed,
    statements,
    targets,
)

_MOST = 300  # characters of a formula
_DEPTH = 6


class Formulas:
    """The formulas of forward: what each name there is, in names of backward."""

    def __init__(self, forwards: Sequence[ast.FunctionDef], scope: Scope) -> None:
        self.known = {*scope.arrays, *scope.numbers}
        self.made: dict[str, ast.expr] = {}  # by name in forward
        self.called: dict[str, str] = {}  # a name of forward: the one of backward
        twice: set[str] = set()
        for function in forwards:
            for at in statements(function):
                s = at.get()
                for t in targets(s) if isinstance(s, ast.Assign) else ():
                    text = ast.unparse(t)
                    if isinstance(t, ast.Name) and text in self.made:
                        twice.add(text)
                    if isinstance(s.value, ast.Name) and isinstance(t, ast.Attribute):
                        self.called[s.value.id] = text
                    else:
                        self.made[text] = s.value
        self.made = {n: x for n, x in self.made.items() if n not in twice}
        self.gone = twice

    def translated(self, x: ast.expr, depth: int = 0) -> ast.expr | None:
        """An expression of forward in names of backward; None where something is not kept."""
        lost: list[str] = []
        formulas = self

        class Translate(ast.NodeTransformer):
            def visit_Call(self, node: ast.Call) -> Any:
                node.args = [self.visit(a) for a in node.args]
                node.keywords = [self.visit(k) for k in node.keywords]
                if isinstance(node.func, ast.Attribute):
                    node.func.value = self.visit(node.func.value)
                elif not isinstance(node.func, ast.Name):
                    lost.append("")
                return node

            def visit_Name(self, node: ast.Name) -> Any:
                text = node.id
                if text in ("np", "numpy", "self", "math") or text in formulas.known:
                    return node
                if formulas.called.get(text) in formulas.known:
                    return parsed(formulas.called[text])
                inner = formulas.made.get(text)
                if inner is None or depth > _DEPTH or text in formulas.gone:
                    lost.append(text)
                    return node
                new = formulas.translated(inner, depth + 1)
                if new is None:
                    lost.append(text)
                return new or node

        new = Translate().visit(copy.deepcopy(x))
        return None if lost or len(ast.unparse(new)) > _MOST else new

    def all(self) -> Iterator[tuple[str, ast.expr]]:
        """Each formula with the name of what it makes."""
        for name, x in self.made.items():
            new = self.translated(x)
            if new is not None and not isinstance(new, (ast.Name, ast.Attribute, ast.Constant)):
                yield name, new


class _Unknown(Exception):
    """A function whose derivative is not in the table."""


_RULES = {
    "exp": "np.exp({0})",
    "log": "1 / {0}",
    "tanh": "1 - np.tanh({0}) ** 2",
    "sin": "np.cos({0})",
    "cos": "-np.sin({0})",
    "sqrt": "0.5 / np.sqrt({0})",
    "square": "2 * {0}",
    "abs": "np.sign({0})",
    "log1p": "1 / (1 + {0})",
    "sinh": "np.cosh({0})",
    "cosh": "np.sinh({0})",
    "arctan": "1 / (1 + {0} ** 2)",
}


def _plus(a: ast.expr | None, b: ast.expr | None, minus: bool = False) -> ast.expr | None:
    if b is None:
        return a
    if a is None:
        return _negative(b) if minus else b
    if isinstance(b, ast.UnaryOp):
        return _plus(a, b.operand, not minus)
    return ast.BinOp(a, ast.Sub() if minus else ast.Add(), b)


def _negative(x: ast.expr) -> ast.expr:
    if isinstance(x, ast.UnaryOp) and isinstance(x.op, ast.USub):
        return x.operand
    if isinstance(x, ast.BinOp) and isinstance(x.op, (ast.Mult, ast.Div)):
        return ast.BinOp(_negative(x.left), x.op, x.right)
    if isinstance(x, ast.Constant):
        return ast.Constant(-x.value)  # type: ignore[operator]
    return ast.UnaryOp(ast.USub(), x)


def _is_one(x: ast.expr) -> bool:
    return isinstance(x, ast.Constant) and x.value == 1


def _times(a: ast.expr, b: ast.expr) -> ast.expr:
    if _is_one(a):
        return b
    if _is_one(b):
        return a
    if isinstance(b, ast.UnaryOp) and isinstance(b.op, ast.USub):
        return _negative(_times(a, b.operand))
    if isinstance(b, ast.BinOp) and isinstance(b.op, ast.Div) and _is_one(b.left):
        return ast.BinOp(a, ast.Div(), b.right)
    return ast.BinOp(a, ast.Mult(), b)


def derivative(x: ast.expr, by: str) -> ast.expr | None:
    """The derivative of an element-by-element formula by a name in it; None where it is 0.

    Errors: _Unknown for what is not such a formula.
    """
    if ast.unparse(x) == by:
        return ast.Constant(1)
    if not any(ast.unparse(n) == by for n in ast.walk(x) if isinstance(n, ast.expr)):
        return None
    if isinstance(x, ast.UnaryOp) and isinstance(x.op, ast.USub):
        inner = derivative(x.operand, by)
        return None if inner is None else _negative(inner)
    if isinstance(x, ast.BinOp):
        return _of_two(x, derivative(x.left, by), derivative(x.right, by))
    name = called(x)
    if isinstance(x, ast.Call) and isinstance(x.func, ast.Attribute) and not x.keywords:
        if name == "where" and len(x.args) == 3:
            new = [derivative(a, by) or ast.Constant(0.0) for a in x.args[1:]]
            return ast.Call(x.func, [x.args[0], *new], [])
        if name in _RULES and len(x.args) == 1:
            inner = derivative(x.args[0], by)
            text = ast.unparse(x.args[0])
            plain = isinstance(x.args[0], (ast.Name, ast.Attribute, ast.Call, ast.Subscript))
            within = "np." in _RULES[name] and "{0})" in _RULES[name]
            rule = parsed(_RULES[name].format(text if plain or within else f"({text})"))
            return None if inner is None else _times(rule, inner)
    raise _Unknown


def _of_two(x: ast.BinOp, a: ast.expr | None, b: ast.expr | None) -> ast.expr | None:
    left, right = x.left, x.right
    if isinstance(x.op, (ast.Add, ast.Sub)):
        return _plus(a, b, isinstance(x.op, ast.Sub))
    if isinstance(x.op, ast.Mult):
        first = None if a is None else _times(a, right)
        return _plus(first, None if b is None else _times(left, b))
    if isinstance(x.op, ast.Div):
        first = None if a is None else ast.BinOp(a, ast.Div(), right)
        square = ast.BinOp(right, ast.Pow(), ast.Constant(2))
        second = None if b is None else ast.BinOp(_times(left, b), ast.Div(), square)
        return _plus(first, second, True)
    if isinstance(x.op, ast.Pow) and a is not None and b is None:
        less: ast.expr = ast.BinOp(right, ast.Sub(), ast.Constant(1))
        if isinstance(right, ast.Constant) and isinstance(right.value, (int, float)):
            less = ast.Constant(right.value - 1)
        power = left if _is_one(less) else ast.BinOp(left, ast.Pow(), less)
        return _times(_times(right, power), a)
    raise _Unknown


def derived(
    function: ast.FunctionDef, forwards: Sequence[ast.FunctionDef], scope: Scope
) -> Iterator[Edit]:
    """The derivative of a formula of forward in place of what backward assigns; a formula of
    forward in place of a part of it."""
    formulas = Formulas(forwards, scope)
    found = list(formulas.all())
    slopes = list(_slopes(found, scope))
    for at in statements(function):
        s = at.get()
        if not isinstance(s, (ast.Assign, ast.Return)) or isinstance(s.value, ast.Name):
            continue
        yield from _whole(at, slopes, scope)
        texts = {ast.unparse(slot.get()): slot for slot in expressions(s)}
        for name, formula in found:
            text = ast.unparse(formula)
            for part, slot in texts.items():
                own = name in formulas.known or isinstance(slot.get(), ast.Constant)
                if part in text and part != text and not own and scope.shapes.get(id(slot.get())):
                    for more in _parts(formula, part):
                        yield edit("wrong-variable", at, slot, more, 1.82)


def _parts(formula: ast.expr, part: str) -> Iterator[ast.expr]:
    """A formula, if it has a part."""
    if any(ast.unparse(n) == part for n in ast.walk(formula) if isinstance(n, ast.expr)):
        yield formula


def _slopes(
    found: Sequence[tuple[str, ast.expr]], scope: Scope
) -> Iterator[tuple[str, str, ast.expr]]:
    """(formula, name, derivative by that name)."""
    for _, formula in found:
        text = ast.unparse(formula)
        leaves = {
            ast.unparse(n) for n in ast.walk(formula) if isinstance(n, (ast.Name, ast.Attribute))
        }
        for by in sorted(leaves & set(scope.arrays)):
            try:
                slope = derivative(formula, by)
            except _Unknown:
                continue
            if slope is not None and not isinstance(slope, ast.Constant):
                yield text, by, slope


def _whole(at: Slot, slopes: Sequence[tuple[str, str, ast.expr]], scope: Scope) -> Iterator[Edit]:
    slot = Slot(at.get(), "value")
    x = slot.get()
    shape = scope.shapes.get(id(x))
    if not shape or shape in scope.biases:
        return
    read = {ast.unparse(n) for n in ast.walk(x) if isinstance(n, (ast.Name, ast.Attribute))}
    above = [n for n in read if is_gradient(n) and n in scope.arrays]
    for text, by, slope in slopes:
        if scope.arrays[by] != shape:
            continue
        fill = (("of", text), ("by", by))
        news = [slope, _negative(slope)]
        news += [_times(parsed(n), slope) for n in above]
        for k, new in enumerate(news):
            yield Edit("derivative-wrong", at, ((slot, new),), 2.85 + 0.01 * k, "", fill)
