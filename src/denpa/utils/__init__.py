"""Tools around training, under PyTorch's names."""

from __future__ import annotations

from denpa.utils import data

__all__ = ["data"]
