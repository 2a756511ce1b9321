"""Initial values of parameters: each function fills its tensor in place and returns it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from denpa.autodiff.mode import no_grad
from denpa.autodiff.rebind import rebind
from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.dtype import float64
from denpa.core.errors import ArgumentError
from denpa.core.shape import describe, size_of
from denpa.functional.generator import Generator
from denpa.functional.random import normals, uniforms

_GAINS = {
    "linear": 1.0,
    "conv1d": 1.0,
    "conv2d": 1.0,
    "conv3d": 1.0,
    "sigmoid": 1.0,
    "tanh": 5.0 / 3,
    "relu": math.sqrt(2.0),
    "selu": 3.0 / 4,
}


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """The factor by which weights are widened to make up for what an activation takes away.

    `param` is the slope of leaky_relu (0.01 if not given).

    A name to a float.
    Errors: ValueError for an unknown name, and for a slope that is no number.

    >>> import denpa as dp
    >>> dp.nn.init.calculate_gain("leaky_relu", 1.0)
    1.0
    """
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, (int, float)):
            raise ValueError(f"negative_slope {slope!r} is not a number")
        return math.sqrt(2.0 / (1 + slope**2))
    if nonlinearity not in _GAINS:
        names = ", ".join(sorted([*_GAINS, "leaky_relu"]))
        raise ValueError(f"unknown nonlinearity {nonlinearity!r}; there are {names}")
    return _GAINS[nonlinearity]


def _fill(tensor: Tensor, values: Any) -> Tensor:
    with no_grad():
        array = np.asarray(values, dtype=tensor.dtype)
        return rebind(tensor, tensor_of(np.array(np.broadcast_to(array, tensor.shape))))


def _fans(tensor: Tensor) -> tuple[int, int]:
    """The numbers of inputs and of outputs that one output, one input, is connected to."""
    if tensor.ndim < 2:
        raise ArgumentError(
            f"fan in and fan out are defined for 2 or more dimensions, not for {describe(tensor)}"
        )
    window = size_of(tensor.shape[2:])
    return tensor.shape[1] * window, tensor.shape[0] * window


def uniform_(
    tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Uniform numbers in [a, b).

    Any shape to the same.
    Errors: TypeError (DTypeError) for an integer tensor, TypeError for bounds that are no numbers.

    >>> import denpa as dp
    >>> bool((dp.nn.init.uniform_(dp.empty(9), 1.0, 2.0) >= 1).all())
    True
    """
    with no_grad():
        return rebind(tensor, uniforms(tensor.shape, tensor.dtype, generator) * (b - a) + a)


def normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Normal numbers of mean `mean` and standard deviation `std`.

    Any shape to the same.
    Errors: RuntimeError for an integer tensor; TypeError for a mean or std that is no number.

    >>> import denpa as dp
    >>> dp.nn.init.normal_(dp.empty(2), mean=5.0, std=0.0)
    tensor([5., 5.])
    """
    with no_grad():
        return rebind(tensor, normals(tensor.shape, tensor.dtype, generator) * std + mean)


def trunc_normal_(
    tensor: Tensor,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    generator: Generator | None = None,
) -> Tensor:
    """Normal numbers, given that they lie in [a, b]. Drawn by rejection.

    Any shape to the same.
    Errors: ValueError for a ≥ b and for std ≤ 0.

    >>> import denpa as dp
    >>> float(dp.nn.init.trunc_normal_(dp.empty(1000)).abs().max()) <= 2
    True
    """
    if not a < b or std <= 0:
        raise ValueError(f"trunc_normal_ takes a < b and std > 0, not a={a}, b={b}, std={std}")
    low, high = (a - mean) / std, (b - mean) / std
    n = size_of(tensor.shape)
    found = np.empty(0)
    # Wide intervals: most normal numbers fall inside. Narrow or far ones: uniform proposals, each
    # kept with the density relative to its peak in the interval.
    wide = high - low > 3 and low < 0.5 and high > -0.5
    nearest = min(max(low, 0.0), high)
    while len(found) < n:
        if wide:
            x = normals((max(n, 16),), float64, generator).numpy()
            found = np.concatenate([found, x[(x >= low) & (x <= high)]])
        else:
            u = uniforms((2, max(2 * n, 16)), float64, generator).numpy()
            x = low + (high - low) * u[0]
            found = np.concatenate([found, x[u[1] < np.exp((nearest * nearest - x * x) / 2)]])
    return _fill(tensor, np.clip(found[:n] * std + mean, a, b).reshape(tensor.shape))


def constant_(tensor: Tensor, val: float) -> Tensor:
    """The same number everywhere.

    Any shape to the same.
    Errors: ValueError for a text, and for values that do not broadcast to the tensor.

    >>> import denpa as dp
    >>> dp.nn.init.constant_(dp.empty(2), 0.5)
    tensor([0.5, 0.5])
    """
    return _fill(tensor, val)


def ones_(tensor: Tensor) -> Tensor:
    """Ones.

    Any shape to the same.
    Errors: AttributeError for what is no tensor.

    >>> import denpa as dp
    >>> dp.nn.init.ones_(dp.empty(2))
    tensor([1., 1.])
    """
    return _fill(tensor, 1)


def zeros_(tensor: Tensor) -> Tensor:
    """Zeros.

    Any shape to the same.
    Errors: AttributeError for what is no tensor.

    >>> import denpa as dp
    >>> dp.nn.init.zeros_(dp.empty(2))
    tensor([0., 0.])
    """
    return _fill(tensor, 0)


def eye_(tensor: Tensor) -> Tensor:
    """The identity matrix.

    Shapes: (n, m) to the same.
    Errors: ValueError for what is no matrix.

    >>> import denpa as dp
    >>> dp.nn.init.eye_(dp.empty(1, 2))
    tensor([[1., 0.]])
    """
    if tensor.ndim != 2:
        raise ValueError(f"eye_ takes a matrix, not {describe(tensor)}")
    return _fill(tensor, np.eye(tensor.shape[0], tensor.shape[1]))


def xavier_uniform_(
    tensor: Tensor, gain: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Uniform in ±gain·√(6 / (fan in + fan out)).

    Source: Glorot, Bengio, *Understanding the difficulty of training deep feedforward neural
    networks* (2010).

    Shapes: (out, in, …) to the same.
    Errors: ValueError (ArgumentError) for fewer than 2 dimensions; TypeError (DTypeError) for
    integers, TypeError for a gain that is no number.

    >>> import denpa as dp
    >>> float(dp.nn.init.xavier_uniform_(dp.empty(3, 3)).abs().max()) <= 1  # √(6 / 6)
    True
    """
    fan_in, fan_out = _fans(tensor)
    bound = math.sqrt(3.0) * gain * math.sqrt(2.0 / float(fan_in + fan_out))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Normal with standard deviation gain·√(2 / (fan in + fan out)). Source: as
    `xavier_uniform_`.

    Shapes: (out, in, …) to the same.
    Errors: ValueError (ArgumentError) for fewer than 2 dimensions; RuntimeError for an integer
    tensor, TypeError for a gain that is no number.

    >>> import denpa as dp
    >>> dp.nn.init.xavier_normal_(dp.empty(1, 2), gain=0.0)
    tensor([[0., 0.]])
    """
    fan_in, fan_out = _fans(tensor)
    return normal_(tensor, 0.0, gain * math.sqrt(2.0 / float(fan_in + fan_out)), generator)


def _kaiming_std(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"mode={mode!r} is not one of 'fan_in', 'fan_out'")
    if 0 in tensor.shape:
        return 0.0
    fan_in, fan_out = _fans(tensor)
    return calculate_gain(nonlinearity, a) / math.sqrt(fan_in if mode == "fan_in" else fan_out)


def kaiming_uniform_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Uniform in ±gain·√(3 / fan), so that the variance is the same in every layer.

    Source: He et al., *Delving deep into rectifiers* (2015).

    Shapes: (out, in, …) to the same.
    Errors: ValueError for an unknown mode or nonlinearity, a slope that is no number, and
    (ArgumentError) for fewer than 2 dimensions; TypeError (DTypeError) for an integer tensor.

    >>> import denpa as dp
    >>> w = dp.nn.init.kaiming_uniform_(dp.empty(10, 6), nonlinearity="relu")
    >>> float(w.abs().max()) <= 1
    True
    """
    bound = math.sqrt(3.0) * _kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Normal with standard deviation gain / √fan. Source: as `kaiming_uniform_`.

    Shapes: (out, in, …) to the same.
    Errors: ValueError for an unknown mode or nonlinearity, a slope that is no number, and
    (ArgumentError) for fewer than 2 dimensions; RuntimeError for an integer tensor.

    >>> import denpa as dp
    >>> w = dp.nn.init.kaiming_normal_(dp.empty(500, 50), nonlinearity="relu")
    >>> 0.19 < float(w.std()) < 0.21  # √2 / √50 = 0.2
    True
    """
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity), generator)


def orthogonal_(tensor: Tensor, gain: float = 1, generator: Generator | None = None) -> Tensor:
    """A (semi-)orthogonal matrix times gain; further dimensions count as columns.

    Source: Saxe, McClelland, Ganguli, *Exact solutions to the nonlinear dynamics of learning in
    deep linear neural networks* (2014).

    Shapes: (rows, columns, …) to the same.
    Errors: ValueError for fewer than 2 dimensions.

    >>> import denpa as dp
    >>> w = dp.nn.init.orthogonal_(dp.empty(2, 3, dtype=dp.float64))
    >>> dp.allclose(w @ w.T, dp.eye(2, dtype=dp.float64))
    True
    """
    if tensor.ndim < 2:
        raise ValueError(f"orthogonal_ takes 2 or more dimensions, not {describe(tensor)}")
    if 0 in tensor.shape:
        return tensor
    rows, columns = tensor.shape[0], size_of(tensor.shape[1:])
    x = normals((rows, columns), float64, generator).numpy()
    q, r = np.linalg.qr(x.T if rows < columns else x)
    q = q * np.sign(np.diagonal(r))  # so that every orthogonal matrix is equally likely
    return _fill(tensor, (q.T if rows < columns else q).reshape(tensor.shape) * gain)


def sparse_(
    tensor: Tensor, sparsity: float, std: float = 0.01, generator: Generator | None = None
) -> Tensor:
    """Normal numbers with a fraction `sparsity` of each column set to zero.

    Source: Martens, *Deep learning via Hessian-free optimization* (2010).

    Shapes: (n, m) to the same.
    Errors: ValueError for what is no matrix; TypeError for a sparsity that is no number.

    >>> import denpa as dp
    >>> (dp.nn.init.sparse_(dp.empty(4, 2), 0.5) == 0).sum(0)
    tensor([2, 2])
    """
    if tensor.ndim != 2:
        raise ValueError(f"sparse_ takes a matrix, not {describe(tensor)}")
    rows, columns = tensor.shape
    x = normals((rows, columns), float64, generator).numpy() * std
    order = np.argsort(uniforms((rows, columns), float64, generator).numpy(), axis=0)
    np.put_along_axis(x, order[: math.ceil(sparsity * rows)], 0.0, axis=0)
    return _fill(tensor, x)
