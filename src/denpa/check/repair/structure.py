"""Edits of how it is computed: loops, variables, dimensions, products, calls, indices."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from typing import Any

from denpa.check.repair.tree import (
    Edit,
    Scope,
    Slot,
    beside,
    called,
    edit,
    expressions,
    parsed,
    targets,
)


def of_statement(at: Slot, s: Any, earlier: set[str], looped: bool) -> Iterator[Edit]:
    """= in place of +=, and sums over repeated indices that NumPy's += loses."""
    if isinstance(s, ast.Assign) and len(s.targets) == 1:
        target = s.targets[0]
        inside = isinstance(target, ast.Subscript)
        base = ast.unparse(target.value) if isinstance(target, ast.Subscript) else ""
        if looped or ast.unparse(target) in earlier or (inside and base in earlier):
            new: ast.stmt = ast.AugAssign(target, ast.Add(), s.value)  # type: ignore[arg-type]
            yield Edit("overwritten", at, ((at, new),), 1.0)
    if isinstance(s, ast.AugAssign) and isinstance(s.op, (ast.Add, ast.Sub)):
        other = ast.Sub() if isinstance(s.op, ast.Add) else ast.Add()
        yield Edit("sign-inside", at, ((at, ast.AugAssign(s.target, other, s.value)),), 1.0)
    for target in targets(s)[:1]:
        if not isinstance(target, ast.Subscript) or isinstance(s, ast.AnnAssign):
            continue
        parts = [ast.unparse(x) for x in (target.value, target.slice, s.value)]
        if ":" not in parts[1]:
            call = parsed(f"np.add.at({parts[0]}, ({parts[1]}), {parts[2]})")
            new = ast.Expr(call)
            yield Edit("repeats-lost", at, ((at, new),), 1.5)


def turned_loops(function: ast.FunctionDef) -> Iterator[Edit]:
    """Time gone through forwards on the way back; a first or last step left out."""
    for node in ast.walk(function):
        if not isinstance(node, ast.For) or not isinstance(node.iter, ast.Call):
            continue
        slot = Slot(node, "iter")
        backwards = called(node.iter) == "reversed"
        if backwards or called(node.iter) == "range":
            turned = parsed(f"reversed({ast.unparse(node.iter)})")
            new = node.iter.args[0] if backwards else turned
            yield Edit("loop-order", slot, ((slot, new),), 1.4)
        for text in _from_zero(node.iter):
            yield Edit("constant", slot, ((slot, parsed(text)),), 1.5)


def _from_zero(steps: ast.Call) -> list[str]:
    """range(n) for range(1, n) and for range(n - 1), and so inside reversed."""
    inner = steps.args[0] if called(steps) == "reversed" and steps.args else steps
    if called(inner) != "range" or not isinstance(inner, ast.Call) or not inner.args:
        return []
    ends = [inner.args[1]] if len(inner.args) == 2 else []
    last = inner.args[-1]
    if isinstance(last, ast.BinOp) and isinstance(last.right, ast.Constant):
        ends.append(last.left)
    wholes = [f"range({ast.unparse(end)})" for end in ends]
    return [whole if inner is steps else f"reversed({whole})" for whole in wholes]


def _is_variable(x: Any) -> bool:
    return isinstance(x, (ast.Name, ast.Attribute)) and isinstance(x.ctx, ast.Load)


def renamed(at: Slot, statement: Any, scope: Scope) -> Iterator[Edit]:
    """A variable for another of its shape, in one place and in all places of the statement."""
    places: dict[str, list[Slot]] = {}
    for slot in expressions(statement):
        x = slot.get()
        entry = isinstance(x, ast.Subscript) and isinstance(x.slice, ast.Constant)
        if (entry or _is_variable(x)) and ast.unparse(x) in scope.arrays:
            places.setdefault(ast.unparse(x), []).append(slot)
    yield from _numbers_renamed(at, statement, scope)
    for name, slots in places.items():
        for other, shape in scope.arrays.items():
            if other == name or shape != scope.arrays[name]:
                continue
            for slot in slots:
                yield edit("wrong-variable", at, slot, parsed(other), 1.8)
            if len(slots) > 1:
                changes = tuple((slot, parsed(other)) for slot in slots)
                yield Edit("wrong-variable", at, changes, 1.7)


