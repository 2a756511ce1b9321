"""All edits of a gradient function that are worth trying."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from denpa.check.repair.arithmetic import (
    added,
    constants,
    dropped,
    multiplied,
    powers,
    products_added,
    projections,
    signs,
)
from denpa.check.repair.classics import (
    added_up,
    before,
    biases,
    fed,
    indices,
    left_out,
    masks,
    returned,
    softmaxes,
    written,
)
from denpa.check.repair.derived import derived
from denpa.check.repair.formulas import calls, derivatives, logistic, losses, two_factors
from denpa.check.repair.layout import (
    einsums,
    orders,
    places_written,
    slices,
    transposes,
    weights,
)
from denpa.check.repair.sequence import copied, rest, too_early
from denpa.check.repair.structure import (
    axes,
    comparisons,
    counts,
    functions,
    of_statement,
    products,
    renamed,
    subscripts,
    turned_loops,
)
from denpa.check.repair.tree import Edit, Scope, Slot, expressions, statements, targets


def edits(
    function: ast.FunctionDef,
    scope: Scope,
    keeps: bool = False,
    forwards: Sequence[ast.FunctionDef] = (),
) -> Iterator[Edit]:
    """All edits worth trying, those of one statement together; with `keeps` only of what a function
    leaves for others. A variable that nothing reads is the first to try. `forwards`: what runs on
    the way there."""
    unread = _unread(function)
    rules = () if keeps else derived(function, forwards, scope)
    for edit in itertools.chain(rules, _all(function, scope, keeps)):
        if unread and any(
            isinstance(n, ast.Name) and n.id in unread
            for _, new in edit.changes
            if isinstance(new, ast.AST)
            for n in ast.walk(new)
        ):
            edit = replace(edit, cost=edit.cost - _UNREAD)
        yield edit


_UNREAD = 0.7  # of the cost


def _unread(function: ast.FunctionDef) -> set[str]:
    """The variables that are assigned and not read."""
    names = [n for n in ast.walk(function) if isinstance(n, ast.Name)]
    read = {n.id for n in names if isinstance(n.ctx, ast.Load)}
    return {n.id for n in names if isinstance(n.ctx, ast.Store)} - read


def _is_kept(statement: ast.AST) -> bool:
    """Whether a statement leaves something in an object, or in what is called a cache."""
    return any(
        isinstance(t, ast.Attribute)
        or (isinstance(t, ast.Name) and t.id.lower().startswith(("cache", "memo", "saved")))
        for t in targets(statement)
    )


def _all(function: ast.FunctionDef, scope: Scope, keeps: bool) -> Iterator[Edit]:
    earlier: set[str] = set()
    if keeps:
        for at in statements(function):
            if _is_kept(at.get()):
                yield from _of_one(at, set(), scope)
        return
    yield from turned_loops(function)
    yield from too_early(function)
    yield from added_up(function)
    yield from fed(function, scope)
    for k, at in enumerate(statements(function)):
        # Of two lines that would do, the later one; but not the return of what has a line before.
        value = at.get().value if isinstance(at.get(), ast.Return) else None
        named = value.elts if isinstance(value, ast.Tuple) else [value]
        returned = all(isinstance(n, ast.Name) for n in named)
        nearer = 0.3 if returned else -0.001 * k
        for edit in _of_one(at, earlier, scope):
            yield replace(edit, cost=edit.cost + nearer)
        earlier |= {ast.unparse(t) for t in targets(at.get())}


def _of_one(at: Slot, earlier: set[str], scope: Scope) -> Iterator[Edit]:
    """The edits of one statement."""
    statement = at.get()
    looped = not isinstance(at.parent, ast.FunctionDef)
    scope = scope if looped else scope.before(statement)
    yield from of_statement(at, statement, earlier, looped)
    yield from places_written(at, scope)
    yield from written(at, scope)
    yield from returned(at, scope)
    yield from before(at, scope)
    yield from left_out(at)
    yield from copied(at, scope)
    for slot in expressions(statement):
        for make in _MAKERS:
            yield from make(at, slot, scope)
    yield from renamed(at, statement, scope)


Maker = Callable[[Slot, Slot, Scope], Iterator[Edit]]
_MAKERS: tuple[Maker, ...] = (
    signs, dropped, multiplied, added, constants, comparisons, axes, products, functions,
    subscripts, powers, products_added, projections,
    calls, derivatives, logistic, losses, two_factors, einsums, orders, slices, transposes, weights,
    masks, indices, softmaxes, biases, counts, rest,
)  # fmt: skip
