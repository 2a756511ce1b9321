"""A derivation in lines: the chain rule, then each level in symbols, with its laws, in numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from denpa.explanation.levels import Derived, Level, Link, Spelling, Term, fsum
from denpa.explanation.spelling import (
    FIGURES,
    Formula,
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
from denpa.explanation.spelling_forms import plain
from denpa.explanation.spelling_links import bracketed

_PATH = 12
"""Local derivatives that are written one by one; of a longer path the product is named."""
EQUALS, PLUS, TIMES, GAP = Sign("="), Sign("+"), Sign("·"), Sign("×")


def spell(d: Derived, lang: str, unfold: bool) -> Spelt:
    """A derivation, with `unfold` all terms of long sums and all equations of the loss."""
    short = None if unfold else d.shortcut
    last = len(d.levels) if short is None else short.level
    path = [k for k, lv in enumerate(d.levels[:last]) if lv.chosen is not None]
    sections = [Section((_headline(d),), "head")]
    if path:
        sections.append(Section(tuple(_chain(d, path, short is not None)), "chain"))
    for k in range(last):
        level = d.levels[k]
        if level.terms or level.far or not k or level.total == 0:
            sections.append(
                Section((*_level(d, k, unfold), *(_check(d) if not k else ())), "level")
            )
    if short is not None:
        lines = (*shortcut_lines(d), *(_check(d) if not short.level else ()))
        sections.append(Section(lines, "level"))
    return spelt(lang, *sections)


def _headline(d: Derived) -> SpeltLine:
    s = d.spelled[0]
    kind = "gradient" if d.role == "parameter" else "message"
    shown = Phrase(kind, {"number": result(d.result, d.bound)})
    if d.sample is not None and d.gradient is None:
        sample = Number(d.sample)
        shown = Phrase("term", {"sample": sample, "number": result(d.result, d.bound)})
    value = Phrase("value", {"number": Number(s.value, FIGURES + 1, "value", strong=True)})
    name = indexed(d.name, d.index)
    letter = None if plain(s.mine) == name.text else Formula(s.mine, "value")
    return line("headline", letter, name, value, shown)


def _joined(parts: Sequence[Sequence[Part]], by: Sign) -> Iterator[Part]:
    for k, part in enumerate(parts):
        if k:
            yield by
        yield from part


def _chain(d: Derived, path: list[int], short: bool) -> Iterator[SpeltLine]:
    """The local derivatives along the path, multiplied; the loss's own law is the first of them."""
    steps: list[tuple[str, float, str]] = []
    for k in reversed(path):
        level = d.levels[k]
        assert level.chosen is not None
        steps.append((d.spelled[k].step, level.along(level.chosen), "local"))
    top = d.levels[path[-1] + 1]
    if short or top.far:
        steps.insert(0, (d.spelled[path[-1] + 1].left, top.total, "message"))
    product = math.prod(x for _, x, _ in steps)
    near = abs(product - d.result) <= d.bound + 1e-9 * abs(product)
    whole = near or str(product) == str(d.result)  # NaN and ∞, too
    if len(steps) > _PATH:
        fill: dict[str, Part] = {"count": Number(len(steps)), "product": Number(product)}
        yield line("say", Phrase("chain.long", fill))
        return
    told = {"part": Number(product, hue="message"), "whole": result(d.result, d.bound)}
    yield line("say", Phrase("chain") if whole else Phrase("share", told))
    yield line("symbols", *_joined([[Formula(s, hue)] for s, _, hue in steps], GAP))
    if len(steps) == 1:
        yield line("numbers", EQUALS, Number(product, hue="message", strong=True))
        return
    numbers = _joined([[factor(x, hue=hue)] for _, x, hue in steps], TIMES)
    yield line("numbers", EQUALS, *numbers, EQUALS, Number(product, hue="message", strong=True))


# -- one level -------------------------------------------------------------------------------------


def _level(d: Derived, k: int, unfold: bool) -> Iterator[SpeltLine]:
    level, s = d.levels[k], d.spelled[k]
    if level.far or not level.terms:
        loss = k == len(d.levels) - 1 and level.total == 1 and not level.far
        yield line("symbols", Formula(s.left, "message"), EQUALS, Number(level.total, FIGURES + 1))
        if not loss:
            yield line("say", Phrase("far" if level.far else "unread"))
        return
    (first, *more) = s.links
    if not more and not first.above and first.law == "" and not first.over:
        yield line("symbols", Formula(s.left, "message"), EQUALS, result(level.total, s.bound))
        return
    yield line("symbols", Formula(s.left, "message"), EQUALS, *symbols(s))
    yield line("numbers", *numbers(level, s, unfold), EQUALS, result(level.total, s.bound))


