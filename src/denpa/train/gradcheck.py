"""The check before the first step: the network's gradients on the user's data against numeric
ones."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from denpa.autodiff.mode import no_grad
from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.functional.generator import default_generator
from denpa.nn import Module
from denpa.train.threads import fitting_threads


@dataclass(frozen=True)
class GradientCheck:
    """The outcome: how many were checked, of how many, and the worst.

    What `check_gradients` returns: `worst` is the largest relative error, `where` its entry, as
    in "0.weight[1,2]"; `ok` (bool) whether it is below 1e-4.

    Errors: TypeError for a missing field; FrozenInstanceError (an AttributeError) if one is set.

    >>> import denpa as dp
    >>> dp.train.GradientCheck(8, 8, worst=1e-9, where="bias[0]", seconds=0.01).ok
    True
    """

    checked: int
    parameters: int
    worst: float
    where: str
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether the largest relative error is what float64 differences allow."""
        return self.worst < 1e-4

    def __str__(self) -> str:
        return (
            f"gradients: {self.checked:,} of {self.parameters:,} checked against numeric ones, "
            f"largest relative error {self.worst:.1e} in {self.where} ({self.seconds * 1e3:.0f} ms)"
        )


def check_gradients(
    net: Module,
    loss: Callable[[Tensor, Tensor], Tensor],
    x: np.ndarray,
    y: np.ndarray,
    *,
    weights: int = 10,
    seed: int = 0,
    budget: float = 1.0,
) -> GradientCheck:
    """Compare ∂loss/∂θ with central differences in float64: every bias (and every other parameter
    of one dimension), and `weights` entries of each larger one, drawn from `seed`.

    The network is copied, and its weights are moved a little: with biases of 0, black pixels would
    put whole layers exactly on the kink of a rectifier, where no derivative exists. Dropout draws
    the same masks in every evaluation. A relative error is |a − n| / max(|a|, |n|,
    1e-3 · largest gradient of that parameter, 1e-4 · largest gradient of all), so that zeros do not
    divide: a bias before batch norm has the gradient 0 but for rounding.
    A kink of a rectifier within the step is recognised by a smaller step that agrees, digits lost
    to large targets by larger ones (Richardson's extrapolation). After
    `budget` seconds only `weights` entries of each remaining bias are checked.

    `x` and `y` are arrays (N, …), as `net` and `loss` take them, in any dtype.

    Errors: none of its own; what `net` and `loss` raise passes through (RuntimeError for shapes
    that do not fit, and for a loss of more than one number). AttributeError for lists and tensors.

    >>> import numpy as np, denpa as dp
    >>> x, y = np.ones((4, 3)), np.zeros((4, 2))
    >>> found = dp.train.check_gradients(dp.nn.Linear(3, 2), dp.nn.MSELoss(), x, y)
    >>> found.ok, found.checked
    (True, 8)
    """
    state = default_generator.get_state()
    try:
        with fitting_threads(net, len(x)):
            return _check(net, loss, x, y, weights, seed, budget)
    finally:
        default_generator.set_state(state)


def _check(
    net: Module,
    loss: Callable[[Tensor, Tensor], Tensor],
    x: np.ndarray,
    y: np.ndarray,
    weights: int,
    seed: int,
    budget: float,
) -> GradientCheck:
    started = time.perf_counter()
    state = default_generator.get_state()
    twin = copy.deepcopy(net).double().train()
    twin.zero_grad()  # those of the last step of a training
    inputs = tensor_of(np.asarray(x, np.float64))
    target = tensor_of(y.astype(np.float64) if y.dtype.kind == "f" else y)
    buffers = [(b, b.numpy().copy()) for b in twin.buffers()]

    def value() -> Tensor:
        default_generator.set_state(state)  # the same masks each time
        for b, kept in buffers:  # and the same running statistics
            b.numpy()[...] = kept
        return loss(twin(inputs), target)

    def number(array: np.ndarray, i: int, h: float) -> float:
        flat = array.reshape(-1)
        kept = flat[i]
        flat[i] = kept + h
        up = float(value())
        flat[i] = kept - h
        down = float(value())
        flat[i] = kept
        return (up - down) / (2 * h)

    rng = np.random.default_rng(seed)
    for p in twin.parameters():
        array = p.detach().numpy()
        array += 0.01 * rng.standard_normal(array.shape)
    value().backward()
    all_gradients = [np.abs(p.grad.numpy()) for p in twin.parameters() if p.grad is not None]
    least = max(1e-4 * max((float(np.max(g, initial=0.0)) for g in all_gradients), default=0), 1e-8)
    worst, where, checked, total = 0.0, "", 0, 0
    with no_grad():
        for name, p in twin.named_parameters():
            total += p.numel()
            if p.grad is None:
                continue
            array, gradient = p.detach().numpy(), p.grad.numpy().reshape(-1)
            floor = max(1e-3 * float(np.max(np.abs(gradient), initial=0.0)), least)
            places = rng.permutation(p.numel())[: weights if p.ndim > 1 else None]
            for k, i in enumerate(places):
                if k >= weights and time.perf_counter() - started > budget:
                    break
                error = _error(gradient[i], number(array, i, 1e-5), floor)
                if error > 1e-5:  # look closer, at a kink nearby, and, at rounding, farther
                    far = (4 * number(array, i, 1e-2) - number(array, i, 2e-2)) / 3
                    near = number(array, i, 1e-7)
                    error = min(error, *(_error(gradient[i], n, floor) for n in (near, far)))
                checked += 1
                if error >= worst:
                    index = ",".join(map(str, np.unravel_index(i, p.shape)))
                    worst, where = error, f"{name}[{index}]"
    return GradientCheck(checked, total, worst, where, time.perf_counter() - started)


def _error(a: Any, n: float, floor: float) -> float:
    found = float(abs(a - n) / max(abs(a), abs(n), floor))
    return found if found == found else float("inf")  # a NaN gradient is as wrong as can be
