"""Random programs over the whole table of primitives, run two ways.

    python -m tests.compiler.fuzz --count 5000 --start 0

runs programs as compiled code (`--passes`: the passes alone, run by NumPy) against the definition
and prints the first that differs, made small. The number of a program is all that it is made from.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from denpa.autodiff.func import trace, vjp
from denpa.autodiff.tensor import Tensor
from denpa.core.dtype import bool_
from denpa.core.errors import DenpaError
from denpa.core.graph import Graph, Value
from denpa.core.shape import describe
from tests.compiler.equations import MAKERS
from tests.compiler.judge import compare
from tests.compiler.programs import Maker, Skip

Program = Callable[..., Sequence[np.ndarray]]
_CHOICES = sorted(MAKERS)


def _plain(rng: np.random.Generator, length: int, smooth: bool) -> Graph:
    maker = Maker(rng, smooth)
    weights = np.array([MAKERS[name][0] for name in _CHOICES], float)
    weights /= weights.sum()
    while maker.made < length and maker.tries < 40 * length:
        maker.tries += 1
        name = _CHOICES[int(rng.choice(len(_CHOICES), p=weights))]
        if smooth and name == "floor_divide":
            continue
        try:
            MAKERS[name][1](maker)
        except (Skip, DenpaError):
            continue
    live = [v for v in maker.live if not smooth or v.dtype.kind == "f"]
    computed = [v for v in live if v.op is not None] or live
    unread = {id(v) for v in computed} - {id(x) for v in maker.live for x in v.inputs}
    ends = [v for v in computed if id(v) in unread][-4:] or computed[-1:]
    more = [v for v in live if rng.random() < 0.08]
    outputs = list({id(v): v for v in (*ends, *more)}.values())
    if smooth:
        outputs = [v for v in outputs if v.op is not None][:3] or ends
    leaves = (*maker.live, *maker.inputs_of_index)
    return Graph([v for v in leaves if v.op is None and v.array is None], outputs)


def _pulled(graph: Graph) -> Graph:
    """The backward pass of a graph: from its inputs and cotangents to the floats' messages."""
    floats = [k for k, v in enumerate(graph.inputs) if v.dtype.kind == "f"]
    count = len(graph.inputs)

    def run(xs: dict[int, Any]) -> list[Any]:
        names: dict[int, Any] = dict(xs)
        names |= {id(v): Tensor(v) for v in graph.constants}
        for v in graph.equations:
            assert v.op is not None
            args = [names[id(x)] if isinstance(x, Value) else x for x in v.inputs]
            names[id(v)] = v.op(*args, **v.params)
        return [names[id(v)] for v in graph.outputs]

    def backward(*given: Any) -> Any:
        rest = {id(v): t for v, t in zip(graph.inputs, given[:count], strict=True)}

        def of_floats(*xs: Any) -> Any:
            named = {id(graph.inputs[k]): x for k, x in zip(floats, xs, strict=True)}
            return tuple(run(rest | named))

        _, pull = vjp(of_floats, *[given[k] for k in floats])
        return pull(tuple(given[count:]))

    examples = [Tensor(Value(v.shape, v.dtype)) for v in (*graph.inputs, *graph.outputs)]
    return trace(backward, *examples)


def random_graph(seed: int) -> Graph:
    """Program number `seed`: 1 to 25 equations, or the backward pass of a shorter one."""
    rng = np.random.default_rng(seed)
    smooth = rng.random() < 0.3
    length = int(rng.integers(1, 11 if smooth else 26))
    graph = _plain(rng, length, smooth)
    if not smooth:
        return graph
    try:
        return _pulled(graph)
    except DenpaError:  # no output depends on a float
        return graph


def _limits(graph: Graph) -> dict[int, int]:
    """The size of the dimension that an integer input picks from."""
    found: dict[int, int] = {}
    for v in graph.equations:
        assert v.op is not None
        if v.op.name not in ("gather", "scatter_add"):
            continue
        shape = v.inputs[0].shape if v.op.name == "gather" else v.params["shape"]
        for n, i in zip(shape, v.inputs[1:], strict=False):
            found[id(i)] = min(n, found.get(id(i), n))
    return found


def _floats(rng: np.random.Generator, v: Value, special: bool) -> np.ndarray:
    scale = float(rng.choice([1.0, 1.0, 1.0, 0.01, 8.0]))
    a = rng.standard_normal(v.shape) * scale
    if rng.random() < 0.3:
        a = np.round(a * 4) / 4  # equal elements, zeros, whole numbers
    if special and a.size:
        values = [np.nan, np.inf, -np.inf, -0.0, 0.0, 1e-40, 1e30]
        where = rng.random(v.shape) < rng.choice([0.02, 0.2])
        a = np.where(where, rng.choice(values, v.shape), a)
    return np.asarray(a)


def random_arrays(graph: Graph, seed: int) -> list[np.ndarray]:
    """Inputs for a program: numbers near 1, some with ties, in one of five programs with NaN,
    infinities and zeros of both signs; some with unusual strides."""
    rng = np.random.default_rng([seed, 1])
    limits = _limits(graph)
    special = rng.random() < 0.2
    arrays = []
    for v in graph.inputs:
        if v.dtype.kind == "f":
            a = _floats(rng, v, special)
        elif id(v) in limits:
            n = limits[id(v)]
            low = 0 if v.dtype.kind == "u" or rng.random() < 0.5 else -n
            a = rng.integers(low, max(n, 1), v.shape)
        elif v.dtype == bool_:
            a = rng.random(v.shape) < 0.5
        else:
            a = rng.integers(0 if v.dtype.kind == "u" else -9, 10, v.shape)
            if special and rng.random() < 0.5:
                info = np.iinfo(v.dtype)
                ends = rng.choice([info.min, info.max], v.shape)
                a = np.where(rng.random(v.shape) < 0.1, ends, a)
        a = np.asarray(a).astype(v.dtype)
        if a.ndim and rng.random() < 0.1:
            wide = np.zeros((*a.shape[:-1], 2 * a.shape[-1]), a.dtype)
            wide[..., ::2] = a
            a = wide[..., ::2] if rng.random() < 0.5 else np.asfortranarray(a)
        arrays.append(a)
    return arrays


