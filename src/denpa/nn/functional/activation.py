"""Activation functions: composites over the table. Slopes at the kinks are PyTorch's.

A branch that is not taken must not reach the gradient as 0·∞: where a function has two formulas,
each is only given inputs on which it is finite.
"""

from __future__ import annotations

import math

from denpa.autodiff.tensor import Tensor
from denpa.core.errors import ArgumentError, ShapeError
from denpa.core.shape import canonical_dim, describe
from denpa.functional import relu as _relu
from denpa.functional import sigmoid, softmax, tanh
from denpa.functional.common import unrecorded
from denpa.nn.functional._tools import fail, need_tensors, op, store

_SELU_ALPHA = 1.6732632423543772848170429916717
_SELU_SCALE = 1.0507009873554804934193349852946


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """max(x, 0); the slope at 0 is 0.

    Any shape to the same.
    Errors: TypeError for what is no tensor or (DTypeError) holds bools; RuntimeError for
    inplace=True on a leaf that requires a gradient.

    >>> import denpa as dp
    >>> dp.nn.functional.relu(dp.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """
    need_tensors("relu", input)
    return store(input, _relu(input), inplace)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """x for x > 0, negative_slope·x elsewhere.

    Any shape to the same.
    Errors: TypeError for what is no tensor or (DTypeError) holds integers (with a float slope) or
    bools; RuntimeError for inplace=True on a leaf that requires a gradient.

    >>> import denpa as dp
    >>> dp.nn.functional.leaky_relu(dp.tensor([-1.0, 2.0]), 0.5)
    tensor([-0.5,  2. ])
    """
    need_tensors("leaky_relu", input)
    return store(input, op("where", input > 0, input, input * negative_slope), inplace)


def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """x for x > 0, weight·x elsewhere, with one weight for all or one for each channel (dim 1).

    The weight has one element or C, the input any shape or (N, C, …); the result is like the input.
    Errors: TypeError for what is no tensor or (DTypeError) of another dtype; RuntimeError
    (ShapeError) for a weight of another size.

    >>> import denpa as dp
    >>> dp.nn.functional.prelu(dp.tensor([-1.0, 2.0]), dp.tensor([0.25]))
    tensor([-0.25,  2.  ])
    """
    need_tensors("prelu", input, weight)
    n = weight.shape[0] if weight.ndim == 1 else 1
    if weight.ndim > 1 or (n != 1 and (input.ndim < 2 or input.shape[1] != n)):
        fail(
            ShapeError(
                f"prelu: the weight {describe(weight)} must have one element, or one for each "
                "channel "
                f"(dim 1) of the input {describe(input)}"
            )
        )
    if input.ndim > 1:
        weight = op("reshape", weight, shape=(1, n) + (1,) * (input.ndim - 2))
    return op("where", input > 0, input, input * weight)


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """x for x > 0, alpha·(eˣ − 1) elsewhere.

    Source: Clevert, Unterthiner, Hochreiter, *Exponential linear units* (2016).

    Any shape to the same.
    Errors: TypeError for what is no tensor or (DTypeError) holds integers or bools; RuntimeError
    for inplace=True on a leaf that requires a gradient.

    >>> import denpa as dp
    >>> dp.nn.functional.elu(dp.tensor([-1.0, 2.0]))
    tensor([-0.6321,  2.    ])
    """
    need_tensors("elu", input)
    return store(input, _elu(input, alpha, 1.0), inplace)


def _elu(x: Tensor, alpha: float, rate: float) -> Tensor:
    below = op("where", x <= 0, x, 0.0)  # the exponential never sees a positive number or NaN
    if rate != 1.0:
        below = below * rate
    below = op("expm1", below)
    result: Tensor = op("relu", x) + (below if alpha == 1.0 else below * alpha)
    return result


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """max(x, 0) + min(alpha·(exp(x/alpha) − 1), 0).

    Any shape to the same.
    Errors: TypeError for what is no tensor or (DTypeError) holds integers or bools; RuntimeError
    for alpha = 0, and for inplace=True on a leaf that requires a gradient.

    >>> import denpa as dp
    >>> dp.nn.functional.celu(dp.tensor([-1.0, 2.0]), alpha=2.0)
    tensor([-0.7869,  2.    ])
    """
    need_tensors("celu", input)
    if alpha == 0:
        raise RuntimeError("celu: alpha must not be 0")
    return store(input, _elu(input, alpha, 1.0 / alpha), inplace)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """scale·elu(x, alpha) with the two constants that keep mean 0 and variance 1.

    Source: Klambauer et al., *Self-normalizing neural networks* (2017).

    Any shape to the same.
    Errors: TypeError for what is no tensor or (DTypeError) holds integers or bools; RuntimeError
    for inplace=True on a leaf that requires a gradient.

    >>> import denpa as dp
    >>> dp.nn.functional.selu(dp.tensor([-1.0, 2.0]))
    tensor([-1.1113,  2.1014])
    """
    need_tensors("selu", input)
    return store(input, _elu(input, _SELU_ALPHA, 1.0) * _SELU_SCALE, inplace)


