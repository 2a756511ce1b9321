"""Changes of a statement that raises, each of which might be what was meant."""

from __future__ import annotations

import ast
import copy
import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Any

import numpy as np

from denpa.check.raising.frames import computed
from denpa.check.repair.tree import Edit, Slot, called, edit, parsed

Seen = dict[int, Any]  # what each expression was, by the id of its node
Names = dict[str, Any]  # what has a name there, such as "self.x" and "cache['A']"
_NEAR = 12  # names that are tried for one that does not exist
_MANY = 40
_LARGE = 10**7  # numbers in an array that is not tried for its size


def edits_of(
    at: Slot, failing: ast.AST | None, seen: Seen, names: Names, error: BaseException
) -> Iterator[Edit]:
    """All changes of one statement that are worth trying for what it raises."""
    inside = {id(n) for n in ast.walk(failing)} if failing is not None else set()
    for slot in list(computed(at)):
        far = 0.0 if id(slot.get()) in inside else 0.4
        for make in _MAKERS:
            for e in make(at, slot, seen, names):
                yield replace(e, cost=e.cost + far)
        if isinstance(error, (NameError, AttributeError, KeyError, TypeError)):
            yield from _spelt(at, slot, seen, names)
        if isinstance(error, TypeError) and "positional argument" in str(error):
            yield from _arguments(at, slot, seen, names)
    s = at.get()
    if isinstance(s, ast.AugAssign):
        new = ast.Assign([s.target], s.value)
        yield Edit("none-added", at, ((at, new),), 0.7)
    yield from _value(at, seen, names)


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


def _products(at: Slot, slot: Slot, seen: Seen, names: Names) -> Iterator[Edit]:
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
    small = len(sa) == len(sb) == 1 and sa[0] * sb[0] < _LARGE
    for p, q in ((a, b), (b, a)) if small else ():
        yield edit(
            "not-a-product", at, slot, parsed(f"np.outer({ast.unparse(p)}, {ast.unparse(q)})"), 1.8
        )
    for k, (own, other) in enumerate(((a, sb), (b, sa))):
        for name, held in list(names.items())[:_MANY]:
            s = shape(held)
            if s is None or len(s) != 2 or len(other) != 2 or name == ast.unparse(own):
                continue
            for text, of in ((name, s), (f"{name}.T", s[::-1])):
                fits = sa[-1] == of[0] if k else of[1] == sb[0]
                if fits and called(slot.get()) not in ("einsum", "tensordot"):
                    new = (a, parsed(text)) if k else (parsed(text), b)
                    yield edit("wrong-variable", at, slot, build(*new), 2.0)


def _elementwise(at: Slot, slot: Slot, seen: Seen, names: Names) -> Iterator[Edit]:
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


def _indices(at: Slot, slot: Slot, seen: Seen, names: Names) -> Iterator[Edit]:
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


def _views(at: Slot, slot: Slot, seen: Seen, names: Names) -> Iterator[Edit]:
    """An array turned, with a dimension more, summed, or in the shape of another."""
    x = slot.get()
    s = shape(seen.get(id(x)))
    if not s or not isinstance(x, ast.expr) or isinstance(seen[id(x)], np.generic):
        return
    text = ast.unparse(x)
    text = (
        text if isinstance(x, (ast.Name, ast.Attribute, ast.Call, ast.Subscript)) else f"({text})"
    )
    if len(s) == 2:
        yield edit("operand-transposed", at, slot, turned(x), 1.4)
    size = int(np.prod(s))
    for index in _NEW_AXES.get(len(s), ()) if size**2 < _LARGE else ():
        yield edit("dimension-missing", at, slot, parsed(f"{text}[{index}]"), 2.0)
    for k in range(len(s)):
        if len(s) > 1:
            yield edit("not-summed", at, slot, parsed(f"{text}.sum(axis={k})"), 1.5)
            keeps = f"{text}.sum(axis={k}, keepdims=True)"
            yield edit("not-summed", at, slot, parsed(keeps), 1.6)
        if s[k] == 1 and len(s) > 1:
            yield edit("dimension-extra", at, slot, parsed(f"{text}.squeeze(axis={k})"), 1.7)
    for axes in ((0, 1), (0, 2, 3), (0, 2), (1, 2)):
        if max(axes) < len(s) and len(axes) < len(s):
            yield edit("not-summed", at, slot, parsed(f"{text}.sum(axis={axes})"), 1.7)
    told: set[tuple[int, ...]] = {s}
    for name, held in names.items():
        other = shape(held)
        if other and other not in told and int(np.prod(other)) == size and name != text:
            told.add(other)
            yield edit("does-not-fit", at, slot, parsed(f"{text}.reshape({name}.shape)"), 1.8)


