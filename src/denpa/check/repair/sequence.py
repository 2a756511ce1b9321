"""Edits of when things are computed, and of what is changed in place meanwhile."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from denpa.check.repair.tree import Edit, Scope, Slot, edit, parsed, targets

_KEPT = "kept_for_return"


def too_early(function: ast.FunctionDef) -> Iterator[Edit]:
    """An update of what is read afterwards, at the end in place of before."""
    body = function.body
    for k, s in enumerate(body[:-1]):
        names = [ast.unparse(_base(t)) for t in targets(s)]
        held = [n for n in names if "." in n or "[" in ast.unparse(targets(s)[0])]
        if not held or not (isinstance(s, ast.AugAssign) or held[0] in _read(s)):
            continue
        readers = [j for j in range(k + 1, len(body)) if held[0] in _read(body[j])]
        if not readers:
            continue
        place = Slot(function, "body", readers[0])
        moved = ((Slot(function, "body", k), ast.Pass()), _last(function, s))
        reader: Any = body[readers[0]]
        kept = isinstance(reader, ast.If) and isinstance(reader.body[0], ast.Assign)
        line = f"return {ast.unparse(reader.body[0].value)}" if kept else ast.unparse(reader)
        line = line.splitlines()[0]
        fill = (("name", held[0]), ("line", ast.unparse(s)))
        yield Edit(
            "updated-early", place, moved, 1.1, held[0], fill, f"{line}  # before {ast.unparse(s)}"
        )


def _base(target: ast.expr) -> ast.expr:
    return target.value if isinstance(target, ast.Subscript) else target


def _read(s: ast.AST) -> set[str]:
    named = (n for n in ast.walk(s) if isinstance(n, (ast.Name, ast.Attribute)))
    return {ast.unparse(n) for n in named if isinstance(n.ctx, ast.Load)}


def _last(function: ast.FunctionDef, s: ast.stmt) -> tuple[Slot, ast.stmt]:
    """The end of a function with a statement more, before it returns and after all is computed."""
    place = Slot(function, "body", len(function.body) - 1)
    end = place.get()
    steps: Sequence[ast.stmt] = [end, s]
    if isinstance(end, ast.If) and isinstance(end.test, ast.Constant):  # one is there already
        steps = [*end.body[:-1], s, end.body[-1]]
    elif isinstance(end, ast.Return) and end.value is not None:
        kept = ast.Assign([ast.Name(_KEPT, ast.Store())], end.value)
        steps = [kept, s, ast.Return(ast.Name(_KEPT, ast.Load()))]
    return place, ast.If(ast.Constant(True), list(steps), [])


def copied(at: Slot, scope: Scope) -> Iterator[Edit]:
    """An array of its own in place of another name for one; a new array in place of a changed
    one."""
    s: Any = at.get()
    named = (ast.Name, ast.Attribute, ast.Subscript)
    if isinstance(s, ast.Assign) and isinstance(s.value, named) and scope.shapes.get(id(s.value)):
        new = parsed(f"{ast.unparse(s.value)}.copy()")
        yield edit("changed-in-place", at, Slot(s, "value"), new, 1.35)
    if isinstance(s, ast.AugAssign) and isinstance(s.target, ast.Name):
        old = ast.Name(s.target.id, ast.Load())
        other = ast.Assign([s.target], ast.BinOp(old, s.op, s.value))
        want = f"{s.target.id} = {ast.unparse(other.value)}"
        fill = (("got", ast.unparse(s)),)
        yield Edit("changed-in-place", at, ((at, other),), 1.45, want, fill)


def rest(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """A penalty of all parameters but the first, which is that of the biases."""
    x = slot.get()
    if not isinstance(x, (ast.Name, ast.Attribute)) or not isinstance(slot.parent, ast.BinOp):
        return
    name = ast.unparse(x)
    if name in scope.arrays and name.split(".")[-1] in scope.weights and scope.arrays[name][0] > 1:
        dims = len(scope.arrays[name])
        form = "np.r_[0, {0}[1:]]" if dims == 1 else "np.vstack([0 * {0}[:1], {0}[1:]])"
        yield edit("penalty-of-bias", at, slot, parsed(form.format(name)), 1.65)
        if dims == 2:
            other = f"np.hstack([0 * {name}[:, :1], {name}[:, 1:]])"
            yield edit("penalty-of-bias", at, slot, parsed(other), 1.66)
