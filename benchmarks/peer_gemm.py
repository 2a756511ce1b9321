"""`gemm`: the matrix products of a step and nothing else, by NumPy. Not a peer but a floor.

Forward, weight gradient, and input gradient but for the first layer. A convolution counts as the
products over its patches, with the patches made beforehand.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.peers import Refused, Trainer
from benchmarks.workloads import Workload, layers


def trainer(peer: str, w: Workload, check: bool) -> Trainer:
    """See the module."""
    if check:
        raise Refused("learns nothing")
    rng = np.random.default_rng(0)

    def matrix(a: int, b: int) -> np.ndarray:
        return rng.standard_normal((a, b), dtype=np.float32)

    jobs: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    places = w.shape[1:]
    for layer in layers(w):
        if layer[0] == "pool":
            places = tuple(s // layer[2] for s in places)
        if layer[0] not in ("linear", "conv"):
            continue
        rows, a, b = w.batch, layer[1], layer[2]
        if layer[0] == "conv":
            places = tuple(s - layer[4] + 1 for s in places)
            rows, a, b = w.batch * int(np.prod(places)), layer[2] * layer[4] ** layer[1], layer[3]
        x, v, d = matrix(rows, a), matrix(a, b), matrix(rows, b)
        if jobs:
            jobs.append((d, v.T, np.empty_like(x)))
        jobs += [(x, v, np.empty_like(d)), (x.T, d, np.empty_like(v))]

    def run(n: int) -> Sequence[float]:
        for _ in range(n):
            for a, b, out in jobs:
                np.matmul(a, b, out=out)
        return [0.0]

    return Trainer(run)
