"""Words for update functions, the same on arrays and on tensors, and for checking their options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from denpa.autodiff.tensor import Tensor
from denpa.core.dtype import float32, float64, get_default_dtype
from denpa.core.op import OPS
from denpa.core.shape import describe, size_of
from denpa.ops.kinds import is_number

State = dict[str, Any]
Hyper = Mapping[str, Any]
Closure = Callable[[], Any]


def on(option: Any) -> bool:
    """Whether an option takes part: a number that is not zero, or a tensor (its value may
    change).
    """
    return not is_number(option) or option != 0


def lerp(a: Any, b: Any, weight: Any) -> Any:
    """a + weight·(b − a), from the nearer end, so that weights 0 and 1 are exact."""
    if is_number(weight) and weight >= 0.5:
        return b - (b - a) * (1 - weight)
    return a + (b - a) * weight


def wide(step: Any) -> Any:
    """The step counter in float64: 1 − β^t loses its digits in float32."""
    return OPS["cast"](step, dtype=float64) if isinstance(step, Tensor) else step


def scalar(x: Any, like: Any) -> Any:
    """A factor in the dtype of what it multiplies."""
    if isinstance(x, Tensor) and x.dtype != like.dtype:
        return OPS["cast"](x, dtype=like.dtype)
    return x


def at_least_zero(options: Hyper, words: Mapping[str, str]) -> None:
    """Raise for an option that is negative or NaN; `words` maps its key to its name in the
    message.
    """
    for key, word in words.items():
        x = options[key]
        if isinstance(x, Tensor):
            if size_of(x.shape) != 1:
                raise ValueError(f"Tensor {key} must be 1-element, not {describe(x)}")
            if x._value.array is None:
                continue
        elif isinstance(x, str) or not hasattr(x, "__float__"):
            raise TypeError(f"{key} must be a number, not {x!r}")
        if not float(x) >= 0.0:
            raise ValueError(f"Invalid {word}: {x}; it must be 0 or more")


def not_offered(**options: Any) -> None:
    """Raise for PyTorch's switches between implementations; there is one implementation here."""
    for name, given in options.items():
        if given is not None and given is not False:
            raise NotImplementedError(f"{name}={given!r} is not offered; leave {name} out")


def new_step() -> np.ndarray:
    """A step counter at zero, in PyTorch's dtype."""
    return np.zeros((), float64 if get_default_dtype() == float64 else float32)
