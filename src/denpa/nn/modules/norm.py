"""Normalisation layers, and dropout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from denpa.autodiff.mode import no_grad
from denpa.autodiff.rebind import rebind
from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.dtype import as_dtype, get_default_dtype
from denpa.core.errors import ArgumentError
from denpa.core.shape import describe
from denpa.nn import functional as F
from denpa.nn import init
from denpa.nn.functional._tools import fail, op
from denpa.nn.functional.norm import batch_norm
from denpa.nn.module import Module
from denpa.nn.modules.linear import new


class _BatchNorm(Module):
    _ranks: ClassVar[tuple[int, ...]]
    num_batches_tracked: Tensor | None

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-05,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        if affine:
            self.weight = new((num_features,), device, dtype)
        else:
            self.register_parameter("weight", None)
        if affine and bias:
            self.bias = new((num_features,), device, dtype)
        else:
            self.register_parameter("bias", None)
        if track_running_stats:
            kind = get_default_dtype() if dtype is None else as_dtype(dtype)
            self.register_buffer("running_mean", tensor_of(np.zeros(num_features, kind)))
            self.register_buffer("running_var", tensor_of(np.ones(num_features, kind)))
            self.register_buffer("num_batches_tracked", tensor_of(np.zeros((), np.int64)))
        else:
            for name in ("running_mean", "running_var", "num_batches_tracked"):
                self.register_buffer(name, None)
        self.reset_parameters()

    def reset_running_stats(self) -> None:
        """Forget the batches seen so far."""
        if self.track_running_stats:
            for name, value in (
                ("running_mean", 0),
                ("running_var", 1),
                ("num_batches_tracked", 0),
            ):
                init.constant_(getattr(self, name), value)

    def reset_parameters(self) -> None:
        """Weight one, bias zero, no batches seen."""
        self.reset_running_stats()
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def forward(self, input: Tensor) -> Tensor:
        """Apply the layer."""
        if input.ndim not in self._ranks:
            shapes = " or ".join(f"{r}" for r in self._ranks)
            fail(
                ArgumentError(
                    f"{type(self).__name__} takes an input of {shapes} dimensions, not "
                    f"{describe(input)}"
                )
            )
        count = self.num_batches_tracked
        own = self.training or self.running_mean is None
        momentum: Any = self.momentum if self.momentum is not None else 0.0
        if self.training and count is not None:
            with no_grad():
                _increment(count)
                if self.momentum is None:  # the plain mean over all batches
                    momentum = 1.0 / op("cast", count, dtype=self.running_mean.dtype)
        track = not self.training or self.track_running_stats
        return batch_norm(
            input,
            self.running_mean if track else None,
            self.running_var if track else None,
            self.weight,
            self.bias,
            own,
            momentum,
            self.eps,
        )

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"track_running_stats={self.track_running_stats}"
        )


def _increment(count: Tensor) -> None:
    held = count._value.array
    if held is None:
        rebind(count, op("add", count, 1))
    else:  # the same, without the cost of an op: this runs in every step
        held += 1
        count._value.shared().version += 1


class BatchNorm1d(_BatchNorm):
    """Normalise each feature over the batch. Shapes: (N, C) or (N, C, L); see
    `functional.batch_norm`.

    In prediction (`eval()`) the running statistics are used; momentum=None makes them the plain
    mean over all batches.

    The result has the shape of the input.
    Errors: ValueError (ArgumentError) at the call for another rank, and for one value for each
    channel in training; RuntimeError (ShapeError) for another number of channels; TypeError
    (DTypeError) for integers. In making the layer TypeError, ValueError, NotImplementedError and
    RuntimeError, as `Linear`.

    >>> import denpa as dp
    >>> dp.nn.BatchNorm1d(1, affine=False)(dp.tensor([[1.0], [3.0]]))
    tensor([[-1.],
            [ 1.]])
    """

    _ranks = (2, 3)


class BatchNorm2d(_BatchNorm):
    """Normalise each channel over the batch and space. Shape: (N, C, H, W); see `BatchNorm1d`.

    The result has the shape of the input.
    Errors: ValueError (ArgumentError) at the call for another rank, and for one value for each
    channel in training; RuntimeError (ShapeError) for another number of channels; TypeError
    (DTypeError) for integers. In making the layer TypeError, ValueError, NotImplementedError and
    RuntimeError, as `Linear`.

    >>> import denpa as dp
    >>> list(dp.nn.BatchNorm2d(3).state_dict())
    ['weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked']
    """

    _ranks = (4,)


class LayerNorm(Module):
    """Normalise over the last dimensions; see `functional.layer_norm`.

    Shapes: `(…, *normalized_shape)` to the same.
    Errors: RuntimeError (ShapeError) at the call for other last dimensions; TypeError for what is
    no tensor or (DTypeError) holds integers. In making the layer TypeError, ValueError,
    NotImplementedError and RuntimeError, as `Linear`.

    >>> import denpa as dp
    >>> dp.nn.LayerNorm(4)(dp.ones(2, 4)).shape
    (2, 4)
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-05,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        one = isinstance(normalized_shape, int)
        self.normalized_shape: tuple[int, ...] = (
            (normalized_shape,) if one else tuple(normalized_shape)  # type: ignore[assignment, arg-type]
        )
        self.eps, self.elementwise_affine = eps, elementwise_affine
        for name, used in (("weight", elementwise_affine), ("bias", elementwise_affine and bias)):
            p = new(self.normalized_shape, device, dtype) if used else None
            self.register_parameter(name, p)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Weight one, bias zero."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def forward(self, input: Tensor) -> Tensor:
        """Apply the layer."""
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"
        )


class Dropout(Module):
    """Set elements to zero with probability p while training; see `functional.dropout`.

    scale='training' (PyTorch's) divides by 1 − p in training; scale='prediction' multiplies by 1 −
    p in prediction, the original form.

    Shapes: any to the same.
    Errors: ValueError for a p outside 0 to 1 or an unknown scale; TypeError at the call for what is
    no tensor, or (DTypeError) holds integers in training; RuntimeError for inplace=True on a leaf
    that requires a gradient.

    >>> import denpa as dp
    >>> dp.nn.Dropout(0.5).eval()(dp.ones(3))
    tensor([1., 1., 1.])
    """

    def __init__(self, p: float = 0.5, inplace: bool = False, *, scale: str = "training") -> None:
        super().__init__()
        if not 0.0 <= p <= 1.0:
            raise ValueError(f"Dropout: the probability p must be between 0 and 1, not {p}")
        if scale not in ("training", "prediction"):
            raise ValueError(f"Dropout: scale={scale!r} is not one of 'training', 'prediction'")
        self.p, self.inplace, self.scale = p, inplace, scale

    def forward(self, input: Tensor) -> Tensor:
        """Apply the layer."""
        return F.dropout(input, self.p, self.training, self.inplace, scale=self.scale)

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        other = "" if self.scale == "training" else f", scale={self.scale!r}"
        return f"p={self.p}, inplace={self.inplace}{other}"
