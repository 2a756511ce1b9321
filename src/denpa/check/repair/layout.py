"""Edits of where numbers stand: indices and slices, transposes, einsum, the order in a list."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from itertools import combinations, permutations
from typing import Any

from denpa.check.repair.tree import Edit, Scope, Slot, called, edit, parsed, targets


def places_written(at: Slot, scope: Scope) -> Iterator[Edit]:
    """The index of what is assigned to: dx[:, t] for dx[arange(n), t], t - 1 for t."""
    for target in targets(at.get()):
        if not isinstance(target, ast.Subscript):
            continue
        inside = target.slice
        slots = [Slot(target, "slice")]
        if isinstance(inside, ast.Tuple):
            slots = [Slot(inside, "elts", k) for k in range(len(inside.elts))]
            arrays = [ast.unparse(e) for e in inside.elts if not isinstance(e, ast.Slice)]
            for slot in slots:
                if isinstance(slot.get(), ast.Slice) and arrays:
                    rows = parsed(f"np.arange(np.size({arrays[0]}))")
                    yield edit("index", at, slot, rows, 1.6)
                    value = Slot(at.get(), "value")
                    flat = parsed(f"np.ravel({ast.unparse(value.get())})")
                    yield Edit("index", at, ((slot, rows), (value, flat)), 1.65)
        for slot in slots:
            e = slot.get()
            if isinstance(e, ast.BinOp) and isinstance(e.right, ast.Constant):
                yield edit("constant", at, slot, e.left, 1.5)
        own = ast.unparse(inside)
        counted = isinstance(inside, (ast.BinOp, ast.Name))  # dx[i + j], beside x[start + j]
        for other in scope.indices if counted or isinstance(inside, ast.Tuple) else ():
            if other != own and other.count(",") == own.count(","):
                new = parsed(f"x[{other.strip('()')}]").slice
                text = ast.unparse(target)
                want = f"{ast.unparse(target.value)}[{other.strip('()')}]"
                yield Edit(
                    "index", at, ((Slot(target, "slice"), new),), 1.55, want, (("got", text),)
                )


def slices(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """Bounds of a slice; two indices exchanged; a border cut off on both sides."""
    x = slot.get()
    if isinstance(x, ast.Slice):
        lowers = [x.lower, None, *([x.lower.left] if isinstance(x.lower, ast.BinOp) else [])]
        uppers = [x.upper, None, *([x.upper.left] if isinstance(x.upper, ast.BinOp) else [])]
        for lower in lowers:
            for upper in uppers:
                if (lower, upper) != (x.lower, x.upper):
                    yield edit("constant", at, slot, ast.Slice(lower, upper, x.step), 1.9)
    if not isinstance(x, ast.Subscript) or not isinstance(x.slice, ast.Tuple):
        return
    elements: list[Any] = x.slice.elts
    for a, b in combinations(range(len(elements)), 2):
        if isinstance(elements[a], ast.Name) and isinstance(elements[b], ast.Name):
            yield _indexed(at, slot, x, _exchanged(elements, a, b), "wrong-variable", 1.5)
    cut = [k for k, e in enumerate(elements) if isinstance(e, ast.Slice) and (e.lower or e.upper)]
    inside = {
        ast.unparse(n)
        for k in cut
        for n in ast.walk(elements[k])
        if isinstance(n, (ast.Name, ast.Constant)) and ast.unparse(n) != "0"
    }
    whole = {n for n, v in scope.numbers.items() if v > 0 and float(v).is_integer()}
    whole |= {n for n, v in scope.values.items() if type(v) is int and v == 1}
    for name in sorted(inside | whole | {"1"}):
        new = list(elements)
        for k in cut:
            new[k] = parsed(f"x[{name}:-{name}]").slice
        cost = 1.7 if name in inside else 1.9 if name != "1" else 2.0
        yield _indexed(at, slot, x, new, "places", cost)
        new = list(elements)
        for k in cut:
            upper = elements[k].upper
            if elements[k].lower is None and isinstance(upper, (ast.Name, ast.Attribute)):
                new[k] = parsed(f"x[{name}:{name} + {ast.unparse(upper)}]").slice
        cost += 0.05 if name in inside else -0.05
        yield _indexed(at, slot, x, new, "places", cost)


def _indexed(
    at: Slot, slot: Slot, x: ast.Subscript, elements: list[Any], mistake: str, cost: float
) -> Edit:
    return edit(
        mistake, at, slot, ast.Subscript(x.value, ast.Tuple(elements, ast.Load()), x.ctx), cost
    )


def _exchanged(given: list[Any], a: int, b: int) -> list[Any]:
    new = list(given)
    new[a], new[b] = new[b], new[a]
    return new


def orders(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """Two entries of a list exchanged: of gates that are joined, of halves that are taken apart."""
    x = slot.get()
    if isinstance(x, (ast.List, ast.Tuple)) and len(x.elts) > 1:
        computed = [k for k, e in enumerate(x.elts) if not isinstance(e, (ast.Constant, ast.Slice))]
        for a, b in combinations(computed, 2):
            new = type(x)(_exchanged(x.elts, a, b), ast.Load())
            yield edit("wrong-variable", at, slot, new, 1.55)


def transposes(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """Dimensions in another order, kernels turned round in space."""
    x = slot.get()
    shape = scope.shapes.get(id(x), ())
    if called(x) == "transpose" and len(x.args) > 2:
        given = [ast.unparse(a) for a in x.args]
        orders = (
            list(permutations(given))
            if len(given) < 5
            else [tuple(_exchanged(given, a, b)) for a, b in combinations(range(len(given)), 2)]
        )
        for order in orders:
            if list(order) != given:
                new = ast.Call(x.func, [parsed(a) for a in order], [])
                yield edit("places", at, slot, new, 1.8)
    if called(x) == "reshape" and isinstance(x.func, ast.Attribute):
        n = len(scope.shapes.get(id(x.func.value), ()))
        for order in permutations(range(n)) if 2 < n < 5 else ():
            if list(order) != sorted(order):
                f = copy.copy(x.func)
                f.value = parsed(f"({ast.unparse(f.value)}).transpose{order}")
                yield edit("places", at, slot, ast.Call(f, x.args, x.keywords), 2.1)
        if 2 < len(x.args) < 5 and not x.keywords:
            yield from _reshaped(at, slot, x)
    part = isinstance(slot.parent, (ast.Subscript, ast.Attribute))
    if shape and not part and isinstance(x, (ast.Name, ast.Attribute, ast.Subscript)):
        for turned in _FLIPS[: 1 if len(shape) == 1 else 3]:
            own = "[::-1]" if len(shape) == 1 else "[::-1, ::-1]" if len(shape) == 2 else ""
            new = parsed(ast.unparse(x) + (own if own and turned == _FLIPS[0] else turned))
            yield edit("kernel-turned", at, slot, new, 1.65 if len(shape) > 2 else 1.75)
    if isinstance(x, ast.Subscript) and isinstance(x.ctx, ast.Load):
        inside = x.slice.elts if isinstance(x.slice, ast.Tuple) else [x.slice]
        if any(
            isinstance(e, ast.Slice) and e.step is not None and ast.unparse(e.step) == "-1"
            for e in inside
        ):
            yield edit("kernel-turned", at, slot, x.value, 0.9)
    if len(shape) == 2 and shape[0] == shape[1] and isinstance(x, (ast.Call, ast.BinOp)):
        text = ast.unparse(x) if isinstance(x, ast.Call) else f"({ast.unparse(x)})"
        cost = 1.8 if isinstance(x, ast.Call) else 1.9
        yield edit("operand-transposed", at, slot, parsed(f"{text}.T"), cost)


def _reshaped(at: Slot, slot: Slot, x: ast.Call) -> Iterator[Edit]:
    """To sizes in another order, and from there to the order that was meant: what a flattened
    transpose needs."""
    n = len(x.args)
    for order in permutations(range(n)):
        if list(order) != sorted(order):
            back = [order.index(k) for k in range(n)]
            call = ast.Call(x.func, [x.args[k] for k in order], [])
            new = parsed(f"{ast.unparse(call)}.transpose({', '.join(map(str, back))})")
            yield edit("places", at, slot, new, 2.0)


_FLIPS = ("[..., ::-1, ::-1]", "[..., ::-1]", "[..., ::-1, :]")


def einsums(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """Two letters of an einsum exchanged in one of its operands, in the result, or in both."""
    x = slot.get()
    if called(x) != "einsum" or not x.args or not isinstance(x.args[0], ast.Constant):
        return
    text = str(x.args[0].value)
    if "->" not in text:
        return
    parts = [*text.split("->")[0].split(","), text.split("->")[1]]
    letters = sorted(set("".join(parts)) - set(" ."))
    some = [(k,) for k in range(len(parts))] + [(k, len(parts) - 1) for k in range(len(parts) - 1)]
    for a, b in combinations(letters, 2):
        swap = str.maketrans(a + b, b + a)
        for chosen in some:
            new = [p.translate(swap) if k in chosen else p for k, p in enumerate(parts)]
            if new != parts:
                whole = ",".join(new[:-1]) + "->" + new[-1]
                call = ast.Call(x.func, [ast.Constant(whole), *x.args[1:]], x.keywords)
                yield edit("operand-transposed", at, slot, call, 2.3)


def weights(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """Another matrix of parameters in a product."""
    x = slot.get()
    if not (isinstance(x, ast.BinOp) and isinstance(x.op, ast.MatMult)):
        return
    named = [
        n
        for n in scope.arrays
        if len(scope.arrays[n]) == 2
        and n.split(".")[-1].split("[")[-1].strip("']\"") in scope.weights
    ]
    for name in named:
        for text in (name, f"{name}.T"):
            if text != ast.unparse(x.left):
                new = ast.BinOp(parsed(text), ast.MatMult(), x.right)
                yield edit("wrong-variable", at, slot, new, 1.85)
            if text != ast.unparse(x.right):
                new = ast.BinOp(x.left, ast.MatMult(), parsed(text))
                yield edit("wrong-variable", at, slot, new, 1.85)