def gelu(input: Tensor, *, approximate: str = "none") -> Tensor:
    """x·Φ(x) with the normal distribution function Φ, or its approximation by tanh.

    Source: Hendrycks, Gimpel, *Gaussian error linear units* (2016).

    Any shape to the same.
    Errors: TypeError for what is no tensor; RuntimeError for an `approximate` other than 'none' and
    'tanh'.

    >>> import denpa as dp
    >>> dp.nn.functional.gelu(dp.tensor([-1.0, 2.0]))
    tensor([-0.1587,  1.9545])
    """
    need_tensors("gelu", input)
    if approximate == "none":
        result: Tensor = input * 0.5 * (op("erf", input * math.sqrt(0.5)) + 1)
        return result
    if approximate == "tanh":
        inner = (input * input * input * 0.044715 + input) * math.sqrt(2 / math.pi)
        result = input * 0.5 * (op("tanh", inner) + 1)
        return result
    raise RuntimeError(f"gelu: approximate={approximate!r} is not one of 'none', 'tanh'")


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """x·σ(x), also called swish.

    Any shape to the same.
    Errors: TypeError for what is no tensor; RuntimeError for inplace=True on a leaf that requires a
    gradient, or on integers.

    >>> import denpa as dp
    >>> dp.nn.functional.silu(dp.tensor([-1.0, 2.0]))
    tensor([-0.2689,  1.7616])
    """
    need_tensors("silu", input)
    return store(input, input * sigmoid(input), inplace)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """x·tanh(softplus(x)).

    Any shape to the same.
    Errors: TypeError for what is no tensor or (DTypeError) holds integers or bools; RuntimeError
    for inplace=True on a leaf that requires a gradient.

    >>> import denpa as dp
    >>> dp.nn.functional.mish(dp.tensor([-1.0, 2.0]))
    tensor([-0.3034,  1.944 ])
    """
    need_tensors("mish", input)
    return store(input, input * op("tanh", op("softplus", input)), inplace)


def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """ln(1 + exp(beta·x))/beta, and x itself where beta·x > threshold.

    Any shape to the same.
    Errors: TypeError for what is no tensor or (DTypeError) holds integers or bools.

    >>> import denpa as dp
    >>> dp.nn.functional.softplus(dp.tensor([-1.0, 2.0]))
    tensor([0.3133, 2.1269])
    """
    need_tensors("softplus", input)
    scaled = input if beta == 1 else input * beta
    soft = op("softplus", scaled)
    return op("where", scaled > threshold, input, soft if beta == 1 else soft / beta)


def logsigmoid(input: Tensor) -> Tensor:
    """ln σ(x), without overflow.

    Any shape to the same.
    Errors: TypeError for what is no tensor or (DTypeError) holds integers or bools.

    >>> import denpa as dp
    >>> dp.nn.functional.logsigmoid(dp.tensor([-1000.0, 0.0]))
    tensor([-1.0000e+03, -6.9315e-01])
    """
    need_tensors("logsigmoid", input)
    result: Tensor = -op("softplus", -input)
    return result


