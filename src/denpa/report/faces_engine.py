"""The faces of a network and of a graph in a notebook."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from denpa.core.graph import Graph, Value
from denpa.core.shape import describe
from denpa.report.faces_parts import Words, cut, frame, note, table
from denpa.report.faces_words import words
from denpa.report.scale import number
from denpa.report.svg import tag

_MOST, _LAST = 40, 8  # rows of a table, and how many of them are its end
_LONG = 120  # letters of a setting or a name


def _code(text: str) -> Markup:
    return tag("code", text if len(text) <= _LONG else text[: _LONG - 1] + "…")


def _sizes(tensors: dict[str, Any]) -> str:
    shapes = (" × ".join(map(str, t.shape)) or "1" for t in tensors.values())
    return ", ".join(f"{name} {shape}" for name, shape in zip(tensors, shapes, strict=True))


def module(net: Any) -> str:
    """The face of a network: its layers, the shapes of their parameters and how many there are.

    A layer is a module that holds no other, or has parameters of its own. Shapes of what goes
    through need an example: `dp.nn.summary(net, x)`.

    >>> import denpa as dp
    >>> "15" in module(dp.nn.Linear(4, 3))
    True
    """
    said = words()
    layers = [
        (path, m, dict(m.named_parameters(recurse=False)))
        for path, m in net.named_modules()
        if not list(m.children()) or list(m.parameters(recurse=False))
    ]
    first, last, left = cut(layers, _MOST, _LAST)
    rows: list[list[object]] = [_layer(*x) for x in first]
    if left:
        rows += [["", said["left_out"].format(count=number(left)), "", ""]]
    rows += [_layer(*x) for x in last]
    parameters = list(net.parameters())
    counts = {id(p): math.prod(p.shape) for p in parameters}
    total = sum(counts.values())
    trained = sum(counts[id(p)] for p in parameters if p.requires_grad)
    listed = sum(math.prod(p.shape) for _, _, own in layers for p in own.values())
    facts = [
        said["parameter" if total == 1 else "parameters"].format(count=number(total)),
        said["trainable"].format(count=number(trained)) if trained != total else "",
        said["training" if net.training else "evaluation"],
    ]
    columns = [(said["layer"], True), (said["class"], True), (said["shapes"], True),
               (said["count"], False)]  # fmt: skip
    whole = table(columns, rows, total=[said["total"], "", "", number(total)])
    return frame(type(net).__name__, facts, whole, note(said["shared"] if listed > total else ""))


def _layer(path: str, m: Any, own: dict[str, Any]) -> list[object]:
    settings = " ".join(str(m.extra_repr()).split())
    count = sum(math.prod(p.shape) for p in own.values())
    return [
        _code(path or type(m).__name__),
        _code(f"{type(m).__name__}({settings})"),
        _sizes(own),
        number(count) if own else "",
    ]


def graph(seen: Graph) -> str:
    """The face of a graph: an equation a row, in the order of computation.

    The names are those of `print(graph)`.

    >>> import denpa as dp
    >>> from denpa.core.graph import Graph
    >>> x = dp.tensor([1.0, 2.0], requires_grad=True)
    >>> "mul(v0, v0)" in graph(Graph([x._value], [(x * x)._value]))
    True
    """
    said = words()
    values = (*seen.inputs, *seen.constants, *seen.equations)
    names = {id(v): f"v{k}" for k, v in enumerate(values)}
    rows = list(_equations(seen, names, said))
    first, last, left = cut(rows, _MOST, _LAST)
    more = [["", said["left_out"].format(count=number(left)), "", ""]] if left else []
    count = len(seen.equations)
    results = ", ".join(names[id(v)] for v in seen.outputs)
    facts = [
        said["one_equation" if count == 1 else "equations"].format(count=number(count)),
        said["results"].format(names=results if len(results) <= _LONG else results[:_LONG] + "…"),
    ]
    columns = [(said[k], True) for k in ("value", "equation", "shape", "line")]
    return frame("Graph", facts, table(columns, [*first, *more, *last]))


def _equations(seen: Graph, names: dict[int, str], said: Words) -> Iterator[list[object]]:
    def row(v: Value, equation: str, line: str = "") -> list[object]:
        return [tag("code", names[id(v)]), equation, describe(v), line]

    for v in seen.inputs:
        yield row(v, said["input"])
    for v in seen.constants:
        yield row(v, said["constant_value"])
    for v in seen.equations:
        assert v.op is not None
        args = [names[id(x)] if isinstance(x, Value) else repr(x) for x in v.inputs]
        args += [f"{k}={p}" for k, p in v.params.items()]
        line = "" if v.source is None else str(v.source)
        if id(v.forward) in names:
            line = said["backward"].format(name=names[id(v.forward)])
        yield row(v, _code(f"{v.op.name}({', '.join(args)})"), line[:_LONG])
