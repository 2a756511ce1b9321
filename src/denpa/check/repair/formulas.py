"""Edits that put a known formula in: derivatives of losses, of softmax, of products."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import permutations

from denpa.check.repair.tree import Edit, Scope, Slot, called, edit, is_gradient, parsed

_LOSSES = ("{p} - {t}", "-{t} / {p}", "-{t} / {p} + (1 - {t}) / (1 - {p})")
"""Of cross-entropy by the scores of softmax or sigmoid; by p, for many classes and for two."""


def _pairs(scope: Scope, shape: tuple[int, ...]) -> list[tuple[str, str]]:
    kept = [n for n, held in scope.arrays.items() if held == shape and not is_gradient(n)]
    return [(a, b) for a, b in permutations(kept, 2) if "[" not in a + b][:_PAIRS]


_PAIRS = 30


def losses(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """The derivative of another loss, or of the loss by something else."""
    x = slot.get()
    shape = scope.shapes.get(id(x), ())
    if not shape or shape in scope.biases:
        return
    if not isinstance(x, (ast.BinOp, ast.UnaryOp, ast.Call)):
        return
    if isinstance(slot.parent, ast.Compare):  # much gives the same mask
        return
    text = ast.unparse(x)
    for p, t in _pairs(scope, shape):
        for form in _LOSSES:
            new = form.format(p=p, t=t)
            if new != text:
                yield edit("wrong-function", at, slot, parsed(f"({new})"), 2.9, want=new)
        new = f"(1 - {t}) / (1 - {p})"
        yield edit(
            "term-missing", at, slot, ast.BinOp(x, ast.Add(), parsed(f"({new})")), 2.88, want=new
        )


def two_factors(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """The second term of a product's derivative: of x·s(x) it is x·s'(x)."""
    x = slot.get()
    shape = scope.shapes.get(id(x), ())
    if not shape or shape in scope.biases:
        return
    for a, b in _pairs(scope, shape):
        for form in ("{a} * {b} * (1 - {b})", "{a} * (1 - {b} ** 2)", "0.5 * {a} * {b}"):
            term = form.format(a=a, b=b)
            yield edit(
                "term-missing", at, slot, ast.BinOp(x, ast.Add(), parsed(term)), 3.05, want=term
            )
    names = [n for n, held in scope.arrays.items() if held == shape and not is_gradient(n)]
    for name in names:
        new = ast.BinOp(x, ast.Div(), parsed(f"({name} * (1 - {name}))"))
        yield edit("factor-missing", at, slot, new, 2.75, want=f"1 / ({name} * (1 - {name}))")


def _factors(x: ast.expr) -> list[ast.expr]:
    if isinstance(x, ast.BinOp) and isinstance(x.op, ast.Mult):
        return [*_factors(x.left), *_factors(x.right)]
    return [x]


def _times_one_less(x: ast.expr) -> tuple[ast.expr, ast.expr] | None:
    """(rest, p) of a product that has the factors p and 1 - p, in any order."""
    factors = _factors(x)
    texts = [ast.unparse(f) for f in factors]
    for k, p in enumerate(texts):
        if f"1 - {p}" in texts and len(factors) > 2:
            less = texts.index(f"1 - {p}")
            rest = [f for i, f in enumerate(texts) if i not in (k, less)]
            return parsed(" * ".join(f"({r})" for r in rest)), factors[k]
    return None


def logistic(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """p(1 - p) left out, and the whole of softmax's derivative in its place."""
    found = _times_one_less(slot.get())
    if found is None:
        return
    rest, p = found
    yield edit("activation-twice", at, slot, rest, 1.35)
    tanh = parsed(f"({ast.unparse(rest)}) * (1 - {ast.unparse(p)} ** 2)")
    yield edit("wrong-function", at, slot, tanh, 1.7)
    d, y = ast.unparse(rest), ast.unparse(p)
    for first, second in ((d, y), (y, d)):
        whole = f"{second} * ({first} - ({first} * {second}).sum(axis=-1, keepdims=True))"
        yield edit("softmax-elementwise", at, slot, parsed(whole), 1.3)


def derivatives(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """σ' for tanh', 1 - z for z, a step for what is stepped over."""
    x = slot.get()
    if isinstance(x, ast.BinOp) and isinstance(x.op, ast.Sub) and ast.unparse(x.left) in _ONE:
        right = x.right
        if isinstance(right, ast.BinOp) and isinstance(right.op, ast.Pow):
            y = ast.unparse(right.left)
            yield edit("wrong-function", at, slot, parsed(f"({y} * (1 - {y}))"), 1.65)
        elif scope.shapes.get(id(x)):
            yield edit("wrong-variable", at, slot, right, 1.45)
            square = ast.BinOp(right, ast.Pow(), ast.Constant(2))
            yield edit("wrong-function", at, slot, ast.BinOp(x.left, ast.Sub(), square), 1.44)
    if scope.shapes.get(id(x)) and isinstance(x, (ast.Name, ast.Attribute)):
        name = ast.unparse(x)
        if name in scope.arrays and not is_gradient(name):
            yield edit("wrong-variable", at, slot, parsed(f"(1 - {name})"), 1.95)
    if scope.shapes.get(id(x)) and slot.parent is at.get():
        inner = x.func.value if called(x) == "copy" and isinstance(x.func, ast.Attribute) else x
        yield edit("wrong-function", at, slot, parsed(f"({ast.unparse(inner)} > 0) * 1.0"), 2.0)


_ONE = ("1", "1.0")


def calls(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """A function too many, a bound that is missing, a sum in place of a constant."""
    x = slot.get()
    if isinstance(x, ast.Call) and x.args and isinstance(x.func, ast.Attribute):
        of = scope.shapes.get(id(x.args[0]))
        if of and of == scope.shapes.get(id(x)) and called(x) not in ("where", "swapaxes"):
            yield edit("wrong-function", at, slot, x.args[0], 1.75)
    if scope.shapes.get(id(x)) and isinstance(x, (ast.Name, ast.Attribute)):
        for k, form in enumerate(("np.sign({})", "np.clip({}, -1, 1)")):
            new = parsed(form.format(ast.unparse(x)))
            yield edit("wrong-function", at, slot, new, 2.5 + 0.1 * k)
    signed = isinstance(slot.parent, ast.UnaryOp)
    if isinstance(x, ast.Constant) and (slot.parent is at.get() or signed):
        for name, held in scope.arrays.items():
            for axis in range(len(held)):
                new = parsed(f"{name}.sum(axis={axis})")
                yield edit("constant", at, slot, new, 2.2)
