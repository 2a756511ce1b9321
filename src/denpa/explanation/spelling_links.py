"""A level of a derivation in symbols: each equation on the way with its indices, and the law of its
local derivative in the letters of these very elements."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from denpa.explanation import formulas, laws
from denpa.explanation.analysis import Analysis
from denpa.explanation.groups import Group
from denpa.explanation.levels import Level, Link, Shortcut, Spelling, Term
from denpa.explanation.sparse import Index
from denpa.explanation.tape import Edge, Node

_At = tuple[int | str, ...]


def fraction(top: str, bottom: str) -> str:
    r"""∂top/∂bottom.

    >>> fraction("E", "w")
    '\\frac{\\partial E}{\\partial w}'
    """
    return rf"\frac{{\partial {top}}}{{\partial {bottom}}}"


def loose(latex: str) -> bool:
    """Whether it is a sum, or negative, so that brackets are needed in a product.

    >>> [loose(x) for x in ("h (1 - h)", "1 - h^{2}", "-1", "a / b")]
    [False, True, True, False]
    """
    depth = 0
    for k, c in enumerate(latex):
        depth += (c in "({[") - (c in ")}]")
        if not depth and c in "+-" and (k == 0 or latex[k - 1] == " "):
            return True
    return False


def bracketed(latex: str) -> str:
    """In brackets where it is a sum."""
    return rf"\left({latex}\right)" if loose(latex) else latex


class Linker:
    """Writes the levels of one pass in its symbols."""

    def __init__(self, e: Analysis) -> None:
        self.e = e
        self.tape = e._tape

    def spelling(self, level: Level, row: int | None) -> Spelling:
        """A level in symbols; with `row`, it is the share of one example."""
        n = self.e._named[level.name]
        e = self.e
        mine = e._symbols[n].latex(level.index)
        edges: dict[int, list[Term]] = {}
        for t in level.terms:
            edges.setdefault(t.edge, []).append(t)
        apart = self._apart(n, [self.tape.edges[k] for k in edges])
        links, step = [], ""
        for k, terms in edges.items():
            edge = self.tape.edges[k]
            links.append(self._link(edge, level.index, terms, mine, edge in apart))
        if level.chosen is not None:
            t = level.terms[level.chosen]
            edge = self.tape.edges[t.edge]
            step = fraction(self._there(edge, t.index, edge in apart), mine)
        left = fraction("E", mine)
        if row is not None:
            left = rf"\left.{left}\right|_{{n={row}}}"
        return Spelling(
            mine, left, tuple(links), step, float(n.array[level.index]),
            e._deriver.bound(n, level.index),
            tuple(e._deriver.bound(e._named[t.to], t.index) for t in level.terms), row,
        )  # fmt: skip

    def _apart(self, n: Node, edges: Sequence[Edge]) -> set[Edge]:
        """Those whose y depends on x in another way, too: there ∂y/∂x would mean the whole, and the
        share of this one equation has to name its right-hand side."""
        targets = {e.target for e in edges}
        if len(targets) < 2:
            return set()
        depends: set[Node] = set()
        first, last = (f(t.number for t in targets) for f in (min, max))
        for y in self.tape.nodes[first : last + 1]:
            if any(isinstance(x, Node) and (x in targets or x in depends) for x in y.inputs):
                depends.add(y)
        return {e for e in edges if e.target in depends}

    def _there(self, edge: Edge, at: _At, apart: bool) -> str:
        """The y of ∂y/∂x."""
        y = edge.target
        if not apart or y.op is None:
            return self.e._symbols[y].latex(at)
        if y.op.kind == "pointwise":
            texts = self._inputs(y, at)
            right = formulas.right_side(y.op.name, texts, y.params)
            return rf"\left({right}\right)"
        below = f"_{{{','.join(map(str, at))}}}" if at else ""
        return rf"\left({self.e._right_side(y)}\right){below}"

    def _link(self, edge: Edge, index: Index, terms: list[Term], mine: str, apart: bool) -> Link:
        y = edge.target
        over, at = _free([t.index for t in terms], y.axis)
        above = "" if y is self.tape.loss else fraction("E", self.e._symbols[y].latex(at))
        there = fraction(self._there(edge, at, apart), mine)
        return Link(edge.number, over, above, there, self._law(edge, index, at))

    def law(self, edge: Edge, index: Index, to: Index) -> str | None:
        """∂y/∂x between two elements, in letters; "" where it is 1, None where there is no law."""
        return self._law(edge, index, to)

    def step(self, edge: Edge, to: Index, mine: str, level: Level) -> str:
        """∂y/∂x between two elements as a fraction, at a level whose element is `mine`."""
        read = {t.edge for t in level.terms}
        apart = self._apart(edge.source, [self.tape.edges[k] for k in read])
        return fraction(self._there(edge, to, edge in apart), mine)

    def met(self, edge: Edge, index: Index, to: Index) -> list[tuple[Node, Index]]:
        """The elements whose numbers that law needs."""
        law, y = self._law(edge, index, to) or "", edge.target
        found: list[tuple[Node, _At]] = [(y, to)]
        if edge.map.kind in _TWO:
            other = y.inputs[1 - edge.slot]
            found = [(other, _across(edge.map.kind, other, index, to))]
        elif edge.map.kind == "reduce":
            found.append((edge.source, index))
        elif edge.map.kind == "pointwise":
            found += [(x, _matching(x, to)) for x in y.inputs if isinstance(x, Node)]
        return [
            (n, tuple(int(i) for i in at)) for n, at in found if self.e._symbols[n].latex(at) in law
        ]

    # -- laws ------------------------------------------------------------------------------------

    def _inputs(self, y: Node, at: _At) -> list[str]:
        """What a pointwise equation reads for the element `at`, in symbols."""
        return [
            self.e._symbols[x].latex(_matching(x, at))
            if isinstance(x, Node)
            else formulas.number(x)
            for x in y.inputs
        ]

    def _law(self, edge: Edge, index: Index, at: _At) -> str | None:
        """∂y/∂x in the letters of these elements."""
        y, m, e = edge.target, edge.map, self.e
        assert y.op is not None
        if m.kind == "pointwise":
            if m.held.get("constant") == 1:
                return ""
            symbol = e._symbols[y].latex(at)
            found = formulas.factor(y.op.name, edge.slot, symbol, self._inputs(y, at), y.params)
            return found or None
        other = y.inputs[1 - edge.slot] if m.kind in _TWO else None
        if isinstance(other, Node):
            return e._symbols[other].latex(_across(m.kind, other, index, at))
        if m.kind == "reduce":
            return self._reduced(edge, index, at)
        return "" if m.kind in _ONE else None

    def _reduced(self, edge: Edge, index: Index, at: _At) -> str | None:
        y, m = edge.target, edge.map
        if "constant" in m.held:
            c = float(m.held["constant"])
            return "" if c == 1 else rf"\frac{{1}}{{{round(1 / c)}}}"
        x = self.e._symbols[edge.source].latex(index)
        value = self.e._symbols[y].latex(at)
        if y.op is not None and y.op.name == "logsumexp":
            return rf"e^{{{x} - {value}}}"
        return f"[{x} = {value}]"

    # -- the loss as a whole ---------------------------------------------------------------------

    @cached_property
    def loss(self) -> tuple[laws.Law, set[Node]] | None:
        """The law of the loss as a whole, and the equations that it stands for."""
        e = self.e
        for g in e._groups:
            if g.output is not self.tape.loss:
                continue
            law, inside = laws.law_of(self.tape, e._home, g), _inside(e, g)
            if law is not None and all(
                x.message is None or x.target in inside for x in law.source.readers
            ):
                return law, inside
        return None

    def shortcut(self, levels: Sequence[Level]) -> Shortcut | None:
        """The first level from which a law of the loss tells the derivative."""
        for k, level in enumerate(levels):
            if self.loss is not None and level.name == self.loss[0].source.name:
                law = self.loss[0]
                left, right = (float(np.asarray(a)[level.index]) for a in (law.left, law.right))
                return Shortcut(k, law.formula, law.factor, left, right, law.over)
        return None


_TWO = ("linear.x", "linear.w", "matmul.a", "matmul.b")
_ONE = ("linear.b", "same", "permute", "take", "put", "running")


def _inside(e: Analysis, g: Group) -> set[Node]:
    return {n for n, home in e._home.items() if home is not None and home.inside(g)}


def _matching(x: Node, at: _At) -> _At:
    """The element of x that an element of y reads, broadcasting undone."""
    lead = len(at) - len(x.shape)
    return tuple(0 if n == 1 else at[lead + d] for d, n in enumerate(x.shape))


def _across(kind: str, other: Node, index: Index, at: _At) -> _At:
    """The element of the other factor of a product."""
    if kind == "linear.x":
        return at[-1], index[-1]
    if kind == "linear.w":
        return (*at[:-1], index[1])
    lead = at[len(at) - len(other.shape) : -2]
    head = tuple(0 if n == 1 else i for n, i in zip(other.shape[:-2], lead, strict=True))
    return (*head, index[-1], at[-1]) if kind == "matmul.a" else (*head, at[-2], index[-2])


def _free(reached: Sequence[Index], axis: int | None) -> tuple[str, _At]:
    """The letters that a sum runs over, and the index of y under it.

    >>> _free([(0, 2), (1, 2)], 0), _free([(1, 0), (1, 1)], 0), _free([(3,)], None)
    (('n', ('n', 2)), ('k', (1, 'k')), ('', (3,)))
    """
    if len(reached) < 2:
        return "", reached[0]
    letters = iter("klmpqr")
    over: list[str] = []
    at: list[int | str] = []
    for d, i in enumerate(reached[0]):
        if all(r[d] == i for r in reached):
            at.append(i)
            continue
        letter = "n" if d == axis else next(letters, "s")
        over.append(letter)
        at.append(letter)
    return ",".join(over), tuple(at)
