"""Edits that undo a classic mistake in one step: masks taken from messages, wrong indices, what is
set where it should be added, derivatives fed the wrong thing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from denpa.check.repair.tree import (
    Edit,
    Scope,
    Shape,
    Slot,
    beside,
    called,
    edit,
    expressions,
    is_gradient,
    parsed,
    statements,
    targets,
)


def _kept(scope: Scope, shape: Shape, but: str = "") -> list[str]:
    """What forward has kept that has a shape: no gradients, no targets."""
    return [
        n
        for n, held in scope.arrays.items()
        if held == shape
        and n != but
        and not is_gradient(n)
        and n not in scope.flags
        and n not in scope.masks
    ]


def masks(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """A rectifier applied to the message, or its mask taken from the message."""
    x = slot.get()
    shape = scope.shapes.get(id(x))
    if not shape:
        return
    if isinstance(x, ast.Call):
        inner = [a for a in x.args if scope.shapes.get(id(a)) == shape]
        plain = [a for a in x.args if isinstance(a, ast.Constant) and a.value in (0, None)]
        if len(inner) == 1 and len(inner) + len(plain) == len(x.args) and not x.keywords:
            text = ast.unparse(inner[0])
            for k, name in enumerate([*_kept(scope, shape, text), *scope.elements()]):
                new = ast.BinOp(inner[0], ast.Mult(), parsed(f"({name} > 0)"))
                cost = (1.5 if plain else 1.7) + 0.001 * k
                yield Edit("upstream-mask", at, ((slot, new),), cost, "", (("upstream", text),))
    if isinstance(x, ast.Compare) and len(x.ops) == 1 and not isinstance(x.left, ast.Call):
        yield from _of_another(at, Slot(x, "left"), shape, scope, ast.unparse(at.get()))


def _of_another(at: Slot, slot: Slot, shape: Shape, scope: Scope, around: str) -> Iterator[Edit]:
    """The comparison of another array: of what forward kept for the message itself."""
    text = ast.unparse(slot.get())
    own = is_gradient(text) or around.count(text) > 1
    for k, name in enumerate([*_kept(scope, shape, text), *scope.elements()]):
        fill = (("upstream", text),) if own else ()
        mistake = "upstream-mask" if own else "wrong-variable"
        yield Edit(mistake, at, ((slot, parsed(name)),), 1.45 + 0.001 * k, "", fill)


def written(at: Slot, scope: Scope) -> Iterator[Edit]:
    """What a statement writes to: dh[dh < 0] = 0, dx[n, 0] for dx[n, c], dx[mask] = 0.1."""
    s = at.get()
    for target in targets(s):
        if not isinstance(target, ast.Subscript):
            continue
        base, inside = ast.unparse(target.value), target.slice
        if isinstance(inside, ast.Compare) and base in scope.arrays:
            shape = scope.arrays[base]
            yield from _of_another(at, Slot(inside, "left"), shape, scope, ast.unparse(target))
        mask = ast.unparse(inside) in scope.masks or isinstance(inside, ast.Compare)
        if mask and isinstance(s, ast.Assign):
            new = ast.AugAssign(target, ast.Mult(), s.value)
            yield Edit("upstream-ignored", at, ((at, new),), 1.3)
        yield from _counted(at, target, scope)
        yield from _largest(at, target, scope)


def indices(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """A loop's variable where a number or another variable stands, and the list beside."""
    x = slot.get()
    if isinstance(slot.parent, ast.BinOp) and isinstance(slot.parent.op, ast.Mult):
        for point in scope.points if isinstance(x, (ast.Name, ast.Attribute)) else ():
            yield edit("wrong-variable", at, slot, parsed(point), 1.95)
    if not isinstance(x, ast.Subscript) or not isinstance(x.ctx, ast.Load):
        return
    yield from _counted(at, x, scope)
    if isinstance(x.slice, ast.Tuple):
        for other in scope.indices:
            if other.count(",") == ast.unparse(x.slice).count(","):
                new = parsed(f"{ast.unparse(x.value)}[{other.strip('()')}]")
                yield edit("index", at, slot, new, 1.8)
    base, text = ast.unparse(x.value), ast.unparse(x)
    if any(text.startswith(s.split("{")[0]) for s in scope.series):
        for k, other in enumerate(scope.elements()):
            if other != text:
                yield edit("wrong-variable", at, slot, parsed(other), 1.9 + 0.001 * k)
    if base not in scope.lists:
        return
    for other in (base, *scope.lists):
        for k, index in enumerate(beside(x.slice)):
            new = ast.Subscript(parsed(other), index, ast.Load())
            if ast.unparse(new) != ast.unparse(x):
                yield edit("wrong-variable", at, slot, new, 1.85 + 0.02 * k)


