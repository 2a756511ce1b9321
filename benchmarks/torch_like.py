"""One training step written once for `torch` and `denpa`, which have the same names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.workloads import Layer, Workload, data, layers, weights

ACTIVATIONS = {"relu": "ReLU", "tanh": "Tanh", "sigmoid": "Sigmoid"}


def network(m: Any, w: Workload) -> Any:
    """The network of a workload in module `m` (torch or denpa) with its first weights."""

    def module(layer: Layer) -> Any:
        nn = m.nn
        match layer:
            case ("linear", a, b):
                return nn.Linear(a, b)
            case ("conv", dimensions, a, b, kernel):
                return getattr(nn, f"Conv{dimensions}d")(a, b, kernel)
            case ("pool", dimensions, kernel):
                return getattr(nn, f"MaxPool{dimensions}d")(kernel)
            case ("norm", features):
                return nn.BatchNorm1d(features)
            case ("act", name):
                return getattr(nn, ACTIVATIONS[name])()
            case ("dropout", p):
                return nn.Dropout(p)
            case _:
                return nn.Flatten()

    net = m.nn.Sequential(*map(module, layers(w)))
    state = net.state_dict()
    state.update({k: m.from_numpy(a) for k, a in weights(w).items()})
    net.load_state_dict(state)
    return net


def loss_function(m: Any, w: Workload) -> Callable[[Any, Any], Any]:
    """The loss of logits or predictions and targets."""
    f = m.nn.functional
    found: Callable[[Any, Any], Any] = {
        "classes": f.cross_entropy,
        "binary": f.binary_cross_entropy_with_logits,
        "squares": f.mse_loss,
    }[w.loss]
    return found


def optimizer(m: Any, w: Workload, net: Any, **options: Any) -> Any:
    """The optimizer of a workload over the parameters of `net`."""
    if w.optimizer == "adam":
        return m.optim.Adam(net.parameters(), lr=w.lr, **options)
    momentum = 0.9 if w.optimizer == "momentum" else 0.0
    return m.optim.SGD(net.parameters(), lr=w.lr, momentum=momentum, **options)


def tensors(m: Any, w: Workload) -> tuple[Any, Any]:
    """All rows as tensors of the module."""
    x, y = data(w)
    return m.from_numpy(x), m.from_numpy(y)
