"""Parameters: the tensors of a module that are trained."""

from __future__ import annotations

from typing import Any

import numpy as np

from denpa.autodiff.layout import alias
from denpa.autodiff.tensor import Tensor
from denpa.core.graph import Value


class Parameter(Tensor):
    """A tensor that a module registers when it is assigned to an attribute.

    It shares the memory of `data`; `requires_grad` is True unless said otherwise.

    A tensor to a parameter of its shape; without `data` of shape (0,).
    Errors: TypeError for what is no tensor; RuntimeError for integers and bools, unless
    requires_grad=False.

    >>> import denpa as dp
    >>> dp.nn.Parameter(dp.tensor([1.0, 2.0]))
    Parameter containing:
    tensor([1., 2.], requires_grad=True)
    """

    __slots__ = ()

    def __init__(self, data: Any = None, requires_grad: bool = True) -> None:
        self._name = ""
        if data is None:
            data = Tensor(Value((0,), np.dtype("float32"), np.empty(0, np.float32)))
        if not isinstance(data, Tensor):
            raise TypeError(
                f"Parameter takes a tensor, not {type(data).__name__}; make one with "
                "denpa.tensor(...)"
            )
        data._held()
        super().__init__(alias(data._value))
        self.requires_grad_(requires_grad)

    def __deepcopy__(self, memo: dict[int, Any]) -> Parameter:
        held = Tensor(Value(self.shape, self.dtype, self._held().copy()))
        new = Parameter(held, self.requires_grad)
        if self._grad is not None:
            new._grad = self._grad.__deepcopy__(memo)
        new._name = self._name
        memo[id(self)] = new
        return new

    def __repr__(self) -> str:
        return f"Parameter containing:\n{super().__repr__()}"
