"""Changes of a product that does not fit: operands turned, exchanged, or others."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterator
from typing import Any

from denpa.check.repair.tree import Edit, Slot, called, edit, parsed

Seen = dict[int, Any]  # what each expression was, by the id of its node
Names = dict[str, Any]  # what has a name there, such as "self.x" and "cache['A']"
MANY = 40  # names that are tried in one place
LARGE = 10**7  # numbers in an array that is not tried for its size


def shape(x: Any) -> tuple[int, ...] | None:
    """The shape of a number or an array, else None."""
    if isinstance(x, (bool, int, float)):
        return ()
    found = getattr(x, "shape", None)
    return tuple(found) if isinstance(found, tuple) else None


def turned(x: ast.expr, dims: int = 2) -> ast.expr:
    """An expression transposed; of one that is transposed already, what it was."""
    if dims > 2:
        return parsed(f"np.swapaxes({ast.unparse(x)}, -1, -2)")  # type: ignore[no-any-return]
    if isinstance(x, ast.Attribute) and x.attr == "T":
        return x.value
    return ast.Attribute(x, "T", ast.Load())


Operands = tuple[ast.expr, ast.expr, Callable[[ast.expr, ast.expr], ast.expr]]


def operands(x: Any) -> Operands | None:
    """The two operands of a product in any of its spellings, and how to spell it with others."""
    if isinstance(x, ast.BinOp) and isinstance(x.op, ast.MatMult):
        return x.left, x.right, lambda p, q: ast.BinOp(p, ast.MatMult(), q)
    name = called(x)
    if name in ("dot", "matmul", "tensordot", "inner", "outer") and len(x.args) >= 2:
        f, rest, keywords = x.func, x.args[2:], x.keywords
        return x.args[0], x.args[1], lambda p, q: ast.Call(f, [p, q, *rest], keywords)
    if name in ("dot", "__matmul__") and len(x.args) == 1 and isinstance(x.func, ast.Attribute):
        attr = x.func.attr
        return (
            x.func.value,
            x.args[0],
            lambda p, q: ast.Call(ast.Attribute(p, attr, ast.Load()), [q], []),
        )
    if name == "einsum" and len(x.args) == 3:
        f, spec, keywords = x.func, x.args[0], x.keywords
        return x.args[1], x.args[2], lambda p, q: ast.Call(f, [spec, p, q], keywords)
    return None


def products(at: Slot, slot: Slot, seen: Seen, names: Names) -> Iterator[Edit]:
    """A matrix product: its operands transposed, exchanged, or others; or no such product."""
    found = operands(slot.get())
    if found is None:
        return
    a, b, build = found
    sa, sb = shape(seen.get(id(a))), shape(seen.get(id(b)))
    if sa is None or sb is None:
        return
    ta, tb = turned(a, len(sa)), turned(b, len(sb))
    for new in ((a, tb), (ta, b)):
        yield edit("operand-transposed", at, slot, build(*new), 1.0)
    yield edit("operand-transposed", at, slot, build(ta, tb), 1.2)
    for cost, new in ((1.3, (b, a)), (1.4, (tb, a)), (1.4, (b, ta)), (1.5, (tb, ta))):
        yield edit("order", at, slot, build(*new), cost)
    for cost, (p, q) in ((1.9, (a, b)), (2.0, (a, tb)), (2.0, (ta, b))):
        yield edit("not-a-product", at, slot, ast.BinOp(p, ast.Mult(), q), cost)
    small = len(sa) == len(sb) == 1 and sa[0] * sb[0] < LARGE
    for p, q in ((a, b), (b, a)) if small else ():
        yield edit(
            "not-a-product", at, slot, parsed(f"np.outer({ast.unparse(p)}, {ast.unparse(q)})"), 1.8
        )
    for k, (own, other) in enumerate(((a, sb), (b, sa))):
        for name, held in list(names.items())[:MANY]:
            s = shape(held)
            if s is None or len(s) != 2 or len(other) != 2 or name == ast.unparse(own):
                continue
            for text, of in ((name, s), (f"{name}.T", s[::-1])):
                fits = sa[-1] == of[0] if k else of[1] == sb[0]
                if fits and called(slot.get()) not in ("einsum", "tensordot"):
                    new = (a, parsed(text)) if k else (parsed(text), b)
                    yield edit("wrong-variable", at, slot, build(*new), 2.0)


def elementwise(at: Slot, slot: Slot, seen: Seen, names: Names) -> Iterator[Edit]:
    """A matrix product in place of a product of elements."""
    x = slot.get()
    if isinstance(x, ast.BinOp) and isinstance(x.op, ast.Mult):
        a, b = x.left, x.right
    elif called(x) == "multiply" and len(x.args) == 2:
        a, b = x.args
    else:
        return
    if not shape(seen.get(id(a))) or not shape(seen.get(id(b))):
        return
    ta, tb = (turned(k, len(shape(seen[id(k)]) or ())) for k in (a, b))
    pairs = ((a, b), (a, tb), (ta, b), (b, a), (tb, a), (b, ta))
    for k, (p, q) in enumerate(pairs):
        new = ast.BinOp(p, ast.MatMult(), q)
        yield edit("no-product", at, slot, new, 1.3 + 0.05 * k)


def indices(at: Slot, slot: Slot, seen: Seen, names: Names) -> Iterator[Edit]:
    """The letters of an einsum in other orders, other axes of a tensordot."""
    x = slot.get()
    if called(x) == "einsum" and x.args and isinstance(x.args[0], ast.Constant):
        left, arrow, right = str(x.args[0].value).replace(" ", "").partition("->")
        parts = left.split(",")
        for k, part in enumerate([*parts, right]):
            for order in itertools.permutations(part) if 1 < len(part) < 5 else ():
                new = [*parts, right]
                new[k] = "".join(order)
                text = ",".join(new[:-1]) + arrow + new[-1]
                if new[k] != part:
                    call = ast.Call(x.func, [ast.Constant(text), *x.args[1:]], x.keywords)
                    yield edit("operand-transposed", at, slot, call, 1.6)
    if called(x) == "tensordot" and len(x.args) >= 2:
        sa, sb = (shape(seen.get(id(k))) or () for k in x.args[:2])
        pairs = [(i, j) for i, n in enumerate(sa) for j, m in enumerate(sb) if n == m]
        sets = [[p] for p in pairs] + [list(c) for c in itertools.combinations(pairs, 2)]
        for some in sets:
            left_axes, right_axes = ([p[k] for p in some] for k in (0, 1))
            axes = parsed(f"({left_axes}, {right_axes})")
            call = ast.Call(x.func, x.args[:2], [ast.keyword("axes", axes)])
            yield edit("operand-transposed", at, slot, call, 1.5)
