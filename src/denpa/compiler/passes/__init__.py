"""Graph to graph: the same numbers from fewer and cheaper equations.

A pass is a function of a graph that returns another; it never changes the values it was given.
Constants of the graph are taken as known for good: an array that will change between runs must be
an input.

Read `rewrite` first: what all passes are made of. `fold`, `share`, `algebra`, `layout`,
`broadcast`, `reduce`, `spread` and `one_hot` make less of a graph; `expand` writes primitives that
have no native code as others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from denpa.core.errors import DenpaError, GraphError
from denpa.core.graph import Graph, Value
from denpa.core.op import OPS
from denpa.ops.kinds import is_number

from . import algebra, broadcast, fold, layout, reduce
from .one_hot import one_hot
from .reduce import split_sums
from .rewrite import Constants, Rule, rebuild
from .share import share

Pass = Callable[[Graph], Graph]
Family = Callable[[Constants], dict[str, Rule]]


def _everywhere(rule: Callable[[Constants], Rule], names: frozenset[str]) -> Family:
    return lambda known: dict.fromkeys(names, rule(known))


FAMILIES: dict[str, Family] = {
    "fold": _everywhere(fold.rule, frozenset(OPS)),
    "algebra": algebra.rules,
    "layout": layout.rules,
    "reduce": reduce.rules,
    "broadcast": _everywhere(broadcast.rule, broadcast.POINTWISE),
}
"""Rules that look at one equation and what made its inputs."""


def local(*families: str) -> Pass:
    """The pass that tries the rules of some families on each equation, in one walk."""

    def walk(graph: Graph) -> Graph:
        known = Constants(graph)
        table: dict[str, list[Rule]] = {name: [] for name in OPS}
        for family in families:
            for name, rule in FAMILIES[family](known).items():
                table[name].append(rule)

        def replace(v: Value, xs: tuple[Any, ...]) -> Any:
            found = None
            for _ in range(_AGAIN):
                y = None
                assert v.op is not None
                for rule in table[v.op.name]:
                    y = rule(v, xs)
                    if y is not None:
                        break
                if y is None:
                    return found
                # What a rule made may be what another rule waits for; what was there before has
                # been seen.
                if is_number(y) or y.op is None or y.number <= v.number:
                    return y
                found, v, xs = y, y, y.inputs
            return found

        return rebuild(graph, replace)

    return walk


PASSES: tuple[tuple[str, Pass], ...] = (
    ("simplify", local(*FAMILIES)),
    ("one_hot", one_hot),
    ("share", share),
    ("split_sums", split_sums),
)
"""The passes by name, in the order in which they run. Equations that nobody reads are gone after
each, since a graph is what its outputs are computed from."""

# Bounds, in case that rules undo each other; no network of `benchmarks.workloads` comes near: the
# first round changes all but one equation of one of them, and the code is the same with 1, 2 and 8
# rounds and with 1, 4 and 16 rules (`benchmarks.tuned passes._ROUNDS passes._AGAIN`).
_ROUNDS = 4
_AGAIN = 8  # rules on one equation in one walk


def optimise(graph: Graph) -> Graph:
    """The graph after all passes, repeated until nothing changes (four times at most).

    Inputs stay the same values in the same order, outputs in theirs (an output may become an input
    or a constant). Raises GraphError with the name of the pass after which the types do not fit.

    >>> from denpa.core.graph import Graph, Value
    >>> from denpa.core.dtype import float32
    >>> from denpa.ops.pointwise import mul
    >>> x = Value((3,), float32)
    >>> y = Value((3,), float32)
    >>> y.op, y.inputs = mul, (x, 1)
    >>> print(optimise(Graph([x], [y])))
    graph(v0: f32[3]):
      return v0
    """
    for _ in range(_ROUNDS):
        before = graph
        for name, run in PASSES:
            found = run(graph)
            if found is not graph:
                graph = _checked(name, found)
        if graph is before:
            break
    return graph


def _checked(name: str, graph: Graph) -> Graph:
    try:
        graph.typecheck()
    except DenpaError as error:
        raise GraphError(f"after the pass {name!r}: {error}") from error
    return graph
