"""Gradient checks that name the mistake: `dp.check`.

`layer` checks a class as textbooks write it (forward(x), backward(dout), self.W beside self.dW),
`gradient` a function and its gradient, `model` a Denpa network with its loss, `function` an
autograd.Function, `torch` and `jax` what was written for PyTorch and JAX. All compare with
differences and, where these disagree, with what each classic mistake would have given.
`update_rule` compares an optimizer's update with its definition.

Read `examine` first: claimed gradients beside differences; `diagnose` says what is wrong with
those that disagree, from `mistakes`, `repair` and `exceptions`. `opening` makes a `subject` of
somebody's file, `subjects` are its kinds, `optimizers` the same for update rules; `report` and
`pages` tell it, `marking` does so for a class, `limits` hold while strangers' code runs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from denpa.check.calls import (
        Finding,
        GradientError,
        Report,
        assert_gradient,
        file,
        function,
        gradient,
        jax,
        layer,
        model,
        torch,
        update_rule,
    )

__all__ = [
    "Finding",
    "GradientError",
    "Report",
    "assert_gradient",
    "file",
    "function",
    "gradient",
    "jax",
    "layer",
    "model",
    "torch",
    "update_rule",
]


def __getattr__(name: str) -> Any:
    """Load the calls when the first of them is used: the command watches a process that checks,
    and needs none of this itself."""
    if name not in __all__:
        raise AttributeError(f"module 'denpa.check' has no attribute {name!r}")
    calls = import_module("denpa.check.calls")
    found = {n: getattr(calls, n) for n in __all__}
    globals().update(found)
    return found[name]


def __dir__() -> list[str]:
    return list(__all__)
