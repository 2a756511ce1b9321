"""The table of primitives. Importing this package fills `denpa.core.op.OPS`.

In:  nothing but NumPy.
Out: one record a primitive: its value, its shape and dtype, and its derivative.

Read `kinds` first: how vjp and jvp follow from one fact about a function (a partial, a transpose).
The records stand by what they do: `pointwise`, `reduce`, `linear`, `shape`, `index`, `random`;
`stable` has those that exist because their composite loses digits.
"""

from __future__ import annotations

from denpa.ops import index, linear, pointwise, random, reduce, shape, stable

__all__ = ["index", "linear", "pointwise", "random", "reduce", "shape", "stable"]
