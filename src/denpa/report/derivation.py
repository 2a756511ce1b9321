"""What is spelt of a pass as HTML: derivations, messages, blame, worksheets. Formulas are MathML,
which Chromium, Firefox and Safari draw; everything that is a name is escaped."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from itertools import groupby

from markupsafe import Markup, escape

from denpa.explanation.mathml import mathml
from denpa.explanation.spelling import (
    Formula,
    Grid,
    Label,
    Name,
    Number,
    Part,
    Phrase,
    Section,
    Sign,
    Spelt,
    SpeltLine,
    Stroke,
    digits,
)
from denpa.report.page import render
from denpa.report.svg import clean, tag
from denpa.report.words import words

_HUES = {"message": "m", "value": "v", "local": "l"}
_SUM = re.compile(r"<msub><mo>&#x02211;</mo>(<mrow>.*?</mrow>|<mi>\w</mi>)</msub>")


def _math(latex: str, hue: str) -> str:
    """A formula in its hue; what a sum runs over stands under it."""
    drawn = _SUM.sub(r"<munder><mo>&#x02211;</mo>\1</munder>", mathml(latex))
    kind = f' class="{_HUES[hue]}"' if hue else ""
    return f"<mrow{kind}>{drawn}</mrow>"


def _number(x: Number) -> str:
    """A number as a page has it.

    >>> _number(Number(-1e-7, factor=True))
    '(−1e−7)'
    """
    shown = digits(x.x, x.figures).replace("-", "−")
    return f"({shown})" if x.factor and shown.startswith("−") else shown


def _part(tree: Spelt, part: Part) -> Markup:
    if isinstance(part, Number):
        kinds = [_HUES.get(part.hue, ""), "result" if part.strong else ""]
        name = "b" if part.strong else "span"
        return tag(name, _number(part), cls=" ".join(k for k in ("number", *kinds) if k))
    if isinstance(part, Sign):
        return tag("span", part.text, cls="sign")
    if isinstance(part, Phrase):
        return _said(tree, part)
    if isinstance(part, Name):
        return tag("code", part.text)
    if isinstance(part, Stroke):
        return _bar(part.share)
    if isinstance(part, Formula):
        return Markup("<math>{}</math>").format(Markup(_math(part.latex, part.hue)))
    if isinstance(part, Label):
        return tag("span", part.text, cls="label")
    if isinstance(part, Grid):
        return _grid(part)
    return tag("span", "\u00a0", cls="blank wide" if part.wide else "blank")


def _said(tree: Spelt, part: Phrase) -> Markup:
    fill = {key: _part(tree, x) for key, x in part.fill.items()}
    text = Markup(escape(tree.said(part.key))).format(**fill)
    if part.verdict is None:
        return tag("span", text, cls="said")
    return tag("span", text, cls="said good" if part.verdict else "said bad")


def _grid(x: Grid) -> Markup:
    rows = "".join(
        f"<mtr>{''.join(f'<mtd><mn>{_number(Number(v))}</mn></mtd>' for v in row)}</mtr>"
        for row in x.rows
    )
    inside = Markup(f"<mrow><mo>(</mo><mtable>{rows}</mtable><mo>)</mo></mrow>")
    return Markup("<math>{}</math>").format(inside)


def _bar(share: float) -> Markup:
    """A bar to the right for what is positive, to the left for what is negative."""
    size = max(abs(share) * 50, 0.3)
    drawn = tag("rect", x=50 - size if share < 0 else 50.0, y=2.0, width=size, height=8.0,
                fill="currentColor")  # fmt: skip
    axis = tag("path", d="M50 0V12", stroke="currentColor", stroke_width="0.4")
    return tag("svg", drawn, axis, cls="bar", viewBox="0 0 100 12", width="160", height="14",
               preserveAspectRatio="none", aria_hidden="true")  # fmt: skip


def _formulas(parts: list[Part]) -> Markup:
    """Formulas side by side are one, as a reader of mathematics expects."""
    out = ""
    for p in parts:
        if isinstance(p, Formula):
            out += _math(p.latex, p.hue)
        elif isinstance(p, Number):
            out += f"<mn>{_number(p)}</mn>"
        elif isinstance(p, Sign):
            out += '<mspace width="0.15em"/>' if p.text == "×" else f"<mo>{p.text}</mo>"
    drawn = Markup(f"<mrow>{out}</mrow>")
    return Markup('<math class="shown" displaystyle="true">{}</math>').format(drawn)


_WHOLE = ("symbols", "sum")  # lines that are one formula; of others, equations may break


def _drawn(x: SpeltLine, p: Part) -> bool:
    """Whether a part goes into the formula that stands before it."""
    if x.kind in _WHOLE:
        return isinstance(p, (Formula, Number, Sign))
    return isinstance(p, Formula) or p == Sign("×")


def line(tree: Spelt, x: SpeltLine) -> Markup:
    """One line as HTML."""
    if x.kind in (*_WHOLE, "item"):
        pieces = [
            _formulas(list(parts)) if drawn else Markup(" ").join(_part(tree, p) for p in parts)
            for drawn, parts in groupby(x.parts, lambda p: _drawn(x, p))
        ]
        kind = "item" if x.kind == "item" else "symbols"
        return tag("div", Markup(" ").join(pieces), cls=f"line {kind}")
    if x.kind == "row":
        cells = [tag("td", _part(tree, p), cls=_cell(p)) for p in x.parts]
        return tag("tr", *cells)
    inside = Markup(" ").join(_part(tree, p) for p in x.parts)
    return tag("p" if x.kind in ("say", "check") else "div", inside, cls=f"line {x.kind}")


def _cell(p: Part) -> str | None:
    return "n" if isinstance(p, Number) else None


def section(tree: Spelt, x: Section) -> Markup:
    """The lines of a section; rows are a table."""
    out = []
    for rows, lines in groupby(x.lines, lambda y: y.kind == "row"):
        made = Markup("").join(line(tree, y) for y in lines)
        out.append(tag("table", tag("tbody", made)) if rows else made)
    return tag("div", *out, cls=f"section {x.kind}".strip())


def html(tree: Spelt) -> str:
    """A fragment of a page: no style, no script; it is well-formed XML, too."""
    inside = [section(tree, x) for x in tree.sections if x.lines]
    return clean(tag("div", *inside, cls="denpa-spelt", lang=tree.lang))


@cache
def style() -> str:
    """The style sheet of what is spelt."""
    return files("denpa.report").joinpath("templates/spelling.css").read_text("utf-8")


def styled(tree: Spelt) -> str:
    """The same with its style, for a notebook."""
    return f"<style>{style()}</style>{html(tree)}"


def worksheet(tree: Spelt, answers: Spelt | None) -> str:
    """A worksheet as a whole page that prints on A4, and with `answers` on further ones."""
    pages = [tree] if answers is None else [tree, answers]
    heads = [section(tree, s) for s in tree.sections if s.kind == "head"]
    apart = ("head", "title")  # of the page as a whole
    text = {**words(tree.lang), "footer": tree.said("sheet.footer")}
    return render(
        "worksheet", tree.lang, text,
        title=tree.said("sheet"), heading=tree.said("sheet"), kind=tree.said("sheet.kind"),
        name=tree.said("sheet.name"), answers=tree.said("sheet.answers"),
        heads=heads,
        pages=[[section(t, s) for s in t.sections if s.kind not in apart] for t in pages],
    )  # fmt: skip
