"""The user's own lines on a page: the wrong one marked, the right one beneath."""

from __future__ import annotations

import ast
import linecache
import re
from typing import NamedTuple

from denpa.check.locate import Location

_BEFORE, _AFTER = 4, 2  # lines around the wrong one
_FAR = 12  # lines from there to `def` that are shown in full


class Line(NamedTuple):
    """A line of an excerpt: "del" is the wrong one, "add" the right one, others are around it."""

    kind: str
    number: str
    mark: str
    text: str


def excerpt(place: Location, expected: str) -> list[Line]:
    """The lines around a place; the wrong one with −, what should stand there with +."""
    lines = _around(place)
    cut = min((_indent(line) for _, line in lines if line.strip()), default=0)
    out = []
    for at, line in lines:
        shown = line[cut:]
        if at != place.line:
            out.append(Line("", "" if at is None else str(at), " ", shown))
            continue
        out.append(Line("del", str(at), "−", shown))
        space = shown[: _indent(shown)]
        right = corrected(place.text, expected).splitlines()
        out += [Line("add", "", "+", space + one) for one in right]
    return out


def corrected(line: str, expected: str) -> str:
    """The whole right line, from the wrong one and what should stand there.

    >>> corrected("self.db = dout[0]", "dout.sum(axis=0)")
    'self.db = dout.sum(axis=0)'
    >>> corrected("dx = 2 * dout", "dx += 2 * dout"), corrected("return dout", "dout * y")
    ('dx += 2 * dout', 'return dout * y')
    >>> corrected("np.dot(x, y, out=dx)", "np.add.at(dW, idx, dout)"), corrected("a = 1", "… + a")
    ('np.add.at(dW, idx, dout)', '… + a')
    >>> corrected("d = g * s; dW = x.T @ g", "x.T @ d")  # one of several statements
    '… x.T @ d'
    """
    if _statements(line) > 1:
        return f"… {expected}"
    if _is_value(expected):
        head = _HEAD.match(line)
        return (head[0] if head else "") + expected
    return expected


def _statements(line: str) -> int:
    try:
        return len(ast.parse(line).body)
    except SyntaxError:  # the head of a loop, or a part of a statement
        return 1


def _is_value(code: str) -> bool:
    """Whether code is an expression that stands for something, not a statement on its own."""
    try:
        tree = ast.parse(code)
    except SyntaxError:  # a hint, such as "… + dout"
        return False
    if len(tree.body) != 1 or not isinstance(tree.body[0], ast.Expr):
        return False
    value = tree.body[0].value
    does = isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute)
    return not (does and ast.unparse(value).startswith("np.add.at("))


# A keyword argument's = comes after a parenthesis, where no target does.
_HEAD = re.compile(r"return\s+|[^=(]*[^=!<>(]=(?!=)\s*")


def _around(place: Location) -> list[tuple[int | None, str]]:
    """Lines with their numbers, from the `def` on; None for those that were left out."""
    source = [line.rstrip("\n") for line in linecache.getlines(place.file)]
    if not 0 < place.line <= len(source) or source[place.line - 1].strip() != place.text:
        return [(place.line, place.text)]  # the file has changed, or is not there
    depth = _indent(source[place.line - 1])
    start = place.line
    while start > 1 and not (
        source[start - 1].lstrip().startswith("def ") and _indent(source[start - 1]) < depth
    ):
        start -= 1
    is_function = source[start - 1].lstrip().startswith("def ")
    shown: list[tuple[int | None, str]] = []
    begin = start
    if not is_function or place.line - start > _FAR:
        begin = max(1, place.line - _BEFORE)
        if is_function:
            shown = [(start, source[start - 1]), (None, " " * depth + "⋮")]
    stop = place.line
    floor = _indent(source[start - 1]) if is_function else -1
    while stop < min(len(source), place.line + _AFTER):
        line = source[stop]
        if line.strip() and _indent(line) <= floor:
            break
        stop += 1
    while stop > place.line and not source[stop - 1].strip():
        stop -= 1
    return [*shown, *((k, source[k - 1]) for k in range(begin, stop + 1))]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
