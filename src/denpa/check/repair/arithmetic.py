"""Edits of what is computed: signs, factors, terms, constants."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import product

from denpa.check.repair.tree import (
    Edit,
    Scope,
    Shape,
    Slot,
    called,
    edit,
    is_gradient,
    parsed,
    targets,
)


def _negated(x: ast.expr) -> ast.expr:
    return x.operand if _is_negative(x) else ast.UnaryOp(ast.USub(), x)  # type: ignore[attr-defined]


def _is_negative(x: ast.expr) -> bool:
    return isinstance(x, ast.UnaryOp) and isinstance(x.op, ast.USub)


def signs(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """Another sign; a mask turned into its opposite."""
    x = slot.get()
    if isinstance(slot.parent, ast.Slice) and slot.field == "step":  # turns an array round
        return
    if isinstance(x, ast.UnaryOp) and isinstance(x.op, (ast.Invert, ast.Not)):
        yield edit("comparison", at, slot, x.operand, 1.0)
    elif ast.unparse(x) in scope.masks:
        yield edit("comparison", at, slot, ast.UnaryOp(ast.Invert(), x), 1.1)
    if _is_negative(x):
        yield edit("sign-inside", at, slot, x.operand, 1.0)
    elif isinstance(x, ast.BinOp) and isinstance(x.op, (ast.Add, ast.Sub)):
        other = ast.Sub() if isinstance(x.op, ast.Add) else ast.Add()
        yield edit("sign-inside", at, slot, ast.BinOp(x.left, other, x.right), 1.0)
    elif id(x) in scope.shapes and scope.shapes[id(x)]:
        yield edit("sign-inside", at, slot, ast.UnaryOp(ast.USub(), x), 1.2)


def dropped(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """One factor or term fewer; a quotient for a product."""
    x = slot.get()
    if not isinstance(x, ast.BinOp) or isinstance(slot.parent, (ast.Subscript, ast.Slice)):
        return
    indexed = isinstance(slot.parent, ast.Tuple) and not scope.shapes.get(id(x))
    if indexed:
        return
    if isinstance(x.op, (ast.Mult, ast.Div)):
        yield edit("factor-extra", at, slot, x.left, 1.4)
        if isinstance(x.op, ast.Div) and scope.shapes.get(id(x.left)):
            shape = scope.shapes[id(x.left)]
            for name, held in scope.arrays.items():  # a mask that has been scaled already
                if held == shape and not is_gradient(name):
                    new = ast.BinOp(x.left, ast.Mult(), parsed(name))
                    yield edit("factor-missing", at, slot, new, 1.85, want=name)
        if isinstance(x.op, ast.Mult):
            yield edit("factor-extra", at, slot, x.right, 1.4)
        other = ast.Div() if isinstance(x.op, ast.Mult) else ast.Mult()
        yield edit("factor-extra", at, slot, ast.BinOp(x.left, other, x.right), 1.6)
    elif isinstance(x.op, (ast.Add, ast.Sub)):
        yield edit("term-extra", at, slot, x.left, 1.4)
        right = x.right if isinstance(x.op, ast.Add) else _negated(x.right)
        yield edit("term-extra", at, slot, right, 1.5)


def _fits(f: Shape, into: Shape) -> bool:
    """Whether an array of shape f multiplies one of shape `into` without making it larger."""
    if len(f) > len(into):
        return False
    return all(a in (1, b) for a, b in zip(reversed(f), reversed(into), strict=False)) and f != ()


_NAMED = (ast.Name, ast.Attribute)
_ACTIVATION = ("{0} > 0", "{0} * (1 - {0})", "1 - {0} ** 2", "1 - np.tanh({0}) ** 2")


def multiplied(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """An activation's derivative, an array or a number as one more factor."""
    x = slot.get()
    shape = scope.shapes.get(id(x))
    whole = slot.parent is at.get()
    if shape == () and isinstance(x, ast.Name):  # g[0] = -dk / n, of log k
        for name in [n for n in scope.numbers if n.isidentifier() and n != x.id]:
            if isinstance(scope.numbers[name], float):
                new = ast.BinOp(x, ast.Mult(), parsed(name))
                yield edit("factor-missing", at, slot, new, 2.7 - 0.05 * whole, want=name)
    if not shape:
        return
    for point in scope.points if whole else ():
        new = ast.BinOp(x, ast.Mult(), parsed(point))
        yield edit("upstream-ignored", at, slot, new, 2.1)
    for k, name in enumerate(scope.elements() if whole else ()):
        for form in _ACTIVATION[:3]:
            new = ast.BinOp(x, ast.Mult(), parsed(form.format(name)))
            yield edit(
                "activation-forgotten", at, slot, new, 2.1 + 0.001 * k, want=form.format(name)
            )
    for name, held in scope.arrays.items():
        if not _fits(held, shape):
            grown = isinstance(slot.parent, ast.BinOp) and not isinstance(
                slot.parent.op, ast.MatMult
            )
            if grown and scope.shapes.get(id(slot.parent)) == held and _fits(shape, held):
                new = ast.BinOp(x, ast.Mult(), parsed(name))
                yield edit("factor-missing", at, slot, new, 2.7, want=name)
            continue
        if held == shape and name in scope.masks:
            new = ast.BinOp(x, ast.Mult(), parsed(name))
            yield edit("activation-forgotten", at, slot, new, 1.9, want=name)
        elif held == shape and not is_gradient(name) and shape not in scope.biases:
            for k, form in enumerate(_ACTIVATION if name not in scope.flags else ()):
                new = ast.BinOp(x, ast.Mult(), parsed(form.format(name)))
                yield edit(
                    "activation-forgotten",
                    at,
                    slot,
                    new,
                    2.0 + 0.1 * k - 0.05 * whole,
                    want=form.format(name),
                )
        new = ast.BinOp(x, ast.Mult(), parsed(name))
        yield edit("factor-missing", at, slot, new, 2.6 - 0.05 * whole, want=name)
        if is_gradient(name):
            continue
        new = ast.BinOp(x, ast.Mult(), parsed(f"1 - {name}"))
        yield edit("factor-missing", at, slot, new, 2.8 - 0.05 * whole, want=f"1 - {name}")
        new = ast.BinOp(x, ast.Div(), parsed(name))
        yield edit("factor-missing", at, slot, new, 2.9 - 0.05 * whole, want=f"1 / {name}")
        new = ast.BinOp(x, ast.Mult(), parsed(f"{name} ** 2"))
        yield edit("factor-missing", at, slot, new, 2.95, want=f"{name} ** 2")
    term = isinstance(slot.parent, ast.BinOp) and isinstance(slot.parent.op, (ast.Add, ast.Sub))
    case = called(slot.parent) == "where"
    entry = isinstance(at.get(), ast.Return) and isinstance(slot.parent, (ast.Tuple, ast.Dict))
    if not whole and not term and not case and not entry:
        return
    later = 0.3 * entry  # rather where it is made
    later += 0.5 * (whole and _accumulates(at.get()))  # and not what was there before
    for k, (name, held) in enumerate(scope.arrays.items()):
        if len(held) > 1 and not is_gradient(name) and "[" not in name:
            root = f"np.sqrt({name}.shape[-1])"
            new = ast.BinOp(x, ast.Div(), parsed(root))
            yield edit("factor-missing", at, slot, new, 2.52 + 0.001 * k, want=f"1 / {root}")
    for name in dict.fromkeys([*scope.numbers, *scope.factors, *scope.sizes, "2"]):
        plain = 0.15 * (name == "2")
        new = ast.BinOp(x, ast.Mult(), parsed(name))
        yield edit("factor-missing", at, slot, new, 2.4 + later + plain, want=name)
        new = ast.BinOp(x, ast.Div(), parsed(name))
        yield edit("factor-missing", at, slot, new, 2.5 + later + plain, want=f"1 / {name}")
        if float(scope.numbers.get(name, 0.5)).is_integer():  # a window has k * k places
            new = ast.BinOp(x, ast.Div(), parsed(f"({name} * {name})"))
            yield edit("factor-missing", at, slot, new, 2.56 + later, want=f"1 / ({name} * {name})")
        inverse = ast.BinOp(x, ast.Mult(), parsed(f"(1 - {name})"))
        if name in scope.numbers:
            yield edit("factor-missing", at, slot, inverse, 2.7 + later, want=f"1 - {name}")
            new = ast.BinOp(x, ast.Div(), parsed(f"(1 - {name})"))
            masked = scope.masks | scope.flags  # by dropout, which scales as well
            nearer = 0.2 * any(
                ast.unparse(n) in masked for n in ast.walk(x) if isinstance(n, _NAMED)
            )
            yield edit(
                "factor-missing", at, slot, new, 2.55 - nearer + later, want=f"1 / (1 - {name})"
            )


