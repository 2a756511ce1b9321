"""The peers by name, and the two things that each can be asked for.

A peer's module (`benchmarks.peer_*`) has `trainer(peer, w, check)`, and some have
`predictor(peer, w)`. A **trainer** is a `Trainer`: `run(n)` makes n training steps, each a forward
pass, a backward pass and an update, on the batches of the workload in turn, and returns when all of
them are done, with the losses that it knows of (the last one at least). `unit` is how many steps a
single call of the peer makes; n is a multiple of it. With `check` a trainer draws nothing at
random: no shuffling (the caller has taken the dropout out of the workload).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module

import numpy as np

from benchmarks.workloads import Workload


@dataclass(frozen=True)
class Trainer:
    """What runs training steps, and how it is to be called."""

    run: Callable[[int], Sequence[float]]
    unit: int = 1
    threads: int | None = None
    """Threads that the peer says it uses, where it says so."""
    note: str = ""
    """What the reader of the figure should know."""


Predictor = Callable[[np.ndarray], object]
"""Predicts the rows of an array and returns when the values are there."""


class Refused(Exception):
    """The peer has no such thing; the words say what, and stand below the table."""


PEERS = {
    "denpa": "denpa",
    "denpa-call": "denpa",
    "denpa-eager": "denpa",
    "torch": "torch",
    "torch-1t": "torch",
    "torch-fused": "torch",
    "torch-fused-1t": "torch",
    "torch-compile": "torch",
    "torch-compile-1t": "torch",
    "jax": "jax",
    "jax-1t": "jax",
    "jax-scan": "jax",
    "jax-scan-1t": "jax",
    "sklearn": "sklearn",
    "tinygrad": "tinygrad",
    "gemm": "gemm",
}
"""Every peer with the last part of its module's name."""

OURS = ("denpa", "denpa-call", "denpa-eager", "gemm")
"""Those that the fastest peer is not looked for among."""

PACKAGES = {
    "denpa": ("denpa", "numpy", "llvmlite", "threadpoolctl"),
    "torch": ("torch",),
    "jax": ("jax", "jaxlib"),
    "sklearn": ("scikit-learn", "scipy"),
    "tinygrad": ("tinygrad",),
    "gemm": ("numpy",),
}
"""The packages whose versions belong to a figure."""


def trainer(peer: str, w: Workload, check: bool = False) -> Trainer:
    """A peer's training steps on a workload; raises `Refused` where it has none."""
    module = import_module(f"benchmarks.peer_{PEERS[peer]}")
    found: Trainer = module.trainer(peer, w, check)
    return found


def predictor(peer: str, w: Workload) -> Predictor:
    """A peer's prediction with the first weights of a workload."""
    module = import_module(f"benchmarks.peer_{PEERS[peer]}")
    if not hasattr(module, "predictor"):
        raise Refused("is not measured here")
    found: Predictor = module.predictor(peer, w)
    return found
