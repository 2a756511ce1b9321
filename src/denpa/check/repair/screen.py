"""Changes of the statement that makes a gradient, tried without running the function.

Where the variables that a function leaves behind give the wrong gradient again when the statement's
right-hand side is evaluated, so they give what a changed one would be: some hundred times faster
than to compile and run everything. What passes is run all the same.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import CodeType
from typing import Any

import numpy as np

from denpa.check.case import Compared
from denpa.check.determinism import relative
from denpa.check.repair.routines import Routine
from denpa.check.repair.tree import Edit, Scope, statements

_ALL = frozenset({"another"})  # where it is not known what a value reaches


class Screen:
    """The statements of a routine that make a wrong gradient, and the variables they read."""

    def __init__(
        self,
        routine: Routine,
        scope: Scope,
        wrong: Sequence[Compared],
        reached: Mapping[int, frozenset[str]],
    ) -> None:
        """`reached`: what changes with the value of an expression. A statement that makes one
        gradient and reaches another, or runs more than once, tells nothing alone."""
        self.space = {**routine.outer.objects[0].__globals__, "np": np, **scope.values}
        self.moving = _moving(routine.node)
        self.made: dict[int, Compared] = {}  # by id of the statement
        loops = (n for n in ast.walk(routine.node) if isinstance(n, (ast.For, ast.While)))
        looped = {id(inner) for loop in loops for inner in ast.walk(loop)}
        for at in statements(routine.node):
            s = at.get()
            if not isinstance(s, (ast.Assign, ast.Return)) or s.value is None:
                continue
            if routine.cost or id(s) in looped or not self._steady(s.value):
                continue
            with suppress(Exception):
                value = self._value(s.value)
                for c in wrong:
                    same = np.shape(value) == np.shape(c.claimed) and c.numeric is not None
                    alone = reached.get(id(s.value), _ALL) <= {c.name}
                    if (
                        same
                        and alone
                        and relative(np.asarray(value, np.float64), c.claimed) < 1e-12
                    ):
                        self.made[id(s)] = c

    def rejects(self, edit: Edit) -> bool:
        """Whether a change, which is in the tree now, gives other numbers than are right."""
        s = edit.statement.get()
        c = self.made.get(id(s))
        inside = {id(n) for n in ast.walk(s)}
        if (
            c is None
            or c.numeric is None
            or not self._steady(s.value)
            or not all(id(slot.parent) in inside for slot, _ in edit.changes)
        ):
            return False
        try:
            value = np.asarray(self._value(s.value), np.float64)
        except Exception:  # most edits make no sense
            return True
        if value.shape != c.numeric.shape:
            return value.size != c.numeric.size  # what is returned may be reshaped
        known = np.isfinite(c.numeric)
        return relative(value[known], c.numeric[known]) > max(0.1 * c.error, 1e-6)

    def _steady(self, x: Any) -> bool:
        """Whether all that is read is the same at the end as when the statement ran."""
        return not any(isinstance(n, ast.Name) and n.id in self.moving for n in ast.walk(x))

    def _value(self, x: ast.expr) -> Any:
        code: CodeType = compile(ast.fix_missing_locations(ast.Expression(x)), "<changed>", "eval")
        return eval(code, self.space)


def _moving(function: ast.FunctionDef) -> set[str]:
    """The variables that are set more than once, or written into; and all that is a target of a
    loop."""
    seen: set[str] = set()
    found: set[str] = set()
    for node in ast.walk(function):
        for x in _stored(node):
            name = x
            while isinstance(name, (ast.Subscript, ast.Attribute)):
                name = name.value
            if not isinstance(name, ast.Name):
                continue
            once = isinstance(x, ast.Name) and not isinstance(node, (ast.AugAssign, ast.For))
            if name.id in seen or not once:
                found.add(name.id)
            seen.add(name.id)
    return found - {"self"}


def _stored(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        flat = [e for t in node.targets for e in (t.elts if isinstance(t, ast.Tuple) else [t])]
        return flat
    if isinstance(node, (ast.AugAssign, ast.AnnAssign, ast.For)):
        t = node.target
        return list(t.elts) if isinstance(t, ast.Tuple) else [t]
    return []
