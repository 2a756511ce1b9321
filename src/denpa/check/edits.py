"""Small changes of a program's text, each of which would undo a classic mistake.

An `Edit` puts other nodes in place of some in the syntax tree of a gradient function. Which ones
are worth trying follows from one run that has seen the shape of every expression: a factor is put
where its shape fits, a variable is exchanged for one of its own shape.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Slot:
    """A place in a tree: a field of a node, or one entry of it."""

    parent: ast.AST
    field: str
    index: int | None = None

    def get(self) -> Any:
        """The node that is there."""
        held = getattr(self.parent, self.field)
        return held if self.index is None else held[self.index]

    def put(self, node: Any) -> None:
        """Another node in its place."""
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


@dataclass(frozen=True)
class Edit:
    """One change: what it undoes, the statement that it is in, and the nodes it puts where."""

    mistake: str
    statement: Slot
    changes: tuple[tuple[Slot, Any], ...]
    cost: float  # the plainer of two edits that both help has the lower one
    wanted: str = ""  # what belongs there, where that is not all of the new node
    fill: tuple[tuple[str, str], ...] = ()  # further words for the mistake

    @property
    def got(self) -> str:
        """The code that stands there."""
        return ast.unparse(self.changes[0][0].get())

    @property
    def want(self) -> str:
        """The code that belongs there."""
        return self.wanted or ast.unparse(self.changes[0][1])


@dataclass
class Scope:
    """What a run of the function has seen: the shape of each expression, the arrays and numbers
    that have a name at its end."""

    shapes: dict[int, Shape]  # by id of the node
    arrays: dict[str, Shape]  # by text, such as "self.x"
    masks: frozenset[str]  # those of booleans
    numbers: dict[str, float]
    sizes: tuple[str, ...]  # lengths and sizes that differ, by text


def statements(function: ast.FunctionDef) -> Iterator[Slot]:
    """The statements of a function that compute, loops and branches entered."""

    def inside(parent: ast.AST) -> Iterator[Slot]:
        for field in ("body", "orelse", "finalbody"):
            for k, s in enumerate(getattr(parent, field, ())):
                if isinstance(s, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return, ast.Expr)):
                    if getattr(s, "value", None) is not None:
                        yield Slot(parent, field, k)
                elif not isinstance(s, (ast.FunctionDef, ast.ClassDef, ast.While)):
                    yield from inside(s)

    return inside(function)


def expressions(node: ast.AST) -> Iterator[Slot]:
    """Places of the expressions inside a node that are computed, the outermost first."""
    for field, held in ast.iter_fields(node):
        if field in ("targets", "target", "ctx", "op", "ops", "func_name"):
            continue
        for index, x in enumerate(held) if isinstance(held, list) else ((None, held),):
            if not isinstance(x, ast.AST):
                continue
            called = isinstance(node, ast.Call) and field == "func"
            if isinstance(x, ast.expr) and not called:
                yield Slot(node, field, index)
            yield from expressions(x)


def edits(function: ast.FunctionDef, scope: Scope) -> Iterator[Edit]:
    """All edits worth trying, those of one statement together."""
    earlier: set[str] = set()
    yield from _turned_loops(function)
    for k, at in enumerate(statements(function)):
        # Of two lines that would do, the later one; but not the return of what has a line before.
        returned = isinstance(at.get(), ast.Return) and isinstance(at.get().value, ast.Name)
        nearer = 0.3 if returned else -0.001 * k
        for edit in _of_one(at, earlier, scope):
            yield replace(edit, cost=edit.cost + nearer)
        earlier |= {ast.unparse(t) for t in _targets(at.get())}


def _of_one(at: Slot, earlier: set[str], scope: Scope) -> Iterator[Edit]:
    """The edits of one statement."""
    statement = at.get()
    looped = not isinstance(at.parent, ast.FunctionDef)
    yield from _of_statement(at, statement, earlier, looped)
    for slot in expressions(statement):
        for make in _MAKERS:
            yield from make(at, slot, scope)
    yield from _renamed(at, statement, scope)


def _targets(statement: Any) -> list[ast.expr]:
    if isinstance(statement, ast.Assign):
        return statement.targets
    return [statement.target] if isinstance(statement, (ast.AugAssign, ast.AnnAssign)) else []


def _edit(mistake: str, at: Slot, slot: Slot, new: ast.expr, cost: float, want: str = "") -> Edit:
    return Edit(mistake, at, ((slot, new),), cost, want)


def _parsed(text: str) -> Any:
    return ast.parse(text, mode="eval").body


def _of_statement(at: Slot, s: Any, earlier: set[str], looped: bool) -> Iterator[Edit]:
    """= in place of +=, and sums over repeated indices that NumPy's += loses."""
    if isinstance(s, ast.Assign) and len(s.targets) == 1:
        target = s.targets[0]
        inside = isinstance(target, ast.Subscript)
        base = ast.unparse(target.value) if isinstance(target, ast.Subscript) else ""
        if looped or ast.unparse(target) in earlier or (inside and base in earlier):
            new: ast.stmt = ast.AugAssign(target, ast.Add(), s.value)  # type: ignore[arg-type]
            yield Edit("overwritten", at, ((at, new),), 1.0)
    for target in _targets(s)[:1]:
        if not isinstance(target, ast.Subscript) or isinstance(s, ast.AnnAssign):
            continue
        parts = [ast.unparse(x) for x in (target.value, target.slice, s.value)]
        if ":" not in parts[1]:
            call = _parsed(f"np.add.at({parts[0]}, ({parts[1]}), {parts[2]})")
            new = ast.Expr(call)
            yield Edit("repeats-lost", at, ((at, new),), 1.5)