def _counted(at: Slot, x: ast.Subscript, scope: Scope) -> Iterator[Edit]:
    """The entries of an index that count, each replaced by the variable of a loop."""
    inside = x.slice
    slots = [Slot(x, "slice")]
    if isinstance(inside, ast.Tuple):
        slots = [Slot(inside, "elts", k) for k in range(len(inside.elts))]
    others = [ast.unparse(s.get()) for s in slots]
    stored = not isinstance(x.ctx, ast.Load)
    for slot in slots:
        old = slot.get()
        fixed = isinstance(old, (ast.Constant, ast.UnaryOp))
        if not fixed and not (isinstance(old, ast.Name) and old.id in scope.counters):
            continue
        for name in scope.counters:
            if name not in others:
                yield _whole(at, slot, x, parsed(name), 1.6 if fixed else 1.7)
        if stored and isinstance(old, ast.Name):
            for new in beside(old)[1:]:
                yield _whole(at, slot, x, new, 1.9)


def _whole(at: Slot, slot: Slot, x: ast.Subscript, new: ast.expr, cost: float) -> Edit:
    """An entry of an index changed, told as the whole of what is indexed."""
    old, got = slot.get(), ast.unparse(x)
    slot.put(new)
    want = ast.unparse(x)
    slot.put(old)
    return Edit("index", at, ((slot, new),), cost, want, (("got", got),))


def _largest(at: Slot, target: ast.Subscript, scope: Scope) -> Iterator[Edit]:
    """Max pooling that gives the gradient to a whole window: only to its largest number."""
    s, shape = at.get(), scope.arrays.get(ast.unparse(target.value))
    inside = target.slice.elts if isinstance(target.slice, ast.Tuple) else [target.slice]
    if shape is None or not any(isinstance(e, ast.Slice) for e in inside):
        return
    values = [s.value, s.value.left] if isinstance(s.value, ast.BinOp) else [s.value]
    index = ast.unparse(target.slice).strip("()")
    for name in _kept(scope, shape):
        window = f"{name}[{index}]"
        for axes in ("", ", axis=(2, 3), keepdims=True", ", axis=(1, 2), keepdims=True"):
            for value in values:
                mask = parsed(f"({window} == np.max({window}{axes}))")
                new = ast.BinOp(value, ast.Mult(), mask)
                yield edit("pooling-spread", at, Slot(s, "value"), new, 1.6 + 0.01 * len(axes))


def added_up(function: ast.FunctionDef) -> Iterator[Edit]:
    """Gradients of the operands of an operation set where they should be added to, all at once."""
    places = [
        at
        for at in statements(function)
        if isinstance(s := at.get(), ast.Assign)
        and len(s.targets) == 1
        and isinstance(s.targets[0], ast.Attribute)
        and is_gradient(s.targets[0].attr)
    ]
    for cost, changes in (
        (1.05, [_increased(at) for at in places]),
        (1.15, [_summed(at) for at in places]),
    ):
        for change in changes:
            yield Edit("overwritten", change[0], (change,), cost + 0.05)
        if len(changes) > 1:
            yield Edit("overwritten", places[0], tuple(changes), cost)


def _increased(at: Slot) -> tuple[Slot, ast.stmt]:
    s = at.get()
    return at, ast.AugAssign(s.targets[0], ast.Add(), s.value)


def _summed(at: Slot) -> tuple[Slot, ast.stmt]:
    """As a new array: the old one may be another node's, too."""
    s = at.get()
    old = parsed(ast.unparse(s.targets[0]))
    return at, ast.Assign(s.targets, ast.BinOp(old, ast.Add(), s.value))


