"""What a script asks of PyTorch's backends."""

from __future__ import annotations

from denpa.backends import mps

__all__ = ["mps"]