def _turned_loops(function: ast.FunctionDef) -> Iterator[Edit]:
    """Time gone through forwards on the way back."""
    for node in ast.walk(function):
        if isinstance(node, ast.For) and isinstance(node.iter, ast.Call):
            slot = Slot(node, "iter")
            backwards = _called(node.iter) == "reversed"
            if backwards or _called(node.iter) == "range":
                new = (
                    node.iter.args[0]
                    if backwards
                    else _parsed(f"reversed({ast.unparse(node.iter)})")
                )
                yield Edit("loop-order", slot, ((slot, new),), 1.4)


def _negated(x: ast.expr) -> ast.expr:
    return x.operand if _is_negative(x) else ast.UnaryOp(ast.USub(), x)  # type: ignore[attr-defined]


def _is_negative(x: ast.expr) -> bool:
    return isinstance(x, ast.UnaryOp) and isinstance(x.op, ast.USub)


def _signs(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    x = slot.get()
    if _is_negative(x):
        yield _edit("sign-inside", at, slot, x.operand, 1.0)
    elif isinstance(x, ast.BinOp) and isinstance(x.op, (ast.Add, ast.Sub)):
        other = ast.Sub() if isinstance(x.op, ast.Add) else ast.Add()
        yield _edit("sign-inside", at, slot, ast.BinOp(x.left, other, x.right), 1.0)
    elif id(x) in scope.shapes and scope.shapes[id(x)]:
        yield _edit("sign-inside", at, slot, ast.UnaryOp(ast.USub(), x), 1.2)


def _dropped(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    x = slot.get()
    if not isinstance(x, ast.BinOp):
        return
    if isinstance(x.op, (ast.Mult, ast.Div)):
        yield _edit("factor-extra", at, slot, x.left, 1.4)
        if isinstance(x.op, ast.Mult):
            yield _edit("factor-extra", at, slot, x.right, 1.4)
        other = ast.Div() if isinstance(x.op, ast.Mult) else ast.Mult()
        yield _edit("factor-extra", at, slot, ast.BinOp(x.left, other, x.right), 1.6)
    elif isinstance(x.op, (ast.Add, ast.Sub)):
        yield _edit("term-extra", at, slot, x.left, 1.4)
        right = x.right if isinstance(x.op, ast.Add) else _negated(x.right)
        yield _edit("term-extra", at, slot, right, 1.5)


def _fits(f: Shape, into: Shape) -> bool:
    """Whether an array of shape f multiplies one of shape `into` without making it larger."""
    if len(f) > len(into):
        return False
    return all(a in (1, b) for a, b in zip(reversed(f), reversed(into), strict=False)) and f != ()


_ACTIVATION = ("{0} > 0", "{0} * (1 - {0})", "1 - {0} ** 2", "1 - np.tanh({0}) ** 2")


def _multiplied(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """An activation's derivative, an array or a number as one more factor."""
    x = slot.get()
    shape = scope.shapes.get(id(x))
    if not shape:
        return
    whole = slot.parent is at.get()
    for name, held in scope.arrays.items():
        if not _fits(held, shape):
            continue
        if held == shape and name in scope.masks:
            new = ast.BinOp(x, ast.Mult(), _parsed(name))
            yield _edit("activation-forgotten", at, slot, new, 1.9, want=name)
        elif held == shape:
            for k, form in enumerate(_ACTIVATION):
                new = ast.BinOp(x, ast.Mult(), _parsed(form.format(name)))
                yield _edit("activation-forgotten", at, slot, new, 2.0 + 0.1 * k - 0.05 * whole,
                            want=form.format(name))  # fmt: skip
        new = ast.BinOp(x, ast.Mult(), _parsed(name))
        yield _edit("factor-missing", at, slot, new, 2.6 - 0.05 * whole, want=name)
        new = ast.BinOp(x, ast.Mult(), _parsed(f"1 - {name}"))
        yield _edit("factor-missing", at, slot, new, 2.8 - 0.05 * whole, want=f"1 - {name}")
        new = ast.BinOp(x, ast.Div(), _parsed(name))
        yield _edit("factor-missing", at, slot, new, 2.9 - 0.05 * whole, want=f"1 / {name}")
    if not whole:
        return
    for name in [*scope.numbers, *scope.sizes, "2"]:
        new = ast.BinOp(x, ast.Mult(), _parsed(name))
        yield _edit("factor-missing", at, slot, new, 2.4, want=name)
        new = ast.BinOp(x, ast.Div(), _parsed(name))
        yield _edit("factor-missing", at, slot, new, 2.5, want=f"1 / {name}")
        inverse = ast.BinOp(x, ast.Mult(), _parsed(f"(1 - {name})"))
        if name in scope.numbers:
            yield _edit("factor-missing", at, slot, inverse, 2.7, want=f"1 - {name}")


def _added(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """An array as one more term of what is assigned or returned."""
    x = slot.get()
    shape = scope.shapes.get(id(x))
    if not shape or slot.parent is not at.get():
        return
    for name, held in scope.arrays.items():
        if held != shape or name == ast.unparse(x):
            continue
        for op, sign in ((ast.Add(), ""), (ast.Sub(), "-")):
            new = ast.BinOp(x, op, _parsed(name))
            yield _edit("term-missing", at, slot, new, 2.2 + (sign != ""), want=sign + name)
        for number in scope.numbers:
            text = f"{number} * {name}"
            new = ast.BinOp(x, ast.Add(), _parsed(text))
            yield _edit("term-missing", at, slot, new, 2.8, want=text)


def _is_variable(x: Any) -> bool:
    return isinstance(x, (ast.Name, ast.Attribute)) and isinstance(x.ctx, ast.Load)


def _renamed(at: Slot, statement: Any, scope: Scope) -> Iterator[Edit]:
    """A variable for another of its shape, in one place and in all places of the statement."""
    places: dict[str, list[Slot]] = {}
    for slot in expressions(statement):
        x = slot.get()
        if _is_variable(x) and ast.unparse(x) in scope.arrays:
            places.setdefault(ast.unparse(x), []).append(slot)
    for name, slots in places.items():
        if "[" in name:
            continue
        for other, shape in scope.arrays.items():
            if other == name or shape != scope.arrays[name]:
                continue
            for slot in slots:
                yield _edit("wrong-variable", at, slot, _parsed(other), 1.8)
            if len(slots) > 1:
                changes = tuple((slot, _parsed(other)) for slot in slots)
                yield Edit("wrong-variable", at, changes, 1.7)


def _constants(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    x = slot.get()
    if not isinstance(x, ast.Constant) or isinstance(x.value, (str, bytes, bool)):
        return
    if isinstance(slot.parent, ast.keyword) or not isinstance(x.value, (int, float)):
        return
    c = x.value
    indexes = isinstance(slot.parent, (ast.Subscript, ast.Slice, ast.Tuple))
    others: list[float] = [c + 1, c - 1] if indexes else [0, 1, 2, 0.5, 3, c + 1, c - 1, 2 * c]
    if not indexes and c:
        others += [1 / c, 1 - c]
    for k, other in enumerate(dict.fromkeys(o for o in others if o != c)):
        yield _edit("constant", at, slot, _parsed(repr(other)), 1.9 + 0.01 * k)
    if not indexes:
        for k, name in enumerate(scope.numbers):
            yield _edit("constant", at, slot, _parsed(name), 1.5 + 0.01 * k)
    shape = scope.shapes.get(id(slot.parent), ())
    if _called(slot.parent) == "where" and shape:  # a case that is not 0
        for array, held in scope.arrays.items():
            for name in ["1", *scope.numbers] if held == shape else ():
                yield _edit("constant", at, slot, _parsed(f"{name} * {array}"), 2.0)


_TURNED: dict[type, type] = {
    ast.Gt: ast.Lt, ast.Lt: ast.Gt, ast.GtE: ast.LtE, ast.LtE: ast.GtE, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}  # fmt: skip


def _comparisons(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    x = slot.get()
    if isinstance(x, ast.Compare) and len(x.ops) == 1 and type(x.ops[0]) in _TURNED:
        turned = ast.Compare(x.left, [_TURNED[type(x.ops[0])]()], x.comparators)
        yield _edit("comparison", at, slot, turned, 1.3)


def _called(x: Any) -> str:
    """The last part of the name of what is called: "sum" for np.sum(…) and a.sum(…)."""
    if not isinstance(x, ast.Call):
        return ""
    f = x.func
    return f.attr if isinstance(f, ast.Attribute) else f.id if isinstance(f, ast.Name) else ""


def _axes(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """Another dimension to sum over, a sum for a mean, keepdims."""
    x = slot.get()
    if _called(x) not in ("sum", "mean", "max", "min", "var", "std"):
        return
    module = isinstance(x.func, ast.Attribute) and ast.unparse(x.func.value) in ("np", "numpy")
    of = x.args[0] if module and x.args else x.func.value
    n = len(scope.shapes.get(id(of), ()))
    rest = [k for k in x.keywords if k.arg != "axis"]
    given = next((ast.unparse(k.value) for k in x.keywords if k.arg == "axis"), None)
    positional = x.args[1:] if module else x.args
    for text in ["None", "-1", *map(str, range(n)), *_TUPLES.get(n, ())]:
        if text != given and not positional:
            key = [] if text == "None" else [ast.keyword("axis", _parsed(text))]
            yield _edit("axis", at, slot, ast.Call(x.func, x.args, key + rest), 1.3)
    if _called(x) in ("sum", "mean") and isinstance(x.func, ast.Attribute):
        f = copy.copy(x.func)
        f.attr = "mean" if f.attr == "sum" else "sum"
        yield _edit("axis", at, slot, ast.Call(f, x.args, x.keywords), 1.2)


_TUPLES = {
    2: ("(0, 1)",),
    3: ("(0, 1)", "(0, 2)", "(1, 2)"),
    4: ("(0, 1)", "(2, 3)", "(0, 2, 3)", "(1, 2, 3)", "(0, 1, 2)"),
}


def _turned(x: ast.expr) -> ast.expr:
    if isinstance(x, ast.Attribute) and x.attr == "T":
        return x.value
    return ast.Attribute(x, "T", ast.Load())


def _products(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """Operands of a matrix product transposed, or the other way round."""
    x = slot.get()
    if isinstance(x, ast.BinOp) and isinstance(x.op, ast.MatMult):
        a, b = x.left, x.right

        def build(p: ast.expr, q: ast.expr) -> ast.expr:
            return ast.BinOp(p, ast.MatMult(), q)
    elif _called(x) in ("dot", "matmul") and len(x.args) == 2:
        a, b = x.args

        def build(p: ast.expr, q: ast.expr) -> ast.expr:
            return ast.Call(x.func, [p, q], x.keywords)
    else:
        return
    for turned in ((_turned(a), b), (a, _turned(b)), (_turned(a), _turned(b))):
        yield _edit("operand-transposed", at, slot, build(*turned), 1.2)
    for p, q in ((b, a), (_turned(b), a), (b, _turned(a)), (_turned(b), _turned(a))):
        yield _edit("order", at, slot, build(p, q), 1.6)


_FAMILIES = (
    ("sin", "cos", "tan"), ("sinh", "cosh", "tanh"), ("exp", "log", "sqrt", "expm1", "log1p"),
    ("maximum", "minimum"), ("argmax", "argmin"), ("ones_like", "zeros_like"), ("abs", "sign"),
    ("sin", "sinh"), ("cos", "cosh"), ("square", "sqrt"),
)  # fmt: skip


def _functions(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """Another function of the family, np.where with its branches exchanged, a call left out."""
    x = slot.get()
    name = _called(x)
    if not name or not isinstance(x.func, ast.Attribute):
        return
    for family in _FAMILIES:
        for other in family if name in family else ():
            if other != name:
                f = copy.copy(x.func)
                f.attr = other
                yield _edit("wrong-function", at, slot, ast.Call(f, x.args, x.keywords), 1.7)
    if name == "where" and len(x.args) == 3:
        c, a, b = x.args
        yield _edit("comparison", at, slot, ast.Call(x.func, [c, b, a], []), 1.3)


def _subscripts(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """A part in place of the whole or of the sum, and a step of time beside the right one."""
    x = slot.get()
    if isinstance(x, ast.Subscript) and isinstance(x.ctx, ast.Load):
        yield _edit("index", at, slot, x.value, 1.4)
        if len(scope.shapes.get(id(x.value), ())) > 1 and isinstance(
            x.slice, (ast.Constant, ast.UnaryOp)
        ):
            yield _summed(at, slot, x.value, "one row")
        if isinstance(x.slice, (ast.Name, ast.BinOp)):
            for other in (f"{ast.unparse(x.slice)} - 1", f"{ast.unparse(x.slice)} + 1"):
                new = ast.Subscript(x.value, _parsed(other), ast.Load())
                yield _edit("wrong-variable", at, slot, new, 1.9)
    elif slot.parent is at.get() and len(scope.shapes.get(id(x), ())) > 1:
        yield _summed(at, slot, x, "all rows")


def _summed(at: Slot, slot: Slot, x: ast.expr, row: str) -> Edit:
    of = x if isinstance(x, (ast.Name, ast.Attribute, ast.Call, ast.Subscript)) else None
    text = f"{ast.unparse(x)}.sum(axis=0)" if of is not None else f"({ast.unparse(x)}).sum(axis=0)"
    fill = (("row", row), ("upstream", ast.unparse(x)))
    return Edit("bias-not-summed", at, ((slot, _parsed(text)),), 1.3, "", fill)


Maker = Callable[[Slot, Slot, Scope], Iterator[Edit]]
_MAKERS: tuple[Maker, ...] = (
    _signs, _dropped, _multiplied, _added, _constants, _comparisons, _axes, _products, _functions,
    _subscripts,
)  # fmt: skip
