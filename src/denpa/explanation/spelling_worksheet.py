"""A worksheet in lines: the forward pass is given, and the way back is asked for, step by step.

The same tasks are written twice, once with room to write on and once with what belongs there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from math import prod

import numpy as np

from denpa.explanation.levels import Term
from denpa.explanation.sparse import Index
from denpa.explanation.spelling import (
    FIGURES,
    Blank,
    Formula,
    Grid,
    Label,
    Number,
    Part,
    Phrase,
    Section,
    Sign,
    Spelt,
    SpeltLine,
    factor,
    indexed,
    line,
    result,
    spelt,
)
from denpa.explanation.spelling_derivation import numbers as spelled_numbers
from denpa.explanation.spelling_derivation import quotient, symbols
from denpa.explanation.spelling_elements import Element, Elements
from denpa.explanation.spelling_links import fraction
from denpa.explanation.tape import Node

SMALL = 60
"""Numbers of a forward pass that is given as a whole."""
_WIDE = 24

EQUALS = Sign("=")


class TaskSheet(Elements):
    """The lines of a worksheet."""

    # -- what is given ---------------------------------------------------------------------------

    def head(self) -> Section:
        """What is wanted, and of which example."""
        n, at = self.wanted
        wanted: dict[str, Part] = {
            "wanted": Formula(fraction("E", self._symbol(self.wanted)), "message"),
            "name": indexed(n.name, at),
        }
        lines = [line("say", Phrase("sheet.wanted", wanted))]
        if self.row is not None and (self.tape.batch or 1) > 1:
            told = {"count": Number(self.tape.batch or 1), "sample": Number(self.row)}
            lines.append(line("say", Phrase("sheet.example", told)))
        lines.append(line("say", Phrase("sheet.indices")))
        return Section(tuple(lines), "head")

    def forward(self) -> Iterator[Section]:
        """The forward pass: of a small network all of it, of a larger one what is needed."""
        shown = [n for n in self.tape.nodes if self._shown(n)]
        small = sum(self._size(n) for n in shown) <= SMALL
        lines = list(self._met())
        if small:
            lines = [x for n in shown if n is not self.tape.loss and (x := self._whole(n))]
        lines += [*self._of_loss(), self._value_of_loss()]
        key = "sheet.given" if small else "sheet.given.some"
        yield Section((line("heading", Phrase(key)), *lines), "given")
        if self.given:
            told = [
                line("item", Formula(self._delta((n, at)), "message"), EQUALS,
                     Number(self._number(n, at), FIGURES + 1))
                for n, at in dict.fromkeys(self.given)
            ]  # fmt: skip
            yield Section((line("heading", Phrase("sheet.given.deltas")), *told), "given")

    def _number(self, n: Node, at: Index) -> float:
        """A δ that is not asked for: what stands in the terms."""
        for level in self.levels.values():
            for t in level.terms:
                if self._target(t) == (n, at):
                    return t.delta
        raise LookupError(n.name)

    def _shown(self, n: Node) -> bool:
        loss = self.linker.loss
        if loss is None or n is self.tape.loss:
            return n.role != "constant" or bool(n.shape)
        if n.op is None:
            return any(e.target not in loss[1] for e in n.readers)
        return n not in loss[1]

    def _size(self, n: Node) -> int:
        size = prod(n.shape)
        return size // (self.tape.batch or 1) if n.axis is not None else size

    def _whole(self, n: Node) -> SpeltLine | None:
        """A value with all its numbers, of one example if it has rows."""
        a, at = n.array, ()
        if n.axis is not None and self.row is not None:
            a = a[n.rows(self.row)]
            if n.axis == 0 and n.per == 1:
                a, at = a[0], (self.row,)  # type: ignore[assignment]
        symbol = self.e._symbols[n]
        right = self.e._right_side(n)
        equation = f"{symbol.latex()} = {right}" if right else ""
        shown: Part
        if a.size == 1 and not at:
            shown = Number(float(a.reshape(())), FIGURES + 1, "value")
            return line("item", Formula(equation or symbol.latex(), "value"), EQUALS, shown)
        if a.ndim <= 2 and a.size <= _WIDE:
            shown = Grid(tuple(tuple(map(float, r)) for r in np.atleast_2d(a)))
        else:
            return None
        parts: list[Part] = [Formula(equation), Sign(":")] if equation else []
        return line("item", *parts, Formula(symbol.latex(at), "value"), EQUALS, shown)

    def _value_of_loss(self) -> SpeltLine:
        """E, by its law where it has one."""
        right = f"E = {self.e._right_side(self.tape.loss)}"
        number = Number(float(self.tape.loss.array.reshape(())), FIGURES + 1, "value")
        if self.linker.loss is None:
            return line("item", Formula(right), EQUALS, number)
        law = Formula(self.linker.loss[0].formula)
        return line("item", law, Sign(":"), Formula("E", "value"), EQUALS, number)

    def _met(self) -> Iterator[SpeltLine]:
        """The elements that the local derivatives need, in the order of computation."""
        found: dict[Element, None] = {self.wanted: None}
        for (m, at), terms in self.asked.items():
            for t in terms:
                for edge in self.edges[m, at, *self._target(t)]:
                    found |= dict.fromkeys(self.linker.met(edge, at, t.index))
        for n, i in sorted(found, key=lambda x: (x[0].number, x[1])):
            value = Number(float(n.array[i]), FIGURES + 1, "value")
            yield line("item", Formula(self._symbol((n, i)), "value"), EQUALS, value)

    def _of_loss(self) -> list[SpeltLine]:
        """What the law of the loss needs: p and t of this example."""
        if self.linker.loss is None or not (law := self.linker.loss[0]).source.shape:
            return []
        a = law.source
        at = () if a.axis is None or self.row is None or a.per > 1 else (self.row,)
        lines = []
        for letter, numbers in (("p", law.left), ("t", law.right)):
            if letter == "p" and numbers is a.array:
                continue  # the network's own output, which is given already
            b = np.asarray(numbers, float)[self.row if at else ()]
            if b.size <= _WIDE and b.ndim <= 2:
                grid = Grid(tuple(tuple(map(float, r)) for r in np.atleast_2d(b)))
                below = f"_{{{at[0]}}}" if at else ""
                lines.append(line("item", Formula(letter + below, "value"), EQUALS, grid))
            else:
                elements = (i for n, i in self.asked if n is a)
                lines += [
                    line("item", Formula(f"{letter}_{{{','.join(map(str, i))}}}", "value"), EQUALS,
                         Number(float(np.asarray(numbers)[i]), FIGURES + 1, "value"))
                    for i in elements
                ]  # fmt: skip
        return lines

    # -- what is asked ---------------------------------------------------------------------------

    def tasks(self, answers: bool) -> Iterator[Section]:
        """The tasks from the loss back, with blanks or with `answers`."""
        number = count(1)
        yield Section((line("heading", Phrase("sheet.tasks")), line("say", Phrase("sheet.seed"))))
        nodes = sorted({n for n, _ in self.asked}, key=lambda n: -n.number)
        for n in nodes:
            elements = [x for x in self.asked if x[0] is n]
            if n is self.tape.loss:
                continue
            if self.linker.loss is not None and n is self.linker.loss[0].source:
                yield self._task(number, "sheet.law", n, self._by_law(elements, answers))
                continue
            local = list(self._locals(elements, answers))
            if local:
                yield self._task(number, "sheet.local", n, local)
            for x in elements:
                level = self.levels[x]
                kind = "sum" if self.readers.get(x, 0) > 1 else "delta"
                if not level.terms:
                    kind = "unread" if not level.far else "far"
                lines = list(self._messages(x, answers))
                yield self._task(number, f"sheet.{kind}", n, lines, x[1])
        yield from self._batch(number, answers)

    def _task(
        self, number: Iterator[int], key: str, n: Node, items: list[list[Part]], at: Index = ()
    ) -> Section:
        """A task with its parts as (a), (b), …; one part alone has no letter."""
        fill: dict[str, Part] = {"value": Formula(self.e._symbols[n].latex(at))}
        if key == "sheet.law" and self.linker.loss is not None:
            fill["formula"] = Formula(self.linker.loss[0].formula)
        head = line("task", Label(f"{next(number)}."), Phrase(key, fill))
        letters = (f"({_letter(k)})" for k in count())
        lines = [
            line(
                "item", Label(next(letters)) if len(items) > 1 and len(parts) > 1 else None, *parts
            )
            for parts in items
        ]
        return Section((head, *lines), "task")

    def _by_law(self, elements: list[Element], answers: bool) -> list[list[Part]]:
        assert self.linker.loss is not None
        law = self.linker.loss[0]
        items = []
        for x in elements:
            parts: list[Part] = [Formula(self._delta(x), "message"), EQUALS]
            if answers:
                left, right = (float(np.asarray(a)[x[1]]) for a in (law.left, law.right))
                parts += [Formula(law.factor), *quotient(left, right, law.over), EQUALS,
                          self._delta_number(x)]  # fmt: skip
            else:
                parts.append(Blank(True))
            items.append(parts)
        return items

    def _delta_number(self, x: Element) -> Part:
        return result(self.levels[x].total, self.spelled[x].bound)

    def _step(self, x: Element, t: Term) -> str:
        """∂y/∂x of one term."""
        edge = self.tape.edges[t.edge]
        return self.linker.step(edge, t.index, self._symbol(x), self.levels[x])

    def _locals(self, elements: list[Element], answers: bool) -> Iterator[list[Part]]:
        """The local derivatives; what stands there as a 1 is no task."""
        seen: set[str] = set()
        for x in elements:
            for t in self.asked[x]:
                law = self._law(x, t)
                step = self._step(x, t)
                if law == "" or step in seen:
                    continue
                seen.add(step)
                parts: list[Part] = [Formula(step, "local"), EQUALS]
                if answers:
                    if law:
                        parts += [Formula(law, "local"), EQUALS]
                    parts.append(Number(t.partial, FIGURES + 1))
                else:
                    parts.append(Blank(True))
                yield parts

    def _law(self, x: Element, t: Term) -> str | None:
        """∂y/∂x in letters: "" for 1; the sum where an equation reads x twice."""
        laws = [self.linker.law(e, x[1], t.index) for e in self.edges[(*x, *self._target(t))]]
        if len(laws) == 1:
            return laws[0]
        return None if None in laws else " + ".join(law or "1" for law in laws)

    def _messages(self, x: Element, answers: bool) -> Iterator[list[Part]]:
        """What arrives at one element, message by message, and the sum."""
        level, s, terms = self.levels[x], self.spelled[x], self.asked[x]
        left: list[Part] = [Formula(s.left, "message"), EQUALS]
        several = self.readers.get(x, 0) > 1
        others = self.readers.get(x, 0) - len(terms)
        rest = Number(level.total - sum(t.product for t in terms), FIGURES + 1, factor=True)
        if several:
            for t in terms:
                yield self._message(x, t, answers)
        if others:
            yield [Phrase("more", {"count": Number(others), "total": replace(rest, factor=False)})]
        if not answers:
            yield [*left, Blank(True)]
            return
        outcome = (EQUALS, self._delta_number(x))
        if not level.terms:
            yield [*left, self._delta_number(x)]
        elif several:
            sums = [Number(t.product, FIGURES + 1, "message", factor=True) for t in terms]
            sums += [rest] if others else []
            added = [p for k, n in enumerate(sums) for p in ((Sign("+"), n) if k else (n,))]
            yield [*left, *symbols(s), EQUALS, *added, *outcome]
        else:
            yield [*left, *symbols(s), *spelled_numbers(level, s, False), *outcome]

    def _message(self, x: Element, t: Term, answers: bool) -> list[Part]:
        y = self._target(t)
        loss = y[0] is self.tape.loss
        above: list[Part] = [] if loss else [Formula(self._delta(y), "message"), Sign("×")]
        parts = [*above, Formula(self._step(x, t), "local"), EQUALS]
        if not answers:
            return [*parts, Blank()]
        if not loss and t.partial != 1:
            parts += [factor(t.delta), Sign("·"), factor(t.partial, hue="local"), EQUALS]
        return [*parts, Number(t.product, FIGURES + 1, "message")]

    def _batch(self, number: Iterator[int], answers: bool) -> Iterator[Section]:
        """The sum over the examples, the others' terms given."""
        n, at = self.wanted
        if n.axis is not None or self.row is None or (self.tape.batch or 1) < 2:
            return
        whole, _ = self.e._deriver.level(n, at, None)
        mine = self.levels[self.wanted].total
        others = whole.total - mine
        head = line("task", Label(f"{next(number)}."), Phrase("sheet.batch"))
        # as many figures as the sum needs to have those of a result
        lost = max(abs(mine), abs(others)) / abs(whole.total) if whole.total else 1.0
        figures = FIGURES + 1 + int(min(max(np.ceil(np.log10(max(lost, 1.0))), 0), 6))
        told = line("item", Phrase("sheet.others", {"total": Number(others, figures)}))
        parts: list[Part] = [Formula(fraction("E", self._symbol(self.wanted)), "message"), EQUALS]
        if answers:
            bound = self.e._deriver.bound(n, at)
            terms = (Number(x, figures, "message", factor=True) for x in (mine, others))
            parts += [next(terms), Sign("+"), next(terms), EQUALS, result(whole.total, bound)]
        else:
            parts.append(Blank(True))
        yield Section((head, told, line("item", *parts)), "task")


def _letter(k: int) -> str:
    """a, b, … z, aa, ab, …

    >>> _letter(0), _letter(25), _letter(26)
    ('a', 'z', 'aa')
    """
    return _letter(k // 26 - 1) + _letter(k % 26) if k >= 26 else chr(97 + k)


def spell(sheet: TaskSheet, lang: str, answers: bool) -> Spelt:
    """A worksheet, or its answers, in a language."""
    title = Section((line("title", Phrase("sheet.answers" if answers else "sheet")),), "title")
    given = () if answers else (sheet.head(), *sheet.forward())
    return spelt(lang, title, *given, *sheet.tasks(answers))
