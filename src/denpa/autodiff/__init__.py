"""Tensors that record, and the derivatives of what was recorded."""

from __future__ import annotations

from denpa.autodiff.tensor import Tensor
from denpa.core.memory import keep_freed_memory

keep_freed_memory()

__all__ = ["Tensor"]
