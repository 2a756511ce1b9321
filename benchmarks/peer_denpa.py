"""Denpa: `denpa` (one native call for many steps), `denpa-call` (one a batch), `denpa-eager`.

`denpa` shuffles: each call is given the orders of the rows for its epochs and gathers them inside.
`denpa-call` slices its batch in Python and calls the same native step. `denpa-eager` compiles
nothing. All read the loss once after the last step.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.peers import Predictor, Refused, Trainer
from benchmarks.torch_like import loss_function, network, optimizer, tensors
from benchmarks.workloads import Workload, data


def pieces(w: Workload) -> Any:
    """The training step of a workload as a plain function of a batch."""
    import denpa as dp

    net, loss = network(dp, w), loss_function(dp, w)
    opt = optimizer(dp, w, net)

    def step(x: Any, y: Any) -> Any:
        opt.zero_grad()
        value = loss(net(x), y)
        value.backward()
        opt.step()
        return value

    return step


def trainer(peer: str, w: Workload, check: bool) -> Trainer:
    """See the module."""
    import denpa as dp

    step = pieces(w)
    x, y = tensors(dp, w)
    if peer == "denpa":
        unit = w.batches if check else w.loop
        return Trainer(_epochs(dp, w, step, x, y, check), unit, os.cpu_count())
    if peer == "denpa-call":
        step = dp.compile(step)
    place = 0

    def run(n: int) -> Sequence[float]:
        nonlocal place
        for s in range(place, place + n):
            at = s % w.batches * w.batch
            value = step(x[at : at + w.batch], y[at : at + w.batch])
        place += n
        if peer == "denpa-call":
            _native(step)
        return [float(value)]

    return Trainer(run, 1, os.cpu_count())


def _epochs(dp: Any, w: Workload, step: Any, x: Any, y: Any, check: bool) -> Any:
    fast = dp.compile(step)
    rng = np.random.default_rng(2)
    rows = np.arange(len(x))
    passes = 1 if check else max(1, w.loop // w.batches)

    def shuffled() -> np.ndarray:
        return np.concatenate([rng.permutation(rows) for _ in range(passes)])

    orders = [rows] if check else [shuffled() for _ in range(8)]
    epoch = 0

    def run(n: int) -> Sequence[float]:
        nonlocal epoch
        for _ in range(n // (passes * w.batches)):
            order = orders[epoch % len(orders)]
            losses = fast.epoch(x, y, batch_size=w.batch, order=order)
            epoch += 1
        _native(fast)
        return [float(v) for v in np.asarray(losses)]

    return run


def _native(compiled: Any) -> None:
    """A function that quietly runs eagerly is not the native figure."""
    if not compiled.programs():
        raise Refused("ran eagerly, since no native program could be made")


def predictor(peer: str, w: Workload) -> Predictor:
    """`denpa` calls `dp.compile(net)`, `denpa-eager` the network itself; both without gradients."""
    import denpa as dp

    if peer == "denpa-call":
        raise Refused("is the same as denpa: one call a batch")
    net = network(dp, w).eval()
    f = dp.compile(net) if peer == "denpa" else net

    def predict(x: np.ndarray) -> object:
        with dp.no_grad():
            return f(dp.from_numpy(x)).numpy()

    if peer == "denpa":
        predict(data(w)[0][:1])
        _native(f)
    return predict
