"""A computation graph with its numbers, as rows and as a drawing: each value of the forward pass,
each message of the backward pass.

The function is traced and its equations are run one by one. Each input of each equation gets a name
of its own, so that the engine's backward pass says not only what a value receives in all, but also
what each of its readers sends to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from denpa.autodiff.func import trace
from denpa.autodiff.mode import set_grad_enabled
from denpa.autodiff.tensor import Tensor
from denpa.core.dtype import is_float
from denpa.core.errors import ArgumentError
from denpa.core.graph import Value
from denpa.core.op import OPS
from denpa.core.shape import size_of
from denpa.lab.layout import Point, layout
from denpa.lab.style import COLOURS

__all__ = ["ValueRow", "draw_graph", "messages"]

_SIGNS = {
    "add": "+",
    "sub": "−",
    "mul": "×",
    "div": "÷",
    "neg": "× −1",
    "matmul": "@",
    "linear": "@ +",
    "sum": "Σ",
    "sqrt": "√",
    "sigmoid": "σ",
    "relu": "ReLU",
    "logsumexp": "log Σ exp",
}
_RADIUS = 0.23


@dataclass(frozen=True)
class ValueRow:
    """One value of a graph. `message` is the sum of what its readers send to it; an equation
    `sends` one message to each of its inputs, whose places in the list are `inputs`. A message is
    None where no derivative is asked for."""

    name: str
    op: str  # "" for an input or a constant
    value: np.ndarray
    message: np.ndarray | None
    inputs: tuple[int, ...] = ()
    sends: tuple[np.ndarray | None, ...] = ()


def messages(
    function: Callable[..., Any], *inputs: Tensor, names: Sequence[str] = ()
) -> list[ValueRow]:
    """The values and messages of `function`, a row for each: inputs, constants, then equations.

    `names` are for the inputs and then for the equations; the last of them may stand for the
    output alone, after those of the inputs. What has no name is called v0, v1, … as
    `print(dp.func.trace(function, …))` has it. If some of the inputs require a gradient, only these
    get messages, else all do.

    Errors: an ArgumentError unless the function computes one number.

    >>> import denpa as dp
    >>> x, y = dp.tensor(3.0), dp.tensor(5.0)
    >>> for row in messages(lambda x, y: (x + y) * x, x, y, names=["x", "y", "z"]):
    ...     print(row.name, row.op, row.value, row.message, [float(m) for m in row.sends])
    x  3.0 11.0 []
    y  5.0 3.0 []
    v2 + 8.0 3.0 [3.0, 3.0]
    z × 24.0 1.0 [3.0, 8.0]
    """
    graph = trace(function, *inputs)
    if len(graph.outputs) != 1 or size_of(graph.outputs[0].shape) != 1 or not graph.equations:
        raise ArgumentError("the function must compute one number: there the messages begin")
    some = any(x.requires_grad for x in inputs)
    held = {id(v): Tensor(v).detach() for v in graph.constants}
    for v, x in zip(graph.inputs, inputs, strict=True):
        held[id(v)] = x.detach()
        held[id(v)].requires_grad_(is_float(x.dtype) and (x.requires_grad or not some))
    edges: dict[int, list[Tensor]] = {}
    with set_grad_enabled(True):
        for v in graph.equations:
            assert v.op is not None
            args = [_edge(held[id(x)]) if isinstance(x, Value) else x for x in v.inputs]
            edges[id(v)] = [a for a in args if isinstance(a, Tensor)]
            held[id(v)] = _kept(v.op(*args, **v.params))
        held[id(graph.outputs[0])].backward()
    values = (*graph.inputs, *graph.constants, *graph.equations)
    place = {id(v): k for k, v in enumerate(values)}
    named = (*graph.inputs, *graph.equations)
    if len(names) == len(graph.inputs) + 1:
        named = (*graph.inputs, *graph.outputs)
    called = {id(v): name for v, name in zip(named, names, strict=False)}
    return [
        ValueRow(
            called.get(id(v), f"v{place[id(v)]}"),
            _sign(v),
            held[id(v)].detach().numpy(),
            _message(held[id(v)]),
            tuple(place[id(x)] for x in v.inputs if isinstance(x, Value)),
            tuple(_message(e) for e in edges.get(id(v), ())),
        )
        for v in values
    ]


def _edge(x: Tensor) -> Tensor:
    """Another name for x, that one reader alone reads."""
    return _kept(OPS["reshape"](x, shape=x.shape))


def _kept(x: Tensor) -> Tensor:
    if x.requires_grad:
        x.retain_grad()
    return x


def _message(x: Tensor) -> np.ndarray | None:
    return None if x.grad is None else x.grad.numpy()


def _sign(v: Value) -> str:
    """What stands in the circle; numbers in the equation, as in 1 − x, stand there too."""
    if v.op is None:
        return ""
    sign = _SIGNS.get(v.op.name, v.op.name)
    first, *others = [None if isinstance(x, Value) else _number(x) for x in v.inputs]
    shown = [s for s in (first, sign, *others) if s is not None]
    return f"( )^{shown[1]}" if sign == "pow" and first is None and others[0] else " ".join(shown)


def draw_graph(
    axes: Any, function: Callable[..., Any], *inputs: Tensor, names: Sequence[str] = ()
) -> list[ValueRow]:
    """Draw the graph of `function` from left to right, and return the rows of `messages`.

    A circle is an equation. On each edge, the value stands above and the message below, in colour
    and italics; a vector is written as a column. Where a value has several readers, the edge
    splits at a dot, and the message before the dot is the sum of those behind it.
    """
    rows = messages(function, *inputs, names=names)
    n = len(rows)
    arcs = _arcs(rows)
    lines = max(_text(row.value).count("\n") for row in rows)
    points, routes = layout([(a, b) for a, b, _, _ in arcs], gap=0.9 + 0.25 * lines)
    for (a, b, value, message), way in zip(arcs, routes, strict=True):
        begin, end = (_RADIUS * (k < n and rows[k].op != "") for k in (a, b))
        way[0], way[-1] = _towards(way[0], way[1], begin), _towards(way[-1], way[-2], end)
        _draw_edge(axes, way, _text(value), _text(message), at=0.6 if n <= a < 2 * n else 0.5)
    for k, (x, y) in points.items():
        if k == 2 * n:
            axes.text(x, y, f" {rows[-1].name}", ha="left", va="center")
        elif k >= n:
            axes.plot(x, y, "o", color=COLOURS[0], markersize=5)
        elif rows[k].op:
            _draw_circle(axes, x, y, rows[k].op)
        else:
            axes.text(x, y, f"{rows[k].name} ", ha="right", va="center")
    heights = [y for way in routes for _, y in way]
    key = max(heights) + 0.65 + 0.1 * lines
    _draw_edge(axes, [(0, key), (1, key)], "value", "message")
    low, right = min(heights) - 0.4 - 0.1 * lines, points[2 * n][0] + 0.3
    axes.set(xlim=(-0.3, right), ylim=(low, key + 0.3), aspect="equal", xticks=[], yticks=[])
    axes.set_axis_off()
    return rows


def _arcs(rows: list[ValueRow]) -> list[tuple[int, int, Any, Any]]:
    """The edges (from, to, value, message). Row k is node k, the dot where its value splits is node
    n + k, and what stands behind the output is node 2n."""
    n, arcs = len(rows), list[tuple[int, int, Any, Any]]()
    readers = [sum(row.inputs.count(k) for row in rows) for k in range(n)]
    for k, row in enumerate(rows):
        if readers[k] > 1:
            arcs.append((k, n + k, row.value, row.message))
        for x, sent in zip(row.inputs, row.sends, strict=True):
            arcs.append((n + x if readers[x] > 1 else x, k, rows[x].value, sent))
    return [*arcs, (n - 1, 2 * n, rows[-1].value, rows[-1].message)]


def _towards(p: Point, q: Point, by: float) -> Point:
    way = float(np.hypot(q[0] - p[0], q[1] - p[1]))
    return p[0] + (q[0] - p[0]) * by / way, p[1] + (q[1] - p[1]) * by / way


def _draw_edge(axes: Any, way: list[Point], value: str, message: str, at: float = 0.5) -> None:
    axes.plot(*zip(*way[:-1], strict=True), color="#555555", lw=1, ls="-")
    arrow = {"arrowstyle": "-|>", "color": "#555555", "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", xy=way[-1], xytext=way[-2], arrowprops=arrow)
    (x, y), (x1, y1) = min(pairwise(way), key=lambda s: abs(s[1][1] - s[0][1]))  # the flattest
    angle = np.arctan2(y1 - y, x1 - x)
    aside = np.array([-np.sin(angle), np.cos(angle)]) * 0.05
    middle = np.array([x + (x1 - x) * at - 0.03, y + (y1 - y) * at])
    turned = {"rotation": np.degrees(angle), "rotation_mode": "anchor", "ha": "center"}
    axes.text(*(middle + aside), value, va="bottom", fontsize=8.5, **turned)
    below = {"va": "top", "fontsize": 8.5, "color": COLOURS[1], "style": "italic"}
    axes.text(*(middle - aside), message, **below, **turned)


def _draw_circle(axes: Any, x: float, y: float, sign: str) -> None:
    from matplotlib.patches import Circle

    axes.add_patch(Circle((x, y), _RADIUS, facecolor="white", edgecolor=COLOURS[0], lw=1.2))
    size = 11 if len(sign) < 3 else 9 if len(sign) < 5 else max(5.0, 40 / len(sign))
    power = f"$(\\ )^{{{sign[4:]}}}$" if sign.startswith("( )^") else sign
    axes.text(x, y, power, ha="center", va="center", fontsize=size)


def _number(x: Any) -> str:
    if x != 0 and not 1e-3 <= abs(x) < 1e5:
        return f"{x:.1e}".replace("-", "−")
    return np.format_float_positional(x or 0, 3, fractional=False, trim="-").replace("-", "−")


def _text(array: np.ndarray | None) -> str:
    """A number, a vector as a column, a small matrix row by row; else the shape."""
    if array is None:
        return ""
    if array.size > 12 or array.ndim > 2:
        return "×".join(map(str, array.shape))
    rows = array.reshape(-1, 1) if array.ndim < 2 else array
    return "\n".join("  ".join(_number(x) for x in row) for row in rows.tolist())