def _numbers_renamed(at: Slot, statement: Any, scope: Scope) -> Iterator[Edit]:
    """A number for another that has a name: N for D, in one place and in all of the statement."""
    places: dict[str, list[Slot]] = {}
    for slot in expressions(statement):
        if _is_variable(slot.get()) and ast.unparse(slot.get()) in scope.numbers:
            places.setdefault(ast.unparse(slot.get()), []).append(slot)
    singles = dict.fromkeys(scope.single(), float("nan"))
    for name, slots in places.items():
        for other, value in {**scope.numbers, **singles}.items():
            if value == scope.numbers[name]:
                continue
            groups = [[slot] for slot in slots] + ([slots] if len(slots) > 1 else [])
            for group in groups:
                changes = tuple((slot, parsed(other)) for slot in group)
                yield Edit("wrong-variable", at, changes, 1.8 - 0.1 * (len(group) > 1))


_TURNED: dict[type, type] = {
    ast.Gt: ast.Lt,
    ast.Lt: ast.Gt,
    ast.GtE: ast.LtE,
    ast.LtE: ast.GtE,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}


def comparisons(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """The opposite case."""
    x = slot.get()
    if isinstance(x, ast.Compare) and len(x.ops) == 1 and type(x.ops[0]) in _TURNED:
        turned = ast.Compare(x.left, [_TURNED[type(x.ops[0])]()], x.comparators)
        yield edit("comparison", at, slot, turned, 1.3)


def axes(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """Another dimension to sum over, a sum for a mean, keepdims."""
    x = slot.get()
    if called(x) not in ("sum", "mean", "max", "min", "var", "std"):
        return
    if not isinstance(x.func, ast.Attribute):  # Python's own
        return
    module = ast.unparse(x.func.value) in ("np", "numpy")
    of = x.args[0] if module and x.args else x.func.value
    n = len(scope.shapes.get(id(of), ()))
    rest = [k for k in x.keywords if k.arg != "axis"]
    placed = x.args[1:] if module else x.args
    args = x.args[:1] if module else []
    given = next((k.value for k in x.keywords if k.arg == "axis"), placed[0] if placed else None)
    told = "" if given is None else ast.unparse(given)
    for text in ["None", "-1", *map(str, range(n)), *_TUPLES.get(n, ())]:
        if text != told and len(placed) < 2:
            own: list[ast.expr] = [parsed(text)] if placed and text != "None" else []
            key = [] if text == "None" or own else [ast.keyword("axis", parsed(text))]
            yield edit("axis", at, slot, ast.Call(x.func, [*args, *own], key + rest), 1.3)
            if n > 1 and (key or own) and not any(k.arg == "keepdims" for k in rest):
                kept = [*key, ast.keyword("keepdims", ast.Constant(True)), *rest]
                yield edit("axis", at, slot, ast.Call(x.func, [*args, *own], kept), 1.35)
    if called(x) in ("sum", "mean", "max", "min"):
        f = copy.copy(x.func)
        f.attr = "mean" if f.attr == "sum" else "sum"
        yield edit("axis", at, slot, ast.Call(f, x.args, x.keywords), 1.2)


_TUPLES = {
    2: ("(0, 1)",),
    3: ("(0, 1)", "(0, 2)", "(1, 2)"),
    4: ("(0, 1)", "(1, 2)", "(2, 3)", "(0, 2, 3)", "(1, 2, 3)", "(0, 1, 2)"),
}


def _turned(x: ast.expr, dims: int = 2) -> ast.expr:
    if dims > 2:
        swapped: ast.expr = parsed(f"np.swapaxes({ast.unparse(x)}, -1, -2)")
        return swapped
    if isinstance(x, ast.Attribute) and x.attr == "T":
        return x.value
    return ast.Attribute(x, "T", ast.Load())


def products(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """Operands of a matrix product transposed, or the other way round."""
    x = slot.get()
    if isinstance(x, ast.BinOp) and isinstance(x.op, ast.MatMult):
        a, b = x.left, x.right

        def build(p: ast.expr, q: ast.expr) -> ast.expr:
            return ast.BinOp(p, ast.MatMult(), q)
    elif called(x) in ("dot", "matmul") and len(x.args) == 2:
        a, b = x.args

        def build(p: ast.expr, q: ast.expr) -> ast.expr:
            return ast.Call(x.func, [p, q], x.keywords)
    else:
        return
    ta, tb = (_turned(k, len(scope.shapes.get(id(k), ()))) for k in (a, b))
    for turned in ((ta, b), (a, tb), (ta, tb)):
        yield edit("operand-transposed", at, slot, build(*turned), 1.2)
    for p, q in ((b, a), (tb, a), (b, ta), (tb, ta)):
        yield edit("order", at, slot, build(p, q), 1.6)


_FAMILIES = (
    ("sin", "cos", "tan"),
    ("sinh", "cosh", "tanh"),
    ("exp", "log", "sqrt", "expm1", "log1p"),
    ("maximum", "minimum"),
    ("argmax", "argmin"),
    ("ones_like", "zeros_like"),
    ("abs", "sign"),
    ("sin", "sinh"),
    ("cos", "cosh"),
    ("square", "sqrt"),
)


def functions(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """Another function of the family, np.where with its branches exchanged, a call left out."""
    x = slot.get()
    name = called(x)
    if not name or not isinstance(x.func, ast.Attribute):
        return
    for family in _FAMILIES:
        for other in family if name in family else ():
            if other != name:
                f = copy.copy(x.func)
                f.attr = other
                cost = 1.1 if name.startswith("arg") else 1.7
                yield edit("wrong-function", at, slot, ast.Call(f, x.args, x.keywords), cost)
    if name == "where" and len(x.args) == 3:
        c, a, b = x.args
        yield edit("comparison", at, slot, ast.Call(x.func, [c, b, a], []), 1.3)


def subscripts(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """A part in place of the whole or of the sum, and a step of time beside the right one."""
    x = slot.get()
    if isinstance(x, ast.Subscript) and isinstance(x.ctx, ast.Load):
        yield edit("index", at, slot, x.value, 1.4)
        if len(scope.shapes.get(id(x.value), ())) > 1 and isinstance(
            x.slice, (ast.Constant, ast.UnaryOp)
        ):
            yield _summed(at, slot, x.value, "one row")
        for new in _beside(x):
            yield edit("wrong-variable", at, slot, new, 1.9)
    elif slot.parent is at.get() and len(scope.shapes.get(id(x), ())) > 1:
        yield _summed(at, slot, x, "all rows")


def _beside(x: ast.Subscript) -> Iterator[ast.expr]:
    """The same array a step before and after, for each entry of its index that counts."""
    parts = x.slice.elts if isinstance(x.slice, ast.Tuple) else [x.slice]
    for k, part in enumerate(parts):
        for other in (
            beside(part)[1:] if isinstance(part, (ast.Name, ast.BinOp, ast.UnaryOp)) else ()
        ):
            new = [*parts[:k], other, *parts[k + 1 :]]
            at = ast.Tuple(new, ast.Load()) if isinstance(x.slice, ast.Tuple) else new[0]
            yield ast.Subscript(x.value, at, ast.Load())


def _summed(at: Slot, slot: Slot, x: ast.expr, row: str) -> Edit:
    of = x if isinstance(x, (ast.Name, ast.Attribute, ast.Call, ast.Subscript)) else None
    text = f"{ast.unparse(x)}.sum(axis=0)" if of is not None else f"({ast.unparse(x)}).sum(axis=0)"
    fill = (("row", row), ("upstream", ast.unparse(x)))
    return Edit("bias-not-summed", at, ((slot, parsed(text)),), 1.3, "", fill)


def counts(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """How many there are: of another dimension, or of all, of the same array."""
    x = slot.get()
    if isinstance(x, ast.Call) and called(x) == "len" and len(x.args) == 1:
        of: ast.expr = x.args[0]
    elif isinstance(x, ast.Subscript) and isinstance(x.value, ast.Attribute):
        if x.value.attr != "shape":
            return
        of = x.value.value
    elif isinstance(x, ast.Attribute) and x.attr == "size":
        of = x.value
    else:
        return
    name = ast.unparse(of)
    n = len(scope.arrays.get(name, ()))
    forms = [f"{name}.size", f"len({name})", *(f"{name}.shape[{k}]" for k in range(1, n))]
    if n > 2:
        forms.append(f"({name}.size // {name}.shape[1])")
        forms.append(f"({name}.size // {name}.shape[-1])")
    for k, form in enumerate(forms):
        if form != ast.unparse(x):
            yield edit("wrong-variable", at, slot, parsed(form), 1.6 + 0.01 * k)
