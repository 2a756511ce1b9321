"""PyTorch's modules and Functions: `dp.check.torch`. PyTorch is imported when this is called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from denpa.check.frameworks.pytorch import pytorch
from denpa.check.report import Report
from denpa.check.subjects.model import of_framework
from denpa.words import in_its_language


@in_its_language
def torch(
    module: Any,
    *x: Any,
    loss: Callable[..., Any] | None = None,
    t: Any = None,
    seed: int = 0,
    budget: float = 10.0,
    language: str = "en",
    **options: Any,
) -> Report:
    """Check a PyTorch module, an `autograd.Function` or any function of tensors.

    `x` are the inputs, arrays or tensors; those of floats are differentiated, and so is every
    parameter that requires a gradient. `loss(output)`, or `loss(output, t)` where `t` is given,
    makes a number of the output; without it the output itself is checked. The module is copied,
    put into training mode and made float64 (where it runs in float32 only, gradients are compared
    to three digits); it, its buffers and the random state stay as they are. Returns a Report.

    Errors: ArgumentError (a ValueError) where PyTorch is missing, and for what cannot be called;
    what the code raises passes through.

    Not run as a test, since it needs PyTorch::

        found = dp.check.torch(torch.nn.Linear(4, 3), np.ones((5, 4)))
        found.ok  # True
    """
    targets = () if t is None else (t,)
    return of_framework(pytorch(), module, x, loss, targets, seed, budget, language, **options)
