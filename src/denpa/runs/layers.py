"""What the layers of a network say and hear: histograms of activations and of gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from denpa import nn
from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.nn import Module
from denpa.nn.state import evaluating
from denpa.report.record import LayerHistogram, LayerRow
from denpa.train.models import Standardize

_BINS = 40


def histogram(name: str, values: np.ndarray) -> LayerHistogram:
    """Counts of the finite values, with their mean, spread and share of exact zeros.

    >>> import numpy as np
    >>> from denpa.runs.layers import histogram
    >>> histogram("relu1", np.array([0.0, 0.0, 1.0, 3.0])).zeros
    0.5
    """
    flat = np.asarray(values, np.float64).reshape(-1)
    known = flat[np.isfinite(flat)]
    if not known.size:
        return LayerHistogram(name, [0], [0.0, 1.0], float("nan"), float("nan"), 0.0)
    low, high = float(known.min()), float(known.max())
    if not high - low > 1e-6 * max(abs(low), abs(high)):  # all alike: one bar of some width
        wide = max(abs(high), 1e-6)
        low, high = low - wide / 2, high + wide / 2
    counts, edges = np.histogram(known, _BINS, (low, high))
    zeros = float(np.count_nonzero(flat == 0) / flat.size)
    return LayerHistogram(
        name, counts.tolist(), edges.tolist(), float(known.mean()), float(known.std()), zeros
    )


def observe(
    net: Module,
    loss: Callable[[Tensor, Tensor], Tensor],
    x: np.ndarray,
    y: np.ndarray,
) -> tuple[list[LayerHistogram], list[LayerHistogram]]:
    """Run one batch forward and backward in evaluation mode; histograms of the output y of every
    layer and of the message ∂loss/∂y that comes back to it. What only hands on its input in another
    shape or unit is left out. The network is left as it was."""
    layers = [
        (name, module)
        for name, module in net.named_modules()
        if name
        and not any(True for _ in module.children())
        and not isinstance(module, (nn.Flatten, nn.Dropout, Standardize))
    ]
    heard: dict[str, np.ndarray] = {}
    said: dict[str, np.ndarray] = {}

    def listen(name: str) -> Callable[..., None]:
        def forward(module: Module, inputs: Any, output: Any) -> None:
            if not isinstance(output, Tensor):
                return
            said[name] = output.detach().numpy().copy()
            if output.requires_grad:
                output.register_hook(keep)

        def keep(gradient: Tensor) -> None:
            heard[name] = gradient.detach().numpy().copy()

        return forward

    gradients = [(p, p.grad) for p in net.parameters()]
    handles = [module.register_forward_hook(listen(name)) for name, module in layers]
    try:
        with evaluating(net):
            loss(net(tensor_of(x)), tensor_of(y)).backward()
    finally:
        for handle in handles:
            handle.remove()
        for p, gradient in gradients:
            p.grad = gradient
    names = [name for name, _ in layers]
    return (
        [histogram(n, said[n]) for n in names if n in said],
        [histogram(n, heard[n]) for n in names if n in heard],
    )


def network_table(net: Module, example: np.ndarray) -> list[LayerRow]:
    """The rows of the network's table; None stands for the batch."""
    from denpa.nn import summary

    def open_batch(shape: Any) -> Any:
        return shape if isinstance(shape, str) or not shape else (None, *shape[1:])

    return [
        LayerRow(
            row.name,
            row.type,
            open_batch(row.input_shape),
            open_batch(row.output_shape),
            row.parameters,
        )
        for row in summary(net, tensor_of(example))
    ]
