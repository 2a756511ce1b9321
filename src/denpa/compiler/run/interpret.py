"""A traced program run equation by equation with NumPy: what a native program must equal.

`dp.compile(backend="graph")` runs it: as slow as eager mode, but the program that is compiled.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from denpa.core.graph import Graph


class Suspected(Exception):
    """In anomaly mode: a step that changed nothing, which eager mode has to judge."""


class Interpreted:
    """The definition of what a compiled program does; see `run`.

    `state` holds pairs (input, output): that output is written over that input's array at each
    step. `batch` names the inputs that are rows of a table when an order is given.
    """

    def __init__(
        self, graph: Graph, state: Sequence[tuple[int, int]], batch: Sequence[int] = ()
    ) -> None:
        self.graph = graph
        self.state = tuple(state)
        self.batch = frozenset(batch)
        written = {j for _, j in self.state}
        self.returned = [j for j in range(len(graph.outputs)) if j not in written]

    def run(
        self,
        arrays: Sequence[np.ndarray],
        steps: int | None = None,
        order: np.ndarray | None = None,
        per_step: Sequence[int] = (),
    ) -> list[np.ndarray]:
        """One step: the outputs that are not state, fresh arrays. With `steps`, that many steps:
        the inputs named by `batch` are tables of which `order` names the rows, those of
        `per_step` have a leading axis of steps, and so have the outputs."""
        if steps is None:
            return self._step(list(arrays))
        rows = None if order is None else order.reshape(steps, -1)
        found = []
        for k in range(steps):
            now = list(arrays)
            for i in per_step:
                now[i] = arrays[i][k]
            if rows is not None:
                for i in self.batch:
                    now[i] = arrays[i][rows[k]]
            found.append(self._step(now))
        return [np.stack(parts) for parts in zip(*found, strict=True)]

    def _step(self, arrays: list[np.ndarray]) -> list[np.ndarray]:
        outputs = self.graph(*(np.asarray(a) for a in arrays))
        result = [np.array(outputs[j]) for j in self.returned]
        new = [np.array(outputs[j]) for _, j in self.state]
        for (i, _), a in zip(self.state, new, strict=True):
            np.copyto(arrays[i], a)
        return result


class Deferred(Interpreted):
    """In anomaly mode eager mode, which is as fast, looks at each step."""

    def _step(self, arrays: list[np.ndarray]) -> list[np.ndarray]:
        raise Suspected


def build_of(graph: Graph, state: Any, batch: Any, anomaly: bool) -> Interpreted:
    """What `backend="graph"` makes of a graph."""
    return (Deferred if anomaly else Interpreted)(graph, state, batch)
