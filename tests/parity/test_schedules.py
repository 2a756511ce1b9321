"""Schedules: the learning rates, and momenta, of fifty epochs."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from .harness import check_seen

Make = Callable[[Any, Any], Any]
SCHEDULES: list[tuple[str, Make]] = [
    ("StepLR", lambda s, o: s.StepLR(o, 7)),
    ("StepLR gamma", lambda s, o: s.StepLR(o, step_size=10, gamma=0.5)),
    ("MultiStepLR", lambda s, o: s.MultiStepLR(o, [3, 11, 30], gamma=0.2)),
    ("MultiStepLR twice", lambda s, o: s.MultiStepLR(o, milestones=[5, 5, 20])),
    ("ExponentialLR", lambda s, o: s.ExponentialLR(o, 0.9)),
    ("CosineAnnealingLR", lambda s, o: s.CosineAnnealingLR(o, 50)),
    ("CosineAnnealingLR past its end", lambda s, o: s.CosineAnnealingLR(o, T_max=12, eta_min=0.01)),
    ("LinearLR", lambda s, o: s.LinearLR(o)),
    ("LinearLR options", lambda s, o: s.LinearLR(o, start_factor=0.1, end_factor=0.9,
        total_iters=20)),
    ("ConstantLR", lambda s, o: s.ConstantLR(o, factor=0.5, total_iters=4)),
    ("LambdaLR", lambda s, o: s.LambdaLR(o, lambda e: 1 / (1 + e))),
    ("LambdaLR list", lambda s, o: s.LambdaLR(o, [lambda e: 0.9**e, lambda e: 1 + math.sin(e)])),
    ("SequentialLR", lambda s, o: s.SequentialLR(
        o, [s.LinearLR(o, 0.1, total_iters=5), s.CosineAnnealingLR(o, 40)], milestones=[5])),
    ("SequentialLR of three", lambda s, o: s.SequentialLR(
        o, [s.LinearLR(o, 0.2, total_iters=4), s.ExponentialLR(o, 0.95), s.StepLR(o, 3)], [4, 20])),
    ("OneCycleLR", lambda s, o: s.OneCycleLR(o, 0.5, total_steps=50)),
    ("OneCycleLR epochs", lambda s, o: s.OneCycleLR(o, max_lr=0.5, epochs=10, steps_per_epoch=5)),
    ("OneCycleLR linear", lambda s, o: s.OneCycleLR(
        o, [0.5, 0.2], total_steps=60, pct_start=0.2, anneal_strategy="linear")),
    ("OneCycleLR three phases", lambda s, o: s.OneCycleLR(
        o, 0.5, total_steps=55, three_phase=True, div_factor=10, final_div_factor=100)),
    ("OneCycleLR momentum", lambda s, o: s.OneCycleLR(
        o, 0.5, total_steps=50, base_momentum=0.7, max_momentum=0.99)),
    ("OneCycleLR fixed momentum", lambda s, o: s.OneCycleLR(
        o, 0.5, total_steps=50, cycle_momentum=False)),
]  # fmt: skip
ROWS = [pytest.param(m, id=n) for n, m in SCHEDULES]
OPTIMIZERS: dict[str, Callable[[Any, Any], Any]] = {
    "SGD": lambda m, groups: m.optim.SGD(groups, lr=0.1, momentum=0.9),
    "Adam": lambda m, groups: m.optim.Adam(groups, lr=0.1),
}


def optimizer(m: Any, kind: str = "SGD") -> Any:
    a, b = m.nn.Parameter(m.ones(2)), m.nn.Parameter(m.ones(3))
    return OPTIMIZERS[kind](m, [{"params": [a]}, {"params": [b], "lr": 0.03}])


def rates(opt: Any) -> list[float]:
    seen = []
    for group in opt.param_groups:
        seen.append(float(group["lr"]))
        if "momentum" in group:
            seen.append(float(group["momentum"]))
        if "betas" in group:
            seen += [float(b) for b in group["betas"]]
    return seen


def walk(opt: Any, schedule: Any, epochs: int) -> list[Any]:
    seen = []
    for _ in range(epochs):
        seen.append([rates(opt), [float(r) for r in schedule.get_last_lr()], schedule.last_epoch])
        opt.step()
        schedule.step()
    return seen


@pytest.mark.parametrize("kind", list(OPTIMIZERS))
@pytest.mark.parametrize("make", ROWS)
def test_schedule(make: Make, kind: str) -> None:
    def run(m: Any) -> Any:
        opt = optimizer(m, kind)
        return walk(opt, make(m.optim.lr_scheduler, opt), 50)

    check_seen(run)


@pytest.mark.parametrize(
    "make", [r for r, (n, _) in zip(ROWS, SCHEDULES, strict=True) if "Lambda" not in n]
)
def test_schedule_saved_and_loaded(make: Make) -> None:
    def run(m: Any) -> Any:
        opt = optimizer(m)
        schedule = make(m.optim.lr_scheduler, opt)
        seen = walk(opt, schedule, 13)
        fresh_opt = optimizer(m)
        fresh = make(m.optim.lr_scheduler, fresh_opt)
        fresh_opt.load_state_dict(opt.state_dict())
        fresh.load_state_dict(schedule.state_dict())
        return seen + walk(fresh_opt, fresh, 30)

    check_seen(run)


METRICS = [float(v) for v in np.concatenate([
    np.linspace(1, 0.5, 8), np.full(9, 0.5), np.linspace(0.5, 0.6, 9), np.full(6, 0.3),
    np.linspace(0.3, 0.2999, 18),
])]  # fmt: skip
PLATEAUS: list[dict[str, Any]] = [
    {}, {"patience": 2}, {"factor": 0.5, "patience": 3, "cooldown": 4},
    {"mode": "max", "patience": 2},
    {"patience": 0, "min_lr": 0.02}, {"patience": 1, "min_lr": [0.05, 0.001]},
    {"patience": 2, "threshold": 0.05},
    {"patience": 2, "threshold": 0.01, "threshold_mode": "abs"}, {"patience": 0, "eps": 0.02},
    {"mode": "max", "threshold_mode": "abs", "threshold": 0.02, "patience": 3},
]  # fmt: skip


@pytest.mark.parametrize("kw", PLATEAUS, ids=str)
def test_plateau(kw: dict[str, Any]) -> None:
    def run(m: Any) -> Any:
        opt, seen = optimizer(m), []
        schedule = m.optim.lr_scheduler.ReduceLROnPlateau(opt, **kw)
        for i, value in enumerate(METRICS):
            opt.step()
            schedule.step(m.tensor(value) if i % 2 else value)
            seen.append(
                [rates(opt), [float(r) for r in schedule.get_last_lr()], schedule.num_bad_epochs]
            )
        return seen

    check_seen(run)


def test_plateau_sees_nan_as_no_progress() -> None:
    def run(m: Any) -> Any:
        opt, seen = optimizer(m), []
        schedule = m.optim.lr_scheduler.ReduceLROnPlateau(opt, patience=1)
        for value in [1.0, math.nan, math.nan, math.nan, 0.5, math.inf]:
            schedule.step(value)
            seen.append(rates(opt))
        return seen

    check_seen(run)


def test_two_schedules_on_one_optimizer() -> None:
    def run(m: Any) -> Any:
        opt, seen = optimizer(m), []
        s = m.optim.lr_scheduler
        first, second = s.ExponentialLR(opt, 0.9), s.StepLR(opt, 4)
        for _ in range(12):
            opt.step()
            first.step()
            second.step()
            seen.append(rates(opt))
        return seen

    check_seen(run)


def test_a_rate_set_by_hand_is_kept() -> None:
    def run(m: Any) -> Any:
        opt, seen = optimizer(m), []
        schedule = m.optim.lr_scheduler.StepLR(opt, 5)
        for epoch in range(12):
            if epoch == 3:
                opt.param_groups[0]["lr"] = 0.7
            opt.step()
            schedule.step()
            seen.append([rates(opt), opt.param_groups[0]["initial_lr"]])
        return seen

    check_seen(run)