_FORMS = ("{0} * (1 - {0})", "1 - {0} ** 2", "({0} > 0)")
_BEFORE = ("1 / (1 + np.exp(-{0}))", "np.tanh({0})")


def fed(function: ast.FunctionDef, scope: Scope) -> Iterator[Edit]:
    """A derivative that a function computes from the sum, fed the activation, or the other way
    round: at one call of it, and at all."""
    calls: dict[str, list[tuple[Slot, Slot]]] = {}
    for at in statements(function):
        for slot in expressions(at.get()):
            x = slot.get()
            if not isinstance(x, ast.Call) or len(x.args) != 1 or x.keywords:
                continue
            shape = scope.shapes.get(id(x))
            name = ast.unparse(x.func)
            if shape and scope.shapes.get(id(x.args[0])) == shape and name[:3] != "np.":
                calls.setdefault(name, []).append((at, slot))
    for places in calls.values():
        looped = [p for p in places if not isinstance(p[0].parent, ast.FunctionDef)]
        at = (looped or places)[0][0]
        groups = [(at, places)] if len(places) > 1 else []
        for where, group in [*groups, *((p[0], [p]) for p in places)]:
            cost = 1.6 if len(group) > 1 else 1.75
            yield from _fed(where, [slot for _, slot in group], cost)


def _fed(at: Slot, slots: list[Slot], cost: float) -> Iterator[Edit]:
    def changed(form: str, of: Any) -> ast.expr:
        inner = ast.unparse(of)
        plain = isinstance(of, (ast.Name, ast.Attribute, ast.Subscript, ast.Call))
        new: ast.expr = parsed(f"({form.format(inner if plain else f'({inner})')})")
        return new

    output = (("fed", "the output"), ("right", "the input"))
    for form in _FORMS:
        changes = tuple((slot, changed(form, slot.get().args[0])) for slot in slots)
        yield Edit("fed-the-wrong-one", at, changes, cost, "", output)
    for form in _BEFORE:
        changes = tuple(
            (Slot(slot.get(), "args", 0), changed(form, slot.get().args[0])) for slot in slots
        )
        yield Edit(
            "fed-the-wrong-one",
            at,
            changes,
            cost + 0.1,
            "",
            (("fed", "the input"), ("right", "the output")),
        )


