"""Networks, steps and optimizers for the tests of compiled functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import denpa as dp

F = dp.nn.functional
nn = dp.nn


def graph(f: Any) -> Any:
    return dp.compile(f, backend="graph")


def eager(f: Any) -> Any:
    return dp.compile(f, backend="eager")


def batch(k: int, n: int = 12, dtype: str = "float32") -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(k)
    return rng.normal(size=(n, 4)).astype(dtype), rng.integers(0, 3, n)


def mlp() -> Any:
    return nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 3))


def noisy() -> Any:
    return nn.Sequential(
        nn.Linear(4, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Dropout(0.4), nn.Linear(6, 3)
    )


def all_of(net: Any, opt: Any) -> list[np.ndarray]:
    """Everything that a step changes."""
    found = [p.detach().numpy().copy() for p in net.parameters()]
    found += [p.grad.numpy().copy() for p in net.parameters() if p.grad is not None]
    found += [b.numpy().copy() for b in net.buffers()]
    found += [t.numpy().copy() for s in opt.state.values() for t in s.values()]
    return [*found, dp.get_rng_state().numpy()]


Step = Callable[[Any, Any], Callable[..., Any]]


def plain(net: Any, opt: Any) -> Callable[..., Any]:
    def step(x: Any, y: Any) -> Any:
        opt.zero_grad()
        loss = F.cross_entropy(net(x), y)
        loss.backward()
        opt.step()
        return loss

    return step


def sgd(p: Any) -> Any:
    return dp.optim.SGD(p, lr=0.1, momentum=0.9)


OPTIMIZERS: dict[str, Callable[[Any], Any]] = {
    "plain": lambda p: dp.optim.SGD(p, lr=0.1),
    "momentum": sgd,
    "nesterov": lambda p: dp.optim.SGD(p, 0.1, 0.9, weight_decay=0.1, nesterov=True),
    "dampening": lambda p: dp.optim.SGD(p, lr=0.1, momentum=0.9, dampening=0.5),
    "adam": lambda p: dp.optim.Adam(p, lr=0.01, weight_decay=0.1),
    "amsgrad": lambda p: dp.optim.Adam(p, lr=0.01, amsgrad=True, eps_inside_sqrt=True),
    "adamw": lambda p: dp.optim.AdamW(p, lr=0.01),
    "rmsprop": lambda p: dp.optim.RMSprop(p, lr=0.01, centered=True, momentum=0.5),
    "adagrad": lambda p: dp.optim.Adagrad(p, lr=0.01, lr_decay=0.1),
    "adadelta": lambda p: dp.optim.Adadelta(p, lr=0.5, eps=1e-4, weight_decay=0.01),
    "maximize": lambda p: dp.optim.Adam(p, lr=0.01, maximize=True),
    "tensor lr": lambda p: dp.optim.SGD(p, lr=dp.tensor(0.1)),
    "groups": lambda p: dp.optim.SGD(
        [{"params": q, "lr": 0.1 * k} for k, q in enumerate(p)], lr=0.1, momentum=0.5
    ),
}
