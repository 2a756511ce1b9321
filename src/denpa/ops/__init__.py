"""The table of primitives. Importing this package fills `denpa.core.op.OPS`."""

from __future__ import annotations

from denpa.ops import index, linear, pointwise, random, reduce, shape, stable

__all__ = ["index", "linear", "pointwise", "random", "reduce", "shape", "stable"]
