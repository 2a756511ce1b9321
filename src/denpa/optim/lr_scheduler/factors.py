"""Schedules that multiply the rate: by steps, by an exponential, along a line, by a function."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import FunctionType
from typing import Any

from denpa.optim.lr_scheduler.base import LRScheduler, check_optimizer
from denpa.optim.optimizer import Optimizer

Factor = Callable[[int], float]


class _ByFunction(LRScheduler):
    """Functions are not saved; the attributes of callable objects are."""

    _transient = (*LRScheduler._transient, "lr_lambdas")

    def __init__(
        self, optimizer: Optimizer, lr_lambda: Factor | Sequence[Factor], last_epoch: int = -1
    ) -> None:
        check_optimizer(optimizer)
        n = len(optimizer.param_groups)
        given = list(lr_lambda) if isinstance(lr_lambda, (list, tuple)) else [lr_lambda] * n
        if len(given) != n:
            raise ValueError(f"Expected {n} lr_lambdas, but got {len(given)}")
        for function in given:
            if not callable(function):
                raise TypeError(
                    f"lr_lambda should be a function, but got {type(function).__name__}"
                )
        self.lr_lambdas: list[Any] = given
        super().__init__(optimizer, last_epoch)

    def state_dict(self) -> dict[str, Any]:
        """As `LRScheduler.state_dict`; a function is None in it, a callable object its
        attributes.
        """
        saved = [
            None if isinstance(f, FunctionType) or not hasattr(f, "__dict__") else dict(f.__dict__)
            for f in self.lr_lambdas
        ]
        return {**super().state_dict(), "lr_lambdas": saved}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """As `LRScheduler.load_state_dict`; the functions are those given to the constructor."""
        super().load_state_dict({k: v for k, v in state_dict.items() if k != "lr_lambdas"})
        for function, saved in zip(self.lr_lambdas, state_dict["lr_lambdas"], strict=True):
            if saved is not None:
                function.__dict__.update(saved)


class LambdaLR(_ByFunction):
    r"""γ_t = γ₀ · f(t), with one function for all groups or a list of them.

    Errors: ValueError for a list of another length than there are groups; TypeError for what is no
    function. Those of LRScheduler.

    >>> import denpa as dp
    >>> opt = dp.optim.SGD([dp.zeros(1, requires_grad=True)], lr=0.5)
    >>> schedule = dp.optim.lr_scheduler.LambdaLR(opt, lambda t: 0.5**t)
    >>> opt.step(); schedule.step()
    >>> schedule.get_last_lr()
    [0.25]
    """

    def get_lr(self) -> list[float]:
        """γ₀ · f(t)."""
        self._warn_outside_step()
        return [b * f(self.last_epoch) for b, f in zip(self.base_lrs, self.lr_lambdas, strict=True)]


class MultiplicativeLR(_ByFunction):
    """γ_t = γ_{t−1} · f(t), with one function for all groups or a list of them.

    Errors: ValueError for a list of another length than there are groups; TypeError for what is no
    function. Those of LRScheduler.

    >>> import denpa as dp
    >>> opt = dp.optim.SGD([dp.zeros(1, requires_grad=True)], lr=1.0)
    >>> schedule = dp.optim.lr_scheduler.MultiplicativeLR(opt, lambda t: 0.5)
    >>> rates = schedule.get_last_lr()
    >>> for epoch in range(3):
    ...     opt.step(); schedule.step()
    ...     rates += schedule.get_last_lr()
    >>> rates
    [1.0, 0.5, 0.25, 0.125]
    """

    def get_lr(self) -> list[float]:
        """γ_{t−1} · f(t)."""
        self._warn_outside_step()
        if self._is_initial:
            return self._present()
        return [
            r * f(self.last_epoch) for r, f in zip(self._present(), self.lr_lambdas, strict=True)
        ]


class StepLR(LRScheduler):
    """Multiply by `gamma` every `step_size` epochs.

    Errors: ValueError for a `step_size` below 1. Those of LRScheduler.

    >>> import denpa as dp
    >>> opt = dp.optim.SGD([dp.zeros(1, requires_grad=True)], lr=1.0)
    >>> schedule = dp.optim.lr_scheduler.StepLR(opt, step_size=2, gamma=0.5)
    >>> rates = []
    >>> for epoch in range(5):
    ...     rates += schedule.get_last_lr()
    ...     opt.step(); schedule.step()
    >>> rates
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """

    def __init__(
        self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        if step_size < 1:
            raise ValueError(f"step_size must be 1 epoch or more, not {step_size}")
        self.step_size = step_size
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """γ_{t−1}, times gamma at every step_size-th epoch."""
        self._warn_outside_step()
        if self.last_epoch == 0 or self.last_epoch % self.step_size:
            return self._present()
        return self._scaled(self.gamma)

    def _get_closed_form_lr(self) -> list[float]:
        return [b * self.gamma ** (self.last_epoch // self.step_size) for b in self.base_lrs]


class MultiStepLR(LRScheduler):
    """Multiply by `gamma` at each of the epochs in `milestones`; one named twice counts twice.

    Errors: TypeError for milestones that are no list. Those of LRScheduler.

    >>> import denpa as dp
    >>> opt = dp.optim.SGD([dp.zeros(1, requires_grad=True)], lr=1.0)
    >>> schedule = dp.optim.lr_scheduler.MultiStepLR(opt, [1, 3], gamma=0.5)
    >>> rates = schedule.get_last_lr()
    >>> for epoch in range(4):
    ...     opt.step(); schedule.step()
    ...     rates += schedule.get_last_lr()
    >>> rates
    [1.0, 0.5, 0.5, 0.25, 0.25]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        milestones: Iterable[int],
        gamma: float = 0.1,
        last_epoch: int = -1,
    ) -> None:
        self.milestones = Counter(milestones)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """γ_{t−1}, times gamma at a milestone."""
        self._warn_outside_step()
        if self.last_epoch not in self.milestones:
            return self._present()
        return self._scaled(self.gamma ** self.milestones[self.last_epoch])

    def _get_closed_form_lr(self) -> list[float]:
        passed = bisect_right(sorted(self.milestones.elements()), self.last_epoch)
        return [b * self.gamma**passed for b in self.base_lrs]

    def state_dict(self) -> dict[str, Any]:
        """As `LRScheduler.state_dict`; the milestones are a sorted list."""
        return {**super().state_dict(), "milestones": sorted(self.milestones.elements())}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """As `LRScheduler.load_state_dict`; PyTorch's counts of milestones are understood too."""
        super().load_state_dict(state_dict)
        given: Any = self.milestones
        self.milestones = Counter(
            {int(k): n for k, n in given.items()} if isinstance(given, dict) else given
        )


