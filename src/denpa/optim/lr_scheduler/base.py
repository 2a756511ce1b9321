"""What all schedules share: the counter, the base rates, saving and loading."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from denpa.autodiff.tensor import Tensor
from denpa.optim.optimizer import Optimizer

_ORDER = (
    "Detected call of `lr_scheduler.step()` before `optimizer.step()`: the first value of the "
    "schedule "
    "is skipped. Call `optimizer.step()` first, then `lr_scheduler.step()`."
)
_EPOCH = (
    "The epoch parameter in `scheduler.step()` is deprecated, as in PyTorch: it uses the closed "
    "form of "
    "the schedule where there is one. Call `scheduler.step()` without it."
)
_GET_LR = (
    "To get the last learning rate computed by the scheduler, please use `get_last_lr()`; "
    "`get_lr()` computes the next one."
)


def check_optimizer(optimizer: Any) -> None:
    """Raise TypeError for what is not an optimizer."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")


def value_of(rate: Any) -> Any:
    """A rate as a number, also where the group holds it as a tensor."""
    return rate.item() if isinstance(rate, Tensor) else rate


def set_option(group: dict[str, Any], key: str, value: Any) -> None:
    """Set an option of a group; one that is a tensor is written to in place."""
    held = group.get(key)
    if isinstance(held, Tensor):
        held._held()[...] = value
        held._value.shared().version += 1
    else:
        group[key] = value


def for_each_group(name: str, optimizer: Optimizer, given: Any) -> list[Any]:
    """One value for each group, from one for all or from a list."""
    n = len(optimizer.param_groups)
    if not isinstance(given, (list, tuple)):
        return [given] * n
    if len(given) != n:
        raise ValueError(
            f"{name} must have the same length as optimizer.param_groups. "
            f"{name} has {len(given)} values, param_groups has {n}."
        )
    return list(given)


class LRScheduler:
    """Base of the schedules. A schedule of your own defines `get_lr`, the rates at
    `self.last_epoch`.

    `last_epoch` is -1 to begin; another value continues a run whose groups know their "initial_lr".
    `get_last_lr()` is a list of floats, one for each group of parameters.

    Errors: TypeError if `optimizer` is none; KeyError if a run is continued without "initial_lr";
    NotImplementedError without `get_lr`; `load_state_dict` a ValueError for another schedule's.

    >>> import denpa as dp
    >>> class Halves(dp.optim.lr_scheduler.LRScheduler):
    ...     def get_lr(self):
    ...         return [rate * 0.5**self.last_epoch for rate in self.base_lrs]
    >>> opt = dp.optim.SGD([dp.zeros(1, requires_grad=True)], lr=1.0)
    >>> schedule = Halves(opt)
    >>> opt.step(); schedule.step()
    >>> schedule.get_last_lr()
    [0.5]
    """

    # Not part of the state: what it acts on, and what is true during a call only.
    _transient: tuple[str, ...] = ("optimizer", "_inside_step", "_is_initial")
    _inside_step = False
    _is_initial = False

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        check_optimizer(optimizer)
        self.optimizer = optimizer
        for k, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", value_of(group["lr"]))
            elif "initial_lr" not in group:
                raise KeyError(
                    f"param 'initial_lr' is not specified in param_groups[{k}] when resuming "
                    "scheduler "
                    f"with last_epoch={last_epoch}; load the optimizer's state first, or leave "
                    "last_epoch at -1 for a new run"
                )
        self.base_lrs: list[float] = [value_of(g["initial_lr"]) for g in optimizer.param_groups]
        self.last_epoch = last_epoch
        self._last_lr: list[float] = []
        self._step_count = 0
        self._initial_step()

    def _initial_step(self) -> None:
        """The step that sets the first rate."""
        self._step_count = 0
        self._is_initial = True
        try:
            self.step()
        finally:
            self._is_initial = False

    # -- the schedule ------------------------------------------------------------------

    def get_lr(self) -> list[float]:
        """The rate of each group at `self.last_epoch`; called by `step`."""
        raise NotImplementedError(f"{type(self).__name__} must define get_lr()")

    def get_last_lr(self) -> list[float]:
        """The rate of each group that the last step has set."""
        return self._last_lr

    def step(self, epoch: int | None = None) -> None:
        """Go on by one epoch (or batch) and set the rates."""
        tracked = getattr(type(self.optimizer).step, "_tracked", False)
        if self._step_count == 1 and tracked and not self.optimizer._stepped:
            warnings.warn(_ORDER, UserWarning, stacklevel=2)
        self._step_count += 1
        if epoch is not None:
            warnings.warn(_EPOCH, UserWarning, stacklevel=2)
        self._update_lr(epoch)

    def _update_lr(self, epoch: int | None = None) -> None:
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        self._inside_step = True
        try:
            closed = getattr(self, "_get_closed_form_lr", None)
            rates = self.get_lr() if epoch is None or closed is None else closed()
        finally:
            self._inside_step = False
        self._set(rates)

    def _set(self, rates: list[float]) -> None:
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            set_option(group, "lr", rate)
        self._last_lr = self._present()

    def _present(self) -> list[float]:
        return [value_of(group["lr"]) for group in self.optimizer.param_groups]

    def _scaled(self, factor: float) -> list[float]:
        return [rate * factor for rate in self._present()]

    def _warn_outside_step(self) -> None:
        if not self._inside_step:
            warnings.warn(_GET_LR, UserWarning, stacklevel=3)

    # -- saving and loading ------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """What the next step depends on beside the optimizer's state: numbers, strings and lists
        of them.
        """
        return {
            k: list(v) if isinstance(v, list) else v
            for k, v in self.__dict__.items()
            if k not in self._transient
        }

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Continue from what `state_dict` returned. Load the optimizer's state too, after making
        this.
        """
        # PyTorch's own dictionaries also name two flags that are set during a call only.
        flags = {"_get_lr_called_within_step", "_is_initial"}
        given = {k: v for k, v in state_dict.items() if k not in flags}
        unknown = sorted(set(given) - set(self.state_dict()))
        if unknown:
            raise ValueError(
                f"not the state of a {type(self).__name__}: it has {', '.join(unknown)}, "
                f"which this schedule does not know"
            )
        self.__dict__.update({k: list(v) if isinstance(v, list) else v for k, v in given.items()})
