"""The writers of what is spelt, as plain text and as LaTeX."""

from __future__ import annotations

import re
import unicodedata

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

_TOKEN = re.compile(r"\\[A-Za-z]+\s*|\\.|\{|\}|\^|_|\s+|.", re.DOTALL)
_RAISED = str.maketrans("0123456789+-−()nTi", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿᵀⁱ")
_WORDS = {
    "partial": "∂", "cdot": "·", "sum": "Σ", "quad": "\u2003", "infty": "∞", "top": "T", "le": "≤",
    "ge": "≥", "neg": "¬", "lfloor": "⌊", "rfloor": "⌋", "pi": "π", "bmod": "mod ", "left": "",
    "right": "", "ln": "ln ", "sin": "sin ", "cos": "cos ", "tanh": "tanh ", "max": "max",
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "theta": "θ",
    "lambda": "λ", "mu": "μ", "sigma": "σ",
}  # fmt: skip


class _Reader:
    """LaTeX of formulas as a line of plain text, read from left to right."""

    def __init__(self, latex: str) -> None:
        self.tokens: list[str] = _TOKEN.findall(latex)
        self.at = 0

    def row(self) -> str:
        """Up to the brace that closes, or the end."""
        out = ""
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token == "}":
                break
            if token in ("^", "_"):
                self.at += 1
                inner = self.unit()
                out += _raised(inner) if token == "^" else _lowered(out, inner)
            else:
                out += self.unit()
        return out

    def unit(self) -> str:
        """One group, command or character."""
        if self.at >= len(self.tokens):
            return ""
        token = self.tokens[self.at]
        self.at += 1
        if token == "{":
            inner = self.row()
            self.at += 1
            return inner
        if token.isspace():
            return " "
        if token[0] != "\\" or len(token) == 1:
            return "−" if token == "-" else token
        name = token[1:].strip()
        if name == "frac":
            top = self.unit()
            return f"{_closed(top)}/{_closed(self.unit())}"
        if name == "sqrt":
            return f"√({self.unit()})"
        if name in ("operatorname", "mathrm", "text"):
            return self.unit()
        if name == ",":
            return " "
        if name in ("left", "right") and self.tokens[self.at : self.at + 1] == ["."]:
            self.at += 1
            return ""
        if not name[0].isalpha():
            return name
        gap = " " if token[-1].isspace() else ""
        found = _WORDS.get(name)
        if found is None:
            return name + gap
        return found


def _raised(text: str) -> str:
    plain = text.translate(_RAISED)
    if not set(plain) & set(text):
        return plain
    return f"^{text}" if len(text) == 1 else f"^({text})"


def _lowered(before: str, text: str) -> str:
    """An index in brackets, as in code; what a sum runs over stands behind it."""
    if before.endswith(("Σ", "max", "|")):
        return f"_{text} " if not before.endswith("|") else text
    return f"[{', '.join(t.strip() for t in text.split(','))}]"


def _closed(text: str) -> str:
    """In brackets where it is more than one factor."""
    depth = 0
    for c in text:
        depth += (c in "([") - (c in ")]")
        if c in " /" and not depth:
            return f"({text})"
    return text


def plain(latex: str) -> str:
    """A formula as a line of text.

    >>> plain(r"\\frac{\\partial E}{\\partial w^{(1)}_{3,2}}"), plain(r"\\sum_{n} x_{n,0}^{2}")
    ('∂E/∂w⁽¹⁾[3, 2]', 'Σ_n x[n, 0]²')
    >>> plain(r"\\sigma(z)"), plain(r"-\\left(q + x\\right) / 4"), plain(r"e^{x - y}")
    ('σ(z)', '−(q + x) / 4', 'e^(x − y)')
    """
    row = re.sub(" {2,}", " ", _Reader(latex).row())
    return row.replace(" \u2003", "\u2003").replace("\u2003", "  ").strip()


# -- text ------------------------------------------------------------------------------------------

_BLOCKS = 12  # columns of half a bar


def width(text: str) -> int:
    """The columns that a text takes in a terminal: two for a Japanese letter.

    >>> width("δ = 1"), width("連鎖律")
    (5, 6)
    """
    return sum(
        (2 if unicodedata.east_asian_width(c) in "WF" else 1)
        for c in text
        if not unicodedata.combining(c)
    )


def _text(tree: Spelt, part: Part) -> str:
    if isinstance(part, Formula):
        return plain(part.latex)
    if isinstance(part, Number):
        text = digits(part.x, part.figures).replace("-", "−")
        return f"({text})" if part.factor and text.startswith("−") else text
    if isinstance(part, Sign):
        return "·" if part.text == "×" else part.text
    if isinstance(part, Phrase):
        fill = {key: _text(tree, x) for key, x in part.fill.items()}
        return tree.said(part.key).format(**fill)
    if isinstance(part, Name):
        return " ".join(part.text.split())
    if isinstance(part, Stroke):
        size = abs(part.share) * _BLOCKS
        full = int(size)
        return ("█" * full + ("▌" if size - full >= 0.5 else "")) or "▏"
    if isinstance(part, Label):
        return part.text
    if isinstance(part, Grid):
        rows = ["  ".join(digits(x).replace("-", "−") for x in row) for row in part.rows]
        return f"[{';  '.join(rows)}]"
    return "_" * (40 if part.wide else 16)


_INDENT = {"numbers": "  ", "check": "  ", "item": "  ", "row": "  "}


def _section_text(tree: Spelt, section: Section) -> str:
    rows = [[_text(tree, p) for p in x.parts] for x in section.lines if x.kind == "row"]
    widths = [max(width(r[k]) for r in rows if len(r) > k) for k in range(max(map(len, rows)))] \
        if rows else []  # fmt: skip
    out = []
    for x in section.lines:
        gap = "   " if x.kind in ("headline", "row") else " "
        cells = [_text(tree, p) for p in x.parts]
        if x.kind == "row":
            cells = [c + " " * (w - width(c)) for c, w in zip(cells, widths, strict=False)]
        if x.kind in ("title", "heading"):
            out.append(gap.join(cells))
            out.append(("=" if x.kind == "title" else "-") * width(out[-1]))
        else:
            shown = gap.join(cells)
            if x.kind in ("numbers", "item"):
                shown = shown.replace("( ", "(").replace(" )", ")")
            out.append((_INDENT.get(x.kind, "") + shown).rstrip())
    return "\n".join(out)


def text(tree: Spelt) -> str:
    """As plain text, with a real minus sign; sections apart."""
    return "\n\n".join(_section_text(tree, s) for s in tree.sections if s.lines)


# -- LaTeX -----------------------------------------------------------------------------------------

_ESCAPED = {
    "\\": r"\textbackslash ", "{": r"\{", "}": r"\}", "_": r"\_", "^": r"\^{}", "#": r"\#",
    "%": r"\%", "&": r"\&", "$": r"\$", "~": r"\~{}", "−": "-",
}  # fmt: skip


def _escaped(said: str) -> str:
    return "".join(_ESCAPED.get(c, c) for c in said)


def number(x: Number) -> str:
    """A number as LaTeX.

    >>> number(Number(-0.0000123)), number(Number(-2.0, factor=True)), number(Number(float("nan")))
    ('-1.23 \\\\cdot 10^{-5}', '\\\\left(-2\\\\right)', '\\\\mathrm{NaN}')
    """
    shown = digits(x.x, x.figures)
    if "e" in shown:
        mantissa, power = shown.split("e")
        shown = rf"{mantissa} \cdot 10^{{{power}}}"
    shown = shown.replace("∞", r"\infty").replace("NaN", r"\mathrm{NaN}")
    return rf"\left({shown}\right)" if x.factor and shown.startswith("-") else shown


def _latex(tree: Spelt, part: Part) -> str:
    if isinstance(part, Formula):
        return part.latex
    if isinstance(part, Number):
        return number(part)
    if isinstance(part, Sign):
        return {"×": r"\,", "·": r"\cdot", "−": "-"}.get(part.text, part.text)
    if isinstance(part, Phrase):
        return _sentence(tree, part)
    if isinstance(part, Name):
        return rf"\texttt{{{_escaped(part.text)}}}"
    if isinstance(part, Stroke):
        return rf"\rule{{{abs(part.share) * 6:.2f}em}}{{0.8ex}}"
    if isinstance(part, Label):
        return rf"\text{{{part.text}}}"
    if isinstance(part, Grid):
        rows = r" \\ ".join(" & ".join(number(Number(x)) for x in row) for row in part.rows)
        return rf"\begin{{pmatrix}} {rows} \end{{pmatrix}}"
    return rf"\underline{{\hspace{{{12 if part.wide else 6}em}}}}"


def _sentence(tree: Spelt, part: Phrase) -> str:
    """Words as text, what is filled in as mathematics between them."""
    out = ""
    for k, piece in enumerate(re.split(r"\{(\w+)\}", tree.said(part.key))):
        if k % 2:
            out += _latex(tree, part.fill[piece])
        elif piece:
            marked = [
                r"\checkmark" if p == "✓" else r"\times" if p == "✗" else rf"\text{{{_escaped(p)}}}"
                for p in re.split("([✓✗])", piece)
                if p
            ]
            out += " ".join(marked)
    return out


def _aligned(tree: Spelt, x: SpeltLine) -> str:
    """One line of an `align*`: what follows the first "=" stands below that of the line before."""
    cells = [_latex(tree, p) for p in x.parts]
    if x.kind in ("headline", "row"):
        return "& " + r" \quad ".join(cells)
    if Sign("=") in x.parts:
        cells[x.parts.index(Sign("="))] = "&="
        return " ".join(cells)
    return "& " + " ".join(cells)


def latex(tree: Spelt) -> str:
    """As an `align*` that LaTeX and MathJax set."""
    lines = [_aligned(tree, x) for s in tree.sections for x in s.lines]
    body = " \\\\\n".join(lines)
    return f"\\begin{{align*}}\n{body}\n\\end{{align*}}"
