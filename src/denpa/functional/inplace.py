"""In-place forms: `x.add_(y)` gives the name x the values of `x.add(y)` and writes them into its
memory.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from denpa.autodiff.rebind import rebind
from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.shape import describe
from denpa.functional.common import cast, located, need, op
from denpa.functional.shape import broadcast_to


def in_place(name: str, function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """The in-place form of a function whose first argument is the tensor."""

    def changed(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        return rebind(self, function(self, *args, **kwargs))

    changed.__name__ = changed.__qualname__ = f"{name}_"
    changed.__doc__ = f"`{name}`, in place."
    return changed


def operator_in_place(function: Callable[..., Tensor]) -> Callable[..., Any]:
    """`x += y` and its kin."""

    def changed(self: Tensor, other: Any) -> Any:
        result = function(self, other)
        return result if result is NotImplemented else rebind(self, result)

    return changed


def copy_(self: Tensor, src: Any, non_blocking: bool = False) -> Tensor:
    """Take the values of another tensor, or a number, broadcast and cast."""
    if isinstance(src, (bool, int, float)):
        src = tensor_of(src)
    source = cast(need("copy_", src, "src"), self.dtype)
    if source.shape != self.shape:
        source = broadcast_to(source, self.shape)
    return rebind(self, source)


def fill_(self: Tensor, value: Any) -> Tensor:
    """Take one value everywhere."""
    from denpa.core.errors import ShapeError
    from denpa.functional.creation import full

    if isinstance(value, Tensor):
        if value.shape:
            raise located(
                ShapeError(f"fill_ takes a number or a 0-dim tensor, not {describe(value)}")
            )
        return rebind(self, op("broadcast_to", cast(value, self.dtype), shape=self.shape))
    return rebind(self, full(self.shape, value, dtype=self.dtype))


def zero_(self: Tensor) -> Tensor:
    """Take 0 everywhere."""
    import numpy as np

    return rebind(self, tensor_of(np.zeros(self.shape, self.dtype)))