def hardtanh(
    input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False
) -> Tensor:
    """x held between min_val and max_val; the slope is 0 at both ends.

    Any shape to the same.
    Errors: TypeError for what is no tensor; ValueError for min_val > max_val; RuntimeError for
    inplace=True on a leaf that requires a gradient.

    >>> import denpa as dp
    >>> dp.nn.functional.hardtanh(dp.tensor([-3.0, 0.5]))
    tensor([-1. ,  0.5])
    """
    need_tensors("hardtanh", input)
    if min_val > max_val:
        raise ValueError(f"hardtanh: min_val={min_val} is greater than max_val={max_val}")
    low = op("where", input <= min_val, float(min_val), input)
    return store(input, op("where", input >= max_val, float(max_val), low), inplace)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """min(max(x, 0), 6).

    Any shape to the same.
    Errors: TypeError for what is no tensor; RuntimeError for inplace=True on a leaf that requires a
    gradient.

    >>> import denpa as dp
    >>> dp.nn.functional.relu6(dp.tensor([-3.0, 9.0]))
    tensor([0., 6.])
    """
    return hardtanh(input, 0.0, 6.0, inplace)


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """x/6 + 1/2 held between 0 and 1.

    Any shape to the same.
    Errors: TypeError for what is no tensor; RuntimeError for inplace=True on a leaf that requires a
    gradient, or on integers.

    >>> import denpa as dp
    >>> dp.nn.functional.hardsigmoid(dp.tensor([-3.0, 0.0]))
    tensor([0. , 0.5])
    """
    need_tensors("hardsigmoid", input)
    inside = op("bitwise_and", input > -3.0, input < 3.0)  # not NaN, whose slope is 0
    ends = unrecorded("minimum", unrecorded("maximum", input, -3.0), 3.0)
    return store(input, op("where", inside, input, ends) / 6 + 0.5, inplace)


def softsign(input: Tensor) -> Tensor:
    """x/(1 + |x|).

    Any shape to the same.
    Errors: TypeError for what is no tensor or (DTypeError) holds bools.

    >>> import denpa as dp
    >>> dp.nn.functional.softsign(dp.tensor([-1.0, 3.0]))
    tensor([-0.5 ,  0.75])
    """
    need_tensors("softsign", input)
    result: Tensor = input / (abs(input) + 1)
    return result


def tanhshrink(input: Tensor) -> Tensor:
    """x − tanh x.

    Any shape to the same.
    Errors: TypeError for what is no tensor.

    >>> import denpa as dp
    >>> dp.nn.functional.tanhshrink(dp.tensor([0.0, 1.0]))
    tensor([0.    , 0.2384])
    """
    need_tensors("tanhshrink", input)
    result: Tensor = input - tanh(input)
    return result


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """x where x > threshold, `value` elsewhere.

    Any shape to the same.
    Errors: TypeError for what is no tensor, or a threshold that is no number; ValueError for a text
    as `value`; RuntimeError for inplace=True on a leaf that requires a gradient.

    >>> import denpa as dp
    >>> dp.nn.functional.threshold(dp.tensor([0.5, 2.0]), 1.0, 9.0)
    tensor([9., 2.])
    """
    need_tensors("threshold", input)
    return store(input, op("where", input <= threshold, float(value), input), inplace)


def softmin(input: Tensor, dim: int | None = None) -> Tensor:
    """softmax(−x).

    Any shape to the same.
    Errors: ValueError (ArgumentError) without dim; IndexError (DimError) for a dim out of range;
    TypeError for what is no tensor or (DTypeError) holds integers or bools.

    >>> import denpa as dp
    >>> dp.nn.functional.softmin(dp.zeros(2), dim=0)
    tensor([0.5, 0.5])
    """
    need_tensors("softmin", input)
    if dim is None:
        fail(ArgumentError("softmin: give dim=, the dimension whose elements are to sum to 1"))
    return softmax(-input, dim)


def glu(input: Tensor, dim: int = -1) -> Tensor:
    """a·σ(b), where a and b are the two halves of the input along `dim`.

    (…, 2n, …) to (…, n, …).
    Errors: RuntimeError for a 0-dim tensor, and (ShapeError) for an odd size; IndexError (DimError)
    for a dim out of range; TypeError for what is no tensor.

    >>> import denpa as dp
    >>> dp.nn.functional.glu(dp.tensor([4.0, 0.0]))
    tensor([2.])
    """
    need_tensors("glu", input)
    if not input.ndim:
        raise RuntimeError("glu does not take a 0-dim tensor: there are no halves")
    d = canonical_dim(dim, input.ndim)
    n = input.shape[d]
    if n % 2:
        fail(ShapeError(f"glu: dimension {d} of {describe(input)} must be even, to be halved"))
    step = (1,) * input.ndim
    half = tuple(n // 2 if k == d else 0 for k in range(input.ndim))
    stop = tuple(n // 2 if k == d else m for k, m in enumerate(input.shape))
    a = op("slice", input, start=(0,) * input.ndim, stop=stop, step=step)
    result: Tensor = a * sigmoid(op("slice", input, start=half, stop=input.shape, step=step))
    return result
