"""More activation functions as layers. Shapes: any to the same."""

from __future__ import annotations

from denpa.autodiff.tensor import Tensor
from denpa.nn import functional as F
from denpa.nn.module import Module
from denpa.nn.modules.activation import given


class ReLU6(Module):
    """min(max(x, 0), 6).

    Shapes: any to the same.
    Errors: TypeError at the call for what is no tensor; RuntimeError for inplace=True on a leaf
    that requires a gradient.

    >>> import denpa as dp
    >>> dp.nn.ReLU6()(dp.tensor([-1.0, 9.0]))
    tensor([0., 6.])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function."""
        return F.relu6(input, self.inplace)

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        return "inplace=True" if self.inplace else ""


class CELU(Module):
    """max(x, 0) + min(alpha·(exp(x/alpha) − 1), 0).

    Shapes: any to the same.
    Errors: at the call, RuntimeError for alpha = 0, and for inplace=True on a leaf that requires a
    gradient; TypeError for what is no tensor or (DTypeError) holds integers or bools.

    >>> import denpa as dp
    >>> dp.nn.CELU(2.0)(dp.tensor([-1.0, 2.0]))
    tensor([-0.7869,  2.    ])
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha, self.inplace = alpha, inplace

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function."""
        return F.celu(input, self.alpha, self.inplace)

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        return f"alpha={self.alpha}"


class SELU(Module):
    """scale·elu(x, alpha), with the constants that keep mean 0 and variance 1.

    Shapes: any to the same.
    Errors: TypeError at the call for what is no tensor or (DTypeError) holds integers or bools;
    RuntimeError for inplace=True on a leaf that requires a gradient.

    >>> import denpa as dp
    >>> dp.nn.SELU()(dp.tensor([-1.0, 2.0]))
    tensor([-1.1113, 2.1014])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function."""
        return F.selu(input, self.inplace)

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        return "inplace=True" if self.inplace else ""


class Mish(Module):
    """x·tanh(softplus(x)).

    Shapes: any to the same.
    Errors: TypeError at the call for what is no tensor or (DTypeError) holds integers or bools;
    RuntimeError for inplace=True on a leaf that requires a gradient.

    >>> import denpa as dp
    >>> dp.nn.Mish()(dp.tensor([-1.0, 2.0]))
    tensor([-0.3034,  1.944 ])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function."""
        return F.mish(input, self.inplace)

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        return "inplace=True" if self.inplace else ""


class Softsign(Module):
    """x/(1 + |x|).

    Shapes: any to the same.
    Errors: TypeError at the call for what is no tensor or (DTypeError) holds bools.

    >>> import denpa as dp
    >>> dp.nn.Softsign()(dp.tensor([-1.0, 3.0]))
    tensor([-0.5 ,  0.75])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function."""
        return F.softsign(input)


class LogSigmoid(Module):
    """ln σ(x).

    Shapes: any to the same.
    Errors: TypeError at the call for what is no tensor or (DTypeError) holds integers or bools.

    >>> import denpa as dp
    >>> dp.nn.LogSigmoid()(dp.tensor([0.0, 2.0]))
    tensor([-0.6931, -0.1269])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function."""
        return F.logsigmoid(input)


class Hardsigmoid(Module):
    """x/6 + 1/2 held between 0 and 1.

    Shapes: any to the same.
    Errors: TypeError at the call for what is no tensor; RuntimeError for inplace=True on a leaf
    that requires a gradient, or on integers.

    >>> import denpa as dp
    >>> dp.nn.Hardsigmoid()(dp.tensor([-3.0, 0.0]))
    tensor([0. , 0.5])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function."""
        return F.hardsigmoid(input, self.inplace)

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        return "inplace=True" if self.inplace else ""


class Tanhshrink(Module):
    """x − tanh x.

    Shapes: any to the same.
    Errors: TypeError at the call for what is no tensor.

    >>> import denpa as dp
    >>> dp.nn.Tanhshrink()(dp.tensor([0.0, 1.0]))
    tensor([0.    , 0.2384])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function."""
        return F.tanhshrink(input)


class Hardtanh(Module):
    """x held between min_val and max_val.

    Shapes: any to the same.
    Errors: at the call, ValueError for min_val > max_val; TypeError for what is no tensor;
    RuntimeError for inplace=True on a leaf that requires a gradient.

    >>> import denpa as dp
    >>> dp.nn.Hardtanh()(dp.tensor([-3.0, 0.5]))
    tensor([-1. ,  0.5])
    """

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.min_val, self.max_val, self.inplace = min_val, max_val, inplace

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function."""
        return F.hardtanh(input, self.min_val, self.max_val, self.inplace)

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        return f"min_val={self.min_val}, max_val={self.max_val}"


class Threshold(Module):
    """x where x > threshold, `value` elsewhere.

    Shapes: any to the same.
    Errors: at the call, TypeError for what is no tensor, or a threshold that is no number;
    ValueError for a text as `value`; RuntimeError for inplace=True on a leaf that requires a
    gradient.

    >>> import denpa as dp
    >>> dp.nn.Threshold(1.0, 9.0)(dp.tensor([0.5, 2.0]))
    tensor([9., 2.])
    """

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__()
        self.threshold, self.value, self.inplace = threshold, value, inplace

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function."""
        return F.threshold(input, self.threshold, self.value, self.inplace)

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        return f"threshold={self.threshold}, value={self.value}"


class GLU(Module):
    """a·σ(b) for the two halves a, b of the input along `dim`.

    Shapes: (…, 2n, …) to (…, n, …).
    Errors: at the call, RuntimeError for a 0-dim tensor, and (ShapeError) for an odd size;
    IndexError (DimError) for a dim out of range; TypeError for what is no tensor.

    >>> import denpa as dp
    >>> dp.nn.GLU()(dp.tensor([4.0, 0.0]))
    tensor([2.])
    """

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function."""
        return F.glu(input, self.dim)

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        return f"dim={self.dim}"


class Softmin(Module):
    """softmax(−x) along `dim`, which must be given.

    Shapes: any to the same.
    Errors: at the call, ValueError (ArgumentError) without dim; IndexError (DimError) for a dim out
    of range; TypeError for what is no tensor or (DTypeError) holds integers or bools.

    >>> import denpa as dp
    >>> dp.nn.Softmin(dim=0)(dp.tensor([0.0, 0.0]))
    tensor([0.5, 0.5])
    """

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function."""
        return F.softmin(input, given(self))

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        return f"dim={self.dim}"
