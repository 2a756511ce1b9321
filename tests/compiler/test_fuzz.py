"""A sample of the fuzzer's programs; that it would see a fault; that its judge forgives rounding
and nothing else."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from denpa.core.dtype import float32
from denpa.core.graph import Graph, Value
from denpa.core.op import OPS
from tests.compiler.equations import MAKERS
from tests.compiler.fuzz import (
    Program,
    check,
    main,
    minimised,
    native,
    passes,
    random_arrays,
    random_graph,
)
from tests.compiler.judge import compare

# Programs that once differed, compiled or after the passes, each with what was wrong.
REGRESSIONS: tuple[int, ...] = (
    97262,  # a product that overflows only where it is rounded
    120179,  # a sigmoid below the normal numbers, which NumPy gives as 0
)


@cache
def program(seed: int) -> tuple[Graph, list[np.ndarray]]:
    graph = random_graph(seed)
    return graph, random_arrays(graph, seed)


@pytest.mark.parametrize("start", range(0, 1000, 250))
def test_passes_keep_the_numbers(start: int) -> None:
    for seed in range(start, start + 250):
        assert check(passes, *program(seed)) == "", seed


@pytest.mark.parametrize("seed", range(40))
def test_compiled_is_eager(seed: int) -> None:
    assert check(native, *program(seed)) == ""


@pytest.mark.parametrize("seed", REGRESSIONS)
def test_what_once_differed(seed: int) -> None:
    assert check(passes, *program(seed)) == ""
    assert check(native, *program(seed)) == ""


def test_there_is_a_way_to_make_every_op() -> None:
    assert set(MAKERS) == set(OPS)


def test_programs_are_what_their_number_says() -> None:
    ops: set[str] = set()
    for seed in range(400):
        graph, arrays = program(seed)
        graph.typecheck()
        ops |= {v.op.name for v in graph.equations if v.op is not None}
        if seed < 20:
            again = random_graph(seed)
            assert str(again) == str(graph)
            for a, b in zip(arrays, random_arrays(again, seed), strict=True):
                assert a.tobytes() == b.tobytes()
    assert ops == set(OPS)


def _with(**wrong: Callable[..., Any]) -> Callable[[Graph], Program]:
    """A machine that has some ops wrong."""

    def build(graph: Graph) -> Program:
        def run(*arrays: np.ndarray) -> list[np.ndarray]:
            known: dict[int, Any] = {id(v): v.array for v in graph.constants}
            known |= {id(v): a for v, a in zip(graph.inputs, arrays, strict=True)}
            with np.errstate(all="ignore"):
                for v in graph.equations:
                    assert v.op is not None
                    args = [known[id(x)] if isinstance(x, Value) else x for x in v.inputs]
                    run = wrong.get(v.op.name, v.op.eval)
                    known[id(v)] = np.asarray(run(*args, **v.params)).astype(v.dtype, copy=False)
            return [known[id(v)] for v in graph.outputs]

        return run

    return build


def _lost(x: Any, dim: Any, keepdim: bool) -> Any:
    y = OPS["sum"].eval(x, dim, keepdim)
    return y - x.reshape(-1)[-1] if x.dtype.kind == "f" and x.size > 1 and y.ndim == 0 else y


def _overwrite(g: Any, *index: Any, shape: Any) -> Any:
    y = np.zeros_like(g, shape=shape)
    y[index] = g
    return y


def _last(x: Any, dim: int) -> Any:
    return x.shape[dim] - 1 - np.argmax(np.flip(x, dim), axis=dim)


def _scaled(name: str, factor: float) -> Callable[..., Any]:
    def run(*args: Any, **params: Any) -> Any:
        y = np.asarray(OPS[name].eval(*args, **params))
        return (y * factor).astype(y.dtype) if y.dtype.kind == "f" else y

    return run


# fmt: off
FAULTS: dict[str, tuple[str, Callable[..., Any]]] = {
    "tanh is off by 1e-5": ("tanh", _scaled("tanh", 1 + 1e-5)),
    "exp is off by 1e-5": ("exp", _scaled("exp", 1 - 1e-5)),
    "matmul is off by 1e-4": ("matmul", _scaled("matmul", 1 + 1e-4)),
    "the last element is not summed": ("sum", _lost),
    "mean over one more": ("mean", lambda x, dim, keepdim: np.sum(x, dim, keepdims=keepdim)
        / (1 + math.prod(x.shape[d] for d in dim))),
    "maximum forgets NaN": ("maximum", np.fmax),
    "relu forgets NaN": ("relu", lambda x: np.fmax(x, 0)),
    "half is rounded up": ("round", lambda x: np.floor(x + 0.5)),
    "the last maximum wins": ("argmax", _last),
    "sign keeps NaN": ("sign", np.sign),
    "remainder takes the sign of a": ("remainder", np.fmod),
    "a sort that is not stable": ("argsort", lambda x, dim, descending: np.flip(
        np.argsort(np.flip(x, dim), axis=dim, kind="stable"), dim) if descending
        else OPS["argsort"].eval(x, dim, descending)),
    "the last of equal positions wins": ("scatter_add", _overwrite),
    "negative positions are cut off": ("gather", lambda x, *i: x[tuple(np.maximum(k, 0)
        for k in i)]),
    "steps are ignored": ("slice", lambda x, start, stop, step: x[tuple(
        np.s_[a:a + len(range(a, b, s))] for a, b, s in zip(start, stop, step, strict=True))]),
    "less is less or equal": ("lt", np.less_equal),
    "a cast rounds": ("cast", lambda x, dtype: (np.round(x) if dtype.kind in "iu" else x).astype(
        dtype)),
    "logsumexp overflows": ("logsumexp", lambda x, dim, keepdim: np.log(np.sum(np.exp(x), dim,
        keepdims=keepdim))),
    "small numbers are lost": ("expm1", lambda x: np.exp(x) - 1),
    "a flip is skipped": ("flip", lambda x, dim: x),
}
# fmt: on


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_seen(fault: str) -> None:
    name, wrong = FAULTS[fault]
    for seed in range(1000):
        graph, arrays = program(seed)
        if any(v.op is OPS[name] for v in graph.equations):
            assert check(_with(), graph, arrays) == ""
            if check(_with(**{name: wrong}), graph, arrays):
                return
    pytest.fail("no program of the sample shows it")


def _chain(*steps: tuple[str, dict[str, Any]], shape: tuple[int, ...] = (50,)) -> Graph:
    x = y = Value(shape, float32)
    for name, params in steps:
        op = OPS[name]
        z = Value(*op.infer(y, **params))
        z.op, z.inputs, z.params = op, (y,), params
        y = z
    return Graph([x], [y])


def test_the_judge_forgives_a_step_at_its_edge() -> None:
    graph = _chain(("exp", {}), ("log", {}), ("floor", {}))
    x = np.arange(50, dtype=np.float32)  # floor(log(exp 3)) may be 3 or 2
    expected = graph(x)
    moved = [expected[0] - (np.arange(50) == 3).astype("f")]
    assert compare(expected, moved, graph, [x]) is None
    assert "50 elements" in (compare(expected, [expected[0] - 1], graph, [x + 0.5]) or "")


def test_the_judge_measures_cancellation() -> None:
    graph = _chain(("sum", {"dim": (0,), "keepdim": False}))
    x = np.array([1e6, 1.0] * 12 + [-1e6] * 12 + [0.0] * 14, np.float32)
    expected = graph(x)
    assert compare(expected, [expected[0] + np.float32(0.5)], graph, [x]) is None
    y = x / np.float32(1e6) * (np.abs(x) == 1)  # the same result, and nothing cancels
    expected = graph(y)
    assert compare(expected, [expected[0] + np.float32(1e-9)], graph, [y]) is not None


@pytest.mark.parametrize(
    ("got", "said"),
    [
        (np.zeros(3, np.float64), "is f64[3] in place of f32[3]"),
        (np.zeros((3, 1), np.float32), "is f32[3, 1] in place of f32[3]"),
        (np.array([1, np.nan, 2], np.float32), "2 of 3 elements"),
        (np.array([1, 2, np.inf], np.float32), "1 of 3 elements: at [2]"),
        (np.array([1, 2, 4.001], np.float32), "1 of 3 elements: at [2]"),
        (np.array([1, 2, 4], np.float32), None),
    ],
)
def test_the_judge_says_what_differs(got: np.ndarray, said: str | None) -> None:
    graph = _chain(("neg", {}), shape=(3,))
    x = np.array([-1, -2, -4], np.float32)
    found = compare(graph(x), [got], graph, [x])
    assert found is None if said is None else said in (found or "")


def test_what_a_run_leaves_behind_is_seen() -> None:
    """Memory of the last run read by the next, an output that the next run writes to, an input that
    is written to."""
    graph = _chain(("exp", {}), shape=(3,))
    x = np.array([0.0, 1.0, 2.0], np.float32)
    held = np.zeros(3, np.float32)

    def stale(graph: Graph) -> Program:
        runs: list[int] = []

        def run(a: np.ndarray) -> list[np.ndarray]:
            runs.append(1)
            return [np.exp(a) + np.float32(1e-6 * (len(runs) - 1))]

        return run

    def shared(graph: Graph) -> Program:
        runs: list[int] = []

        def run(a: np.ndarray) -> list[np.ndarray]:
            held[:] = np.exp(a) * (1 + len(runs))
            runs.append(1)
            return [held]

        return run

    def spoiled(graph: Graph) -> Program:
        return lambda a: [np.exp(a, out=a)]

    assert "second run" in check(stale, graph, [x])
    assert "written to by the next run" in check(shared, graph, [x])
    assert "input 0 was written to" in check(spoiled, graph, [x])


def test_a_failing_program_is_made_small() -> None:
    broken = _with(tanh=lambda x: x)
    seed = next(s for s in range(1000) if check(broken, *program(s)) and len(
        program(s)[0].equations) > 8)  # fmt: skip
    graph, arrays = minimised(*program(seed), lambda g, a: check(broken, g, a))
    assert check(broken, graph, arrays)
    assert [v.op.name for v in graph.equations if v.op is not None] == ["tanh"]
    assert len(graph.inputs) == 1


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--passes", "--count", "5", "--start", "7"]) == 0
    assert capsys.readouterr().out == "5 programs, 0 differ\n"
