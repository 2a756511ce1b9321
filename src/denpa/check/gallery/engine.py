"""What Denpa itself differentiates, as right cases: every primitive of the table with every sample,
every layer and loss of `nn`, deep networks, in float64 and float32."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import denpa.nn as nn  # and the table of ops with it
from denpa.check.frameworks.engine import DENPA
from denpa.check.subject import Subject
from denpa.check.subjects.network import Network
from denpa.check.subjects.primitive import Primitive
from denpa.core.errors import GraphError
from denpa.core.op import OPS
from denpa.functional.generator import manual_seed

_FLAT, _SIGNAL, _IMAGE = (5, 6), (3, 2, 9), (2, 3, 6, 5)
_MODULES: tuple[tuple[Callable[[], Any], tuple[int, ...]], ...] = (
    (lambda: nn.Linear(6, 4), _FLAT), (lambda: nn.Linear(6, 4, bias=False), _FLAT),
    (nn.CELU, _FLAT), (nn.ELU, _FLAT), (nn.GELU, _FLAT), (lambda: nn.GELU("tanh"), _FLAT),
    (nn.GLU, _FLAT), (nn.Hardsigmoid, _FLAT), (nn.Hardtanh, _FLAT), (nn.Identity, _FLAT),
    (nn.LeakyReLU, _FLAT), (nn.LogSigmoid, _FLAT), (lambda: nn.LogSoftmax(1), _FLAT),
    (nn.Mish, _FLAT), (nn.PReLU, _FLAT), (lambda: nn.PReLU(6), _FLAT), (nn.ReLU, _FLAT),
    (nn.ReLU6, _FLAT), (nn.SELU, _FLAT), (nn.SiLU, _FLAT), (nn.Sigmoid, _FLAT),
    (lambda: nn.Softmax(1), _FLAT), (lambda: nn.Softmin(1), _FLAT), (nn.Softplus, _FLAT),
    (nn.Softsign, _FLAT), (nn.Tanh, _FLAT), (nn.Tanhshrink, _FLAT),
    (lambda: nn.Threshold(0.2, -1.0), _FLAT), (lambda: nn.Unflatten(1, (2, 3)), _FLAT),
    (nn.Dropout, _FLAT), (lambda: nn.Dropout(0.2, scale="prediction"), _FLAT),
    (lambda: nn.BatchNorm1d(6), _FLAT), (lambda: nn.BatchNorm1d(2), _SIGNAL),
    (lambda: nn.BatchNorm2d(3), _IMAGE), (lambda: nn.LayerNorm(6), _FLAT),
    (lambda: nn.LayerNorm([6, 5]), _IMAGE), (nn.Flatten, _IMAGE),
    (lambda: nn.Conv1d(2, 3, 3), _SIGNAL), (lambda: nn.Conv1d(2, 4, 3, 2, 1, groups=2), _SIGNAL),
    (lambda: nn.Conv2d(3, 2, 3), _IMAGE),
    (lambda: nn.Conv2d(3, 3, (3, 2), (2, 1), 1, dilation=(1, 2), groups=3), _IMAGE),
    (lambda: nn.Conv2d(3, 2, 3, padding="same", bias=False), _IMAGE),
    (lambda: nn.MaxPool1d(2), _SIGNAL), (lambda: nn.MaxPool2d(2), _IMAGE),
    (lambda: nn.MaxPool2d(3, 2, 1), _IMAGE), (lambda: nn.AvgPool1d(3, 2, 1), _SIGNAL),
    (lambda: nn.AvgPool2d(2, ceil_mode=True), _IMAGE),
    (lambda: nn.AdaptiveAvgPool1d(4), _SIGNAL), (lambda: nn.AdaptiveAvgPool2d((2, 3)), _IMAGE),
)  # fmt: skip
_CLASSES, _PROBABILITIES, _LOG = "classes", "probabilities", "log"
_LOSSES: tuple[tuple[Callable[[], Any], str], ...] = (
    (nn.MSELoss, ""), (lambda: nn.MSELoss(half=True), ""), (nn.L1Loss, ""), (nn.HuberLoss, ""),
    (nn.SmoothL1Loss, ""), (lambda: nn.MSELoss(reduction="sum"), ""),
    (nn.CrossEntropyLoss, _CLASSES), (lambda: nn.CrossEntropyLoss(label_smoothing=0.1), _CLASSES),
    (lambda: nn.CrossEntropyLoss(reduction="none"), _CLASSES), (nn.NLLLoss, _CLASSES),
    (nn.CrossEntropyLoss, _PROBABILITIES), (nn.BCEWithLogitsLoss, _PROBABILITIES),
    (nn.KLDivLoss, _PROBABILITIES), (nn.BCELoss, _LOG),
)  # fmt: skip


def primitives(seeds: range) -> Iterator[tuple[str, Subject]]:
    """Every op that has a message rule, with every sample that has something to differentiate."""
    for op in OPS.values():
        for k, sample in enumerate(op.samples if op.vjp is not None else ()):
            for seed in seeds:
                for dtype in ("float64", "float32") if seed == seeds[0] else ("float64",):
                    subject = Primitive(op, sample, seed, dtype)
                    if _has_derivative(subject):
                        yield f"op {op.name} {k}, seed {seed}, {dtype}", subject


def _has_derivative(subject: Primitive) -> bool:
    y = subject.forward(subject.values)
    if y.dtype.kind != "f" or not y.size or not all(a.size for a in subject.values.values()):
        return False
    if not subject.values:
        return False
    try:
        subject.backward(subject.values, np.ones(y.shape))
    except GraphError:  # such as of floor_divide, which says what to use
        return False
    return True


def modules(seeds: range) -> Iterator[tuple[str, Subject]]:
    """Every layer and every loss of `nn`."""
    for seed in seeds:
        rng: Any = np.random.default_rng(seed)
        manual_seed(seed)
        for make, shape in _MODULES:
            net = make()
            yield f"{net} {seed}", Network(DENPA, net, (rng.standard_normal(shape),))
        two = nn.Bilinear(4, 3, 2), nn.Embedding(7, 3)
        yield (
            f"Bilinear {seed}",
            Network(DENPA, two[0], (rng.standard_normal((5, 4)), rng.standard_normal((5, 3)))),
        )
        yield f"Embedding {seed}", Network(DENPA, two[1], (rng.integers(0, 7, (4, 3)),))
        for make, kind in _LOSSES:
            x, t = rng.standard_normal((5, 4)), rng.standard_normal((5, 4))
            if kind == _CLASSES:
                t = rng.integers(0, 4, 5)
            elif kind:
                t = rng.dirichlet(np.ones(4), 5)
            if kind == _LOG:
                x = rng.uniform(0.05, 0.95, (5, 4))
            loss = make()
            yield f"{loss} {kind} {seed}", Network(DENPA, loss, (x, t), title=f"{loss}")


def deep() -> Iterator[tuple[str, Subject]]:
    """Networks of 50 layers: He's initial values keep a rectifier's gradients in size, and those of
    tanh vanish with the default ones."""
    for act, he in ((nn.ReLU, True), (nn.LeakyReLU, True), (nn.Tanh, False)):
        manual_seed(0)
        layers = [nn.Linear(6, 6) for _ in range(50)]
        for linear in layers if he else ():
            nn.init.kaiming_normal_(linear.weight, nonlinearity="relu")
        net = nn.Sequential(*(m for linear in layers for m in (linear, act())))
        x = np.random.default_rng(0).standard_normal((4, 6))
        yield f"50 layers, {act.__name__}", Network(DENPA, net, (x,))


def engine(seeds: range = range(2)) -> Iterator[tuple[str, Subject]]:
    """All of them."""
    yield from primitives(seeds)
    yield from modules(seeds)
    yield from deep()
