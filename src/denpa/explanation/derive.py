"""How a derivation is found: level by level along the maps, with a bound of its rounding."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from denpa.explanation import blame, tape
from denpa.explanation.levels import Level, Term, fsum
from denpa.explanation.sparse import Index
from denpa.explanation.tape import Edge, Node, Tape

_EPS = {4: 2.0**-24, 8: 2.0**-53, 2: 2.0**-11}


class Deriver:
    """The levels of derivations in one pass, and what rounding does to them."""

    def __init__(self, pass_: Tape) -> None:
        self.tape = pass_
        self._rows: dict[int, dict[Node, np.ndarray]] = {}

    def level(self, n: Node, at: Index, row: int | None) -> tuple[Level, tuple[Edge, Index] | None]:
        """One element with its terms; those of one example alone, where the way to it forks into
        rows here or further on."""
        terms: list[Term] = []
        edges: list[Edge] = []
        masked = None if row is None else self._row(row)
        reading = n.heard
        if any(e.map.kind == "far" for e in reading):
            return Level(n.name, at, (), self._sent(n, at, row), far=True), None
        for e in reading:
            y = e.target
            for j, partial in e.map.reach(at):
                delta = self._of_row(y, j, row, masked)
                if delta is None:
                    continue
                terms.append(Term(y.name, j, e.number, delta, partial))
                edges.append(e)
        if n is self.tape.loss or not terms:
            total = 1.0 if n is self.tape.loss else 0.0
            return Level(n.name, at, (), total), None
        chosen = max(range(len(terms)), key=lambda k: _size(terms[k].product))
        level = Level(n.name, at, tuple(terms), fsum(terms), chosen)
        return level, (edges[chosen], terms[chosen].index)

    def _of_row(
        self, y: Node, j: Index, row: int | None, masked: Mapping[Node, np.ndarray] | None
    ) -> float | None:
        assert y.delta is not None
        if row is None or masked is None:
            return float(y.delta[j])
        if y.axis is not None:
            return float(y.delta[j]) if j[y.axis] // y.per == row else None
        return float(masked[y][j]) if y in masked else None

    def _sent(self, n: Node, at: Index, row: int | None) -> float:
        """What arrives at an element by the rules, that of one example alone."""
        assert n.delta is not None
        if row is None:
            return float(n.delta[at])
        (found,) = blame.sent(self.tape, [n], blame.above(self.tape, [n]), row)
        return float(found[at])

    def _row(self, row: int) -> dict[Node, np.ndarray]:
        """What one example sends to the values without rows that lie before the rows."""
        if row not in self._rows:
            self._rows[row] = self._sent_by(row)
        return self._rows[row]

    def _sent_by(self, row: int) -> dict[Node, np.ndarray]:
        leaves = [
            n
            for n in self.tape.nodes
            if n.axis is None and n.delta is not None and n.op is not None
        ]
        mixed = blame.mixed(self.tape)
        plain = [n for n in leaves if n not in mixed]
        if not plain:
            return {}
        reached = blame.above(self.tape, [n for n in self.tape.nodes if n.op is None])
        sent = blame.sent(self.tape, plain, reached, row)
        return dict(zip(plain, sent, strict=True))

    # -- rounding --------------------------------------------------------------------------------

    @cached_property
    def sizes(self) -> dict[Node, np.ndarray]:
        """For every value Σ over all paths of the sizes of the products: what rounding errors grow
        with."""
        sizes: dict[Node, np.ndarray] = {self.tape.loss: np.ones(self.tape.loss.shape)}
        for n in reversed(self.tape.nodes):
            for e in n.reads:
                if e.message is None or n not in sizes:
                    continue
                m = e.map.pull(sizes[n], absolute=True)
                m = np.abs(e.message) if m is None else m
                sizes[e.source] = m if e.source not in sizes else sizes[e.source] + m
        return sizes

    @cached_property
    def stored(self) -> dict[Node, np.ndarray]:
        """The messages in the dtypes of the pass: what backward() computes."""
        return tape.as_stored(self.tape)

    def rounding(self, n: Node, at: Index, sample: int | None) -> tuple[float, float | None, float]:
        """How far rounding can have moved ∂E/∂(this element): in float64, and what backward() gives
        with its own bound. In a sum of products, an error grows with the sizes of the products
        (Higham, *Accuracy and stability of numerical algorithms*, section 3.1); here along all
        paths."""
        size, steps = self._growth(n, at)
        stored = self.stored.get(n)
        unit = _EPS.get(n.value.dtype.itemsize, 2.0**-53)
        gradient = None if stored is None else float(stored[at])
        floor = 2.0 ** (-126 if unit > 1e-12 else -1022)
        return self.bound(n, at), gradient, 8 * unit * steps * size + floor

    def _growth(self, n: Node, at: Index) -> tuple[float, float]:
        size = float(self.sizes[n][at]) if n in self.sizes else 0.0
        return size, 8 + 2 * len(self.tape.nodes) ** 0.5 + 2 * np.log2(max((*n.value.shape, 2)))

    def bound(self, n: Node, at: Index) -> float:
        """How far rounding in float64 can have moved ∂E/∂(this element)."""
        size, steps = self._growth(n, at)
        return float(2.0**-53 * steps * size)


def _size(x: float) -> float:
    return abs(x) if x == x else float("inf")
