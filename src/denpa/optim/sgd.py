"""Stochastic gradient descent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from denpa.autodiff.tensor import Tensor
from denpa.optim.optimizer import Optimizer
from denpa.optim.update import (
    Hyper,
    State,
    at_least_zero,
    not_offered,
    on,
    scalar,
)


class SGD(Optimizer):
    r"""Gradient descent, with momentum, Nesterov's momentum and weight decay.

    .. math::
        g_t &= \nabla f(\theta_{t-1}) + \lambda\,\theta_{t-1} \\
        b_1 &= g_1, \quad b_t = \mu\, b_{t-1} + (1 - \tau)\, g_t \\
        \theta_t &= \theta_{t-1} - \gamma\, d_t, \quad
        d_t = b_t \text{ or, with Nesterov's momentum, } g_t + \mu\, b_t

    γ is `lr`, μ `momentum`, τ `dampening`, λ `weight_decay`; without momentum d = g. `maximize`
    climbs.

    Source: Sutskever, Martens, Dahl, Hinton, *On the importance of initialization and momentum in
    deep learning* (2013), in the form in which the learning rate multiplies the whole momentum.

    Errors: ValueError for negative options, and for Nesterov's momentum without momentum or with
    dampening; TypeError for one that is no number; NotImplementedError for foreach, fused,
    differentiable. Those of Optimizer.

    >>> import denpa as dp
    >>> x = dp.tensor([1.0, 2.0], requires_grad=True)
    >>> opt = dp.optim.SGD([x], lr=0.1)
    >>> (x * x).sum().backward()
    >>> opt.step()
    >>> x
    tensor([0.8, 1.6], requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        not_offered(foreach=foreach, differentiable=differentiable, fused=fused)
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
            "foreach": foreach,
            "differentiable": differentiable,
            "fused": fused,
        }
        self._check(defaults)
        super().__init__(params, defaults)

    @staticmethod
    def _check(options: Hyper) -> None:
        at_least_zero(
            options,
            {
                "lr": "learning rate",
                "momentum": "momentum value",
                "weight_decay": "weight_decay value",
            },
        )
        if options["nesterov"] and (options["momentum"] <= 0 or options["dampening"] != 0):
            raise ValueError(
                "Nesterov momentum requires a momentum and zero dampening, not "
                f"momentum={options['momentum']}, dampening={options['dampening']}"
            )

    @staticmethod
    def init_state(p: Tensor, hyper: Hyper) -> dict[str, np.ndarray]:
        """With dampening the first buffer is the gradient, undamped; without, zeros give the
        same.
        """
        if on(hyper["momentum"]) and not on(hyper["dampening"]):
            return {"momentum_buffer": np.zeros(p.shape, p.dtype)}
        return {}

    @staticmethod
    def update(p: Any, g: Any, state: State, hyper: Hyper) -> tuple[Any, State]:
        """See the class."""
        momentum, decay = hyper["momentum"], hyper["weight_decay"]
        if hyper["maximize"]:
            g = -g
        if on(decay):
            g = g + p * scalar(decay, p)
        found: State = {}
        if on(momentum):
            old = state.get("momentum_buffer")
            dampening = hyper["dampening"]
            fresh = g * scalar(1 - dampening, p) if on(dampening) else g
            buffer = g if old is None else old * scalar(momentum, p) + fresh
            found["momentum_buffer"] = buffer
            g = g + buffer * scalar(momentum, p) if hyper["nesterov"] else buffer
        return p - g * scalar(hyper["lr"], p), found
