"""Layers with a matrix: linear maps, embeddings."""

from __future__ import annotations

import math
from typing import Any, Self

import numpy as np

from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.dtype import as_dtype, get_default_dtype
from denpa.functional.common import check_device
from denpa.nn import functional as F
from denpa.nn import init
from denpa.nn.module import Module
from denpa.nn.parameter import Parameter


def new(shape: tuple[int, ...], device: Any = None, dtype: Any = None) -> Parameter:
    """A parameter of zeros, to be filled."""
    check_device(device)
    kind = get_default_dtype() if dtype is None else as_dtype(dtype)
    return Parameter(tensor_of(np.zeros(shape, kind)))


class Linear(Module):
    """y = x Wᵀ + b. Shapes: (..., in_features) to (..., out_features).

    weight (out_features, in_features) and bias (out_features,) start uniform in ±1/√in_features.

    Errors: TypeError for sizes that are no ints or an unknown dtype, ValueError for negative ones;
    NotImplementedError for a device other than the CPU; RuntimeError for an integer dtype; at the
    call RuntimeError (ShapeError) for another number of features, TypeError for what is no tensor
    or (DTypeError) has another dtype.

    >>> import denpa as dp
    >>> dp.nn.Linear(3, 2)(dp.ones(5, 3)).shape
    (5, 2)
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        self.weight = new((out_features, in_features), device, dtype)
        if bias:
            self.bias = new((out_features,), device, dtype)
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the initial values anew."""
        bound = 1 / math.sqrt(self.in_features) if self.in_features > 0 else 0.0
        for p in self._parameters.values():
            if p is not None:
                init.uniform_(p, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        """Apply the layer."""
        held = self._parameters
        return F.linear(input, held["weight"], held["bias"])  # type: ignore[arg-type]

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        return (
            f"in_features={self.in_features}, out_features={self.out_features}, "
            f"bias={self.bias is not None}"
        )


class Bilinear(Module):
    """y = x₁ᵀ W x₂ + b. Shapes: (..., in1_features), (..., in2_features) to (..., out_features).

    Errors: TypeError for sizes that are no ints or an unknown dtype, ValueError for negative ones;
    NotImplementedError for a device other than the CPU; RuntimeError for an integer dtype; at the
    call RuntimeError (ShapeError) for shapes that do not fit, TypeError for what is no tensor or
    (DTypeError) has another dtype.

    >>> import denpa as dp
    >>> dp.nn.Bilinear(3, 4, 2)(dp.ones(5, 3), dp.ones(5, 4)).shape
    (5, 2)
    """

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.in1_features, self.in2_features = in1_features, in2_features
        self.out_features = out_features
        self.weight = new((out_features, in1_features, in2_features), device, dtype)
        if bias:
            self.bias = new((out_features,), device, dtype)
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the initial values anew."""
        bound = 1 / math.sqrt(self.in1_features)
        for p in self.parameters(recurse=False):
            init.uniform_(p, -bound, bound)

    def forward(self, input1: Tensor, input2: Tensor) -> Tensor:
        """Apply the layer."""
        return F.bilinear(input1, input2, self.weight, self.bias)

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        return (
            f"in1_features={self.in1_features}, in2_features={self.in2_features}, "
            f"out_features={self.out_features}, bias={self.bias is not None}"
        )


class Embedding(Module):
    """A table of vectors: indices of any shape to (*shape, embedding_dim).

    weight (num_embeddings, embedding_dim) starts standard normal; row `padding_idx` starts at zero
    and gets no gradient.

    Errors: TypeError for sizes that are no ints or an unknown dtype, ValueError for negative ones;
    NotImplementedError for a device other than the CPU; RuntimeError for an integer dtype;
    AssertionError for a padding_idx out of range; at the call IndexError for an index out of range,
    TypeError for what is no tensor or (DTypeError) no int64 or int32.

    >>> import denpa as dp
    >>> dp.nn.Embedding(10, 3, padding_idx=0)(dp.tensor([[0, 4]]))[0, 0]
    tensor([0., 0., 0.], grad_fn=<...>)
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        *,
        _weight: Tensor | None = None,
        _freeze: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.num_embeddings, self.embedding_dim = num_embeddings, embedding_dim
        if padding_idx is not None and not -num_embeddings <= padding_idx < num_embeddings:
            raise AssertionError(
                f"padding_idx={padding_idx} is out of range; the table has {num_embeddings} rows"
            )
        self.padding_idx = None if padding_idx is None else padding_idx % num_embeddings
        if _weight is None:
            self.weight = new((num_embeddings, embedding_dim), device, dtype)
            self.weight.requires_grad_(not _freeze)
            self.reset_parameters()
        else:
            if _weight.shape != (num_embeddings, embedding_dim):
                raise AssertionError(
                    f"the table must have shape {[num_embeddings, embedding_dim]}, "
                    f"not {list(_weight.shape)}"
                )
            self.weight = Parameter(_weight, requires_grad=not _freeze)

    @classmethod
    def from_pretrained(
        cls, embeddings: Tensor, freeze: bool = True, padding_idx: int | None = None
    ) -> Self:
        """A layer around a table (num_embeddings, embedding_dim) that exists."""
        rows, columns = embeddings.shape
        return cls(rows, columns, padding_idx, _weight=embeddings, _freeze=freeze)

    def reset_parameters(self) -> None:
        """Draw the initial values anew."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            table = self.weight.detach().numpy().copy()
            table[self.padding_idx] = 0
            init._fill(self.weight, table)

    def forward(self, input: Tensor) -> Tensor:
        """Apply the layer."""
        return F.embedding(input, self.weight, self.padding_idx)

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"{self.num_embeddings}, {self.embedding_dim}{padding}"
