"""Gradient clipping, and all parameters as one vector."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np

from denpa.autodiff.mode import no_grad
from denpa.autodiff.rebind import rebind
from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.dtype import get_default_dtype
from denpa.core.errors import ShapeError
from denpa.core.op import OPS
from denpa.core.shape import size_of
from denpa.nn.functional._tools import op


def _gradients(parameters: Tensor | Iterable[Tensor]) -> list[Tensor]:
    given = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    return [p.grad for p in given if p.grad is not None]


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scale all gradients so that their norm, taken together, is at most `max_norm`; returns the
    norm before.

    Source: Pascanu, Mikolov, Bengio, *On the difficulty of training recurrent neural networks*
    (2013).

    Parameters, one or several, to a 0-dim tensor; those without a gradient do not count.
    Errors: RuntimeError for a norm that is NaN or infinite, with error_if_nonfinite;
    NotImplementedError for foreach; TypeError for a max_norm or norm_type that is no number.

    >>> import denpa as dp
    >>> p = dp.nn.Parameter(dp.zeros(2))
    >>> p.grad = dp.tensor([3.0, 4.0])
    >>> dp.nn.utils.clip_grad_norm_(p, 1.0)
    tensor(5.)
    >>> p.grad
    tensor([0.6, 0.8])
    """
    if foreach:
        raise NotImplementedError("clip_grad_norm_: foreach is not offered; leave it out")
    gradients = _gradients(parameters)
    if not gradients:
        return tensor_of(0.0, get_default_dtype())
    with no_grad():
        norm = _norm([_norm([g], norm_type) for g in gradients], norm_type)
        if error_if_nonfinite and not math.isfinite(norm.item()):
            raise RuntimeError(
                f"the norm of the gradients is {norm.item()}, so they cannot be clipped; look "
                "for its cause "
                "with denpa.autograd.detect_anomaly(), or pass error_if_nonfinite=False"
            )
        scale = op("minimum", max_norm / (norm + 1e-6), 1.0)
        for g in gradients:
            rebind(
                g,
                op("mul", g, scale if scale.dtype == g.dtype else op("cast", scale, dtype=g.dtype)),
            )
    return norm


def _norm(parts: list[Tensor], p: float) -> Tensor:
    """The p-norm of one tensor, or of several 0-dim ones."""
    x = parts[0]
    if len(parts) > 1:
        flat = [op("reshape", t, shape=(1,)) for t in parts]
        dtype = np.result_type(*(t.dtype for t in flat))
        x = op("cat", *(op("cast", t, dtype=dtype) for t in flat), dim=0)
    size = abs(x)
    dims = tuple(range(x.ndim))
    if math.isinf(p) and p > 0:
        return op("amax", size, dim=dims, keepdim=False)
    power = op("mul", size, size) if p == 2 else op("pow", size, float(p))
    total = op("sum", power, dim=dims, keepdim=False)
    return op("sqrt", total) if p == 2 else op("pow", total, 1.0 / p)


def clip_grad_value_(
    parameters: Tensor | Iterable[Tensor], clip_value: float, foreach: bool | None = None
) -> None:
    """Hold every element of every gradient between −clip_value and clip_value.

    Parameters, one or several, to None; those without a gradient do not count.
    Errors: NotImplementedError for foreach; ValueError for a text as clip_value, TypeError for
    None.

    >>> import denpa as dp
    >>> p = dp.nn.Parameter(dp.zeros(2))
    >>> p.grad = dp.tensor([3.0, -0.5])
    >>> dp.nn.utils.clip_grad_value_(p, 1.0)
    >>> p.grad
    tensor([ 1. , -0.5])
    """
    if foreach:
        raise NotImplementedError("clip_grad_value_: foreach is not offered; leave it out")
    bound = float(clip_value)
    with no_grad():
        for g in _gradients(parameters):
            rebind(g, op("maximum", op("minimum", g, bound), -bound))


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """All parameters one after the other, as one vector; gradients flow through it.

    Tensors of n elements in all to one of shape (n,).
    Errors: ValueError for no parameters; TypeError (DTypeError) for two dtypes.

    >>> import denpa as dp
    >>> dp.nn.utils.parameters_to_vector(dp.nn.Linear(3, 2).parameters()).shape
    (8,)
    """
    flat = [op("reshape", p, shape=(size_of(p.shape),)) for p in parameters]
    if not flat:
        raise ValueError("parameters_to_vector: no parameters were given")
    return op("cat", *flat, dim=0)


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Copy a vector into parameters, the inverse of `parameters_to_vector`.

    A vector (n,) and parameters of n elements in all to None.
    Errors: TypeError for what is no tensor; RuntimeError (ShapeError) for another shape than (n,).

    >>> import denpa as dp
    >>> layer = dp.nn.Linear(1, 1)
    >>> dp.nn.utils.vector_to_parameters(dp.tensor([2.0, 3.0]), layer.parameters())
    >>> layer.bias.item()
    3.0
    """
    if not isinstance(vec, Tensor):
        raise TypeError(f"vector_to_parameters takes a tensor, not {type(vec).__name__}")
    given = list(parameters)
    n = sum(size_of(p.shape) for p in given)
    if vec.shape != (n,):
        raise ShapeError(
            f"the vector has shape {list(vec.shape)}, the parameters {n} elements in all"
        )
    with no_grad():
        for p, part in zip(given, _split(vec.detach(), given), strict=True):
            rebind(p, op("cast", part, dtype=p.dtype))


def _split(vec: Tensor, parameters: list[Tensor]) -> Iterator[Tensor]:
    at = 0
    for p in parameters:
        n = size_of(p.shape)
        part = OPS["slice"](vec, start=(at,), stop=(at + n,), step=(1,))
        yield op("reshape", part, shape=p.shape)
        at += n