def softmaxes(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """The product with softmax's whole Jacobian: p * (dout - sum(dout * p))."""
    x = slot.get()
    shape = scope.shapes.get(id(x))
    if called(x) in ("diag", "diagflat") and len(x.args) == 1:
        v = ast.unparse(x.args[0])
        new = ast.BinOp(x, ast.Sub(), parsed(f"np.outer({v}, {v})"))
        yield edit("diagonal-only", at, slot, new, 1.5)
    if not shape or not _topmost(at, slot, scope):
        return
    for p, axis in scope.shares.items():
        for d, held in scope.arrays.items() if scope.arrays.get(p) == shape else ():
            if held == shape and d != p and d not in scope.flags:
                new = parsed(f"{p} * ({d} - np.sum({d} * {p}{axis}))")
                cost = 3.0 if is_gradient(d) else 3.05
                yield edit("softmax-jacobian", at, slot, new, cost)


def _topmost(at: Slot, slot: Slot, scope: Scope) -> bool:
    """Whether it is all that is assigned, but for a number that it is multiplied or divided by."""
    of = slot.parent
    if isinstance(of, ast.BinOp) and isinstance(of.op, (ast.Mult, ast.Div)):
        other = of.right if slot.field == "left" else of.left
        return getattr(at.get(), "value", None) is of and not scope.shapes.get(id(other))
    return of is at.get()


def biases(at: Slot, slot: Slot, scope: Scope) -> Iterator[Edit]:
    """A sum over the weights' gradient in place of a sum over the message."""
    x = slot.get()
    if called(x) not in ("sum", "mean") or not isinstance(x.func, ast.Attribute):
        return
    module = ast.unparse(x.func.value) in ("np", "numpy")
    place = Slot(x, "args", 0) if module and x.args else Slot(x.func, "value")
    for inner in (place, *expressions(place.get())):
        node = inner.get()
        for operand in _operands(node):
            plain = _untransposed(operand)
            for new in (operand, plain):
                yield edit("bias-from-weights", at, inner, new, 1.2)
    name, shape = ast.unparse(place.get()), scope.shapes.get(id(place.get()), ())
    if len(shape) != 2 or not _of_weights(name, scope):
        return
    for other, held in scope.arrays.items():
        if len(held) == 2 and other != name and set(held) & set(shape):
            yield edit("bias-from-weights", at, place, parsed(other), 1.5)
            for n in (*scope.numbers, *(s for s in scope.sizes if s.startswith("len"))):
                yield edit("bias-from-weights", at, place, parsed(f"{other} / {n}"), 1.55)


def _of_weights(name: str, scope: Scope) -> bool:
    """Whether a variable is called as the gradient of a parameter: self.dW1, grads['W1']."""
    last = re.split(r"[.\[]", name)[-1].strip("]'\"")
    plain = {last, last.removeprefix("d"), last.removeprefix("grad_"), last.removesuffix("_grad")}
    made = bool(plain & scope.weights) and is_gradient(re.split(r"[\[.]", name)[-1])
    return made or ("[" in name and last in scope.weights and "param" not in name)


def _operands(x: ast.AST) -> list[ast.expr]:
    """Those of a matrix product."""
    if isinstance(x, ast.BinOp) and isinstance(x.op, ast.MatMult):
        return [x.left, x.right]
    if isinstance(x, ast.Call) and called(x) in ("dot", "matmul"):
        if len(x.args) == 2:
            return list(x.args)
        if len(x.args) == 1 and isinstance(x.func, ast.Attribute):
            return [x.func.value, x.args[0]]
    return []


def _untransposed(x: ast.expr) -> ast.expr:
    return x.value if isinstance(x, ast.Attribute) and x.attr == "T" else x


def returned(at: Slot, scope: Scope) -> Iterator[Edit]:
    """Every gradient that is returned, times or divided by the same number."""
    s = at.get()
    value = s.value if isinstance(s, ast.Return) else None
    if isinstance(value, ast.Dict):
        slots = [Slot(value, "values", k) for k in range(len(value.values))]
    elif isinstance(value, ast.Tuple):
        slots = [Slot(value, "elts", k) for k in range(len(value.elts))]
    else:
        return
    for name in dict.fromkeys([*scope.sizes, *scope.numbers, "2"]):
        for op, want in ((ast.Div(), f"1 / {name}"), (ast.Mult(), name)):
            changes = tuple((k, ast.BinOp(k.get(), op, parsed(name))) for k in slots)
            cost = 2.3 + 0.15 * (name == "2")
            yield Edit("factor-missing", at, changes, cost, want)
            if len(changes) > 1:  # the first is the loss itself
                yield Edit("factor-missing", at, changes[1:], cost + 0.02, want)


def left_out(at: Slot) -> Iterator[Edit]:
    """A line that adds a term too many."""
    s = at.get()
    if isinstance(s, ast.AugAssign) and isinstance(s.op, (ast.Add, ast.Sub)):
        fill = (("got", ast.unparse(s)),)
        yield Edit("term-extra", at, ((at, ast.Pass()),), 1.6, ast.unparse(s.target), fill)


def before(at: Slot, scope: Scope) -> Iterator[Edit]:
    """A formula for the activation's output that is given its input, in all of a statement."""
    places: dict[str, list[Slot]] = {}
    for slot in expressions(at.get()):
        x = slot.get()
        if isinstance(x, (ast.Name, ast.Attribute)) and isinstance(x.ctx, ast.Load):
            places.setdefault(ast.unparse(x), []).append(slot)
    fill = (("fed", "the input"), ("right", "the output"))
    for name, slots in places.items():
        if scope.arrays.get(name) and not is_gradient(name) and name not in scope.flags:
            for k, form in enumerate(_BEFORE):
                changes = tuple((slot, parsed(f"({form.format(name)})")) for slot in slots)
                yield Edit("fed-the-wrong-one", at, changes, 2.25 + 0.01 * k, "", fill)
