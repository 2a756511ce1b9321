"""The elements that a worksheet leads through, from the one that is wanted to the loss."""

from __future__ import annotations

from dataclasses import replace

from denpa.explanation.analysis import Analysis
from denpa.explanation.levels import Level, Spelling, Term
from denpa.explanation.sparse import Index
from denpa.explanation.spelling_links import Linker, fraction
from denpa.explanation.tape import Edge, Node

MOST = 16
"""Elements whose δ is asked for; of a sum that needs more, the other messages are given."""
TERMS = 6
"""Terms of one sum that are asked for."""

Element = tuple[Node, Index]


class Elements:
    """The elements that a worksheet leads through, from the one that is wanted to the loss."""

    def __init__(self, e: Analysis, n: Node, at: Index, row: int | None) -> None:
        self.e, self.tape, self.linker = e, e._tape, Linker(e)
        self.wanted = (n, at)
        self.row = row if n.axis is None else at[n.axis] // n.per
        self.levels: dict[Element, Level] = {}
        self.spelled: dict[Element, Spelling] = {}
        self.asked: dict[Element, list[Term]] = {}
        self.given: list[Element] = []
        self.edges: dict[tuple[Node, Index, Node, Index], list[Edge]] = {}
        self.readers: dict[Element, int] = {}
        self._follow()

    def _follow(self) -> None:
        """Every δ that is needed, breadth first; where there are too many, the chosen one alone."""
        loss = self.linker.loss
        queue = [self.wanted]
        known = {self.wanted}
        for n, at in queue:
            row = self.row if n.axis is None else None
            level, _ = self.e._deriver.level(n, at, row)
            self.levels[n, at] = level
            self.spelled[n, at] = self.linker.spelling(level, row)
            if loss is not None and n is loss[0].source:
                self.asked[n, at] = []
                continue
            self.asked[n, at] = terms = self._merged(n, at, level)
            targets = [self._target(t) for t in terms]
            fits = len(known) + len([t for t in targets if t not in known]) <= MOST
            for t, target in zip(terms, targets, strict=True):
                if target in known or target[0] is self.tape.loss:
                    continue
                if fits or self._chosen(level, t):
                    known.add(target)
                    queue.append(target)
                else:
                    self.given.append(target)

    def _merged(self, n: Node, at: Index, level: Level) -> list[Term]:
        """The terms with one for each element that reads this one: where an equation reads it
        twice, both together. Of many the chosen one."""
        found: dict[Element, Term] = {}
        for t in level.terms:
            y = self._target(t)
            self.edges.setdefault((n, at, *y), []).append(self.tape.edges[t.edge])
            before = found[y].partial if y in found else 0.0
            found[y] = replace(t, partial=before + t.partial)
        self.readers[n, at] = len(found)
        if len(found) <= TERMS:
            return list(found.values())
        return [t for t in found.values() if self._chosen(level, t)]

    @staticmethod
    def _chosen(level: Level, t: Term) -> bool:
        if level.chosen is None:
            return False
        followed = level.terms[level.chosen]
        return (followed.to, followed.index) == (t.to, t.index)

    def _target(self, t: Term) -> Element:
        return self.e._named[t.to], t.index

    def _delta(self, x: Element) -> str:
        """∂E/∂x; of one example where x has no rows."""
        if x in self.spelled:
            return self.spelled[x].left
        return fraction("E", self._symbol(x))

    def _symbol(self, x: Element) -> str:
        return self.e._symbols[x[0]].latex(x[1])
