"""Which axis of a value is the batch: followed from the inputs through every equation.

A convolution makes one row of every place of every example: an axis may hold `per` places for each
example, side by side. Where rows are mixed (a sum over the batch, the moments of batch norm) there
is no such axis any more.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

from denpa.explanation.tape import Node, Tape

_Axis = tuple[int, int] | None  # the axis, and its places for each example


def follow(tape: Tape) -> None:
    """Set `axis` and `per` of every node, from those that its leaves have."""
    n = tape.batch
    if n is None:
        return
    for node in tape.nodes:
        if node.op is None:
            continue
        found = _through(node, n)
        if found is not None:
            node.axis, node.per = found
    for node in tape.nodes:  # a mask of dropout has the rows of what it multiplies
        if node.role == "constant":
            like = [e.target for e in node.readers if e.target.shape == node.shape]
            if like and like[0].axis is not None:
                node.axis, node.per = like[0].axis, like[0].per


def _through(node: Node, n: int) -> _Axis:
    assert node.op is not None
    known = [x for x in node.inputs if isinstance(x, Node) and x.axis is not None]
    if not known:
        return None
    name = "pointwise" if node.op.kind == "pointwise" else node.op.name
    rule: Callable[[Node, list[Node], int], _Axis] = _RULES.get(name, _kept)
    found = rule(node, known, n)
    if found is None or found[0] >= len(node.shape) or node.shape[found[0]] != n * found[1]:
        return None
    return found


def _aligned(node: Node, known: list[Node], n: int) -> _Axis:
    places = {(len(node.shape) - len(x.shape) + (x.axis or 0), x.per) for x in known}
    return places.pop() if len(places) == 1 else None


def _linear(node: Node, known: list[Node], n: int) -> _Axis:
    x = known[0]
    if len(known) > 1 or x is not node.inputs[0] or x.axis == len(x.shape) - 1:
        return None
    return x.axis or 0, x.per


def _matmul(node: Node, known: list[Node], n: int) -> _Axis:
    places = set()
    for x in known:
        axis = x.axis or 0
        contracted = len(x.shape) - (1 if x is node.inputs[0] else 2)
        if axis == contracted:
            return None
        places.add((len(node.shape) - len(x.shape) + axis, x.per))
    return places.pop() if len(places) == 1 else None


def _reduce(node: Node, known: list[Node], n: int) -> _Axis:
    x = known[0]
    axis = x.axis or 0
    dims = [d % max(len(x.shape), 1) for d in node.params["dim"]]
    if axis in dims:
        return None
    return axis - (0 if node.params["keepdim"] else sum(d < axis for d in dims)), x.per


def _reshape(node: Node, known: list[Node], n: int) -> _Axis:
    """The rows stay side by side: the axis begins where as many numbers stand before it."""
    x = known[0]
    before = prod(x.shape[: x.axis])
    for q, size in enumerate(node.shape):
        if prod(node.shape[:q]) == before and size and size % n == 0:
            return q, size // n
    return None


def _permute(node: Node, known: list[Node], n: int) -> _Axis:
    return list(node.params["dims"]).index(known[0].axis or 0), known[0].per


def _mixed_along(param: str) -> Any:
    def rule(node: Node, known: list[Node], n: int) -> _Axis:
        x = known[0]
        dims = node.params[param]
        dims = dims if isinstance(dims, tuple) else (dims,)
        axes = [d % max(len(x.shape), 1) for d in dims]
        return None if x.axis in axes else _aligned(node, known, n)

    return rule


def _gather(node: Node, known: list[Node], n: int) -> _Axis:
    """The rows that an index of the batch's length picks, or that the array itself has behind."""
    x = known[0]
    if x is node.inputs[0] and (x.axis or 0) >= len(node.inputs) - 1:
        moved = len(node.shape) - len(x.shape) + (x.axis or 0)
        return moved, x.per
    return 0, 1


def _kept(node: Node, known: list[Node], n: int) -> _Axis:
    x = known[0]
    return x.axis or 0, x.per


_RULES = {
    "pointwise": _aligned,
    "broadcast_to": _aligned,
    "linear": _linear,
    "matmul": _matmul,
    "sum": _reduce,
    "mean": _reduce,
    "amax": _reduce,
    "logsumexp": _reduce,
    "reshape": _reshape,
    "permute": _permute,
    "flip": _mixed_along("dim"),
    "cumsum": _mixed_along("dim"),
    "cat": _mixed_along("dim"),
    "gather": _gather,
}


def coupled(tape: Tape) -> list[Node]:
    """The values in which rows of the batch were mixed and that rows read again: the moments of
    batch norm in training. Through them δ of one row has a share of every other row."""
    mixed: set[int] = set()
    found = []
    for node in tape.nodes:
        depends = any(
            isinstance(x, Node) and (x.axis is not None or id(x) in mixed) for x in node.inputs
        )
        if depends and node.axis is None:
            mixed.add(id(node))
            if any(e.target.axis is not None for e in node.readers):
                found.append(node)
    return found
