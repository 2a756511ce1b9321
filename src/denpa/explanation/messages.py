"""What arrives at a value on the way back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from denpa.core.faces import face
from denpa.explanation import spelling_forms
from denpa.explanation.naming import Symbol
from denpa.explanation.spelling import (
    FIGURES,
    Formula,
    Name,
    Number,
    Part,
    Phrase,
    Section,
    Sign,
    Spelt,
    SpeltLine,
    factor,
    line,
    spelt,
)

SMALL = 12
"""Elements whose sums are written one by one; more are shown by their range."""


@dataclass(frozen=True)
class Message:
    """What one reader sends back to a value: `array` has the value's shape. `to` is the value that
    the message goes to, `sender` the one that sends it, `law` the derivative in LaTeX."""

    to: str
    sender: str
    array: np.ndarray
    law: str


@dataclass(frozen=True)
class Messages:
    """The messages that arrive at a value, in the order of arrival; δ is their sum.

    >>> import denpa as dp
    >>> a, x = dp.tensor(2.0, requires_grad=True), dp.tensor(3.0, requires_grad=True)
    >>> print(dp.explain((a * x - 1) ** 2 + x).messages("x"))
    x   value 3   message δ = 21
    2 messages arrive, and δ is their sum
    <BLANKLINE>
      from loss   1   1
      from u      a   20
    <BLANKLINE>
    ∂E/∂x = 1 + 20 = 21
    """

    name: str
    value: np.ndarray
    arriving: tuple[Message, ...]
    delta: np.ndarray | None
    symbols: Mapping[str, Symbol] = field(default_factory=dict)

    def to_dict(self) -> dict[str, object]:
        """As JSON can hold it, with a version."""
        return {
            "schema": "denpa.messages",
            "version": 1,
            "name": self.name,
            "value": self.value.tolist(),
            "delta": None if self.delta is None else self.delta.tolist(),
            "arriving": [
                {"sender": m.sender, "message": m.array.tolist(), "law": m.law}
                for m in self.arriving
            ],
        }

    # -- in words --------------------------------------------------------------------------------

    def text(self, lang: str = "en", unfold: bool = False) -> str:
        """As plain text: of a small value each element's sum, of a large one the ranges of what
        arrives; with `unfold` every element.

        Errors: ArgumentError (a ValueError) for another language than "en" and "ja".
        """
        return spelling_forms.text(self._spelt(lang, unfold))

    def latex(self, lang: str = "en", unfold: bool = False) -> str:
        """As an `align*` for LaTeX or MathJax. Errors: as `text`."""
        return spelling_forms.latex(self._spelt(lang, unfold))

    def html(self, lang: str = "en", unfold: bool = False) -> str:
        """As a fragment of HTML with MathML, without script or style. Errors: as `text`."""
        made: str = face("spelling")(self._spelt(lang, unfold))
        return made

    def _repr_html_(self) -> str:
        made: str = face("spelling.styled")(self._spelt("en", False))
        return made

    def __str__(self) -> str:
        return self.text()

    def _spelt(self, lang: str, unfold: bool) -> Spelt:
        count = len(self.arriving)
        key = f"arrive.{count if count < 2 else 'many'}"
        head = [self._headline(), line("say", Phrase(key, {"count": Number(count)}))]
        if self.delta is None:
            return spelt(lang, Section(tuple(head), "head"))
        senders = tuple(self._sender(m) for m in self.arriving)
        sections = [Section(tuple(head), "head"), Section(senders, "senders")]
        if self.value.size <= SMALL or unfold:
            sums = tuple(self._sum(i) for i in np.ndindex(self.value.shape))
            sections.append(Section(sums, "sums"))
        return spelt(lang, *sections)

    def _headline(self) -> SpeltLine:
        symbol = self._latex(())
        letter = Formula(symbol, "value") if spelling_forms.plain(symbol) != self.name else None
        parts: list[Part | None] = [letter, Name(self.name)]
        parts.append(Phrase("value", {"number": _shown(self.value, "value")}))
        if self.delta is not None:
            parts.append(Phrase("message", {"number": _shown(self.delta, "message")}))
        return line("headline", *parts)

    def _latex(self, index: tuple[int, ...], name: str | None = None) -> str:
        found = self.symbols.get(self.name if name is None else name)
        return (found or Symbol("x")).latex(index)

    def _sender(self, m: Message) -> SpeltLine:
        law = Formula(m.law, "local") if m.law else Formula(r"\dots")
        return line(
            "row", Phrase("from", {"name": Name(m.sender)}), law, _shown(m.array, "message")
        )

    def _sum(self, index: tuple[int, ...]) -> SpeltLine:
        assert self.delta is not None
        left = Formula(rf"\frac{{\partial E}}{{\partial {self._latex(index)}}}", "message")
        total = Number(float(self.delta[index]), FIGURES + 1, "message", strong=True)
        return line("sum", left, *self._terms(index), Sign("="), total)

    def _terms(self, index: tuple[int, ...]) -> Iterator[Part]:
        if len(self.arriving) < 2:
            return
        for k, m in enumerate(self.arriving):
            yield Sign("+" if k else "=")
            yield factor(float(m.array[index]))


def _shown(a: np.ndarray, hue: str) -> Part:
    """One number, or the range of many."""
    if a.size == 1:
        return Number(float(a.reshape(())), FIGURES + 1, hue)
    finite = a[np.isfinite(a)] if a.dtype.kind == "f" else a
    if finite.size < a.size:
        return Phrase("range.bad", {"low": _low(finite, hue), "high": _high(finite, hue),
                                  "count": Number(a.size - finite.size)})  # fmt: skip
    return Phrase("range", {"low": _low(finite, hue), "high": _high(finite, hue)})


def _low(a: np.ndarray, hue: str) -> Number:
    return Number(float(a.min()) if a.size else float("nan"), 3, hue)


def _high(a: np.ndarray, hue: str) -> Number:
    return Number(float(a.max()) if a.size else float("nan"), 3, hue)
