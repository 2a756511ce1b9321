"""Which kernels wait for which: all that meet in a buffer keep the order of the list."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from denpa.compiler.schedule.barriers import dependencies, followers, reaches


def random_kernels(seed: int) -> list[Any]:
    rng = np.random.default_rng(seed)
    buffers = [object() for _ in range(4)]

    def some(most: int) -> list[Any]:
        chosen = rng.choice(4, rng.integers(0, most + 1), replace=False)
        return [SimpleNamespace(buffer=buffers[k]) for k in chosen]

    n = int(rng.integers(2, 9))
    kernels = [SimpleNamespace(reads=some(3), writes=some(2), after=[]) for _ in range(n)]
    for k in range(1, n):
        kernels[k].after = [j for j in range(k) if rng.random() < 0.1]
    return kernels


@pytest.mark.parametrize("seed", range(200))
def test_who_meets_in_a_buffer_keeps_the_order_of_the_list(seed: int) -> None:
    kernels = random_kernels(seed)

    def touched(k: int, what: str) -> set[int]:
        return {id(x.buffer) for x in getattr(kernels[k], what)}

    before = dependencies(kernels)
    after = followers(before)
    for j in range(len(kernels)):
        assert all(i < j for i in before[j])
        for i in range(j):
            meet = touched(i, "writes") & (touched(j, "reads") | touched(j, "writes"))
            meet |= touched(i, "reads") & touched(j, "writes")
            if meet or i in kernels[j].after:
                assert reaches(after, i, {j}), (i, j)
        # And nobody waits for nothing.
        for i in before[j]:
            assert (
                touched(i, "writes") & (touched(j, "reads") | touched(j, "writes"))
                or touched(i, "reads") & touched(j, "writes")
                or i in kernels[j].after
            )
