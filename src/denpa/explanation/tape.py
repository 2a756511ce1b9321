"""The pass that a loss stands on: its values, what goes back along each edge, and nothing else.

`read` takes the graph of equations below a loss and leaves it as it was. Values are computed again
in float64 from the leaves, and the messages by the engine's own rules in float64, edge by edge: a
message belongs to an edge, δ to a node, and they differ exactly at fan-outs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from denpa.autodiff.function import _Bundle
from denpa.autodiff.mode import STATE
from denpa.core.dtype import is_float
from denpa.core.graph import Value
from denpa.core.op import Op
from denpa.core.shape import Shape, describe, size_of
from denpa.core.source import Source
from denpa.explanation import below
from denpa.explanation.maps import MOST, EquationCall, map_of
from denpa.explanation.sparse import Map

LARGE = 30_000_000
"""Numbers in all values of a pass; above it they are read as they are, not computed again: float64
of all of them would take 240 MB."""


@dataclass(eq=False)
class Node:
    """One value of the pass. `array` is float64 where the value is a real number; `delta` is
    ∂E/∂value, None where no message arrives."""

    number: int
    value: Value
    op: Op | None
    inputs: tuple[Any, ...]  # nodes and Python numbers
    params: dict[str, Any]
    array: np.ndarray
    asks: bool = False  # whether messages go to it
    delta: np.ndarray | None = None
    readers: list[Edge] = field(default_factory=list)
    reads: list[Edge] = field(default_factory=list)
    role: str = "value"
    name: str = ""
    word: str = ""  # what the user's line calls it
    path: str = ""
    axis: int | None = None  # of the batch
    per: int = 1  # so many places of that axis belong to one example, side by side
    label: int | None = None  # output number of a user's Function

    @property
    def shape(self) -> Shape:
        """Its shape."""
        return self.value.shape

    @property
    def source(self) -> Source | None:
        """The user's line."""
        return below.made(self.value).source

    @property
    def scope(self) -> str:
        """The modules that it was made in, from outside."""
        return below.made(self.value).scope

    @property
    def kind(self) -> str:
        """The class of the innermost of them."""
        return below.made(self.value).kind

    @cached_property
    def own(self) -> np.ndarray:
        """The value in the dtype of the pass. Memory of a leaf, which a view shares, may have been
        written to since, by an optimizer: in `array` it stands as it was. What was changed in place
        (z += 1) is computed again."""
        if self.op is None:
            return self.array.astype(self.value.dtype, copy=False)
        if (self.op.view or self.changed) and self.label is None and self.value.rule is None:
            args = [x.own if isinstance(x, Node) else x for x in self.inputs]
            return np.asarray(self.op.eval(*args, **self.params))
        assert self.value.array is not None
        return self.value.array

    @property
    def changed(self) -> bool:
        """Whether its memory was written to since."""
        made = below.made(self.value)
        return bool(made.seen) and self.value.version != made.seen[-1]

    @property
    def heard(self) -> list[Edge]:
        """The edges that messages arrive by, in the order of arrival: the last equation sends
        first."""
        sending = [e for e in self.readers if e.message is not None]
        return sorted(sending, key=lambda e: (-e.target.number, e.number))

    def rows(self, sample: int) -> tuple[Any, ...]:
        """What belongs to one example, as an index of its array. The node must have an axis."""
        assert self.axis is not None
        at = slice(sample * self.per, (sample + 1) * self.per)
        return (*(slice(None),) * self.axis, at)

    def __repr__(self) -> str:
        return f"<{self.name or self.number} {describe(self.value)}>"


@dataclass(eq=False)
class Edge:
    """One use of a value: `target` reads `source` as its input number `slot`. `message` is what it
    carries back, before the sum; None where nothing is sent."""

    number: int
    source: Node
    target: Node
    slot: int
    message: np.ndarray | None = None

    @cached_property
    def map(self) -> Map:
        """∂target/∂source, as a sparse linear map."""
        y = self.target
        assert y.op is not None
        inputs = tuple(x.array if isinstance(x, Node) else x for x in y.inputs)
        if y.label is not None:
            return _of_function(y, self)
        with np.errstate(all="ignore"):
            return map_of(EquationCall(y.op, inputs, y.array, y.params), self.slot)


