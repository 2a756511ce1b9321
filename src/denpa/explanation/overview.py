"""A pass as text: what a terminal shows of an explanation."""

from __future__ import annotations

import numpy as np

from denpa.core.shape import describe
from denpa.explanation.analysis import Analysis
from denpa.explanation.tape import Node

_MOST = 40


def overview(e: Analysis) -> str:
    """A line for each value: its name, shape, equation, range, and the range of its δ."""
    nodes = [n for n in e._tape.nodes if n.shape or n.role != "constant"]
    shown = nodes if len(nodes) <= _MOST else [*nodes[: _MOST // 2], *nodes[-_MOST // 2 :]]
    rows = [("value", "shape", "equation", "numbers", "δ")]
    rows += [
        (n.name, describe(n.value), _equation(e, n), _range(n.array), _range(n.delta))
        for n in shown
    ]
    widths = [max(len(r[k]) for r in rows) for k in range(5)]
    lines = ["  ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)).rstrip() for r in rows]
    if len(shown) < len(nodes):
        lines.insert(1 + _MOST // 2, f"… {len(nodes) - len(shown)} more values …")
    return "\n".join(lines)


def _equation(e: Analysis, n: Node) -> str:
    if n.op is None:
        return n.role
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
