"""The user's own lines on a page: the wrong one marked, the right one beneath."""

from __future__ import annotations

import ast
import linecache
import re

from denpa.check.locate import Location
from denpa.report.frame import esc

_BEFORE, _AFTER = 4, 2  # lines around the wrong one
_FAR = 12  # lines from there to `def` that are shown in full

CODE_STYLE = """
.finding{min-width:0}.finding+.finding{padding-top:1.6rem;border-top:1px solid var(--hair)}
.finding h3{font-size:1.05rem}.say{font-size:1rem;margin-top:.8rem;max-width:44rem}
.code{padding:.7rem 0;white-space:pre;overflow-x:auto;overflow-wrap:normal}
.code span{display:block;padding:0 .9rem;min-width:max-content}
.code i{font-style:normal;color:var(--soft);display:inline-block;min-width:3.2rem;
padding-right:.8rem;text-align:right;-webkit-user-select:none;user-select:none}
.code .del{box-shadow:inset 3px 0 var(--bad);background:rgba(179,55,12,.11);font-weight:600}
.code .add{box-shadow:inset 3px 0 var(--good);background:rgba(34,115,79,.13);font-weight:600}
.code .file{color:var(--soft);font-family:var(--sans);padding-bottom:.35rem}
.explained{margin-top:1.1rem;padding:.9rem 0 0;border-top:1px solid var(--hair)}
.explained dd{max-width:44rem}.explained b{font-family:var(--mono);font-weight:500;font-size:.88rem}
.finding>.note{margin-top:.35rem}
.maps{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,13.5rem),1fr));gap:1.2rem;
align-items:start}
details figure{margin-top:1rem}
@media (max-width:820px){.explained{grid-template-columns:minmax(0,1fr);gap:0}
.explained dd{margin-bottom:.6rem}.code i{min-width:2.4rem}}
"""


def excerpt(place: Location, expected: str, title: str) -> str:
    """A <pre> with the lines around a place; the wrong one with −, the right one with +."""
    lines = _around(place)
    out = [f'<span class="file">{esc(title)}</span>']
    indents = [len(t) - len(t.lstrip()) for _, t in lines if t.strip()]
    cut = min(indents, default=0)
    for at, line in lines:
        shown = line[cut:]
        if at is None:
            out.append(f"<span><i></i>  {esc(shown)}</span>")
        elif at == place.line:
            out.append(f'<span class="del"><i>{at}</i>− {esc(shown)}</span>')
            space = shown[: len(shown) - len(shown.lstrip())]
            out += [
                f'<span class="add"><i></i>+ {esc(space + right)}</span>'
                for right in corrected(place.text, expected).splitlines()
            ]
        else:
            out.append(f"<span><i>{at}</i>  {esc(shown)}</span>")
    return f'<pre class="code" tabindex="0">{"".join(out)}</pre>'


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
