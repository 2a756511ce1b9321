"""What a derivation says, read back: the numbers of each level from text, LaTeX and HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import prod
from xml.etree import ElementTree

# The law of a loss: (p − t)/N, 2·(y − t), p − t.
DIFFERENCE = re.compile(r"^(?:(\S+) · )?\(?\s*(\S+) - (\S+)\s*\)?(?: / (\S+))?$")


@dataclass
class Sum:
    """= term + term + … = result, each term with its factors; `half` is how far the last shown
    figures can move the sum."""

    terms: list[list[float]]
    result: float
    half: float

    @property
    def total(self) -> float:
        return sum(prod(t) for t in self.terms)


def ulp(shown: str) -> float:
    """Half a unit of the last figure that is shown."""
    mantissa, _, power = shown.partition("e")
    places = len(mantissa.partition(".")[2])
    return 0.5 * 10.0 ** (int(power or 0) - places)


def read(line: str) -> Sum:
    """A line of numbers in plain characters."""
    *terms, result = line.removeprefix("=").split("=")
    half = 0.0
    found = []
    for term in (terms[0] if terms else result).split(" + "):
        term = re.sub(r"^.*(?:together|合計)\s", "", term.strip())
        if (law := DIFFERENCE.match(term)) is not None:
            times, left, right, over = law.groups()
            scale = float(times or 1) / float(over or 1)
            left, right = left.strip("("), right.strip("()")
            found.append([float(left) - float(right), scale])
            half += (ulp(left) + ulp(right)) * scale + 1e-4 * abs(found[-1][0]) * (scale != 1)
            continue
        shown = [re.sub(r"[()\s]", "", f) for f in term.split("·")]
        factors = [float(f) for f in shown]
        found.append(factors)
        for k, f in enumerate(shown):
            others = prod(abs(x) + ulp(s) for j, (x, s) in
                          enumerate(zip(factors, shown, strict=True)) if j != k)  # fmt: skip
            half += ulp(f) * others
    end = result.strip().split(" (")[0]
    return Sum(found, float(end), half + ulp(end))


def _plain(text: str) -> str:
    return text.replace("−", "-")


def of_text(text: str) -> list[Sum]:
    """The levels of `Derivation.text`: the lines that begin with "="."""
    lines = [_plain(x).strip() for x in text.splitlines()]
    found = [read(x) for x in lines if x.startswith("= ")]
    return found[1:] if "chain rule" in text or "連鎖律" in text else found


def of_latex(latex: str) -> list[Sum]:
    """The levels of `Derivation.latex`."""
    found = []
    for x in latex.splitlines():
        if not x.startswith("&= "):
            continue
        x = x.removeprefix("&").removesuffix(r"\\").strip()
        x = re.sub(r" \\cdot 10\^\{(-?\d+)\}", r"e\1", x)
        x = re.sub(r"\\text\{([^}]*)\}", r"\1", x).replace(r"\cdot", "·")
        x = x.replace(r"\left(", "(").replace(r"\right)", ")")
        found.append(read(x))
    return found[1:] if "chain rule" in latex else found


def of_html(html: str) -> list[Sum]:
    """The levels of `Derivation.html`."""
    tree = ElementTree.fromstring(html)
    found = []
    for part in tree.iter():
        if part.get("class") == "line numbers":
            shown = " ".join(" ".join(part.itertext()).split())
            found.append(read(_plain(shown).replace("( ", "(").replace(" )", ")")))
    return found[1:] if 'class="section chain"' in html else found
