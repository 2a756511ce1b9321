"""Schedules along half a cosine."""

from __future__ import annotations

import math

from denpa.optim.lr_scheduler.base import LRScheduler
from denpa.optim.optimizer import Optimizer


class CosineAnnealingLR(LRScheduler):
    r"""γ_t = η + ½(γ₀ − η)(1 + cos(πt/T)), with T = `T_max` and η = `eta_min`; up again after T.

    Source: Loshchilov, Hutter, *SGDR: stochastic gradient descent with warm restarts* (2017),
    without the restarts.

    Errors: ValueError for a `T_max` below 1. Those of LRScheduler.

    >>> import denpa as dp
    >>> opt = dp.optim.SGD([dp.zeros(1, requires_grad=True)], lr=1.0)
    >>> schedule = dp.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=2)
    >>> rates = []
    >>> for epoch in range(3):
    ...     rates += schedule.get_last_lr()
    ...     opt.step(); schedule.step()
    >>> [round(r, 12) for r in rates]
    [1.0, 0.5, 0.0]
    """

    def __init__(
        self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1
    ) -> None:
        if T_max < 1:
            raise ValueError(f"T_max must be 1 epoch or more, not {T_max}")
        self.T_max = T_max
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """From γ_{t−1}, so that another schedule can act beside this one."""
        self._warn_outside_step()
        t, span, low = self.last_epoch, self.T_max, self.eta_min
        if self._is_initial:
            return self._present()
        if self._step_count == 1 and t > 0:
            return self._get_closed_form_lr()
        if (t - 1 - span) % (2 * span) == 0:  # γ_{t−1} = η: the ratio below would be 0/0
            rise = (1 - math.cos(math.pi / span)) / 2
            return [
                r + (b - low) * rise for b, r in zip(self.base_lrs, self._present(), strict=True)
            ]
        ratio = (1 + math.cos(math.pi * t / span)) / (1 + math.cos(math.pi * (t - 1) / span))
        return [ratio * (r - low) + low for r in self._present()]

    def _get_closed_form_lr(self) -> list[float]:
        wave = 1 + math.cos(math.pi * self.last_epoch / self.T_max)
        return [self.eta_min + (b - self.eta_min) * wave / 2 for b in self.base_lrs]


class CosineAnnealingWarmRestarts(LRScheduler):
    """Cosine annealing over `T_0` epochs, then again from the start over T_0·T_mult, and so on.

    Source: Loshchilov, Hutter, *SGDR: stochastic gradient descent with warm restarts* (2017).

    Errors: ValueError for a `T_0` or `T_mult` that is no whole number of 1 or more, an `eta_min`
    that is no number and a step to an epoch below 0. Those of LRScheduler.

    >>> import denpa as dp
    >>> opt = dp.optim.SGD([dp.zeros(1, requires_grad=True)], lr=1.0)
    >>> schedule = dp.optim.lr_scheduler.CosineAnnealingWarmRestarts(opt, T_0=2)
    >>> rates = schedule.get_last_lr()
    >>> for epoch in range(3):
    ...     opt.step(); schedule.step()
    ...     rates += schedule.get_last_lr()
    >>> rates
    [1.0, 0.5, 1.0, 0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        T_0: int,
        T_mult: int = 1,
        eta_min: float = 0.0,
        last_epoch: int = -1,
    ) -> None:
        if not isinstance(T_0, int) or T_0 <= 0:
            raise ValueError(f"Expected positive integer T_0, but got {T_0}")
        if not isinstance(T_mult, int) or T_mult < 1:
            raise ValueError(f"Expected integer T_mult >= 1, but got {T_mult}")
        if not isinstance(eta_min, (int, float)):
            raise ValueError(
                f"Expected float or int eta_min, but got {eta_min} of type {type(eta_min).__name__}"
            )
        self.T_0 = T_0
        self.T_i = T_0
        self.T_mult = T_mult
        self.eta_min = eta_min
        self.T_cur: float = last_epoch
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """γ = η + ½(γ₀ − η)(1 + cos(π·T_cur/T_i))."""
        self._warn_outside_step()
        wave = 1 + math.cos(math.pi * self.T_cur / self.T_i)
        return [self.eta_min + (b - self.eta_min) * wave / 2 for b in self.base_lrs]

    def step(self, epoch: float | None = None) -> None:
        """Go on by one epoch, or to `epoch`, which may be a fraction (epoch + batch / batches)."""
        if epoch is not None and epoch < 0:
            raise ValueError(f"Expected non-negative epoch, but got {epoch}")
        if epoch is None and self.last_epoch < 0:
            epoch = 0
        if epoch is None:
            epoch = self.last_epoch + 1
            self.T_cur += 1
            if self.T_cur >= self.T_i:
                self.T_cur %= self.T_i
                self.T_i *= self.T_mult
        elif epoch < self.T_0:
            self.T_i, self.T_cur = self.T_0, epoch
        elif self.T_mult == 1:
            self.T_cur = epoch % self.T_0
        else:
            # n cycles of T_0, T_0·m, T_0·m², … are over.
            n = int(math.log(epoch / self.T_0 * (self.T_mult - 1) + 1, self.T_mult))
            self.T_cur = epoch - self.T_0 * (self.T_mult**n - 1) / (self.T_mult - 1)
            self.T_i = self.T_0 * self.T_mult**n
        self.last_epoch = math.floor(epoch)
        self._inside_step = True
        try:
            rates = self.get_lr()
        finally:
            self._inside_step = False
        self._set(rates)
