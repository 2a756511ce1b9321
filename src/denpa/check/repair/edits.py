"""All edits of a gradient function that are worth trying."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
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
)  # fmt: skip
from denpa.check.repair.classics import (
    added_up,
    biases,
    fed,
    indices,
    left_out,
    masks,
    returned,
    softmaxes,
    written,
)
from denpa.check.repair.formulas import calls, derivatives, logistic, losses, two_factors
from denpa.check.repair.layout import (
    einsums,
    orders,
    places_written,
    slices,
    transposes,
    weights,
)  # fmt: skip
from denpa.check.repair.structure import (
    axes,
    comparisons,
    functions,
    of_statement,
    products,
    renamed,
    subscripts,
    turned_loops,
)
from denpa.check.repair.tree import Edit, Scope, Slot, expressions, statements, targets


def edits(function: ast.FunctionDef, scope: Scope) -> Iterator[Edit]:
    """All edits worth trying, those of one statement together."""
    earlier: set[str] = set()
    yield from turned_loops(function)
    yield from added_up(function)
    yield from fed(function, scope)
    for k, at in enumerate(statements(function)):
        # Of two lines that would do, the later one; but not the return of what has a line before.
        returned = isinstance(at.get(), ast.Return) and isinstance(at.get().value, ast.Name)
        nearer = 0.3 if returned else -0.001 * k
        for edit in _of_one(at, earlier, scope):
            yield replace(edit, cost=edit.cost + nearer)
        earlier |= {ast.unparse(t) for t in targets(at.get())}


def _of_one(at: Slot, earlier: set[str], scope: Scope) -> Iterator[Edit]:
    """The edits of one statement."""
    statement = at.get()
    looped = not isinstance(at.parent, ast.FunctionDef)
    yield from of_statement(at, statement, earlier, looped)
    yield from places_written(at, scope)
    yield from written(at, scope)
    yield from returned(at, scope)
    yield from left_out(at)
    for slot in expressions(statement):
        for make in _MAKERS:
            yield from make(at, slot, scope)
    yield from renamed(at, statement, scope)


Maker = Callable[[Slot, Slot, Scope], Iterator[Edit]]
_MAKERS: tuple[Maker, ...] = (
    signs, dropped, multiplied, added, constants, comparisons, axes, products, functions,
    subscripts, powers, products_added, projections,
    calls, derivatives, logistic, losses, two_factors, einsums, orders, slices, transposes, weights,
    masks, indices, softmaxes, biases,
)  # fmt: skip