def _of_function(y: Node, edge: Edge) -> Map:
    """The Jacobian of a user's rule, column by column; not at all where that takes many calls."""
    x = edge.source
    if y.array.size > 256 or x.array.size * y.array.size > MOST:
        return Map("far", x.shape, y.shape)
    matrix = np.zeros((y.array.size, x.array.size))
    for j in range(y.array.size):
        one = np.zeros(y.array.size)
        one[j] = 1
        m = send(y, one.reshape(y.shape), [k == edge.slot for k in range(len(y.inputs))])[edge.slot]
        if m is not None:
            matrix[j] = m.ravel()
    return Map("dense", x.shape, y.shape, {"matrix": matrix})


@dataclass(eq=False)
class Tape:
    """The nodes in the order of computation, the last of them the loss, and their edges.
    `precise`: the numbers are float64 throughout."""

    nodes: list[Node]
    edges: list[Edge]
    precise: bool
    batch: int | None = None
    order: list[Edge] = field(default_factory=list)  # as the messages were sent

    @property
    def loss(self) -> Node:
        """Where the messages begin."""
        return self.nodes[-1]


# -- reading ---------------------------------------------------------------------------------------


def read(loss: Any) -> Tape:
    """The pass below a loss: nodes and edges, no numbers yet but those that the leaves have.

    Errors: as `below.check` and `below.checked`.
    """
    root = below.check(loss)
    values = below.values_of(root)
    below.checked(values)
    precise = sum(size_of(v.shape) for v in values) <= LARGE
    nodes: dict[int, Node] = {}
    edges: list[Edge] = []
    for v in values:
        rule = below.made(v)
        label = None
        op, inputs, params = rule.op, rule.inputs, dict(rule.params)
        if op is not None and op.kind == "function":
            if v.array is None:
                continue  # a call of a user's function: its outputs stand for it
            label, (hub,) = int(params["output"]), inputs
            op, inputs = hub.op, hub.inputs
        assert v.array is not None
        given = tuple(nodes[id(x)] if isinstance(x, Value) else x for x in inputs)
        node = Node(len(nodes), v, op, given, params, v.array, label=label)
        nodes[id(v)] = node
        for slot, x in enumerate(given):
            if isinstance(x, Node):
                edge = Edge(len(edges), x, node, slot)
                edges.append(edge)
                x.readers.append(edge)
                node.reads.append(edge)
    used = [n for n in nodes.values() if n.readers or n.value is root]
    for k, n in enumerate(used):
        n.number = k
    return Tape(used, edges, precise)


def compute(tape: Tape) -> None:
    """Every value again, in float64 from the leaves."""
    if not tape.precise:  # leaves are copied: an optimizer writes into its parameters
        for n in tape.nodes:
            n.array = n.array.copy() if n.op is None else _shown(n.own)
            n.array.flags.writeable = False
        return
    with np.errstate(all="ignore"):
        for n in tape.nodes:
            if n.op is None or n.label is not None or n.value.rule is not None:
                n.array = _wide(n.array)
                continue
            args = [x.array if isinstance(x, Node) else x for x in n.inputs]
            params = {k: _widest(p) for k, p in n.params.items()}
            n.array = np.asarray(n.op.eval(*args, **params))
    for n in tape.nodes:
        n.array.flags.writeable = False


def _wide(a: np.ndarray) -> np.ndarray:
    return a.astype(np.float64) if a.dtype.kind == "f" else a.copy()


def _widest(p: Any) -> Any:
    return np.dtype(np.float64) if isinstance(p, np.dtype) and p.kind == "f" else p