def check(program: Callable[[Graph], Program], graph: Graph, arrays: list[np.ndarray]) -> str:
    """What is wrong with the program made of a graph; empty where nothing is."""
    kept = [a.copy() for a in arrays]
    expected = graph(*arrays)
    try:
        run = program(graph)
        got = list(run(*arrays))
        first = [np.copy(a) for a in got]
        again = list(run(*arrays))
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    for k, (a, b) in enumerate(zip(arrays, kept, strict=True)):
        if a.tobytes() != b.tobytes():
            return f"input {k} was written to"
    found = compare(expected, first, graph, arrays)
    if found:
        return found
    for k, (a, b, c) in enumerate(zip(first, got, again, strict=True)):
        if a.tobytes() != b.tobytes():
            return f"output {k} was written to by the next run"
        if a.tobytes() != np.asarray(c).tobytes():
            return f"output {k} has other bits in a second run on the same arrays"
    return ""


def _with_outputs(graph: Graph, outputs: list[Value], cut: list[Value]) -> Graph:
    """A new graph of some outputs, in which the values in `cut` are inputs, at the end."""
    new: dict[int, Any] = {id(v): Value(v.shape, v.dtype) for v in (*graph.inputs, *cut)}
    for v in graph.constants:
        new[id(v)] = Value(v.shape, v.dtype, v.array)
    for v in graph.equations:
        if id(v) in new:
            continue
        y = new[id(v)] = Value(v.shape, v.dtype)
        y.op, y.params = v.op, v.params
        y.inputs = tuple(new[id(x)] if isinstance(x, Value) else x for x in v.inputs)
    return Graph([new[id(v)] for v in (*graph.inputs, *cut)], [new[id(v)] for v in outputs])


def _without_unread(graph: Graph, arrays: list[np.ndarray]) -> tuple[Graph, list[np.ndarray]]:
    read = {id(x) for v in graph.equations for x in v.inputs} | {id(v) for v in graph.outputs}
    keep = [k for k, v in enumerate(graph.inputs) if id(v) in read]
    return Graph([graph.inputs[k] for k in keep], graph.outputs), [arrays[k] for k in keep]


def minimised(
    graph: Graph, arrays: list[np.ndarray], fails: Callable[[Graph, list[np.ndarray]], Any]
) -> tuple[Graph, list[np.ndarray]]:
    """A smaller program that fails too: fewer outputs, then equations given as inputs with the
    numbers that they had."""
    for k in range(len(graph.outputs)):
        one = _with_outputs(graph, [graph.outputs[k]], [])
        if len(graph.outputs) > 1 and fails(one, arrays):
            graph = one
            break
    at = len(graph.equations) - 1
    while at >= 0:
        if at < len(graph.equations):
            v = graph.equations[at]
            value = Graph(graph.inputs, [v])(*arrays)[0]
            smaller = _with_outputs(graph, list(graph.outputs), [v])
            given = [*arrays, np.ascontiguousarray(value).reshape(v.shape)]
            smaller, given = _without_unread(smaller, given)
            if smaller.equations and fails(smaller, given):
                graph, arrays = smaller, given
        at -= 1
    return _without_unread(graph, arrays)


def native(graph: Graph) -> Program:
    """The compiled program."""
    from denpa.compiler.run.native import compile_graph

    return compile_graph(graph)


def passes(graph: Graph) -> Program:
    """The graph after all passes, run by NumPy."""
    from denpa.compiler.passes import optimise

    return optimise(graph)


def describe_failure(seed: int, program: Callable[[Graph], Program], problem: str) -> str:
    """The report on a program that differs, with the small program that still does."""
    graph = random_graph(seed)
    arrays = random_arrays(graph, seed)
    small, given = minimised(graph, arrays, lambda g, a: check(program, g, a))
    lines = [f"program {seed}: {problem}", str(graph), "", "made small:", str(small)]
    for v, a in zip(small.inputs, given, strict=True):
        if a.size <= 64:
            lines.append(f"  {describe(v)} {a.tolist()}")
    for v in small.constants:
        if v.array is not None and v.array.size <= 64:
            lines.append(f"  constant {describe(v)} {v.array.tolist()}")
    lines += ["", check(program, small, given), "after the passes:", str(passes(small))]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 1 where a program differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.compiler.fuzz")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--passes", action="store_true", help="the passes alone, run by NumPy")
    parser.add_argument("--keep-going", action="store_true", help="report every one that differs")
    given = parser.parse_args(arguments)
    program = passes if given.passes else native
    failed = 0
    for seed in range(given.start, given.start + given.count):
        print(f"\r{seed} ", end="", file=sys.stderr, flush=True)  # the last word before a crash
        graph = random_graph(seed)
        problem = check(program, graph, random_arrays(graph, seed))
        if problem:
            failed += 1
            print(describe_failure(seed, program, problem))
            if not given.keep_going:
                return 1
    print(f"{given.count} programs, {failed} differ")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
