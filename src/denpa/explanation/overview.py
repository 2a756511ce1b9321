"""A pass as text: what a terminal shows of an explanation."""

from __future__ import annotations

from unicodedata import east_asian_width

import numpy as np

from denpa.core.shape import describe
from denpa.explanation.analysis import Analysis
from denpa.explanation.record import began
from denpa.explanation.tape import Node
from denpa.words import say

_MOST = 40
_NAMED = 8


def overview(e: Analysis) -> str:
    """A line for each value: its name, shape, equation, range, and the range of its δ."""
    nodes = [n for n in e._tape.nodes if n.shape or n.role != "constant"]
    shown = nodes if len(nodes) <= _MOST else [*nodes[: _MOST // 2], *nodes[-_MOST // 2 :]]
    rows = [(say("value"), say("shape"), say("equation"), say("numbers"), "δ")]
    rows += [
        (n.name, describe(n.value), _equation(e, n), _range(n.array), _range(n.delta))
        for n in shown
    ]
    widths = [max(_wide(r[k]) for r in rows) for k in range(5)]
    lines = ["  ".join(map(_padded, r, widths)).rstrip() for r in rows]
    if len(shown) < len(nodes):
        more = say("… {count} more values …", count=len(nodes) - len(shown))
        lines.insert(1 + _MOST // 2, more)
    if first := [n.name for n in e._tape.nodes if began(n)]:
        names = ", ".join(first[:_NAMED]) + ", …" * (len(first) > _NAMED)
        lines.append(say("NaN or infinity begins at {names}", names=names))
    if any(n.value.hooks for n in e._tape.nodes):
        lines.append(say("hooks of tensors are left out; backward() gives what they return"))
    return "\n".join(lines)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _wide(text))


def _wide(text: str) -> int:
    """Columns of a terminal: Japanese letters take two."""
    return sum(1 + (east_asian_width(c) in "WF") for c in text)


def _equation(e: Analysis, n: Node) -> str:
    if n.op is None:
        roles = {
            "input": say("input"),
            "parameter": say("parameter"),
            "target": say("target"),
            "constant": say("constant"),
        }
        return roles[n.role]
    names = [x.name if hasattr(x, "name") else f"{x:g}" for x in n.inputs]
    return f"{n.op.name}({', '.join(names)})"


def _range(a: np.ndarray | None) -> str:
    if a is None:
        return "–"
    if a.size == 1:
        return f"{float(a.reshape(())):.5g}"
    if a.dtype.kind != "f":
        return f"{a.min()} … {a.max()}"
    bad = int(a.size - np.isfinite(a).sum())
    finite = a[np.isfinite(a)]
    text = f"{finite.min():.3g} … {finite.max():.3g}" if finite.size else ""
    return f"{text} ({bad} not finite)" if bad else text
