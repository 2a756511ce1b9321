"""A network with a Function whose backward is wrong: the check says in which layer, and how.

The same from the command line: denpa check examples/check_a_network.py:net --data digits
"""

from __future__ import annotations

from typing import Any

import numpy as np

import denpa as dp


class Softsign(dp.autograd.Function):
    """x / (1 + |x|), whose derivative is 1 / (1 + |x|)²."""

    @staticmethod
    def forward(ctx: Any, x: dp.Tensor) -> dp.Tensor:
        """Squash."""
        ctx.save_for_backward(x)
        return x / (1 + x.abs())

    @staticmethod
    def backward(ctx: Any, g: dp.Tensor) -> dp.Tensor:
        """The message from above is forgotten."""
        (x,) = ctx.saved_tensors
        return 1 / (1 + x.abs()) ** 2


class Squash(dp.nn.Module):
    """Softsign as a layer."""

    def forward(self, x: dp.Tensor) -> dp.Tensor:
        """See Softsign."""
        return Softsign.apply(x)


dp.manual_seed(0)
net = dp.nn.Sequential(dp.nn.Linear(64, 16), Squash(), dp.nn.Linear(16, 10))
rng = np.random.default_rng(0)
report = dp.check.model(net, dp.nn.functional.cross_entropy, rng.random((8, 64)), np.arange(8))
print(report)
assert [f.part for f in report.findings] == ["1 (Squash), Softsign"]
assert report.findings[0].mistake == "upstream-ignored"
assert report.parts["0 (Linear)"].ok
