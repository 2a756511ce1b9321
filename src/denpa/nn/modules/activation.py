"""Activation functions as layers. Shapes: any to the same."""

from __future__ import annotations

from typing import Any

from denpa.autodiff.tensor import Tensor
from denpa.core.errors import ArgumentError
from denpa.nn import functional as F
from denpa.nn import init
from denpa.nn.functional._tools import fail
from denpa.nn.module import Module
from denpa.nn.modules.linear import new


class ReLU(Module):
    """max(x, 0).

    Shapes: any to the same.
    Errors: TypeError at the call for what is no tensor or (DTypeError) holds bools; RuntimeError
    for inplace=True on a leaf that requires a gradient.

    >>> import denpa as dp
    >>> dp.nn.ReLU()(dp.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function."""
        return F.relu(input, self.inplace)

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        return "inplace=True" if self.inplace else ""


class LeakyReLU(Module):
    """x for x > 0, negative_slope·x elsewhere.

    Shapes: any to the same.
    Errors: TypeError at the call for what is no tensor or (DTypeError) holds integers (with a float
    slope) or bools; RuntimeError for inplace=True on a leaf that requires a gradient.

    >>> import denpa as dp
    >>> dp.nn.LeakyReLU(0.5)(dp.tensor([-1.0, 2.0]))
    tensor([-0.5,  2. ])
    """

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__()
        self.negative_slope, self.inplace = negative_slope, inplace

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function."""
        return F.leaky_relu(input, self.negative_slope, self.inplace)

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        return f"negative_slope={self.negative_slope}"


class ELU(Module):
    """x for x > 0, alpha·(eˣ − 1) elsewhere.

    Shapes: any to the same.
    Errors: TypeError at the call for what is no tensor or (DTypeError) holds integers or bools;
    RuntimeError for inplace=True on a leaf that requires a gradient.

    >>> import denpa as dp
    >>> dp.nn.ELU()(dp.tensor([-1.0, 2.0]))
    tensor([-0.6321,  2.    ])
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha, self.inplace = alpha, inplace

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function."""
        return F.elu(input, self.alpha, self.inplace)

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        return f"alpha={self.alpha}"


class GELU(Module):
    """x·Φ(x); approximate='tanh' for the approximation by tanh.

    Shapes: any to the same.
    Errors: ValueError for an `approximate` other than 'none' and 'tanh'; TypeError at the call for
    what is no tensor.

    >>> import denpa as dp
    >>> dp.nn.GELU()(dp.tensor([-1.0, 2.0]))
    tensor([-0.1587, 1.9545])
    """

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        if approximate not in ("none", "tanh"):
            raise ValueError(f"GELU: approximate={approximate!r} is not one of 'none', 'tanh'")
        self.approximate = approximate

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function."""
        return F.gelu(input, approximate=self.approximate)

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        return f"approximate={self.approximate!r}"


class SiLU(Module):
    """x·σ(x), also called swish.

    Shapes: any to the same.
    Errors: TypeError at the call for what is no tensor; RuntimeError for inplace=True on a leaf
    that requires a gradient, or on integers.

    >>> import denpa as dp
    >>> dp.nn.SiLU()(dp.tensor([-1.0, 2.0]))
    tensor([-0.2689, 1.7616])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function."""
        return F.silu(input, self.inplace)

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        return "inplace=True" if self.inplace else ""


class Softplus(Module):
    """ln(1 + exp(beta·x))/beta.

    Shapes: any to the same.
    Errors: TypeError at the call for what is no tensor or (DTypeError) holds integers or bools.

    >>> import denpa as dp
    >>> dp.nn.Softplus()(dp.tensor([-1.0, 2.0]))
    tensor([0.3133, 2.1269])
    """

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta, self.threshold = beta, threshold

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function."""
        return F.softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        return f"beta={self.beta}, threshold={self.threshold}"


class Sigmoid(Module):
    """1/(1 + e⁻ˣ).

    Shapes: any to the same.
    Errors: TypeError at the call for what is no tensor.

    >>> import denpa as dp
    >>> dp.nn.Sigmoid()(dp.tensor([0.0, 2.0]))
    tensor([0.5   , 0.8808])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function."""
        return F.sigmoid(input)


class Tanh(Module):
    """The hyperbolic tangent.

    Shapes: any to the same.
    Errors: TypeError at the call for what is no tensor.

    >>> import denpa as dp
    >>> dp.nn.Tanh()(dp.tensor([0.0, 2.0]))
    tensor([0.   , 0.964])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function."""
        return F.tanh(input)


class Softmax(Module):
    """exp(xᵢ)/Σⱼ exp(xⱼ) along `dim`, which must be given.

    Shapes: any to the same.
    Errors: at the call, ValueError (ArgumentError) without dim; IndexError (DimError) for a dim out
    of range; TypeError for what is no tensor or (DTypeError) holds integers or bools.

    >>> import denpa as dp
    >>> dp.nn.Softmax(dim=0)(dp.tensor([0.0, 0.0]))
    tensor([0.5, 0.5])
    """

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function."""
        return F.softmax(input, given(self))

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        return f"dim={self.dim}"


class LogSoftmax(Module):
    """ln softmax(x) along `dim`, which must be given.

    Shapes: any to the same.
    Errors: at the call, ValueError (ArgumentError) without dim; IndexError (DimError) for a dim out
    of range; TypeError for what is no tensor or (DTypeError) holds integers or bools.

    >>> import denpa as dp
    >>> dp.nn.LogSoftmax(dim=0)(dp.tensor([0.0, 0.0]))
    tensor([-0.6931, -0.6931])
    """

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function."""
        return F.log_softmax(input, given(self))

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        return f"dim={self.dim}"


class PReLU(Module):
    """x for x > 0, weight·x elsewhere, with a trained weight (one, or one for each channel).

    Shapes: any, or (N, num_parameters, …), to the same.
    Errors: TypeError for sizes that are no ints or an unknown dtype, ValueError for negative ones;
    NotImplementedError for a device other than the CPU; RuntimeError for an integer dtype; at the
    call RuntimeError (ShapeError) for another number of channels, TypeError for what is no tensor.

    >>> import denpa as dp
    >>> dp.nn.PReLU()(dp.tensor([-1.0, 2.0])).detach()
    tensor([-0.25,  2.  ])
    """

    def __init__(
        self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        self.num_parameters, self.init = num_parameters, init
        self.weight = new((num_parameters,), device, dtype)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Set the weight to its initial value."""
        init.constant_(self.weight, self.init)

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function."""
        return F.prelu(input, self.weight)

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        return f"num_parameters={self.num_parameters}"


def given(module: Any) -> int:
    """The dim of a layer, which PyTorch guesses (and warns) and we ask for."""
    dim = module.dim
    if dim is None:
        name = type(module).__name__
        fail(ArgumentError(f"{name}: give dim=, the dimension whose elements are to sum to 1"))
    return int(dim)
