"""PyTorch: eager, with fused optimizers, and compiled, each also with one thread (`-1t`).

`torch` is the script that everybody writes, with every default. The others are tuned: the fused
optimizer and, for pictures, `channels_last` memory, each faster here than the default.
`torch-compile` compiles forward, loss and backward by `torch.compile`, and takes the faster of two
updates after a short trial: the fused optimizer, or the plain optimizer's `step` compiled, too
(PyTorch makes no single program of gradient and update). Compiling is outside the time. The batches
are slices of one tensor; the last loss is read once after all steps.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benchmarks.peers import Predictor, Trainer
from benchmarks.torch_like import loss_function, network, optimizer, tensors
from benchmarks.workloads import Workload


def trainer(peer: str, w: Workload, check: bool) -> Trainer:
    """See the module; nothing here is random but dropout, so `check` changes nothing."""
    import torch

    if peer.endswith("-1t"):
        torch.set_num_threads(1)
    net, lossf = network(torch, w), loss_function(torch, w)
    x, y = tensors(torch, w)
    if len(w.shape) == 3 and peer not in ("torch", "torch-1t"):
        net = net.to(memory_format=torch.channels_last)
        x = x.to(memory_format=torch.channels_last)
    compiled = peer.startswith("torch-compile")
    opt = optimizer(torch, w, net, **({"fused": True} if "fused" in peer else {}))
    note = ""

    def forward(x: Any, y: Any) -> Any:
        return lossf(net(x), y)

    update = opt.step
    if compiled:
        forward, update = torch.compile(forward), torch.compile(opt.step)
        if not check:
            forward(x[: w.batch], y[: w.batch]).backward()
            fused = optimizer(torch, w, net, fused=True)
            if _trial(fused.step) < _trial(update):
                update, note = fused.step, "fused optimizer"
            else:
                note = "compiled optimizer"
            net.load_state_dict(network(torch, w).state_dict())
    place = 0

    def run(n: int) -> Sequence[float]:
        nonlocal place
        for s in range(place, place + n):
            at = s % w.batches * w.batch
            opt.zero_grad()
            value = forward(x[at : at + w.batch], y[at : at + w.batch])
            value.backward()
            update()
        place += n
        return [float(value.detach())]

    return Trainer(run, 1, torch.get_num_threads(), note)


def _trial(update: Callable[[], Any]) -> float:
    """Seconds of one update, the best of 20 after 3 that compile."""
    times = []
    for _ in range(23):
        started = time.perf_counter()
        update()
        times.append(time.perf_counter() - started)
    return min(times[3:])


def predictor(peer: str, w: Workload) -> Predictor:
    """The network under `inference_mode` (compiled: under `no_grad`), from NumPy to NumPy."""
    import torch

    if peer.endswith("-1t"):
        torch.set_num_threads(1)
    net = network(torch, w).eval()
    quiet = torch.inference_mode
    if peer.startswith("torch-compile"):
        net, quiet = torch.compile(net), torch.no_grad

    def predict(x: np.ndarray) -> object:
        with quiet():
            return net(torch.from_numpy(x)).numpy()

    return predict
