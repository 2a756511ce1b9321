"""RMSprop: steps divided by a running root mean square of the gradients."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from denpa.autodiff.tensor import Tensor
from denpa.core.op import OPS
from denpa.optim.optimizer import Optimizer
from denpa.optim.update import (
    Hyper,
    State,
    at_least_zero,
    lerp,
    new_step,
    not_offered,
    on,
    scalar,
)


class RMSprop(Optimizer):
    r"""Steps divided by the root of a running mean of the squared gradients.

    .. math::
        v_t &= \alpha v_{t-1} + (1 - \alpha) g_t^2, \qquad
        a_t = \alpha a_{t-1} + (1 - \alpha) g_t \\
        d_t &= \frac{g_t}{\sqrt{v_t} + \epsilon} \quad \text{or, centered,} \quad
        \frac{g_t}{\sqrt{v_t - a_t^2} + \epsilon} \\
        b_t &= \mu b_{t-1} + d_t, \qquad \theta_t = \theta_{t-1} - \gamma\, b_t

    γ is `lr`, μ `momentum`.

    Source: Tieleman, Hinton, *Lecture 6.5: rmsprop* (2012); centered: Graves, *Generating
    sequences with recurrent neural networks* (2013), with ε outside the root as in PyTorch.

    Errors: ValueError for negative options; TypeError for one that is no number;
    NotImplementedError for switches such as foreach. Those of Optimizer.

    >>> import denpa as dp
    >>> x = dp.tensor([1.0, 2.0], requires_grad=True)
    >>> opt = dp.optim.RMSprop([x], lr=0.05)
    >>> (x * x).sum().backward()
    >>> opt.step()  # the first step has length lr / sqrt(1 - alpha)
    >>> x
    tensor([0.5, 1.5], requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        not_offered(capturable=capturable, foreach=foreach, differentiable=differentiable)
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "alpha": alpha,
            "eps": eps,
            "centered": centered,
            "weight_decay": weight_decay,
            "capturable": capturable,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
        }
        self._check(defaults)
        super().__init__(params, defaults)

    @staticmethod
    def _check(options: Hyper) -> None:
        at_least_zero(
            options,
            {
                "lr": "learning rate",
                "eps": "epsilon value",
                "momentum": "momentum value",
                "weight_decay": "weight_decay value",
                "alpha": "alpha value",
            },
        )

    @staticmethod
    def init_state(p: Tensor, hyper: Hyper) -> dict[str, np.ndarray]:
        """The counter, and zeros for the averages that are in use."""
        names = ["square_avg"]
        if on(hyper["momentum"]):
            names.append("momentum_buffer")
        if hyper["centered"]:
            names.append("grad_avg")
        return {"step": new_step(), **{k: np.zeros(p.shape, p.dtype) for k in names}}

    @staticmethod
    def update(p: Any, g: Any, state: State, hyper: Hyper) -> tuple[Any, State]:
        """See the class."""
        alpha, decay, momentum = hyper["alpha"], hyper["weight_decay"], hyper["momentum"]
        if hyper["maximize"]:
            g = -g
        if on(decay):
            g = g + p * scalar(decay, p)
        mean = state["square_avg"] * scalar(alpha, p) + g * scalar(1 - alpha, p) * g
        found: State = {"step": state["step"] + 1, "square_avg": mean}
        if hyper["centered"]:
            first = lerp(state["grad_avg"], g, scalar(1 - alpha, p))
            found["grad_avg"] = first
            mean = mean - first * first
        scale = OPS["sqrt"](mean) + scalar(hyper["eps"], p)
        rate = scalar(hyper["lr"], p)
        if on(momentum):
            old = state.get("momentum_buffer")
            fresh = g / scale
            # A schedule may raise momentum from zero; the buffer then starts empty.
            buffer = fresh if old is None else old * scalar(momentum, p) + fresh
            found["momentum_buffer"] = buffer
            return p - buffer * rate, found
        return p - g * rate / scale, found
