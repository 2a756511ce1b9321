"""Modules and calls as boxes within boxes: what a picture shows closed until it is opened.

Equations are grouped by the modules they were made in, and where a line calls one function of many
equations (a loss), by that call. A group is a run of equations in the order of computation, so
closing any of them leaves a picture without circles. Runs too long to look at are cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from denpa.explanation.tape import Node, Tape

MOST = 60
"""Units side by side in one box; more become groups of `_FEW`."""
_FEW = 40

_Key = tuple[object, ...]


@dataclass(eq=False)
class Group:
    """A box: the nodes that stand directly in it, the boxes in it, and the value that leaves it."""

    number: int
    parent: Group | None
    name: str
    label: str
    kind: str
    output: Node
    nodes: list[Node] = field(default_factory=list)
    count: int = 0  # equations, those of inner boxes too

    def inside(self, outer: Group | None) -> bool:
        """Whether it is `outer` or stands in it, at any depth."""
        at: Group | None = self
        while at is not None and at is not outer:
            at = at.parent
        return at is outer


def group(tape: Tape) -> tuple[list[Group], dict[Node, Group | None]]:
    """The groups, outer before inner, and the innermost one of every node."""
    equations = [n for n in tape.nodes if n.op is not None]
    groups: list[Group] = []
    home: dict[Node, Group | None] = {}
    keys = [_key(n) for n in equations]
    work: list[tuple[int, int, int, Group | None]] = [(0, len(equations), 0, None)]
    while work:
        begin, end, depth, outer = work.pop()
        for first, last in _runs(keys, begin, end, depth):
            run = equations[first:last]
            key = keys[first]
            if depth >= len(key):
                home |= dict.fromkeys(run, outer)
            elif (
                len(run) == 1
                or (first, last) == (begin, end) != (0, len(equations))
                or (len(run) == len(equations) and depth < len(key) - 1)
            ):
                work.append((first, last, depth + 1, outer))
            else:
                made = _made(len(groups), outer, run, key, depth)
                groups.append(made)
                work.append((first, last, depth + 1, made))
    _cut(equations, groups, home)
    for n in tape.nodes:
        if n.op is None:
            home[n] = _shared([home[e.target] for e in n.readers])
    groups.sort(key=lambda g: (_depth(g), g.output.number))
    for k, g in enumerate(groups):
        g.number = k
    for n in tape.nodes:
        if (box := home[n]) is not None:
            box.nodes.append(n)
    return groups, home


def _depth(g: Group) -> int:
    depth, at = 0, g.parent
    while at is not None:
        depth, at = depth + 1, at.parent
    return depth


def _key(n: Node) -> _Key:
    """The modules around an equation, from outside, then the call that made it."""
    path = tuple(n.scope.split(".")) if n.scope else ()
    source = n.source
    call = ("", id(source.code), source.instruction) if source is not None else ("", 0, n.number)
    return (*path, call)


def _runs(keys: Sequence[_Key], begin: int, end: int, depth: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    first = begin
    for k in range(begin + 1, end + 1):
        if k == end or keys[k][: depth + 1] != keys[first][: depth + 1]:
            found.append((first, k))
            first = k
    return found


def _made(number: int, outer: Group | None, run: list[Node], key: _Key, depth: int) -> Group:
    last = run[-1]
    if isinstance(key[depth], str):
        name = ".".join(str(k) for k in key[: depth + 1])
        exact = all(n.scope == name for n in run)
        kind = last.kind if exact else ""
        return Group(number, outer, name, str(key[depth]), kind, last, count=len(run))
    called = last.source.called.strip("_") if last.source is not None else ""
    return Group(number, outer, called, called, called, last, count=len(run))


def _shared(homes: Sequence[Group | None]) -> Group | None:
    """The innermost group that holds all of these."""
    at = homes[0] if homes else None
    while at is not None and not all(h is not None and h.inside(at) for h in homes):
        at = at.parent
    return at


_Unit = tuple[Group | None, list[Node]]


def _cut(equations: list[Node], groups: list[Group], home: dict[Node, Group | None]) -> None:
    """Boxes in which too many things stand side by side get boxes of neighbours."""
    for outer, units in _side_by_side(equations, home).items():
        while len(units) > MOST:
            fewer: list[_Unit] = []
            for at in range(0, len(units), _FEW):
                part = units[at : at + _FEW]
                nodes = [n for _, ns in part for n in ns]
                name = f"{nodes[0].number}–{nodes[-1].number}"
                made = Group(len(groups), outer, name, name, "", nodes[-1], count=len(nodes))
                groups.append(made)
                fewer.append((made, nodes))
                for h, ns in part:
                    if h is None:
                        home[ns[0]] = made
                    else:
                        h.parent = made
            units = fewer


def _side_by_side(
    equations: list[Node], home: dict[Node, Group | None]
) -> dict[Group | None, list[_Unit]]:
    """What stands directly in each box, in order: equations, and boxes with all that they hold."""
    found: dict[Group | None, list[_Unit]] = {None: []}
    for n in equations:
        inner, outer = None, home[n]
        while True:
            units = found.setdefault(outer, [])
            if inner is not None and units and units[-1][0] is inner:
                units[-1][1].append(n)
            else:
                units.append((inner, [n]))
            if outer is None:
                break
            inner, outer = outer, outer.parent
    return found
