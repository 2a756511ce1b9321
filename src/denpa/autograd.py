"""Derivatives of what was recorded, and the switches of recording: `torch.autograd`'s names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from denpa.autodiff.backward import grad
from denpa.autodiff.function import Function
from denpa.autodiff.mode import (
    detect_anomaly,
    enable_grad,
    no_grad,
    set_detect_anomaly,
    set_grad_enabled,
)
from denpa.autodiff.tensor import Tensor


def backward(
    tensors: Any,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Any = None,
) -> None:
    """Accumulate the gradients of the sum of `tensors` into the leaves, as `Tensor.backward` does.

    >>> import denpa as dp
    >>> x = dp.ones(2, requires_grad=True)
    >>> dp.autograd.backward(x.sum() * 3)
    >>> x.grad
    tensor([3., 3.])
    """
    roots = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    single = grad_tensors is None or isinstance(grad_tensors, Tensor)
    seeds: Sequence[Any] = [grad_tensors] if single else list(grad_tensors)
    if len(seeds) != len(roots):
        if grad_tensors is not None:
            raise RuntimeError(f"backward: {len(roots)} tensors, but {len(seeds)} grad_tensors")
        seeds = [None] * len(roots)
    keep = create_graph if retain_graph is None else retain_graph
    for k, (root, seed) in enumerate(zip(roots, seeds, strict=True)):
        # The tensors may share a graph, so only the last may free it.
        root.backward(seed, keep or k + 1 < len(roots), create_graph, inputs)


__all__ = [
    "Function",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "grad",
    "no_grad",
    "set_detect_anomaly",
    "set_grad_enabled",
]
