"""tinygrad: the whole step under TinyJit on its CPU device (which needs `clang`).

The batches lie ready as tensors of their own; capturing and compiling are outside the time.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.peers import Trainer
from benchmarks.workloads import Layer, Workload, data, layers, weights

os.environ.setdefault("DEV", "CPU")


def _modules(w: Workload) -> tuple[list[Any], list[Callable[[Any], Any]]]:
    """The layers that hold weights, and the network as a list of functions."""
    from tinygrad import Tensor, nn

    given = weights(w)
    holders: list[Any] = []

    def function(k: int, layer: Layer) -> Callable[[Any], Any]:
        match layer:
            case ("linear", a, b):
                m = nn.Linear(a, b)
            case ("conv", dimensions, a, b, kernel):
                m = nn.Conv2d(a, b, (kernel,) * dimensions)
            case ("norm", features):
                m = nn.BatchNorm(features)
            case ("pool", dimensions, kernel):
                return lambda x: x.max_pool2d((kernel,) * dimensions)
            case ("act", name):
                return lambda x: getattr(x, name)()
            case ("dropout", p):
                return lambda x: x.dropout(p)
            case _:
                return lambda x: x.flatten(1)
        if f"{k}.weight" in given:
            m.weight.assign(Tensor(given[f"{k}.weight"])).realize()
            m.bias.assign(Tensor(given[f"{k}.bias"])).realize()
        holders.append(m)
        call: Callable[[Any], Any] = m
        return call

    return holders, [function(k, layer) for k, layer in enumerate(layers(w))]


def trainer(peer: str, w: Workload, check: bool) -> Trainer:
    """See the module; nothing here is random but dropout, so `check` changes nothing."""
    from tinygrad import Tensor, TinyJit, nn
    from tinygrad.helpers import Context

    holders, functions = _modules(w)
    params = nn.state.get_parameters(holders)
    if w.optimizer == "adam":
        opt = nn.optim.Adam(params, lr=w.lr)
    else:
        momentum = 0.9 if w.optimizer == "momentum" else 0.0
        opt = nn.optim.SGD(params, lr=w.lr, momentum=momentum)

    @TinyJit
    def step(x: Any, y: Any) -> Any:
        with Context(TRAINING=1):
            opt.zero_grad()
            for f in functions:
                x = f(x)
            if w.loss == "classes":
                value = x.sparse_categorical_crossentropy(y)
            elif w.loss == "binary":
                value = x.binary_crossentropy_logits(y)
            else:
                value = ((x - y) ** 2).mean()
            value.backward()
            # Together: after `opt.step()` the loss would be computed anew, by the new weights.
            return value.realize(*opt.schedule_step())

    x, y = data(w)
    rows = [slice(k * w.batch, (k + 1) * w.batch) for k in range(w.batches)]
    parts = [(Tensor(x[r]).realize(), Tensor(y[r]).realize()) for r in rows]
    place = 0

    def run(n: int) -> Sequence[float]:
        nonlocal place
        for s in range(place, place + n):
            value = step(*parts[s % w.batches])
        place += n
        return [value.item()]

    return Trainer(run)