def _accumulates(s: ast.AST) -> bool:
    """Whether a statement is x = x + …."""
    return (
        isinstance(s, ast.Assign)
        and isinstance(s.value, ast.BinOp)
        and isinstance(s.value.op, ast.Add)
        and ast.unparse(s.value.left) == ast.unparse(s.targets[0])
    )


def added(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """An array as one more term of what is assigned or returned."""
    x = slot.get()
    shape = scope.shapes.get(id(x))
    if not shape:
        return
    inside = 0.0 if slot.parent is at.get() else 0.35
    for name, held in scope.arrays.items():
        if held != shape or name == ast.unparse(x):
            continue
        for op, sign in ((ast.Add(), ""), (ast.Sub(), "-")):
            new = ast.BinOp(x, op, parsed(name))
            cost = 2.2 + 0.3 * (sign != "") + inside
            yield edit("term-missing", at, slot, new, cost, want=sign + name)
    for sign, op in (("", ast.Add()), ("-", ast.Sub())):
        yield edit("term-missing", at, slot, ast.BinOp(x, op, parsed("1")), 2.6, want=sign + "1")
    if inside:
        return
    for name, held in scope.arrays.items():
        if held != shape or name == ast.unparse(x):
            continue
        for number in scope.numbers:
            text = f"{number} * {name}"
            new = ast.BinOp(x, ast.Add(), parsed(text))
            yield edit("term-missing", at, slot, new, 2.8, want=text)


def constants(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """Another number, or a number that has a name."""
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
        yield edit("constant", at, slot, parsed(repr(other)), 1.9 + 0.01 * k)
    if not indexes:
        for k, name in enumerate(scope.numbers):
            yield edit("constant", at, slot, parsed(name), 1.5 + 0.01 * k)
        for k, other in enumerate(x for x in scope.literals if x != c):
            yield edit("constant", at, slot, parsed(repr(other)), 1.88 + 0.001 * k)
    shape = scope.shapes.get(id(slot.parent), ())
    if called(slot.parent) == "where" and shape:  # a case that is not 0
        for array, held in scope.arrays.items():
            for name in ["1", *scope.numbers] if held == shape else ():
                yield edit("constant", at, slot, parsed(f"{name} * {array}"), 2.0)


def powers(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """The derivative of a power: c·xᶜ⁻¹, where the c was left out; another power of a factor."""
    x = slot.get()
    product = isinstance(slot.parent, ast.BinOp) and isinstance(slot.parent.op, (ast.Mult, ast.Div))
    if product and isinstance(x, _NAMED) and scope.shapes.get(id(x)):
        for power, cost, want in ((3, 2.3, " ** 2"), (2, 2.65, "")):
            new = ast.BinOp(x, ast.Pow(), ast.Constant(power))
            yield edit("factor-missing", at, slot, new, cost, ast.unparse(x) + want)
    if isinstance(x, ast.BinOp) and isinstance(x.op, ast.Pow) and isinstance(x.right, ast.Constant):
        c = x.right.value
        if isinstance(c, (int, float)):
            new = ast.BinOp(parsed(repr(c + 1)), ast.Mult(), x)
            yield edit("factor-missing", at, slot, new, 2.3, want=repr(c + 1))
        of = x.left  # (1 - y) ** 2 for 1 - y ** 2
        if isinstance(of, ast.BinOp) and isinstance(of.op, (ast.Add, ast.Sub)):
            inner = ast.BinOp(of.right, ast.Pow(), x.right)
            yield edit("wrong-function", at, slot, ast.BinOp(of.left, of.op, inner), 1.6)


def products_added(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """A product of two arrays as one more term of what is assigned: another way by which a value
    reaches the output."""
    x = slot.get()
    shape = scope.shapes.get(id(x))
    if not shape or slot.parent is not at.get():
        return
    looped = bool(scope.counters) and slot.parent is at.get()
    carried = {ast.unparse(t) for t in targets(at.get())} if looped else set()
    for (a, p), (b, q) in product(scope.arrays.items(), repeat=2):
        texts = [f"{a} * {b}"] if p == q == shape and a <= b else []
        if min(len(p), len(q)) > 1 and max(len(p), len(q)) == len(shape):
            texts += [
                text
                for text, left, right in (
                    (f"{a} @ {b}", p, q),
                    (f"{a} @ {b}.T", p, q[::-1]),
                    (f"{a}.T @ {b}", p[::-1], q),
                )
                if left[-1] == right[-2] and shape[-2:] == (left[-2], right[-1])
            ]
        weighs = b.split(".")[-1] in scope.weights and is_gradient(a)
        cost = 2.15 if {a, b} & carried else 2.5 if weighs else 3.2
        for text in texts:
            new = ast.BinOp(x, ast.Add(), parsed(text))
            yield edit("term-missing", at, slot, new, cost, want=text)


def projections(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """What numbers that are divided by their sum, or centred, have in common: in the derivative of
    softmax and of normalisation a sum over the dimension is taken away."""
    x = slot.get()
    shape = scope.shapes.get(id(x), ())
    if len(shape) < 2:
        return
    text = ast.unparse(x)
    for axis in (-1, 0):
        terms = [f"({text}).mean(axis={axis}, keepdims=True)"]
        others = [n for n, held in scope.arrays.items() if held == shape and n != text]
        terms += [f"({text} * {name}).sum(axis={axis}, keepdims=True)" for name in others]
        for term in terms:
            new = ast.BinOp(x, ast.Sub(), parsed(term))
            cost = 2.95 + 1e-4 * len(text)  # rather inside than around all
            yield edit("term-missing", at, slot, new, cost, want=f"-{term}")