class ConstantLR(LRScheduler):
    """Multiply by `factor` for the first `total_iters` epochs.

    Errors: ValueError for a factor outside of 0 to 1; with a factor of 0 the step at `total_iters`
    is a ZeroDivisionError. Those of LRScheduler.

    >>> import denpa as dp
    >>> opt = dp.optim.SGD([dp.zeros(1, requires_grad=True)], lr=1.0)
    >>> schedule = dp.optim.lr_scheduler.ConstantLR(opt, factor=0.5, total_iters=2)
    >>> rates = schedule.get_last_lr()
    >>> for epoch in range(3):
    ...     opt.step(); schedule.step()
    ...     rates += schedule.get_last_lr()
    >>> rates
    [0.5, 0.5, 1.0, 1.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        factor: float = 1.0 / 3,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        if not 0 <= factor <= 1.0:
            raise ValueError(
                f"Constant multiplicative factor expected to be between 0 and 1, not {factor}."
            )
        self.factor = factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """γ₀ · factor until total_iters, γ₀ from there."""
        self._warn_outside_step()
        if self.last_epoch == 0:
            return self._scaled(self.factor)
        if self.last_epoch != self.total_iters:
            return self._present()
        return self._scaled(1.0 / self.factor)

    def _get_closed_form_lr(self) -> list[float]:
        factor = 1 if self.last_epoch >= self.total_iters else self.factor
        return [b * factor for b in self.base_lrs]


class LinearLR(LRScheduler):
    """From γ₀ · start_factor to γ₀ · end_factor along a line over `total_iters` epochs: a warm-up.

    Errors: ValueError for a factor outside of 0 to 1 or a `start_factor` of 0. Those of
    LRScheduler.

    >>> import denpa as dp
    >>> opt = dp.optim.SGD([dp.zeros(1, requires_grad=True)], lr=1.0)
    >>> schedule = dp.optim.lr_scheduler.LinearLR(opt, start_factor=0.25, total_iters=3)
    >>> rates = []
    >>> for epoch in range(5):
    ...     rates += schedule.get_last_lr()
    ...     opt.step(); schedule.step()
    >>> rates
    [0.25, 0.5, 0.75, 1.0, 1.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        if not 0 < start_factor <= 1.0:
            raise ValueError(
                "Starting multiplicative factor expected to be greater than 0 and less or equal "
                "to 1, "
                f"not {start_factor}."
            )
        if not 0 <= end_factor <= 1.0:
            raise ValueError(
                f"Ending multiplicative factor expected to be between 0 and 1, not {end_factor}."
            )
        self.start_factor = start_factor
        self.end_factor = end_factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """γ_{t−1} times the ratio of two neighbours on the line."""
        self._warn_outside_step()
        if self.last_epoch == 0:
            return self._scaled(self.start_factor)
        if self._is_initial or self.last_epoch > self.total_iters:
            return self._present()
        rise = self.end_factor - self.start_factor
        before = self.total_iters * self.start_factor + (self.last_epoch - 1) * rise
        return self._scaled(1.0 + rise / before)

    def _get_closed_form_lr(self) -> list[float]:
        rise = self.end_factor - self.start_factor
        done = min(self.total_iters, self.last_epoch)
        return [b * (self.start_factor + rise * done / self.total_iters) for b in self.base_lrs]


class ExponentialLR(LRScheduler):
    """Multiply by `gamma` every epoch.

    Errors: those of LRScheduler.

    >>> import denpa as dp
    >>> opt = dp.optim.SGD([dp.zeros(1, requires_grad=True)], lr=1.0)
    >>> schedule = dp.optim.lr_scheduler.ExponentialLR(opt, gamma=0.5)
    >>> rates = schedule.get_last_lr()
    >>> for epoch in range(2):
    ...     opt.step(); schedule.step()
    ...     rates += schedule.get_last_lr()
    >>> rates
    [1.0, 0.5, 0.25]
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """γ_{t−1} · gamma."""
        self._warn_outside_step()
        return self._present() if self._is_initial else self._scaled(self.gamma)

    def _get_closed_form_lr(self) -> list[float]:
        return [b * self.gamma**self.last_epoch for b in self.base_lrs]


class PolynomialLR(LRScheduler):
    """γ₀ · (1 − t/total_iters)^power, down to zero over `total_iters` epochs.

    Errors: those of LRScheduler.

    >>> import denpa as dp
    >>> opt = dp.optim.SGD([dp.zeros(1, requires_grad=True)], lr=1.0)
    >>> schedule = dp.optim.lr_scheduler.PolynomialLR(opt, total_iters=2)
    >>> rates = schedule.get_last_lr()
    >>> for epoch in range(3):
    ...     opt.step(); schedule.step()
    ...     rates += schedule.get_last_lr()
    >>> rates
    [1.0, 0.5, 0.0, 0.0]
    """

    def __init__(
        self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1
    ) -> None:
        self.total_iters = total_iters
        self.power = power
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """γ_{t−1} times the ratio of two neighbours on the curve."""
        self._warn_outside_step()
        if self._is_initial or self.last_epoch > self.total_iters:
            return self._present()
        now = 1.0 - self.last_epoch / self.total_iters
        before = 1.0 - (self.last_epoch - 1) / self.total_iters
        return self._scaled((now / before) ** self.power)

    def _get_closed_form_lr(self) -> list[float]:
        left = 1.0 - min(self.total_iters, self.last_epoch) / self.total_iters
        return [b * left**self.power for b in self.base_lrs]
