"""The networks that are measured: their layers, their data and the weights that they start from.

Everything here is NumPy and names no framework: each peer (`benchmarks/peer_*.py`) builds the same
network from the same list of layers, loads the same first weights and sees the same rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

Layer = tuple[Any, ...]
"""Its kind and what the kind needs: ("linear", inputs, outputs), ("conv", dimensions, channels in,
channels out, kernel), ("pool", dimensions, kernel), ("norm", features), ("act", name),
("dropout", p), ("flatten",)."""


@dataclass(frozen=True)
class Workload:
    """One network with its batch, loss and optimizer."""

    sizes: tuple[int, ...]
    """Units of the linear layers, the input of the first one included."""
    batch: int
    activation: str
    optimizer: str
    """"sgd", "momentum" (SGD with momentum 0.9) or "adam"."""
    loss: str
    """"classes" (cross-entropy), "binary" (with logits) or "squares" (their mean)."""
    batch_norm: bool = False
    dropout: float = 0.0
    shape: tuple[int, ...] = ()
    """Shape of one example, channels first, where it goes through convolutions."""
    convs: tuple[tuple[int, int, int], ...] = ()
    """Channels in, channels out, kernel; each followed by the activation and max-pooling by 2."""
    batches: int = 20
    """Batches of an epoch: the data hold this many different batches."""

    @property
    def lr(self) -> float:
        """The learning rate: small enough that no workload leaves the finite numbers."""
        return {"adam": 1e-3, "sgd": 0.1, "momentum": 0.01}[self.optimizer]

    @property
    def loop(self) -> int:
        """Steps of one call where the loop is compiled: 200, or 20 where a step takes long."""
        work = self.batch * sum(a * b for a, b in zip(self.sizes, self.sizes[1:], strict=False))
        return 20 if self.convs or work > 20_000_000 else 200

    @property
    def example(self) -> tuple[int, ...]:
        """The shape of one row of the inputs."""
        return self.shape or self.sizes[:1]


WORKLOADS = {
    "toy": Workload((2, 16, 16, 1), 32, "tanh", "sgd", "binary"),
    "two": Workload((784, 50, 10), 100, "sigmoid", "sgd", "classes"),
    "tab": Workload((100, 256, 128, 1), 256, "relu", "adam", "squares"),
    "mlp": Workload((784, 512, 512, 10), 128, "relu", "adam", "classes"),
    "mlpbn": Workload((784, 512, 512, 10), 128, "relu", "adam", "classes", True, 0.2),
    "deep": Workload((784, *[100] * 20, 10), 128, "relu", "adam", "classes", True),
    "cnn": Workload(
        (1600, 128, 10), 64, "relu", "adam", "classes",
        shape=(1, 28, 28), convs=((1, 32, 3), (32, 64, 3)),
    ),
    "table3": Workload((3, 64, 64, 1), 64, "tanh", "adam", "squares"),
    "wide": Workload((256, 2048, 2048, 10), 128, "relu", "adam", "classes"),
    "signal": Workload(
        (928, 10), 64, "relu", "adam", "classes",
        shape=(1, 128), convs=((1, 16, 5), (16, 32, 5)),
    ),
    "one": Workload((20, 64, 64, 3), 1, "relu", "momentum", "classes"),
    "house": Workload((8, 32, 32, 1), 50, "relu", "adam", "squares", batches=1),
    "digits": Workload((64, 128, 10), 32, "relu", "adam", "classes"),
}  # fmt: skip
"""`table3` is a regression on three columns, `signal` a one-dimensional convolution, `one` learns
from single rows, `house` from all of its 50 rows at once, `digits` from 8 × 8 pictures."""


def layers(w: Workload) -> list[Layer]:
    """The network as a list: what stands at place k is layer number k of a `Sequential`."""
    found: list[Layer] = []
    dimensions = len(w.shape) - 1
    for a, b, kernel in w.convs:
        found += [
            ("conv", dimensions, a, b, kernel),
            ("act", w.activation),
            ("pool", dimensions, 2),
        ]
    if w.convs:
        found.append(("flatten",))
    last = len(w.sizes) - 2
    for k, (a, b) in enumerate(zip(w.sizes, w.sizes[1:], strict=False)):
        found.append(("linear", a, b))
        if k < last:
            found += [("norm", b)] * w.batch_norm + [("act", w.activation)]
            found += [("dropout", w.dropout)] * (w.dropout > 0)
    return found


def weights(w: Workload) -> dict[str, np.ndarray]:
    """The first weights by their `state_dict` key, in PyTorch's layout: (out, in, *kernel).

    Drawn as PyTorch draws them, uniform within ±1/√fan_in. Batch norm starts with ones and zeros.
    """
    rng = np.random.default_rng(1)
    found: dict[str, np.ndarray] = {}
    for k, layer in enumerate(layers(w)):
        if layer[0] == "linear":
            shape: tuple[int, ...] = (layer[2], layer[1])
        elif layer[0] == "conv":
            shape = (layer[3], layer[2], *[layer[4]] * layer[1])
        else:
            continue
        bound = float(np.prod(shape[1:])) ** -0.5
        found[f"{k}.weight"] = rng.uniform(-bound, bound, shape).astype(np.float32)
        found[f"{k}.bias"] = rng.uniform(-bound, bound, shape[0]).astype(np.float32)
    return found


def checked(w: Workload) -> Workload:
    """The workload as its losses are compared: nothing random, and nothing that amplifies rounding.

    Twenty layers with batch norm have gradients of length 70 at the start, so that one ReLU whose
    input rounds to the other side of zero moves the gradient of float32 by 3 % (in float64 all
    agree to 1e-14); and Adam moves a bias ahead of a batch norm, whose gradient is zero, by
    rounding noise at full rate. Such a network is compared with tanh and SGD.
    """
    w = replace(w, dropout=0.0)
    return (
        replace(w, activation="tanh", optimizer="momentum")
        if w.batch_norm and len(w.sizes) > 6
        else w
    )


def data(w: Workload) -> tuple[np.ndarray, np.ndarray]:
    """Random inputs (float32) and targets for all batches of an epoch."""
    rng = np.random.default_rng(0)
    n = w.batch * w.batches
    x = rng.standard_normal((n, *w.example), dtype=np.float32)
    if w.loss == "classes":
        return x, rng.integers(0, w.sizes[-1], n)
    if w.loss == "binary":
        return x, rng.integers(0, 2, (n, 1)).astype(np.float32)
    return x, rng.standard_normal((n, 1), dtype=np.float32)


def describe(w: Workload) -> str:
    """One line for a table: 784-512-512-10, batch 128, relu, Adam …"""
    convs = [f"conv{len(w.shape) - 1}d {a}-{b} k{k}" for a, b, k in w.convs]
    sizes = [str(s) for s in w.sizes]
    if len(sizes) > 6:  # a run of equal widths
        sizes = [sizes[0], f"{len(sizes) - 2}×{sizes[1]}", sizes[-1]]
    parts = [*convs, "-".join(sizes), f"batch {w.batch}", w.activation]
    parts += ["batch norm"] * w.batch_norm + [f"dropout {w.dropout}"] * (w.dropout > 0)
    optimizer = {"adam": "Adam", "sgd": "SGD", "momentum": "SGD momentum 0.9"}[w.optimizer]
    return ", ".join([*parts, optimizer])
