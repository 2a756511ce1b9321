"""Tensors that record, and the derivatives of what was recorded."""

from __future__ import annotations

from denpa.autodiff.tensor import Tensor

__all__ = ["Tensor"]
