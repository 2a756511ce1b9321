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

from denpa.check.exceptions.frames import computed
from denpa.check.exceptions.products import (
    LARGE,
    MANY,
    Names,
    Seen,
    elementwise,
    indices,
    products,
    shape,
    turned,
)
from denpa.check.repair.tree import Edit, Slot, called, edit, parsed

_NEAR = 12  # names that are tried for one that does not exist


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
    yield from _unpacked(at, seen)


def _views(at: Slot, slot: Slot, seen: Seen, names: Names) -> Iterator[Edit]:
    """An array turned, with a dimension more, summed, or in the shape of another."""
    x = slot.get()
    s = shape(seen.get(id(x)))
    if not s or not isinstance(x, ast.expr) or isinstance(seen[id(x)], np.generic):
        return
    text = _of(x)
    if isinstance(slot.parent, ast.Attribute) and slot.parent.attr in ("shape", "ndim", "size"):
        return
    if len(s) == 2:
        yield edit("operand-transposed", at, slot, turned(x), 1.4)
    size = int(np.prod(s))
    for index in _NEW_AXES.get(len(s), ()) if size**2 < LARGE else ():
        yield edit("dimension-missing", at, slot, parsed(f"{text}[{index}]"), 2.0)
    for k in range(len(s)):
        if len(s) > 1:
            yield edit("not-summed", at, slot, parsed(f"{text}.sum(axis={k})"), 1.5)
            keeps = f"{text}.sum(axis={k}, keepdims=True)"
            yield edit("not-summed", at, slot, parsed(keeps), 1.6)
        if s[k] == 1 and len(s) > 1:
            yield edit("dimension-extra", at, slot, parsed(f"{text}.squeeze(axis={k})"), 1.7)
    if len(s) > 2:
        yield edit("does-not-fit", at, slot, parsed(f"{text}.reshape(-1, {text}.shape[-1])"), 1.6)
    for axes in ((0, 1), (0, 2, 3), (0, 2), (1, 2)):
        if max(axes) < len(s) and len(axes) < len(s):
            yield edit("not-summed", at, slot, parsed(f"{text}.sum(axis={axes})"), 1.7)
    told: set[tuple[int, ...]] = {s}
    for name, held in names.items():
        other = shape(held)
        if other and other not in told and int(np.prod(other)) == size and name != text:
            told.add(other)
            yield edit("does-not-fit", at, slot, parsed(f"{text}.reshape({name}.shape)"), 1.8)


def both_sides(x: Any) -> tuple[ast.expr, ast.expr] | None:
    """The two sides of what is computed element by element."""
    if isinstance(x, ast.BinOp) and not isinstance(x.op, ast.MatMult):
        return x.left, x.right
    if isinstance(x, ast.Compare) and len(x.ops) == 1:
        return x.left, x.comparators[0]
    return None


def _spread(at: Slot, slot: Slot, seen: Seen, names: Names) -> Iterator[Edit]:
    """One side of a sum or product with new dimensions where the other side has others."""
    x = slot.get()
    sides = both_sides(x)
    if sides is None:
        return
    right = Slot(x, "right") if isinstance(x, ast.BinOp) else Slot(x, "comparators", 0)
    for place, own, other in zip((Slot(x, "left"), right), sides, sides[::-1], strict=True):
        s, t = shape(seen.get(id(own))) or (), shape(seen.get(id(other))) or ()
        if not 0 < len(s) < len(t):
            continue
        for kept in itertools.combinations(range(len(t)), len(s)):
            if all(n in (1, t[k]) for n, k in zip(s, kept, strict=True)):
                index = ", ".join(":" if k in kept else "None" for k in range(len(t)))
                yield edit("dimension-missing", at, place, parsed(f"{_of(own)}[{index}]"), 1.95)


def _of(x: ast.expr) -> str:
    """An expression as something that an index or a method can follow."""
    plain = isinstance(x, (ast.Name, ast.Attribute, ast.Call, ast.Subscript))
    return ast.unparse(x) if plain else f"({ast.unparse(x)})"


def _unpacked(at: Slot, seen: Seen) -> Iterator[Edit]:
    """A tuple taken apart into as many names as it has entries."""
    s = at.get()
    held = seen.get(id(s.value)) if isinstance(s, ast.Assign) else None
    if not isinstance(held, (tuple, list)) or not isinstance(s.targets[0], ast.Tuple):
        return
    names = s.targets[0].elts
    for kept in itertools.combinations(range(len(held)), len(names)):
        order: list[ast.expr] = [ast.Name("_", ast.Store()) for _ in held]
        for k, name in zip(kept, names, strict=True):
            order[k] = name
        new = ast.Assign([ast.Tuple(order, ast.Store())], s.value)
        yield Edit("unpacked", at, ((at, new),), 1.0)


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
    if isinstance(x, ast.Attribute) and x.attr in ("shape", "T"):
        return
    if isinstance(seen.get(id(x)), (tuple, list)):  # a cache
        for name, held in list(names.items()):
            if type(held) is type(seen[id(x)]) and name != ast.unparse(x):
                yield edit("wrong-variable", at, slot, parsed(name), 1.6)
    if s is None:
        return
    whole = isinstance(seen.get(id(x)), (int, np.integer))
    for name, held in list(names.items())[:MANY]:
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
    if isinstance(x.value, ast.Attribute) and x.value.attr == "shape" and isinstance(held, tuple):
        for k in range(len(held)):
            if ast.unparse(key) != str(k):
                new = ast.Subscript(x.value, ast.Constant(k), x.ctx)
                yield edit("index", at, slot, new, 0.9)
    if isinstance(held, dict) and isinstance(key, ast.Constant):
        for k in sorted(held, key=lambda k: -alike(str(k), str(key.value)))[:_NEAR]:
            if k != key.value:
                index = ast.Constant(k)
                cost = 1.5 - alike(str(k), str(key.value))
                yield edit("undefined-name", at, slot, ast.Subscript(x.value, index, x.ctx), cost)


def _exchanged(at: Slot, slot: Slot, seen: Seen, names: Names) -> Iterator[Edit]:
    """Two indices the other way round."""
    x = slot.get()
    if slot.field == "slice" and isinstance(x, ast.Tuple):
        for a, b in itertools.combinations(range(len(x.elts)), 2):
            order = list(x.elts)
            order[a], order[b] = order[b], order[a]
            yield edit("index", at, slot, ast.Tuple(order, ast.Load()), 1.0)


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
    for name in sorted(near, key=lambda n: -near[n])[:MANY]:
        yield edit("undefined-name", at, slot, parsed(name), 1.6 - near[name])


def _arguments(at: Slot, slot: Slot, seen: Seen, names: Names) -> Iterator[Edit]:
    """A call with one argument more or less."""
    x = slot.get()
    if not isinstance(x, ast.Call):
        return
    for k in range(len(x.args)):
        rest = [*x.args[:k], *x.args[k + 1 :]]
        yield edit("arguments", at, slot, ast.Call(x.func, rest, x.keywords), 1.0)
    for name in [n for n, held in names.items() if shape(held)][:MANY]:
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
    products,
    _booleans,
    elementwise,
    indices,
    _views,
    _variables,
    _reductions,
    _reshapes,
    _steps,
    _spread,
    _exchanged,
)
