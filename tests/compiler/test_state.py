"""What lives from step to step: state written in place, batches taken by row number, inputs that
change with the step, and calls that must be refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from denpa.core.dtype import float32, int64
from denpa.core.errors import DenpaError
from denpa.core.graph import Graph, Value
from tests.compiler.forced import compiled
from tests.compiler.small import do, given

Case = tuple[list[Value], list[Value], list[tuple[int, int]]]
Arrays = list[np.ndarray]
N = 37  # no multiple of a vector, more than one


def whole(graph: Graph, seed: int = 0) -> Arrays:
    """Small whole numbers: no order of summation changes a sum of them."""
    rng = np.random.default_rng(seed)
    return [np.asarray(rng.integers(-3, 4, v.shape)).astype(v.dtype) for v in graph.inputs]


def eager(
    graph: Graph,
    state: Sequence[tuple[int, int]],
    arrays: Arrays,
    steps: int,
    order: np.ndarray | None = None,
    batch: Sequence[int] = (),
    per_step: Sequence[int] = (),
) -> list[Arrays]:
    """What `Native.run` says it does, step by step; `arrays` are changed like its own. Returns the
    outputs that are not state, by step."""
    written = {o for _, o in state}
    rows = None if order is None else order.reshape(steps, -1 if steps else 0)
    results = []
    for s in range(steps):
        now = [a[s] if i in per_step else a for i, a in enumerate(arrays)]
        if rows is not None:
            now = [a[rows[s]] if i in batch else a for i, a in enumerate(now)]
        found = graph(*(np.ascontiguousarray(a).reshape(a.shape) for a in now))
        fresh = [np.array(found[o]) for _, o in state]
        for (i, _), new in zip(state, fresh, strict=True):
            arrays[i] = new
        results.append([np.array(y) for o, y in enumerate(found) if o not in written])
    return results


def follow(graph: Graph, state: Sequence[tuple[int, int]], steps: int = 3) -> None:
    """Compiled is eager over some steps, called step by step and at once, on one lane and three."""
    for lanes in (1, 3):
        program = compiled(graph, state, lanes=lanes)
        singly, at_once, truth = whole(graph), whole(graph), whole(graph)
        expected = eager(graph, state, truth, steps)
        together = program.run(at_once, steps)
        for k, ones in enumerate(zip(*expected, strict=True)):
            np.testing.assert_array_equal(together[k], np.array(ones), f"output {k}", strict=True)
        for s in range(steps):
            for k, found in enumerate(program.run(singly)):
                np.testing.assert_array_equal(
                    found, expected[s][k], f"step {s}, output {k}", strict=True
                )
        for i, want in enumerate(truth):
            np.testing.assert_array_equal(singly[i], want, f"input {i}, step by step", strict=True)
            np.testing.assert_array_equal(at_once[i], want, f"input {i}, at once", strict=True)


# -- state in place -----------------------------------------------------------------------------


def _pqg(*shape: int) -> tuple[Value, Value, Value]:
    shape = shape or (N,)
    return given(*shape), given(*shape), given(*shape)


def update() -> Case:
    p, _, g = _pqg()
    return [p, g], [do("sub", p, g)], [(0, 0)]


def momentum() -> Case:
    p, m, g = _pqg()
    m1 = do("add", do("mul", m, -1.0), g)
    return (
        [p, m, g],
        [do("sub", p, do("mul", m1, 2.0)), m1, do("sum", m1, dim=(0,), keepdim=False)],
        [
            (0, 0),
            (1, 1),
        ],
    )


def read_after_being_written() -> Case:
    """A metric of the new weights."""
    p, _, g = _pqg()
    new = do("sub", p, g)
    return [p, g], [new, do("sum", new, dim=(0,), keepdim=False), do("mul", new, new)], [(0, 0)]


def read_before_being_written() -> Case:
    """A metric of the old weights, in another loop."""
    p, _, g = _pqg()
    return [p, g], [do("add", p, g), do("sum", p, dim=(0,), keepdim=False)], [(0, 0)]


def read_in_the_loop_that_writes() -> Case:
    """The new weights do not come from the old, which another output of the same loop reads."""
    p, q, _ = _pqg()
    return [p, q], [do("add", q, 1.0), do("mul", p, q)], [(0, 0)]


def read_in_the_loop_that_writes_before() -> Case:
    p, q, _ = _pqg()
    return [p, q], [do("mul", p, q), do("add", q, 1.0)], [(0, 1)]


def averaged() -> Case:
    p, q, g = _pqg()
    new = do("sub", p, g)
    return [p, q, g], [new, do("add", do("mul", q, 2.0), new)], [(0, 0), (1, 1)]


def averaged_of_the_old() -> Case:
    p, q, g = _pqg()
    return [p, q, g], [do("sub", p, g), do("add", do("mul", q, 2.0), p)], [(0, 0), (1, 1)]


def swapped() -> Case:
    p, q, _ = _pqg()
    return [p, q], [q, p], [(0, 0), (1, 1)]


def swapped_and_changed() -> Case:
    p, q, _ = _pqg()
    return [p, q], [do("add", q, 1.0), do("mul", p, 2.0)], [(0, 0), (1, 1)]


def turned_round() -> Case:
    p, q, g = _pqg()
    return [p, q, g], [q, g, p], [(0, 0), (1, 1), (2, 2)]


def a_copy_of_the_old() -> Case:
    """A target network: q is what p was."""
    p, q, g = _pqg()
    return [p, q, g], [do("sub", p, g), p], [(0, 0), (1, 1)]


def a_copy_of_the_new() -> Case:
    p, q, g = _pqg()
    new = do("sub", p, g)
    return [p, q, g], [new, new], [(0, 0), (1, 1)]


def new_shown_twice_and_old_too() -> Case:
    p, _, _ = _pqg()
    new = do("add", p, 1.0)
    return [p], [new, new, p, new], [(0, 0)]


def unchanged() -> Case:
    p, q, _ = _pqg()
    return [p, q], [p, q], [(0, 0)]


def a_constant() -> Case:
    p, q, _ = _pqg()
    return [p, q], [do("sub", q, q), do("mul", p, q)], [(0, 0)]


def turned() -> Case:
    p, q = given(9, 9), given(9, 9)
    return (
        [p, q],
        [do("permute", p, dims=(1, 0)), do("add", q, do("permute", q, dims=(1, 0)))],
        [
            (0, 0),
            (1, 1),
        ],
    )


def flipped() -> Case:
    p, q, _ = _pqg()
    return (
        [p, q],
        [do("add", p, do("flip", p, dim=(0,))), do("flip", q, dim=(0,))],
        [(0, 0), (1, 1)],
    )


def shifted() -> Case:
    """A ring buffer: what falls out at one end is not what comes in at the other."""
    p, x = given(N), given(1)
    rest = do("slice", p, start=(1,), stop=(N,), step=(1,))
    return [p, x], [do("cat", rest, x, dim=0)], [(0, 0)]


def gathered() -> Case:
    p, i = given(7), given(7, dtype=int64)
    at = do("remainder", i, 7)
    return [p, i], [do("gather", p, at), do("add", do("gather", i, at), 1)], [(0, 0), (1, 1)]


def running() -> Case:
    p, q, _ = _pqg()
    return (
        [p, q],
        [do("cumsum", p, dim=0), do("cumsum", do("add", q, 1.0), dim=0)],
        [(0, 0), (1, 1)],
    )


def multiplied() -> Case:
    p, q = given(33, 33), given(33, 33)
    few = do("sub", do("remainder", do("matmul", p, q), 3.0), 1.0)
    return [p, q], [few, do("sub", do("remainder", do("matmul", q, p), 3.0), 1.0)], [(0, 0), (1, 1)]


def multiplied_alone() -> Case:
    p, q = given(33, 33), given(33, 33)
    return [p, q], [do("matmul", p, q), q], [(0, 0)]


def summed() -> Case:
    """A buffer that is smaller than what it is computed from, as of batch norm."""
    p, x = given(N), given(8, N)
    mean = do("mean", x, dim=(0,), keepdim=False)
    centred = do("sub", do("sub", x, mean), p)
    return [p, x], [do("add", do("mul", p, 0.5), do("mul", mean, 0.5)), centred], [(0, 0)]


def counted() -> Case:
    t, p, g = given(), given(N), given(N)
    new = do("add", t, 1.0)
    return [t, p, g], [new, do("sub", p, do("mul", g, new)), do("mul", t, 2.0)], [(0, 0), (1, 1)]


def drawn() -> Case:
    s, step = given(2, dtype=int64), given(2, dtype=int64)
    draw = do("uniform", s, shape=(3, N), dtype=float32)
    return [s, step], [do("add", s, step), draw], [(0, 0)]


def empty() -> Case:
    p, q = given(0, 3), given()
    return (
        [p, q],
        [do("add", p, 1.0), do("add", q, do("sum", p, dim=(0, 1), keepdim=False))],
        [
            (0, 0),
            (1, 1),
        ],
    )


CASES: list[Callable[[], Case]] = [
    update, momentum, read_after_being_written, read_before_being_written,
    read_in_the_loop_that_writes, read_in_the_loop_that_writes_before, averaged,
    averaged_of_the_old, swapped, swapped_and_changed, turned_round, a_copy_of_the_old,
    a_copy_of_the_new, new_shown_twice_and_old_too, unchanged, a_constant, turned, flipped, shifted,
    gathered, running, multiplied, multiplied_alone, summed, counted, drawn, empty,
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda f: f.__name__)
def test_state(case: Callable[[], Case]) -> None:
    inputs, outputs, state = case()
    follow(Graph(inputs, outputs), state)


def test_outputs_without_state() -> None:
    """One value as two outputs, an input as an output, a view as an output: arrays of their own."""
    x = given(3, 5)
    y = do("neg", x)
    graph = Graph([x], [y, y, x, do("permute", y, dims=(1, 0)), do("permute", x, dims=(1, 0))])
    arrays = whole(graph)
    program = compiled(graph, lanes=2)
    found = program.run(arrays)
    for want, y_ in zip(graph(*arrays), found, strict=True):
        np.testing.assert_array_equal(y_, want, strict=True)
    kept = [a.copy() for a in found]
    for k, a in enumerate(found):
        a[...] = k  # who writes into one changes no other
        assert all(np.array_equal(b, c) for b, c in zip(found[k + 1 :], kept[k + 1 :], strict=True))
    np.testing.assert_array_equal(program.run(arrays)[0], kept[0])


# -- batches and steps --------------------------------------------------------------------------


def learning(rows: int = 8, width: int = 5) -> tuple[Graph, list[tuple[int, int]]]:
    """A step that reads a batch (x, t), a rate of its own, and has weights and a counter."""
    x, t, rate = given(rows, width), given(rows), given()
    w, n = given(width), given(dtype=int64)
    error = do("sub", do("sum", do("mul", x, w), dim=(1,), keepdim=False), t)
    slope = do("sum", do("mul", x, do("reshape", error, shape=(rows, 1))), dim=(0,), keepdim=False)
    few = do("remainder", do("sub", w, do("mul", slope, rate)), 4.0)
    loss = do("sum", do("mul", error, error), dim=(0,), keepdim=False)
    return Graph([x, t, rate, w, n], [loss, few, do("add", n, 1), error]), [(3, 1), (4, 2)]


@pytest.mark.parametrize("lanes", [1, 3])
@pytest.mark.parametrize("steps", [0, 1, 6])
def test_batches_by_row_number(lanes: int, steps: int) -> None:
    graph, state = learning()
    program = compiled(graph, state, (0, 1), lanes=lanes)
    rng = np.random.default_rng(1)
    table, truth = rng.integers(-2, 3, (50, 5)).astype("f"), rng.integers(-2, 3, 50).astype("f")
    order = rng.integers(0, 50, steps * 8)  # with repetitions
    rates = rng.integers(0, 3, steps).astype("f")
    mine = [table, truth, rates, np.ones(5, "f"), np.array(7)]
    theirs = [a.copy() for a in mine]
    expected = eager(graph, state, theirs, steps, order, (0, 1), (2,))
    kept = table.copy()
    loss, error = program.run(mine, steps, order, per_step=(2,))
    assert (loss.shape, error.shape) == ((steps,), (steps, 8))
    for s in range(steps):
        np.testing.assert_array_equal(loss[s], expected[s][0])
        np.testing.assert_array_equal(error[s], expected[s][1])
    np.testing.assert_array_equal(mine[3], theirs[3])
    assert mine[4] == 7 + steps
    np.testing.assert_array_equal(table, kept)


def test_batches_without_an_order_are_inputs() -> None:
    """The same program takes a batch where it lies, and one for each step; and goes back."""
    graph, state = learning()
    program = compiled(graph, state, (0, 1), lanes=2)
    arrays = whole(graph)
    table = np.concatenate([arrays[0] * 0, arrays[0]])
    targets = np.concatenate([arrays[1] * 0, arrays[1]])
    for order in (None, np.arange(8, 16), None):
        mine, theirs = [a.copy() for a in arrays], [a.copy() for a in arrays]
        expected = eager(graph, state, theirs, 1)[0]
        given_ = mine if order is None else [table, targets, *mine[2:]]
        found = program.run(given_, None, order)
        np.testing.assert_array_equal(found[0], expected[0], strict=True)
        np.testing.assert_array_equal(mine[3], theirs[3], strict=True)
    many = [np.stack([a, a * 2, a * 0]) if i < 2 else a.copy() for i, a in enumerate(arrays)]
    theirs = [a.copy() for a in many]
    wanted = eager(graph, state, theirs, 3, per_step=(0, 1))
    found = program.run(many, 3, per_step=(0, 1))
    np.testing.assert_array_equal(found[1], np.array([e[1] for e in wanted]), strict=True)


def test_batches_of_different_sizes() -> None:
    x, y = given(4, 3), given(6, 3)
    graph = Graph([x, y], [do("mul", x, 2.0), do("mul", y, 3.0)])
    with pytest.raises(DenpaError, match="rows"):
        compiled(graph, (), (0, 1))