_NEW_AXES = {
    1: (":, None", "None, :"),
    2: (":, :, None", ":, None, :", "None"),
    3: (":, :, :, None", ":, :, None, :", ":, None"),
}


def _booleans(at: Slot, slot: Slot, seen: Seen, names: Names) -> Iterator[Edit]:
    """The opposite of booleans, which NumPy neither negates nor subtracts."""
    x = slot.get()
    if isinstance(x, ast.UnaryOp) and isinstance(x.op, ast.USub) and _flags(seen, x.operand):
        yield edit("not-a-number", at, slot, ast.UnaryOp(ast.Invert(), x.operand), 0.8)
    if isinstance(x, ast.BinOp) and isinstance(x.op, ast.Sub):
        for k, own in (("left", x.left), ("right", x.right)):
            if _flags(seen, own):
                text = f"({ast.unparse(own)}).astype(float)"
                yield edit("not-a-number", at, Slot(x, k), parsed(text), 0.9)


def _flags(seen: Seen, x: ast.expr) -> bool:
    return "bool" in str(getattr(seen.get(id(x)), "dtype", ""))


def _variables(at: Slot, slot: Slot, seen: Seen, names: Names) -> Iterator[Edit]:
    """Another array in place of one; of the same number of dimensions first."""
    x = slot.get()
    if not isinstance(x, (ast.Name, ast.Attribute, ast.Subscript)):
        return
    s = shape(seen.get(id(x)))
    if s is None or (isinstance(x, ast.Attribute) and x.attr in ("shape", "T")):
        return
    whole = isinstance(seen.get(id(x)), (int, np.integer))
    for name, held in list(names.items())[:_MANY]:
        other = shape(held)
        if name == ast.unparse(x) or other is None or (whole and not isinstance(held, int)):
            continue
        if other != () or s == ():
            near = 0.0 if len(other) == len(s) else 0.3
            yield edit("wrong-variable", at, slot, parsed(name), 2.1 + near)


def _reductions(at: Slot, slot: Slot, seen: Seen, names: Names) -> Iterator[Edit]:
    """A sum or mean over another dimension, with the dimension kept or not."""
    x = slot.get()
    if called(x) not in ("sum", "mean", "max", "min", "var", "std", "argmax", "squeeze"):
        return
    if not isinstance(x.func, ast.Attribute):
        return
    module = ast.unparse(x.func.value) in ("np", "numpy")
    args = x.args[:1] if module else []
    places = x.args[1:] if module else x.args
    of = x.args[0] if module and x.args else x.func.value
    given = {k.arg: k.value for k in x.keywords}
    axis = places[0] if places else given.get("axis")
    n = len(shape(seen.get(id(of))) or ())
    kept = isinstance(k := given.get("keepdims"), ast.Constant) and bool(k.value)
    told = "None" if axis is None else ast.unparse(axis)
    pairs = itertools.combinations(range(n), 2) if n > 2 else ()
    triples = ["(0, 2, 3)", "(0, 1, 2)"] if n == 4 else []
    for text in ["None", *map(str, range(n)), *map(str, pairs), *triples]:
        for keep in (kept, not kept):
            if text == told and keep == kept:
                continue
            key = [] if text == "None" else [ast.keyword("axis", parsed(text))]
            if keep:
                key.append(ast.keyword("keepdims", ast.Constant(True)))
            cost = 0.9 if text == told or keep == kept else 1.3
            mistake = "keepdims" if text == told else "axis"
            yield edit(mistake, at, slot, ast.Call(x.func, args, key), cost)


def _reshapes(at: Slot, slot: Slot, seen: Seen, names: Names) -> Iterator[Edit]:
    """The shape of another array; axes in another order."""
    x = slot.get()
    name = called(x)
    if name not in ("reshape", "transpose") or not isinstance(x.func, ast.Attribute):
        return
    module = ast.unparse(x.func.value) in ("np", "numpy")
    of = x.args[0] if module and x.args else x.func.value
    s = shape(seen.get(id(of)))
    if s is None:
        return
    first = [of] if module else []
    if name == "transpose":
        for order in itertools.permutations(range(len(s))) if len(s) < 5 else ():
            new: list[ast.expr] = (
                [parsed(str(order))] if module else [parsed(str(k)) for k in order]
            )
            yield edit("places", at, slot, ast.Call(x.func, first + new, []), 1.3)
        return
    told = set()
    for text, held in names.items():
        other = shape(held)
        if other and other not in told and int(np.prod(other)) == int(np.prod(s)):
            told.add(other)
            call = ast.Call(x.func, [*first, parsed(f"{text}.shape")], [])
            yield edit("does-not-fit", at, slot, call, 1.1)


