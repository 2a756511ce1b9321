"""Tensors that record, and the derivatives of what was recorded."""

from __future__ import annotations

import denpa.autodiff.backward  # noqa: F401  # a tensor's methods for derivatives
from denpa.autodiff.tensor import Tensor
from denpa.core.memory import keep_freed_memory

keep_freed_memory()

__all__ = ["Tensor"]
