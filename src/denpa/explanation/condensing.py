"""What of a very large pass is stored: boxes in the place of what stands in them.

A pass of 100,000 equations makes a record of 200 MB that nobody can look at. Here its boxes are
opened from outside inwards as long as there is room; the rest stay shut, each one value with the
messages that leave it. What they hold is left out, and counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from denpa.explanation.groups import Group
from denpa.explanation.tape import Edge, Node, Tape

MOST = 5_000
"""Nodes of a pass that are stored as they are."""
ROOM = 1_000
"""Nodes that are stored of a larger one, and leaves besides: numbers as many, arrays all."""


@dataclass(eq=False)
class Passage:
    """What goes from a value into a shut box and back: `edges` of the pass, as one. For a single
    edge between values that are both stored, that edge."""

    source: Node
    target: Node
    edges: list[Edge] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether it is an edge of the pass itself."""
        e = self.edges[0]
        return len(self.edges) == 1 and e.source is self.source and e.target is self.target

    @property
    def number(self) -> int:
        """That of its first edge."""
        return self.edges[0].number

    @property
    def message(self) -> np.ndarray | None:
        """What is sent back along it: the sum."""
        sent = [e.message for e in self.edges if e.message is not None]
        if not sent:
            return None
        with np.errstate(all="ignore"):
            return np.asarray(np.sum(sent, axis=0))


@dataclass
class Condensed:
    """The nodes, passages and boxes that are stored, and the box of each node. `unit` is what
    stands for a node of the pass, None where nothing does; `shut` are the values that stand for a
    box."""

    nodes: list[Node]
    passages: list[Passage]
    groups: list[Group]
    home: Mapping[Node, Group | None]
    unit: dict[Node, Node | None]
    shut: dict[Node, Group]

    @property
    def left(self) -> int:
        """How many nodes are left out."""
        return len(self.unit) - len(self.nodes)


def condense(tape: Tape, groups: Sequence[Group], home: Mapping[Node, Group | None]) -> Condensed:
    """All of a pass, or of one that is too large what there is room for."""
    if len(tape.nodes) <= MOST:
        passages = [Passage(e.source, e.target, [e]) for e in tape.edges]
        whole: dict[Node, Node | None] = {n: n for n in tape.nodes}
        return Condensed(tape.nodes, passages, list(groups), home, whole, {})
    opened = _opened(tape, groups, home)
    unit: dict[Node, Node | None] = {}
    shut: dict[Node, Group] = {}
    leaves = 0
    for n in tape.nodes:
        box = _shut(home[n], opened)
        if n.op is None:
            leaves += n.array.size == 1
            unit[n] = n if n.array.size > 1 or leaves <= ROOM else None
        elif box is None:
            unit[n] = n
        else:
            unit[n] = box.output
            shut[box.output] = box
    joined: dict[tuple[Node, Node], Passage] = {}
    passages = []
    for e in tape.edges:
        a, b = unit[e.source], unit[e.target]
        if a is None or b is None or a is b:
            continue
        if b not in shut and a is e.source:
            passages.append(Passage(a, b, [e]))
            continue
        known = joined.get((a, b))
        if known is None:
            joined[a, b] = known = Passage(a, b)
            passages.append(known)
        known.edges.append(e)
    nodes = [n for n in tape.nodes if unit[n] is n]
    boxes = [g for g in groups if g in opened or shut.get(g.output) is g]
    homes = {n: _shut(home[n], opened) or home[n] for n in nodes}
    return Condensed(nodes, passages, boxes, homes, unit, shut)


def _opened(tape: Tape, groups: Sequence[Group], home: Mapping[Node, Group | None]) -> set[Group]:
    """The boxes that there is room to look into, outer ones first."""
    inner: dict[Group | None, int] = {}
    for n in tape.nodes:
        if n.op is not None:
            inner[home[n]] = inner.get(home[n], 0) + 1
    for g in groups:
        inner[g.parent] = inner.get(g.parent, 0) + 1
    opened: set[Group] = set()
    spent = inner.get(None, 0)
    for g in groups:  # outer before inner
        if (g.parent is None or g.parent in opened) and spent + inner[g] <= ROOM:
            opened.add(g)
            spent += inner[g]
    return opened


def _shut(g: Group | None, opened: set[Group]) -> Group | None:
    """The outermost box around that is not open."""
    found = None
    while g is not None:
        if g not in opened:
            found = g
        g = g.parent
    return found
