"""Which example of the batch pushed a parameter: the terms of its gradient, one for each row.

Row n's term is what the rules send when only the rows of example n carry their message. The terms
add up to the batch's gradient; what belongs to no example (a penalty) stands beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from denpa.core.faces import face
from denpa.explanation import spelling_forms
from denpa.explanation.sparse import Index
from denpa.explanation.spelling import (
    FIGURES,
    Name,
    Number,
    Part,
    Phrase,
    Section,
    Spelt,
    SpeltLine,
    Stroke,
    indexed,
    line,
    spelt,
)
from denpa.explanation.tape import Edge, Node, Tape, send

MOST = 12
"""Examples that are listed; the others are one number."""


@dataclass(frozen=True)
class Share:
    """One example's part of a gradient: `sample` is its row, `term` its part of the sum.

    For a whole parameter or network the term is the part along the batch's gradient G, g_n·G/|G|,
    and `norm` is |g_n|; for one weight both are its number.
    """

    sample: int
    term: float
    norm: float


@dataclass(frozen=True)
class Blame:
    """The shares of a gradient, the largest first. `total` is the sum of all terms and of `rest`,
    what belongs to no example. `coupled` names values through which rows see each other (batch
    norm): there δ of row n contains the other rows' share.

    >>> import denpa as dp
    >>> w = dp.tensor([[2.0]], requires_grad=True)
    >>> x = dp.tensor([[1.0], [-3.0]])
    >>> print(dp.explain((x @ w).square().sum() / 2).blame("w", (0, 0)))
    w[0, 0]
    the terms of the gradient by example, the largest first
    <BLANKLINE>
      example 1   18   ████████████
      example 0   2    █
      sum         20
    """

    name: str
    index: Index | None
    shares: tuple[Share, ...]
    rest: float
    total: float
    coupled: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """As JSON can hold it, with a version."""
        return {
            "schema": "denpa.blame",
            "version": 1,
            "name": self.name,
            "index": None if self.index is None else list(self.index),
            "total": self.total,
            "rest": self.rest,
            "coupled": list(self.coupled),
            "shares": [{"sample": s.sample, "term": s.term, "norm": s.norm} for s in self.shares],
        }

    # -- in words --------------------------------------------------------------------------------

    def text(self, lang: str = "en", unfold: bool = False) -> str:
        """As plain text, a line for each of the largest terms; with `unfold` for all of them.

        Errors: ArgumentError (a ValueError) for another language than "en" and "ja".
        """
        return spelling_forms.text(self._spelt(lang, unfold))

    def latex(self, lang: str = "en", unfold: bool = False) -> str:
        """As an `align*` for LaTeX or MathJax. Errors: as `text`."""
        return spelling_forms.latex(self._spelt(lang, unfold))

    def html(self, lang: str = "en", unfold: bool = False) -> str:
        """As a fragment of HTML, without script or style. Errors: as `text`."""
        made: str = face("spelling")(self._spelt(lang, unfold))
        return made

    def _repr_html_(self) -> str:
        made: str = face("spelling.styled")(self._spelt("en", False))
        return made

    def __str__(self) -> str:
        return self.text()

    def _spelt(self, lang: str, unfold: bool) -> Spelt:
        name: Part = Name(self.name) if self.name else Phrase("network")
        named = name if self.index is None else indexed(self.name, self.index)
        kind = "blame.whole" if self.index is None else "blame.element"
        head = (line("headline", named), line("say", Phrase(kind)))
        notes: tuple[SpeltLine, ...] = ()
        if self.coupled:
            notes = (line("say", Phrase("coupled", {"names": Name(", ".join(self.coupled))})),)
        table = Section(tuple(self._rows(unfold)), "shares")
        return spelt(lang, Section(head, "head"), table, Section(notes, "notes"))

    def _rows(self, unfold: bool) -> Iterator[SpeltLine]:
        shown = self.shares if unfold or len(self.shares) <= MOST + 2 else self.shares[:MOST]
        top = max((abs(s.term) for s in self.shares if np.isfinite(s.term)), default=0.0) or 1.0
        for s in shown:
            share = s.term / top if np.isfinite(s.term) else 0.0
            yield line("row", Phrase("example", {"sample": Number(s.sample)}),
                       Number(s.term, hue="message"), Stroke(share))  # fmt: skip
        if len(shown) < len(self.shares):
            others = self.shares[len(shown) :]
            count = Phrase("others", {"count": Number(len(others))})
            yield line("row", count, Number(float(sum(s.term for s in others)), hue="message"))
        if self.rest:
            yield line("row", Phrase("rest"), Number(self.rest, hue="message"))
        yield line("row", Phrase("sum"), Number(self.total, FIGURES + 1, "message", strong=True))


def row_gradients(
    tape: Tape, leaves: Sequence[Node]
) -> tuple[list[list[np.ndarray]], list[np.ndarray]]:
    """For every example the messages that its rows send to `leaves`, and what no example sends."""
    assert tape.batch is not None
    reached = above(tape, leaves)
    found = [sent(tape, leaves, reached, row) for row in range(tape.batch)]
    return found, sent(tape, leaves, reached, None)


def above(tape: Tape, leaves: Sequence[Node]) -> set[Node]:
    """What the leaves lead to without passing a value that has rows."""
    reached = set(leaves)
    for n in tape.nodes:
        if n.op is not None and any(
            isinstance(x, Node) and x in reached and x.axis is None for x in n.inputs
        ):
            reached.add(n)
    return reached


def sent(
    tape: Tape, leaves: Sequence[Node], reached: set[Node], row: int | None
) -> list[np.ndarray]:
    """The messages to `leaves` when the rows of one example carry theirs; with None, when those
    values without rows do that were made of rows."""
    known: dict[Node, np.ndarray] = {}
    made = mixed(tape)
    for n in reversed(tape.nodes):
        if n.delta is None or n not in reached or n.op is None:
            continue
        if n.axis is not None:
            if row is None:
                continue
            g = np.zeros(n.shape)
            g[n.rows(row)] = n.delta[n.rows(row)]
        elif n in made:
            if row is not None:
                continue
            g = n.delta
        elif n in known:
            g = known[n]
        else:
            continue
        wants = [
            isinstance(x, Node) and x.asks and x in reached and x.axis is None for x in n.inputs
        ]
        if True not in wants:
            continue
        for x, m in zip(n.inputs, _sliced(n, g, wants, row), strict=True):
            if m is not None and isinstance(x, Node):
                known[x] = m if x not in known else known[x] + m
    return [known.get(n, np.zeros(n.shape)) for n in leaves]


def _sliced(n: Node, g: np.ndarray, wants: list[bool], row: int | None) -> list[np.ndarray | None]:
    """As `send`, for the layers that cost most with the rows of one example alone."""
    with np.errstate(all="ignore"):  # 0 · ∞ is shown, not warned of
        return _sliced_quietly(n, g, wants, row)


def _sliced_quietly(
    n: Node, g: np.ndarray, wants: list[bool], row: int | None
) -> list[np.ndarray | None]:
    assert n.op is not None
    x = n.inputs[0]
    if row is not None and n.op.name == "linear" and isinstance(x, Node) and x.axis == 0 == n.axis:
        only = g[n.rows(row)]
        flat = only.reshape(-1, only.shape[-1])
        found: list[np.ndarray | None] = [None] * len(wants)
        if wants[1]:
            rows = x.array[x.rows(row)]
            found[1] = flat.T @ rows.reshape(-1, rows.shape[-1])
        if len(wants) > 2 and wants[2]:
            b = n.inputs[2]
            found[2] = (
                flat.sum(axis=0) if b.shape == (flat.shape[1],) else flat.sum().reshape(b.shape)
            )
        return found
    return send(n, g, wants)


def mixed(tape: Tape) -> set[Node]:
    """The values without rows that were made of rows: between the batch and the loss."""
    found: set[Node] = set()
    for n in tape.nodes:
        inputs = [x for x in n.inputs if isinstance(x, Node)]
        if n.axis is None and any(x.axis is not None or x in found for x in inputs):
            found.add(n)
    return found


def element_shares(
    tape: Tape, node: Node, index: Index, edges: Sequence[Edge]
) -> tuple[np.ndarray, float] | None:
    """The terms of one element by example, read off the maps; None where the way to the rows is
    longer than one equation."""
    assert tape.batch is not None
    terms = np.zeros(tape.batch)
    rest = 0.0
    made = mixed(tape)
    for e in edges:
        y = e.target
        if e.message is None:
            continue
        if e.map.kind == "far":
            return None
        if y.axis is None:
            if y not in made:
                return None
            rest += float(e.message[index])
            continue
        assert y.delta is not None
        for at, partial in e.map.reach(index):
            terms[at[y.axis] // y.per] += partial * float(y.delta[at])
    return terms, rest


def of_element(tape: Tape, name: str, n: Node, index: Index, coupled: tuple[str, ...]) -> Blame:
    """The shares of one weight."""
    found = element_shares(tape, n, index, n.readers)
    if found is None:
        rows, none = row_gradients(tape, [n])
        found = np.array([float(r[0][index]) for r in rows]), float(none[0][index])
    terms, rest = found
    shares = [Share(k, float(t), abs(float(t))) for k, t in enumerate(terms)]
    return _sorted(name, index, shares, rest, coupled)


def of_parameters(tape: Tape, name: str, leaves: Sequence[Node], coupled: tuple[str, ...]) -> Blame:
    """The shares of whole parameters: each example's part along the batch's gradient."""
    rows, none = row_gradients(tape, leaves)
    whole = [n.delta for n in leaves if n.delta is not None]
    length = float(np.sqrt(sum(float((g * g).sum()) for g in whole)))

    def along(parts: Sequence[np.ndarray]) -> float:
        dot = sum(float((g * w).sum()) for g, w in zip(parts, whole, strict=True))
        return dot / length if length else 0.0

    shares = [
        Share(k, along(row), float(np.sqrt(sum(float((g * g).sum()) for g in row))))
        for k, row in enumerate(rows)
    ]
    return _sorted(name, None, shares, along(none), coupled)


def _sorted(
    name: str, index: Index | None, shares: list[Share], rest: float, coupled: tuple[str, ...]
) -> Blame:
    shares.sort(key=lambda s: -(abs(s.term) if s.term == s.term else float("inf")))
    total = float(sum(s.term for s in shares)) + rest
    return Blame(name, index, tuple(shares), rest, total, coupled)
