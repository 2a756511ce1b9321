"""Schedules that raise and lower the rate once a batch, and the momentum against it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any

from denpa.optim.lr_scheduler.base import LRScheduler, check_optimizer, for_each_group, set_option
from denpa.optim.optimizer import Optimizer


class _WithMomentum(LRScheduler):
    """A schedule that may also set momentum, or β₁ of Adam."""

    cycle_momentum: bool
    use_beta1: bool

    def _take_momentum(self, base: Any, top: Any, last_epoch: int) -> None:
        optimizer = self.optimizer
        if "momentum" not in optimizer.defaults and "betas" not in optimizer.defaults:
            raise ValueError(
                "optimizer must support momentum or beta1 with `cycle_momentum` option enabled; "
                f"{type(optimizer).__name__} has neither: pass cycle_momentum=False"
            )
        self.use_beta1 = "betas" in optimizer.defaults
        self.base_momentums = for_each_group("base_momentum", optimizer, base)
        self.max_momentums = for_each_group("max_momentum", optimizer, top)
        if last_epoch == -1:
            for group, low, high in zip(
                optimizer.param_groups, self.base_momentums, self.max_momentums, strict=True
            ):
                self._set_momentum(group, high)
                group["max_momentum"], group["base_momentum"] = high, low

    def _set_momentum(self, group: dict[str, Any], value: float) -> None:
        if self.use_beta1:
            group["betas"] = (value, *group["betas"][1:])
        else:
            group["momentum"] = value


class CyclicLR(_WithMomentum):
    """Up from `base_lr` to `max_lr` in `step_size_up` batches, down in `step_size_down`, again and
    again.

    `mode` scales the height of a cycle: "triangular" not at all, "triangular2" by ½ each cycle,
    "exp_range" by gamma^batch; `scale_fn` (of the cycle or of the batch, as `scale_mode` says)
    replaces it.

    Source: Smith, *Cyclical learning rates for training neural networks* (2017).

    Errors: ValueError for an unknown mode without `scale_fn`, for a list of another length than
    there are groups, and with `cycle_momentum` for an optimizer without momentum. Those of
    LRScheduler.

    >>> import denpa as dp
    >>> opt = dp.optim.SGD([dp.zeros(1, requires_grad=True)], lr=1.0)
    >>> schedule = dp.optim.lr_scheduler.CyclicLR(opt, 1.0, 2.0, step_size_up=2,
    ...     cycle_momentum=False)
    >>> rates = schedule.get_last_lr()
    >>> for epoch in range(4):
    ...     opt.step(); schedule.step()
    ...     rates += schedule.get_last_lr()
    >>> rates
    [1.0, 1.5, 2.0, 1.5, 1.0]
    """

    _transient = (*LRScheduler._transient, "_scale_fn_custom")

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: float | list[float],
        max_lr: float | list[float],
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: str = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: str = "cycle",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.8,
        max_momentum: float | list[float] = 0.9,
        last_epoch: int = -1,
    ) -> None:
        check_optimizer(optimizer)
        self.optimizer = optimizer
        base_lrs = for_each_group("base_lr", optimizer, base_lr)
        if last_epoch == -1:
            for group, rate in zip(optimizer.param_groups, base_lrs, strict=True):
                set_option(group, "lr", rate)
        self.max_lrs = for_each_group("max_lr", optimizer, max_lr)
        up = float(step_size_up)
        down = up if step_size_down is None else float(step_size_down)
        self.total_size = up + down
        self.step_ratio = up / self.total_size
        if mode not in ("triangular", "triangular2", "exp_range") and scale_fn is None:
            raise ValueError(
                f"mode is invalid and scale_fn is None: mode is {mode!r}, it must be 'triangular', "
                "'triangular2' or 'exp_range'"
            )
        self.mode = mode
        self.gamma = gamma
        self._scale_fn_custom = scale_fn
        if scale_fn is None:
            scale_mode = "iterations" if mode == "exp_range" else "cycle"
        self.scale_mode = scale_mode
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self._take_momentum(base_momentum, max_momentum, last_epoch)
        super().__init__(optimizer, last_epoch)
        self.base_lrs = base_lrs

    def scale_fn(self, x: float) -> float:
        """The height of a cycle, relative to the first."""
        if self._scale_fn_custom is not None:
            return self._scale_fn_custom(x)
        if self.mode == "triangular2":
            return float(1 / 2.0 ** (x - 1))
        return float(self.gamma**x) if self.mode == "exp_range" else 1.0

    def get_lr(self) -> list[float]:
        """The rate at this place of the cycle; sets the momentum too."""
        self._warn_outside_step()
        cycle = math.floor(1 + self.last_epoch / self.total_size)
        x = 1.0 + self.last_epoch / self.total_size - cycle  # 0 to 1 within the cycle
        rising = x <= self.step_ratio
        height = x / self.step_ratio if rising else (x - 1) / (self.step_ratio - 1)
        scale = self.scale_fn(cycle if self.scale_mode == "cycle" else self.last_epoch)
        if self.cycle_momentum:
            for group, low, high in zip(
                self.optimizer.param_groups, self.base_momentums, self.max_momentums, strict=True
            ):
                self._set_momentum(group, high - (high - low) * height * scale)
        return [
            low + (high - low) * height * scale
            for low, high in zip(self.base_lrs, self.max_lrs, strict=True)
        ]

    def state_dict(self) -> dict[str, Any]:
        """As `LRScheduler.state_dict`; a scale function is None in it, a callable object its
        attributes.
        """
        f = self._scale_fn_custom
        saved = None if f is None or isinstance(f, FunctionType) else dict(f.__dict__)
        return {**super().state_dict(), "_scale_fn_custom": saved}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """As `LRScheduler.load_state_dict`; the scale function is the one given to the
        constructor.
        """
        super().load_state_dict({k: v for k, v in state_dict.items() if k != "_scale_fn_custom"})
        saved = state_dict.get("_scale_fn_custom")
        if saved is not None and self._scale_fn_custom is not None:
            self._scale_fn_custom.__dict__.update(saved)


class OneCycleLR(_WithMomentum):
    """One rise to `max_lr` over `pct_start` of the steps, then down far below the start; momentum
    the other way.

    The rate goes from max_lr/div_factor to max_lr and down to
    max_lr/(div_factor·final_div_factor), along half cosines ("cos") or lines ("linear"). With
    `three_phase` it comes down as it went up, then fades. The number of steps (batches) is
    `total_steps`, or `epochs` times `steps_per_epoch`.

    Source: Smith, Topin, *Super-convergence: very fast training of neural networks using large
    learning rates* (2019).

    Errors: ValueError for a bad number of steps, pct_start or strategy, for a step after the last
    one, and with `cycle_momentum` for an optimizer without momentum. Those of LRScheduler.

    >>> import denpa as dp
    >>> opt = dp.optim.SGD([dp.zeros(1, requires_grad=True)], lr=0.1, momentum=0.9)
    >>> schedule = dp.optim.lr_scheduler.OneCycleLR(opt, max_lr=1.0, total_steps=10)
    >>> rates = schedule.get_last_lr()
    >>> for batch in range(9):
    ...     opt.step(); schedule.step()
    ...     rates += schedule.get_last_lr()
    >>> [round(r, 3) for r in rates]
    [0.04, 0.52, 1.0, 0.95, 0.812, 0.611, 0.389, 0.188, 0.05, 0.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | list[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.85,
        max_momentum: float | list[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        check_optimizer(optimizer)
        self.optimizer = optimizer
        self.total_steps = _steps(total_steps, epochs, steps_per_epoch)
        if not isinstance(pct_start, float) or not 0 <= pct_start <= 1:
            raise ValueError(f"Expected float between 0 and 1 pct_start, but got {pct_start}")
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(
                f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}"
            )
        self._anneal_func_type = anneal_strategy
        rise = pct_start * self.total_steps
        phases = [(rise - 1, "initial_lr", "max_lr", "max_momentum", "base_momentum")]
        if three_phase:
            phases += [(2 * rise - 2, "max_lr", "initial_lr", "base_momentum", "max_momentum")]
            last = ("initial_lr", "min_lr", "max_momentum", "max_momentum")
        else:
            last = ("max_lr", "min_lr", "base_momentum", "max_momentum")
        keys = ("end_step", "start_lr", "end_lr", "start_momentum", "end_momentum")
        self._schedule_phases: list[dict[str, Any]] = [
            dict(zip(keys, phase, strict=True))
            for phase in [*phases, (self.total_steps - 1, *last)]
        ]
        top = for_each_group("max_lr", optimizer, max_lr)
        if last_epoch == -1:
            for group, rate in zip(optimizer.param_groups, top, strict=True):
                group["initial_lr"] = rate / div_factor
                group["max_lr"] = rate
                group["min_lr"] = group["initial_lr"] / final_div_factor
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self._take_momentum(base_momentum, max_momentum, last_epoch)
        super().__init__(optimizer, last_epoch)

    def _between(self, start: float, end: float, part: float) -> float:
        if self._anneal_func_type == "cos":
            return end + (start - end) / 2.0 * (math.cos(math.pi * part) + 1)
        return (end - start) * part + start

    def get_lr(self) -> list[float]:
        """The rate at this step of the cycle; sets the momentum too."""
        self._warn_outside_step()
        step = self.last_epoch
        if step > self.total_steps:
            raise ValueError(
                f"Tried to step {step} times. The specified number of total steps is "
                f"{self.total_steps}"
            )
        start = 0.0
        phase = self._schedule_phases[-1]
        for phase in self._schedule_phases:
            if step <= phase["end_step"] or phase is self._schedule_phases[-1]:
                break
            start = phase["end_step"]
        span = phase["end_step"] - start
        part = (step - start) / span if span else 1.0  # a phase of one step is at its end at once
        rates = []
        for group in self.optimizer.param_groups:
            rates.append(self._between(group[phase["start_lr"]], group[phase["end_lr"]], part))
            if self.cycle_momentum:
                first, then = group[phase["start_momentum"]], group[phase["end_momentum"]]
                self._set_momentum(group, self._between(first, then, part))
        return rates


def _steps(total: int | None, epochs: int | None, per_epoch: int | None) -> int:
    def positive(name: str, n: int) -> int:
        if not isinstance(n, int) or n <= 0:
            raise ValueError(f"Expected positive integer {name}, but got {n}")
        return n

    if total is not None:
        return positive("total_steps", total)
    if epochs is None or per_epoch is None:
        raise ValueError("You must define either total_steps OR (epochs AND steps_per_epoch)")
    return positive("epochs", epochs) * positive("steps_per_epoch", per_epoch)
