"""Calls of a compiled program: from several threads, and those that must be refused."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

from denpa.core.errors import DenpaError, DimError, ShapeError
from denpa.core.graph import Graph
from tests.compiler.forced import compiled
from tests.compiler.small import do, given
from tests.compiler.test_state import Arrays, learning, whole


def test_two_threads_at_once() -> None:
    """Calls wait for each other: the arena is one."""
    p, q = given(64, 40), given(64, 40)
    new = do("sub", do("remainder", do("add", p, do("flip", q, dim=(0,))), 7.0), 3.0)
    graph, state = Graph([p, q], [new, do("sum", new, dim=(0,), keepdim=False)]), [(0, 0)]
    program = compiled(graph, state, lanes=2)
    expected, found = [], []
    calls = [whole(graph, seed) for seed in range(4)]
    for arrays in calls:
        mine = [a.copy() for a in arrays]
        expected.append((program.run(mine, 200)[0], mine[0]))
    together = threading.Barrier(4)

    def call(arrays: Arrays) -> None:
        together.wait()
        found.append((arrays, program.run(arrays, 200)[0]))

    threads = [threading.Thread(target=call, args=(arrays,)) for arrays in calls]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(found) == 4
    for arrays, sums in found:
        k = next(n for n, a in enumerate(calls) if a is arrays)
        np.testing.assert_array_equal(sums, expected[k][0])
        np.testing.assert_array_equal(arrays[0], expected[k][1])


def _wrong(kind: str, a: np.ndarray) -> np.ndarray:
    if kind == "dtype":
        return a.astype("f8")
    if kind == "byte order":
        return a.astype(">f4")
    if kind == "shape":
        return np.zeros((8, 6), "f")
    if kind == "rank":
        return a.reshape(1, 8, 5)
    if kind == "columns first":
        return np.asfortranarray(a)
    return np.repeat(a, 2, axis=0)[::2]


@pytest.mark.parametrize(
    "kind", ["dtype", "byte order", "shape", "rank", "columns first", "every other row"]
)
def test_a_wrong_array_is_refused(kind: str) -> None:
    graph, state = learning()
    program = compiled(graph, state)
    arrays = whole(graph)
    arrays[0] = _wrong(kind, arrays[0])
    kept = arrays[3].copy()
    with pytest.raises(ShapeError, match=r"input 0 of the program is f\w*32\[8, 5\].*, not "):
        program.run(arrays)
    np.testing.assert_array_equal(arrays[3], kept)


@pytest.mark.parametrize("change", [-1, 1])
def test_a_wrong_number_of_arrays_is_refused(change: int) -> None:
    graph, state = learning()
    arrays = whole(graph)
    arrays = arrays[:-1] if change < 0 else [*arrays, arrays[0]]
    with pytest.raises((DenpaError, ValueError, TypeError), match="5 inputs"):
        compiled(graph, state).run(arrays)


def test_a_wrong_number_of_steps_is_refused() -> None:
    graph, state = learning()
    program = compiled(graph, state)
    arrays = whole(graph)
    arrays[2] = np.zeros(3, "f")
    program.run(arrays, 3, per_step=(2,))
    with pytest.raises(ShapeError, match="input 2"):
        program.run(arrays, 4, per_step=(2,))


def test_state_that_may_not_be_written_to_is_refused() -> None:
    graph, state = learning()
    arrays = whole(graph)
    arrays[3].flags.writeable = False
    kept = arrays[3].copy()
    with pytest.raises((DenpaError, ValueError), match=r"writ|read-only"):
        compiled(graph, state).run(arrays)
    np.testing.assert_array_equal(arrays[3], kept)


# Each is wrong in a way that does no harm here even if nobody looks: the numbers are part of a
# longer array, the table lies inside a larger one.
_LONG = np.zeros(64, np.int64)
ORDERS: dict[str, tuple[np.ndarray, Any]] = {
    "of another dtype": (_LONG[:16].view(np.int32)[:16], DenpaError),
    "too short": (_LONG[:15], DenpaError),
    "too long": (_LONG[:17], DenpaError),
    "not in a row": (_LONG[:32:2], DenpaError),
    "beyond the table": (np.where(np.arange(16) == 11, 20, 1), DimError),
    "before the table": (np.where(np.arange(16) == 11, -1, 1), DimError),
}


@pytest.mark.parametrize("wrong", ORDERS)
def test_a_wrong_order_is_refused(wrong: str) -> None:
    graph, state = learning()
    program = compiled(graph, state, (0, 1), lanes=2)
    table, targets = np.zeros((60, 5), "f")[20:40], np.zeros(60, "f")[20:40]
    arrays = [table, targets, *whole(graph)[2:]]
    order, error = ORDERS[wrong]
    with pytest.raises(error, match=r"order|row"):
        program.run(arrays, 2, order)
    program.run(arrays, 2, np.arange(16))