def _steps(at: Slot, slot: Slot, seen: Seen, names: Names) -> Iterator[Edit]:
    """An index one further or one before, in another order, or another key."""
    x = slot.get()
    if not isinstance(x, ast.Subscript):
        return
    for n in ast.walk(x.slice):
        held = seen.get(id(n))
        if not isinstance(n, ast.Name) or isinstance(held, bool) or not isinstance(held, int):
            continue
        for by in ("- 1", "+ 1"):
            index = _in_place(x.slice, n, parsed(f"{n.id} {by}"))
            yield edit("index", at, slot, ast.Subscript(x.value, index, x.ctx), 1.2)
    for n in ast.walk(x.slice):
        if isinstance(n, ast.BinOp) and isinstance(n.right, ast.Constant):
            index = _in_place(x.slice, n, n.left)
            yield edit("index", at, slot, ast.Subscript(x.value, index, x.ctx), 1.1)
    held, key = seen.get(id(x.value)), x.slice
    if isinstance(held, dict) and isinstance(key, ast.Constant):
        for k in sorted(held, key=lambda k: -alike(str(k), str(key.value)))[:_NEAR]:
            if k != key.value:
                index = ast.Constant(k)
                cost = 1.5 - alike(str(k), str(key.value))
                yield edit("undefined-name", at, slot, ast.Subscript(x.value, index, x.ctx), cost)


def _in_place(tree: Any, node: ast.AST, new: ast.expr) -> Any:
    """A copy of an expression with one node exchanged."""

    same = ast.dump(node)

    class Exchange(ast.NodeTransformer):
        def visit(self, n: ast.AST) -> Any:
            return new if ast.dump(n) == same else self.generic_visit(n)

    return Exchange().visit(copy.deepcopy(tree))


def _spelt(at: Slot, slot: Slot, seen: Seen, names: Names) -> Iterator[Edit]:
    """A name that exists, in place of one that does not or holds None."""
    x = slot.get()
    if isinstance(x, ast.Call):
        slot = Slot(x, "func")
        x = x.func
    if not isinstance(x, (ast.Name, ast.Attribute, ast.Subscript)):
        return
    if not isinstance(x.ctx, ast.Load) or seen.get(id(x)) is not None:
        return
    text = ast.unparse(x)
    function = slot.field == "func"
    if isinstance(x, ast.Attribute) and id(x.value) in seen:
        owner = seen[id(x.value)]
        if hasattr(owner, x.attr) and getattr(owner, x.attr) is not None:
            return
        own = [f"{ast.unparse(x.value)}.{n}" for n in dir(owner) if not n.startswith("__")]
        yield from _like(at, slot, text, own)
    elif function and text in names:
        return
    yield from _like(at, slot, text, [n for n, held in names.items() if callable(held) == function])


def _like(at: Slot, slot: Slot, text: str, names: list[str]) -> Iterator[Edit]:
    """The names that are most like one."""
    near = {n: alike(n.split(".")[-1], text.split(".")[-1]) for n in names if n != text}
    for name in sorted(near, key=lambda n: -near[n])[:_MANY]:
        yield edit("undefined-name", at, slot, parsed(name), 1.6 - near[name])


def _arguments(at: Slot, slot: Slot, seen: Seen, names: Names) -> Iterator[Edit]:
    """A call with one argument more or less."""
    x = slot.get()
    if not isinstance(x, ast.Call):
        return
    for k in range(len(x.args)):
        rest = [*x.args[:k], *x.args[k + 1 :]]
        yield edit("arguments", at, slot, ast.Call(x.func, rest, x.keywords), 1.0)
    for name in [n for n, held in names.items() if shape(held)][:_MANY]:
        more = [*x.args, parsed(name)]
        yield edit("arguments", at, slot, ast.Call(x.func, more, x.keywords), 1.1)


def alike(a: str, b: str) -> float:
    """How alike two names are, from 0 to 1."""
    return SequenceMatcher(None, a.lower(), b.lower()).ratio()


def _value(at: Slot, seen: Seen, names: Names) -> Iterator[Edit]:
    """A whole list or dict is none of the arrays: one of its entries may be."""
    for slot in computed(at):
        x = slot.get()
        held = seen.get(id(x))
        if isinstance(held, dict) and not isinstance(slot.parent, ast.Subscript):
            for k in held:
                new = ast.Subscript(x, ast.Constant(k), ast.Load())
                yield edit("index", at, slot, new, 1.9)
        if isinstance(held, (list, tuple)) and not isinstance(slot.parent, ast.Subscript):
            for k in range(min(len(held), 4)):
                yield edit("index", at, slot, ast.Subscript(x, ast.Constant(k), ast.Load()), 1.9)


_MAKERS: tuple[Callable[[Slot, Slot, Seen, Names], Iterator[Edit]], ...] = (
    _products, _booleans, _elementwise, _indices, _views, _variables, _reductions, _reshapes,
    _steps,
)  # fmt: skip