def symbols(s: Spelling) -> Iterator[Part]:
    """∂E/∂x by the chain rule, and the same with the laws put in where they are known."""
    seen: dict[tuple[str, str], Link] = {}
    for link in s.links:
        seen.setdefault((link.above, link.there), link)
    chain = list(_joined([list(_product(x, x.there)) for x in seen.values()], PLUS))
    same = len(seen) == 1 and not s.links[0].above and s.links[0].there == s.left
    unknown = any(x.law is None for x in s.links)
    if not same or unknown:  # ∂E/∂x = ∂E/∂x says nothing
        yield from chain
    if unknown:
        return
    law = list(_joined([list(_product(x, x.law or "")) for x in s.links], PLUS))
    if law != chain:
        yield from law if same else (EQUALS, *law)


def _product(link: Link, local: str) -> Iterator[Part]:
    """∂E/∂y · ∂y/∂x under its sum; a factor of 1 is not written."""
    if link.over:
        yield Formula(rf"\sum_{{{link.over}}}")
    if link.above:
        yield Formula(link.above, "message")
        if local:
            yield GAP
    if local:
        yield Formula(bracketed(local) if link.above else local, "local")
    elif not link.above:
        yield Number(1)


def numbers(level: Level, s: Spelling, unfold: bool) -> Iterator[Part]:
    """= the terms in numbers, long sums folded; nothing where the result is the only number."""
    if len(level.terms) == 1:
        (t,) = level.terms
        if t.partial == 1 or not s.links[0].above:
            return
    shown, rest = (list(level.terms), []) if unfold else level.largest()
    bounds = {id(t): b for t, b in zip(level.terms, s.above, strict=True)}
    loss = {x.edge for x in s.links if not x.above}
    yield EQUALS
    yield from _joined([list(_term(t, bounds[id(t)], t.edge in loss)) for t in shown], PLUS)
    if rest:
        fill: dict[str, Part] = {"count": Number(len(rest)), "total": Number(fsum(rest))}
        yield PLUS
        yield Phrase("more", fill)


def _term(t: Term, bound: float, loss: bool) -> Iterator[Part]:
    if not loss:
        yield factor(t.delta, bound)
    if loss or t.partial != 1:
        if not loss:
            yield TIMES
        yield factor(t.partial, hue="local")


def shortcut_lines(d: Derived) -> Iterator[SpeltLine]:
    """The derivative of the loss as a whole."""
    short = d.shortcut
    assert short is not None
    level, s = d.levels[short.level], d.spelled[short.level]
    yield line("symbols", Formula(s.left, "message"), EQUALS, Formula(short.factor, "local"))
    yield line("numbers", *quotient(short.left, short.right, short.over), EQUALS,
               result(level.total, s.bound))  # fmt: skip
    yield line("say", Phrase("law", {"formula": Formula(short.formula)}))


def quotient(left: float, right: float, over: float) -> Iterator[Part]:
    """= (left − right) / over."""
    above = (Number(left, hue="value"), Sign("−"), factor(right, hue="value"))
    yield EQUALS
    if over == 1:
        yield from above
        return
    if over < 1:
        yield Number(1 / over)
        yield TIMES
    yield Sign("(")
    yield from above
    yield Sign(")")
    if over > 1:
        yield Sign("/")
        yield Number(over)


# -- against backward() ----------------------------------------------------------------------------


def _check(d: Derived) -> Iterator[SpeltLine]:
    if d.gradient is None:
        yield line("check", Phrase("sample", {"sample": Number(d.sample or 0)}))
        return
    same = str(d.gradient) == str(d.result)
    gap = 0.0 if same else abs(d.gradient - d.result)
    fill: dict[str, Part] = {"number": given(d.gradient), "gap": Number(gap, 1)}
    if d.agrees:
        yield line("check", Phrase("agrees", fill, True))
    else:
        fill["bound"] = Number(d.tolerance, 1)
        yield line("check", Phrase("differs", fill, False))


def given(x: float) -> Number:
    """A number with all the digits that its own dtype has: float32's if it is one."""
    if not math.isfinite(x):
        return Number(x)
    with np.errstate(over="ignore"):
        single = np.float32(x)
    text = str(single) if float(single) == x else repr(x)
    figures = len(text.lower().split("e")[0].replace(".", "").replace("-", "").strip("0"))
    return Number(x, max(figures, 1), "message")
