"""One training step of several networks, written once: `torch` and `denpa` have the same names."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Workload:
    """Sizes of the layers, batch, activation and extras of one network."""

    sizes: tuple[int, ...]
    batch: int
    activation: str
    optimizer: str
    loss: str
    batch_norm: bool = False
    dropout: float = 0.0
    image: bool = False


WORKLOADS = {
    "toy": Workload((2, 16, 16, 1), 32, "Tanh", "sgd", "binary"),
    "two": Workload((784, 50, 10), 100, "Sigmoid", "sgd", "classes"),
    "tab": Workload((100, 256, 128, 1), 256, "ReLU", "adam", "squares"),
    "mlp": Workload((784, 512, 512, 10), 128, "ReLU", "adam", "classes"),
    "mlpbn": Workload((784, 512, 512, 10), 128, "ReLU", "adam", "classes", True, 0.2),
    "deep": Workload((784, *[100] * 20, 10), 128, "ReLU", "adam", "classes", True),
    "cnn": Workload((1, 28, 28, 10), 64, "ReLU", "adam", "classes", image=True),
}
BATCHES = 20


def network(m: Any, w: Workload) -> Any:
    """The network of a workload in module `m` (torch or denpa)."""
    nn = m.nn
    if w.image:
        return nn.Sequential(
            nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(1600, 128), nn.ReLU(), nn.Linear(128, 10),
        )  # fmt: skip
    layers = []
    for k, (a, b) in enumerate(zip(w.sizes, w.sizes[1:], strict=False)):
        layers.append(nn.Linear(a, b))
        if k == len(w.sizes) - 2:
            break
        if w.batch_norm:
            layers.append(nn.BatchNorm1d(b))
        layers.append(getattr(nn, w.activation)())
        if w.dropout:
            layers.append(nn.Dropout(w.dropout))
    return nn.Sequential(*layers)


def data(w: Workload) -> tuple[np.ndarray, np.ndarray]:
    """Random inputs and targets for BATCHES batches."""
    rng = np.random.default_rng(0)
    n = w.batch * BATCHES
    shape = w.sizes[:3] if w.image else w.sizes[:1]
    x = rng.standard_normal((n, *shape), dtype=np.float32)
    if w.loss == "classes":
        return x, rng.integers(0, w.sizes[-1], n)
    if w.loss == "binary":
        return x, rng.integers(0, 2, (n, 1)).astype(np.float32)
    return x, rng.standard_normal((n, 1), dtype=np.float32)


def stepper(m: Any, w: Workload) -> Callable[[int], None]:
    """A function that runs training step number s: forward, backward, update."""
    net = network(m, w)
    f = m.nn.functional
    loss = {
        "classes": f.cross_entropy,
        "binary": f.binary_cross_entropy_with_logits,
        "squares": f.mse_loss,
    }[w.loss]
    if w.optimizer == "sgd":
        optimizer = m.optim.SGD(net.parameters(), lr=0.1)
    else:
        optimizer = m.optim.Adam(net.parameters(), lr=1e-3)
    x, y = (m.from_numpy(a) for a in data(w))

    def step(s: int) -> None:
        at = s % BATCHES * w.batch
        optimizer.zero_grad()
        loss(net(x[at : at + w.batch]), y[at : at + w.batch]).backward()
        optimizer.step()

    return step


def products(w: Workload) -> Callable[[int], None]:
    """The matrix products of a step and nothing else: forward, dW, and dX but for the first
    layer."""
    rng = np.random.default_rng(0)

    def matrix(a: int, b: int) -> np.ndarray:
        return rng.standard_normal((a, b), dtype=np.float32)

    jobs = []
    for k, (a, b) in enumerate(zip(w.sizes, w.sizes[1:], strict=False)):
        x, v, d = matrix(w.batch, a), matrix(a, b), matrix(w.batch, b)
        jobs += [(x, v, np.empty_like(d)), (x.T, d, np.empty_like(v))]
        if k:
            jobs.append((d, v.T, np.empty_like(x)))

    def step(_: int) -> None:
        for a, b, out in jobs:
            np.matmul(a, b, out=out)

    return step


def measure(peer: str, name: str, seconds: float) -> float:
    """Median time of one step in microseconds, over passes that together last about `seconds`."""
    w = WORKLOADS[name]
    if peer == "gemm":
        step = products(w)
    elif peer == "torch":
        import torch

        step = stepper(torch, w)
    else:
        import denpa

        step = stepper(denpa, w)
    for s in range(5):
        step(s)
    started = time.perf_counter()
    step(0)
    each = max(time.perf_counter() - started, 1e-6)
    n = max(3, min(200, int(seconds / 5 / each)))
    passes = []
    for _ in range(5):
        started = time.perf_counter()
        for s in range(n):
            step(s)
        passes.append((time.perf_counter() - started) / n * 1e6)
    return float(np.median(passes))


if __name__ == "__main__":
    print(measure(sys.argv[1], sys.argv[2], float(sys.argv[3])))
