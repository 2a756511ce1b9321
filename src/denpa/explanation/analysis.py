"""One pass with all that is known of it: what its questions, its record and its overview share."""

from __future__ import annotations

from collections.abc import Mapping

from denpa.explanation import axes, formulas, naming, tape
from denpa.explanation.derive import Deriver
from denpa.explanation.groups import group
from denpa.explanation.naming import Symbol
from denpa.explanation.tape import Edge, Node, Tape


class Analysis:
    """The nodes and edges of a pass with names, symbols, groups, values and messages."""

    def __init__(self, pass_: Tape, given: Mapping[int, str] | None = None) -> None:
        self._tape = pass_
        self._symbols: dict[Node, Symbol] = naming.name_all(pass_, dict(given or {}))
        axes.follow(pass_)
        tape.compute(pass_)
        tape.propagate(pass_)
        self._deriver = Deriver(pass_)
        self._groups, self._home = group(pass_)
        self._named = {n.name: n for n in pass_.nodes}
        self._words = {"E": pass_.loss} | {n.word: n for n in pass_.nodes if n.word}
        self.title: str | None = None
        self.language: str | None = None
        self.start: int = 0
        self.classes: tuple[str, ...] | None = None
        self.formula: str | None = None
        self.given: dict[str, float] = {}

    # -- formulas --------------------------------------------------------------------------------

    def _texts(self, n: Node) -> list[str]:
        return [
            self._symbols[x].latex() if isinstance(x, Node) else formulas.number(x)
            for x in n.inputs
        ]

    def _right_side(self, n: Node) -> str:
        if n.op is None:
            return ""
        return formulas.right_side(n.op.name, self._texts(n), n.params)

    def _factor(self, e: Edge) -> str:
        y = e.target
        if y.op is None:
            return ""
        return formulas.factor(
            y.op.name, e.slot, self._symbols[y].latex(), self._texts(y), y.params
        )
