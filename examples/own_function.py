"""A function with a derivative of its own: rounding that passes messages straight through.

Source: Bengio, Léonard, Courville, *Estimating or propagating gradients through stochastic neurons*
(2013).
"""

from __future__ import annotations

from typing import Any

import denpa as dp


class RoundThrough(dp.autograd.Function):
    """round(x) forward, the identity backward."""

    @staticmethod
    def forward(ctx: Any, x: dp.Tensor) -> dp.Tensor:
        """Round to whole numbers."""
        rounded: dp.Tensor = dp.round(x)
        return rounded

    @staticmethod
    def backward(ctx: Any, g: dp.Tensor) -> dp.Tensor:
        """As if nothing had been rounded."""
        return g


dp.manual_seed(0)
w = dp.randn(5, requires_grad=True)
target = dp.tensor([3.0, -2.0, 0.0, 5.0, 1.0])
optimizer = dp.optim.SGD([w], lr=0.2)
for _ in range(50):
    optimizer.zero_grad()
    ((RoundThrough.apply(w) - target) ** 2).sum().backward()
    optimizer.step()
print("weights", w.detach().numpy().round(2), "round to", dp.round(w).tolist())
assert dp.round(w).tolist() == target.tolist()
