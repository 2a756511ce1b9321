"""Adam and AdamW: momentum, divided by a running root mean square, both corrected for their start
at zero.
"""

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
    wide,
)


class Adam(Optimizer):
    r"""Adaptive moments.

    .. math::
        m_t &= \beta_1 m_{t-1} + (1 - \beta_1) g_t, \qquad \hat m_t = m_t / (1 - \beta_1^t) \\
        v_t &= \beta_2 v_{t-1} + (1 - \beta_2) g_t^2, \qquad \hat v_t = v_t / (1 - \beta_2^t) \\
        \theta_t &= \theta_{t-1} - \gamma\, \frac{\hat m_t}{\sqrt{\hat v_t} + \epsilon}

    γ is `lr`. `weight_decay` adds λθ to the gradient; `amsgrad` uses the largest v so far. With
    `eps_inside_sqrt`, which PyTorch does not have, the step is γ·m̂/√(v̂ + ε), as some texts write
    it.

    Source: Kingma, Ba, *Adam: a method for stochastic optimization* (2015); amsgrad: Reddi, Kale,
    Kumar, *On the convergence of Adam and beyond* (2018).

    Errors: ValueError for options out of range; TypeError for one that is no number;
    NotImplementedError for switches such as foreach. Those of Optimizer.

    >>> import denpa as dp
    >>> x = dp.tensor([1.0, 2.0], requires_grad=True)
    >>> opt = dp.optim.Adam([x], lr=0.5)
    >>> (x * x).sum().backward()
    >>> opt.step()  # the first step has length lr in every coordinate
    >>> x
    tensor([0.5, 1.5], requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
        eps_inside_sqrt: bool = False,
    ) -> None:
        not_offered(
            foreach=foreach, capturable=capturable, differentiable=differentiable, fused=fused
        )
        defaults: dict[str, Any] = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
            "fused": fused,
            "decoupled_weight_decay": decoupled_weight_decay,
            "eps_inside_sqrt": eps_inside_sqrt,
        }
        self._check(defaults)
        defaults["betas"] = tuple(float(b) for b in betas)
        super().__init__(params, defaults)

    @staticmethod
    def _check(options: Hyper) -> None:
        at_least_zero(
            options,
            {"lr": "learning rate", "eps": "epsilon value", "weight_decay": "weight_decay value"},
        )
        betas = options["betas"]
        if not isinstance(betas, (tuple, list)) or len(betas) != 2:
            raise ValueError(f"betas must be two numbers, such as (0.9, 0.999), not {betas!r}")
        for k, beta in enumerate(betas):
            if isinstance(beta, Tensor) and beta._value.array is None:
                continue
            if not 0.0 <= beta < 1.0:
                raise ValueError(
                    f"Invalid beta parameter at index {k}: {beta}; it must be from 0 to below 1"
                )
        if not (
            all(isinstance(b, float) for b in betas) or all(isinstance(b, Tensor) for b in betas)
        ):
            raise ValueError(f"betas must be either both floats or both Tensors, not {betas!r}")

    @staticmethod
    def init_state(p: Tensor, hyper: Hyper) -> dict[str, np.ndarray]:
        """The counter, and zeros for both moments (and the largest second one)."""
        names = ["exp_avg", "exp_avg_sq"] + ["max_exp_avg_sq"] * bool(hyper["amsgrad"])
        return {"step": new_step(), **{k: np.zeros(p.shape, p.dtype) for k in names}}

    @staticmethod
    def update(p: Any, g: Any, state: State, hyper: Hyper) -> tuple[Any, State]:
        """See the class."""
        (beta1, beta2), lr, decay = hyper["betas"], hyper["lr"], hyper["weight_decay"]
        step = state["step"] + 1
        t = wide(step)
        if hyper["maximize"]:
            g = -g
        if on(decay):
            if hyper["decoupled_weight_decay"]:
                p = p * scalar(1 - lr * decay, p)
            else:
                g = g + p * scalar(decay, p)
        m = lerp(state["exp_avg"], g, scalar(1 - beta1, p))
        v = state["exp_avg_sq"] * scalar(beta2, p) + g * scalar(1 - beta2, p) * g
        found: State = {"step": step, "exp_avg": m, "exp_avg_sq": v}
        if hyper["amsgrad"]:
            v = OPS["maximum"](state["max_exp_avg_sq"], v)
            found["max_exp_avg_sq"] = v
        unbiased1, unbiased2 = 1 - beta1**t, 1 - beta2**t
        eps = scalar(hyper["eps"], p)
        if hyper["eps_inside_sqrt"]:
            scale = OPS["sqrt"](v / scalar(unbiased2, p) + eps)
        else:
            scale = OPS["sqrt"](v) / scalar(unbiased2**0.5, p) + eps
        return p - m * scalar(lr / unbiased1, p) / scale, found


class AdamW(Adam):
    r"""Adam with weight decay apart from the gradient: it enters neither of the moments.

    .. math::
        \theta_t = (1 - \gamma\lambda)\,\theta_{t-1} - \gamma\, \frac{\hat m_t}{\sqrt{\hat v_t} +
        \epsilon}

    Source: Loshchilov, Hutter, *Decoupled weight decay regularization* (2019).

    Errors: ValueError for options out of range; TypeError for one that is no number;
    NotImplementedError for switches such as foreach. Those of Optimizer.

    >>> import denpa as dp
    >>> x = dp.tensor([1.0, 2.0], requires_grad=True)
    >>> opt = dp.optim.AdamW([x], lr=0.5, weight_decay=0.1)
    >>> (x * x).sum().backward()
    >>> opt.step()
    >>> x
    tensor([0.45, 1.4 ], requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        eps_inside_sqrt: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            foreach=foreach,
            maximize=maximize,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
            decoupled_weight_decay=True,
            eps_inside_sqrt=eps_inside_sqrt,
        )

    def load_state_dict(self, state_dict: Any) -> None:
        """As `Optimizer.load_state_dict`; the decay stays decoupled whatever was saved."""
        super().load_state_dict(state_dict)
        for group in self.param_groups:
            group["decoupled_weight_decay"] = True
