"""Several schedules on one optimizer: one after the other, or all at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from denpa.optim.lr_scheduler.base import LRScheduler, set_option
from denpa.optim.lr_scheduler.plateau import ReduceLROnPlateau
from denpa.optim.optimizer import Optimizer


class _Several(LRScheduler):
    _transient = (*LRScheduler._transient, "_schedulers")

    def _take(self, optimizer: Optimizer | None, schedulers: Sequence[Any]) -> None:
        name = type(self).__name__
        if len(schedulers) < 1:
            raise ValueError(f"{name} expects at least one scheduler, but got no scheduler.")
        for k, s in enumerate(schedulers):
            if not hasattr(s, "optimizer"):
                raise TypeError(f"{name} at index {k} should have `optimizer` as its attribute.")
            if isinstance(s, ReduceLROnPlateau):
                raise ValueError(
                    f"{name} does not support `ReduceLROnPlateau` scheduler, whose `step` takes a "
                    f"metric, but got one at index {k}; call its step yourself"
                )
            optimizer = optimizer or s.optimizer
            if s.optimizer is not optimizer:
                raise ValueError(
                    f"{name} expects all schedulers to belong to the same optimizer, but got "
                    "scheduler "
                    f"{type(s).__name__} at index {k}, which belongs to another"
                )
        assert optimizer is not None
        self.optimizer = optimizer
        self._schedulers: list[Any] = list(schedulers)

    def get_lr(self) -> list[float]:
        """The rates as they are; each schedule computes its own."""
        return self._present()

    def state_dict(self) -> dict[str, Any]:
        """As `LRScheduler.state_dict`, with the states of the schedules under "_schedulers"."""
        return {**super().state_dict(), "_schedulers": [s.state_dict() for s in self._schedulers]}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """As `LRScheduler.load_state_dict`, for all the schedules."""
        saved = state_dict["_schedulers"]
        if len(saved) != len(self._schedulers):
            raise ValueError(
                f"the state holds {len(saved)} schedules, this has {len(self._schedulers)}"
            )
        super().load_state_dict({k: v for k, v in state_dict.items() if k != "_schedulers"})
        for s, one in zip(self._schedulers, saved, strict=True):
            s.load_state_dict(one)


class SequentialLR(_Several):
    """One schedule after the other; each of `milestones` is the epoch at which the next begins.

    Errors: ValueError for no schedule, one of another optimizer, a ReduceLROnPlateau, and other
    than one milestone less than schedules; TypeError for what is no schedule.

    >>> import denpa as dp
    >>> schedules = dp.optim.lr_scheduler
    >>> opt = dp.optim.SGD([dp.zeros(1, requires_grad=True)], lr=1.0)
    >>> warm = schedules.LinearLR(opt, start_factor=0.5, total_iters=2)
    >>> decay = schedules.StepLR(opt, step_size=1, gamma=0.5)
    >>> schedule = schedules.SequentialLR(opt, [warm, decay], milestones=[2])
    >>> rates = []
    >>> for epoch in range(4):
    ...     rates += schedule.get_last_lr()
    ...     opt.step(); schedule.step()
    >>> rates
    [0.5, 0.75, 1.0, 0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        schedulers: list[LRScheduler],
        milestones: list[int],
        last_epoch: int = -1,
    ) -> None:
        self._take(optimizer, schedulers)
        if len(milestones) != len(schedulers) - 1:
            raise ValueError(
                "Sequential Schedulers expects number of schedulers provided to be one more than "
                "the "
                f"number of milestone points, but got number of schedulers {len(schedulers)} and "
                "the "
                f"number of milestones to be equal to {len(milestones)}"
            )
        self._milestones = list(milestones)
        self.last_epoch = last_epoch + 1
        # Making each schedule has moved the rate: begin again with the first one alone.
        for group in optimizer.param_groups:
            set_option(group, "lr", group["initial_lr"])
        _undo(self)
        first = self._schedulers[bisect_right(self._milestones, 0)]
        first._initial_step()
        self._last_lr = first.get_last_lr()

    def step(self) -> None:  # type: ignore[override]
        """Go on by one epoch."""
        self.last_epoch += 1
        k = bisect_right(self._milestones, self.last_epoch)
        now = self._schedulers[k]
        if k > 0 and self._milestones[k - 1] == self.last_epoch:
            now._update_lr(0)
        else:
            now.step()
        self._last_lr = now.get_last_lr()


def _undo(schedule: Any) -> None:
    """Take the first step of every schedule inside back."""
    if hasattr(schedule, "_schedulers"):
        for s in schedule._schedulers:
            _undo(s)
    else:
        schedule.last_epoch -= 1


class ChainedScheduler(_Several):
    """All schedules at once: each step is a step of every one of them.

    Errors: ValueError for no schedule, one of another optimizer and a ReduceLROnPlateau; TypeError
    for what is no schedule.

    >>> import denpa as dp
    >>> opt, schedules = dp.optim.SGD([dp.zeros(1, requires_grad=True)], 1.0), dp.optim.lr_scheduler
    >>> halves, tenths = schedules.ExponentialLR(opt, 0.5), schedules.StepLR(opt, 2, gamma=0.1)
    >>> schedule = schedules.ChainedScheduler([halves, tenths])
    >>> opt.step(); schedule.step()
    >>> schedule.get_last_lr()
    [0.5]
    """

    def __init__(
        self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None
    ) -> None:
        self._take(optimizer, schedulers)
        self._last_lr = self._present()

    def step(self) -> None:  # type: ignore[override]
        """Go on by one epoch."""
        for s in self._schedulers:
            s.step()
        self._last_lr = self._present()
