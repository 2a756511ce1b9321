"""Adagrad: steps that shrink with the sum of the squared gradients."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.op import OPS
from denpa.optim.optimizer import Optimizer
from denpa.optim.update import (
    Hyper,
    State,
    at_least_zero,
    new_step,
    not_offered,
    on,
    scalar,
    wide,
)


class Adagrad(Optimizer):
    r"""Adaptive steps from the whole history of gradients.

    .. math::
        s_t &= s_{t-1} + g_t^2 \\
        \theta_t &= \theta_{t-1} - \frac{\gamma}{1 + (t-1)\eta}\,\frac{g_t}{\sqrt{s_t} + \epsilon}

    γ is `lr`, η `lr_decay`, ε `eps`, s₀ `initial_accumulator_value`.

    Source: Duchi, Hazan, Singer, *Adaptive subgradient methods for online learning and stochastic
    optimization* (2011).

    Errors: ValueError for negative options; TypeError for one that is no number;
    NotImplementedError for switches such as foreach. Those of Optimizer.

    >>> import denpa as dp
    >>> x = dp.tensor([1.0, 2.0], requires_grad=True)
    >>> opt = dp.optim.Adagrad([x], lr=0.5)
    >>> (x * x).sum().backward()
    >>> opt.step()  # the first step has length lr in every coordinate
    >>> x
    tensor([0.5, 1.5], requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        not_offered(foreach=foreach, differentiable=differentiable, fused=fused)
        defaults = {
            "lr": lr,
            "lr_decay": lr_decay,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "fused": fused,
        }
        self._check(defaults)
        super().__init__(params, defaults)
        for group in self.param_groups:  # PyTorch's Adagrad has its state from the beginning
            for p in group["params"]:
                self.state[p] = {k: tensor_of(x) for k, x in self.init_state(p, group).items()}

    @staticmethod
    def _check(options: Hyper) -> None:
        at_least_zero(
            options,
            {
                "lr": "learning rate",
                "lr_decay": "lr_decay value",
                "weight_decay": "weight_decay value",
                "initial_accumulator_value": "initial_accumulator_value value",
                "eps": "epsilon value",
            },
        )

    @staticmethod
    def init_state(p: Tensor, hyper: Hyper) -> dict[str, np.ndarray]:
        """The counter, and the sum at its initial value."""
        first = hyper["initial_accumulator_value"]
        return {"step": new_step(), "sum": np.full(p.shape, first, p.dtype)}

    @staticmethod
    def update(p: Any, g: Any, state: State, hyper: Hyper) -> tuple[Any, State]:
        """See the class."""
        decay = hyper["weight_decay"]
        if hyper["maximize"]:
            g = -g
        if on(decay):
            g = g + p * scalar(decay, p)
        rate = hyper["lr"] / (1 + wide(state["step"]) * hyper["lr_decay"])
        total = state["sum"] + g * g
        new = p - g * scalar(rate, p) / (OPS["sqrt"](total) + scalar(hyper["eps"], p))
        return new, {"step": state["step"] + 1, "sum": total}
