"""Training curves of whole networks, native against eager, step by step.

Rounding differs (products are summed in another order), and training amplifies it. So float64 is
the yardstick: native float64 must agree with eager float64 to 1e-10, and native float32 may be as
far from the float64 curve as eager float32 is, within a small factor.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa import nn
from denpa.compiler.emit import llvm
from denpa.nn import functional as F

pytestmark = pytest.mark.skipif(not llvm.available(), reason="llvmlite is not installed")

STEPS = 100


def dense(sizes: list[int], act: Callable[[], Any], norm: bool = False, p: float = 0.0) -> Any:
    layers: list[Any] = []
    for k, (a, b) in enumerate(pairwise(sizes)):
        layers.append(nn.Linear(a, b))
        if k < len(sizes) - 2:
            layers += [nn.BatchNorm1d(b)] * norm + [act()] + [nn.Dropout(p)] * (p > 0)
    return nn.Sequential(*layers)


def lenet() -> Any:
    return nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1600, 128), nn.ReLU(), nn.Linear(128, 10),
    )  # fmt: skip


# name: network, shape of one input, batch, optimizer, loss, steps. The convolution takes a second a
# step in eager float64, so it takes a smaller batch.
CASES: dict[str, tuple[Callable[[], Any], tuple[int, ...], int, str, str]] = {
    "toy": (lambda: dense([2, 16, 16, 1], nn.Tanh), (2,), 32, "sgd", "binary"),
    "two": (lambda: dense([784, 50, 10], nn.Sigmoid), (784,), 100, "sgd", "classes"),
    "tab": (lambda: dense([100, 256, 128, 1], nn.ReLU), (100,), 256, "adam", "squares"),
    "mlp": (lambda: dense([784, 512, 512, 10], nn.ReLU), (784,), 128, "adam", "classes"),
    "mlpbn": (
        lambda: dense([784, 512, 512, 10], nn.ReLU, True, 0.2), (784,), 128, "adam", "classes",
    ),
    "deep": (lambda: dense([784, *[100] * 20, 10], nn.ReLU, True), (784,), 128, "adam", "classes"),
    "cnn": (lenet, (1, 28, 28), 8, "adam", "classes"),
}  # fmt: skip
BATCHES = 5


def curve(name: str, dtype: Any, backend: str, first: Any) -> np.ndarray:
    """The losses of STEPS steps from the same weights on the same batches."""
    make, shape, batch, optimizer, loss = CASES[name]
    net = make()
    net.load_state_dict(copy.deepcopy(first))
    net = net.double() if dtype == np.float64 else net.float()
    rng = np.random.default_rng(1)
    n = batch * BATCHES
    x = dp.tensor(rng.standard_normal((n, *shape)).astype(np.float32).astype(dtype))
    if loss == "classes":
        y = dp.tensor(rng.integers(0, 10, n))
    else:
        y = dp.tensor(rng.integers(0, 2, (n, 1)).astype(dtype))
    measure = {
        "classes": F.cross_entropy,
        "binary": F.binary_cross_entropy_with_logits,
        "squares": F.mse_loss,
    }[loss]
    if optimizer == "sgd":
        opt: Any = dp.optim.SGD(net.parameters(), lr=0.1)
    else:
        opt = dp.optim.Adam(net.parameters(), lr=1e-3)

    @dp.compile(backend=backend)
    def step(x: Any, y: Any) -> Any:
        opt.zero_grad()
        value = measure(net(x), y)
        value.backward()
        opt.step()
        return value

    dp.manual_seed(3)
    losses = []
    for _ in range(STEPS // BATCHES):
        losses.append(step.epoch(x, y, batch_size=batch, order=rng.permutation(n)).numpy())
    assert bool(step.programs()) == (backend == "native")  # not eager against itself
    return np.concatenate(losses).astype(np.float64)


@pytest.mark.parametrize("name", CASES)
def test_curves_agree(name: str) -> None:
    dp.manual_seed(0)
    first = CASES[name][0]().state_dict()
    truth = curve(name, np.float64, "eager", first)
    assert truth[-BATCHES:].mean() < 0.995 * truth[:BATCHES].mean()  # it learns: not a flat line
    np.testing.assert_allclose(curve(name, np.float64, "native", first), truth, rtol=1e-10)
    eager = np.abs(curve(name, np.float32, "eager", first) - truth)
    native = np.abs(curve(name, np.float32, "native", first) - truth)
    # Step by step: what has been lost so far, against what eager has lost so far.
    allowed = 1e-6 * np.abs(truth) + 10 * np.maximum.accumulate(eager)
    assert (native <= allowed).all(), f"step {np.argmax(native > allowed)}"
