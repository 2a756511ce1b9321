"""Adadelta: steps as large as the past steps were, over gradients as large as the past ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from denpa.autodiff.tensor import Tensor
from denpa.core.op import OPS
from denpa.optim.optimizer import Optimizer
from denpa.optim.update import Hyper, State, at_least_zero, new_step, not_offered, on, scalar


class Adadelta(Optimizer):
    r"""Steps whose size is that of the past steps, so that no rate has to be chosen.

    .. math::
        v_t &= \rho v_{t-1} + (1 - \rho) g_t^2 \\
        d_t &= \frac{\sqrt{u_{t-1} + \epsilon}}{\sqrt{v_t + \epsilon}}\, g_t, \qquad
        u_t = \rho u_{t-1} + (1 - \rho) d_t^2 \\
        \theta_t &= \theta_{t-1} - \gamma\, d_t

    γ is `lr`, 1 in the paper.

    Source: Zeiler, *ADADELTA: an adaptive learning rate method* (2012).

    Errors: ValueError for negative options, and for rho above 1; TypeError for one that is no
    number; NotImplementedError for switches such as foreach. Those of Optimizer.

    >>> import denpa as dp
    >>> x = dp.tensor([1.0, 2.0], requires_grad=True)
    >>> opt = dp.optim.Adadelta([x], rho=0.75, eps=1.0)
    >>> (x * x).sum().backward()
    >>> opt.step()  # the first step is g / sqrt((1 - rho) g² + 1), with eps = 1
    >>> x
    tensor([-0.4142,  0.2111], requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        capturable: bool = False,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        not_offered(foreach=foreach, capturable=capturable, differentiable=differentiable)
        defaults = {
            "lr": lr,
            "rho": rho,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "capturable": capturable,
            "foreach": foreach,
            "differentiable": differentiable,
        }
        self._check(defaults)
        super().__init__(params, defaults)

    @staticmethod
    def _check(options: Hyper) -> None:
        words = {"lr": "learning rate", "rho": "rho value", "eps": "epsilon value"}
        at_least_zero(options, words | {"weight_decay": "weight_decay value"})
        if float(options["rho"]) > 1:
            raise ValueError(f"Invalid rho value: {options['rho']}; it must be from 0 to 1")

    @staticmethod
    def init_state(p: Tensor, hyper: Hyper) -> dict[str, np.ndarray]:
        """The counter, and zeros for the means of the squares."""
        zeros = {key: np.zeros(p.shape, p.dtype) for key in ("square_avg", "acc_delta")}
        return {"step": new_step(), **zeros}

    @staticmethod
    def update(p: Any, g: Any, state: State, hyper: Hyper) -> tuple[Any, State]:
        """See the class."""
        decay = hyper["weight_decay"]
        rho, rest, eps = (scalar(x, p) for x in (hyper["rho"], 1 - hyper["rho"], hyper["eps"]))
        if hyper["maximize"]:
            g = -g
        if on(decay):
            g = g + p * scalar(decay, p)
        squares = state["square_avg"] * rho + g * rest * g
        delta = OPS["sqrt"](state["acc_delta"] + eps) / OPS["sqrt"](squares + eps) * g
        found = {
            "step": state["step"] + 1,
            "square_avg": squares,
            "acc_delta": state["acc_delta"] * rho + delta * rest * delta,
        }
        return p - delta * scalar(hyper["lr"], p), found
