"""Penalties Ω on the weights, to be added to a loss: J + αΩ.

Only weights count: parameters with two or more dimensions (those of linear maps, convolutions and
embeddings). Biases and the factors of batch and layer norm have one, and are left alone: they do
not make a function steeper, and shrinking them only costs fit.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.dtype import get_default_dtype
from denpa.nn.functional._tools import op, total
from denpa.nn.module import Module


def weights(net: Module | Iterable[Tensor]) -> list[Tensor]:
    """The parameters that a penalty is about: those with two or more dimensions.

    A module or tensors to a list of tensors.
    Errors: TypeError for what is neither.

    >>> import denpa as dp
    >>> [w.shape for w in dp.nn.penalty.weights(dp.nn.Linear(3, 2))]
    [(2, 3)]
    """
    given: Any = net.parameters() if isinstance(net, Module) else net
    found = []
    for p in (given,) if isinstance(given, Tensor) else given:
        if not isinstance(p, Tensor):
            raise TypeError(f"a penalty takes a module or tensors, not {type(p).__name__}")
        if p.ndim >= 2:
            found.append(p)
    return found


def _sum(parts: list[Tensor]) -> Tensor:
    if not parts:
        return tensor_of(0.0, get_default_dtype())
    result = parts[0]
    for part in parts[1:]:
        result = op("add", result, part)
    return result


def l1(net: Module | Iterable[Tensor]) -> Tensor:
    """Ω = Σ|w| over all weights; its derivative is sgn w, which drives weights to exactly 0.

    A module or tensors to a 0-dim tensor.
    Errors: TypeError for what is neither.

    >>> import denpa as dp
    >>> dp.nn.penalty.l1([dp.tensor([[1.0, -2.0]])])
    tensor(3.)
    """
    return _sum([total(abs(w)) for w in weights(net)])


def l2(net: Module | Iterable[Tensor]) -> Tensor:
    """Ω = ½Σw² over all weights. With the ½ its derivative is w: `loss + a * l2(net)` trains as
    SGD with weight_decay=a on the weights alone.

    A module or tensors to a 0-dim tensor.
    Errors: TypeError for what is neither.

    >>> import denpa as dp
    >>> dp.nn.penalty.l2([dp.tensor([[1.0, -2.0]])])
    tensor(2.5)
    """
    return _sum([total(op("mul", w, w)) * 0.5 for w in weights(net)])