def send(y: Node, g: np.ndarray, wants: Sequence[bool]) -> list[np.ndarray | None]:
    """What an equation sends to its inputs when `g` arrives at it: the rule of its op."""
    assert y.op is not None
    assert y.op.vjp is not None
    args = [x.array if isinstance(x, Node) else x for x in y.inputs]
    given: Any = g
    if y.label is not None:  # a user's rule: in the dtype that it was written for
        args = [x.own if isinstance(x, Node) else x for x in y.inputs]
        given = _Bundle({y.label: g.astype(y.value.dtype)})
    params = {k: _widest(p) for k, p in y.params.items()}
    with np.errstate(all="ignore"):
        found = y.op.vjp(given, y.array, args, params, wants)
    return [
        None
        if m is None or not want
        else np.array(
            m, np.float64 if m.dtype.kind == "f" else None, copy=y.label is not None or None
        )
        for m, want in zip(found, wants, strict=True)
    ]


def propagate(tape: Tape) -> None:
    """All messages: the loop of backpropagation, with every edge written down."""
    root = tape.loss
    _ask(tape)
    root.delta = np.ones(root.shape)
    before, STATE.recording = STATE.recording, False
    try:
        for n in reversed(tape.nodes):
            if n.delta is None or n.op is None or n.op.vjp is None or not n.reads:
                continue
            wants = [isinstance(x, Node) and x.asks for x in n.inputs]
            if True not in wants:
                continue
            found = send(n, n.delta, wants)
            for edge in n.reads:
                m = found[edge.slot]
                if m is None:
                    continue
                edge.message = m
                tape.order.append(edge)
                x = edge.source
                x.delta = m if x.delta is None else _sum(x.delta, m)
    finally:
        STATE.recording = before
    for n in tape.nodes:
        n.delta = None if n.delta is None else _shown(n.delta)
    for edge in tape.order:
        edge.message = None if edge.message is None else _shown(edge.message)


def _shown(a: np.ndarray) -> np.ndarray:
    """The same numbers, which nobody can write to by this way."""
    view = a.view()
    view.flags.writeable = False
    return view


def _sum(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):  # ∞ − ∞ is shown, not warned of
        return np.asarray(a + b)


def _ask(tape: Tape) -> None:
    """Messages go to what requires a gradient, to the inputs, and to all between them and the
    loss."""
    for n in tape.nodes:
        if n.op is None:
            n.asks = is_float(n.value.dtype) and (n.value.requires_grad or n.role == "input")
        else:
            passes = n.op.kind not in ("constant", "nondiff")
            n.asks = (
                passes
                and is_float(n.value.dtype)
                and any(isinstance(x, Node) and x.asks for x in n.inputs)
            )


def as_stored(tape: Tape) -> dict[Node, np.ndarray]:
    """The messages in the dtypes of the pass: what backward() computes, by the same rules in the
    same order, with nothing left behind in `.grad`. None at all where tensors have hooks: those are
    the user's code, which a look does not run, and backward() gives what they return."""
    if any(n.value.hooks for n in tape.nodes):
        return {}
    root = tape.loss
    known: dict[Node, np.ndarray] = {root: np.ones(root.shape, root.value.dtype)}
    before, STATE.recording = STATE.recording, False
    try:
        for n in reversed(tape.nodes):
            if n not in known or n.op is None or n.op.vjp is None or not n.reads:
                continue
            wants = [isinstance(x, Node) and x.asks for x in n.inputs]
            if True not in wants:
                continue
            args = [x.own if isinstance(x, Node) else x for x in n.inputs]
            g: Any = known[n]
            if n.label is not None:
                g = _Bundle({n.label: g})
            with np.errstate(all="ignore"):
                found = n.op.vjp(g, n.own, args, n.params, wants)
            for x, m in zip(n.inputs, found, strict=True):
                if m is not None and isinstance(x, Node) and x.asks:
                    known[x] = np.asarray(m) if x not in known else _sum(known[x], m)
    finally:
        STATE.recording = before
    return known
