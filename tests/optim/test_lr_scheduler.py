"""Every schedule against its closed form, and what is shared: saving, loading, warnings."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import pytest

import denpa as dp

S = dp.optim.lr_scheduler
BASE = 0.4
STEPS = 30


def optimizer(lr: float = BASE, **options: Any) -> Any:
    return dp.optim.SGD([dp.ones(1, requires_grad=True)], lr=lr, **options)


def rates(make: Callable[[Any], Any], steps: int = STEPS, opt: Any = None) -> list[float]:
    opt = opt or optimizer()
    schedule = make(opt)
    found = []
    for _ in range(steps):
        assert schedule.get_last_lr() == [opt.param_groups[0]["lr"]]
        found.append(opt.param_groups[0]["lr"])
        opt.step()
        schedule.step()
    return found


def warm_then_cosine(opt: Any) -> Any:
    warm = S.LinearLR(opt, start_factor=0.1, total_iters=5)
    return S.SequentialLR(opt, [warm, S.CosineAnnealingLR(opt, T_max=25)], milestones=[5])


LAWS: list[tuple[str, Callable[[Any], Any], Callable[[int], float]]] = [
    ("step", lambda o: S.StepLR(o, 7, gamma=0.5), lambda t: 0.5 ** (t // 7)),
    (
        "multistep",
        lambda o: S.MultiStepLR(o, [20, 4, 4], gamma=0.5),
        lambda t: 0.5 ** (2 * (t >= 4) + (t >= 20)),
    ),
    ("constant", lambda o: S.ConstantLR(o, 0.25, 6), lambda t: 0.25 if t < 6 else 1.0),
    ("linear", lambda o: S.LinearLR(o, 0.1, 0.9, 8), lambda t: 0.1 + 0.8 * min(t, 8) / 8),
    ("exponential", lambda o: S.ExponentialLR(o, 0.9), lambda t: 0.9**t),
    ("polynomial", lambda o: S.PolynomialLR(o, 20, 2.0), lambda t: (1 - min(t, 20) / 20) ** 2),
    (
        "cosine",
        lambda o: S.CosineAnnealingLR(o, 12),
        lambda t: (1 + math.cos(math.pi * t / 12)) / 2,
    ),
    ("lambda", lambda o: S.LambdaLR(o, lambda t: 1 / (1 + t)), lambda t: 1 / (1 + t)),
    ("multiplicative", lambda o: S.MultiplicativeLR(o, lambda t: 0.8), lambda t: 0.8**t),
    (
        "restarts",
        lambda o: S.CosineAnnealingWarmRestarts(o, 10),
        lambda t: (1 + math.cos(math.pi * (t % 10) / 10)) / 2,
    ),
    (
        "chained",
        lambda o: S.ChainedScheduler([S.ExponentialLR(o, 0.9), S.ConstantLR(o, 0.5, 4)]),
        lambda t: 0.9**t * (0.5 if t < 4 else 1.0),
    ),
    (
        "sequential",
        warm_then_cosine,
        lambda t: 0.1 + 0.9 * t / 5 if t < 5 else (1 + math.cos(math.pi * (t - 5) / 25)) / 2,
    ),
]


@pytest.mark.parametrize(("make", "law"), [x[1:] for x in LAWS], ids=[x[0] for x in LAWS])
def test_closed_form(make: Any, law: Any) -> None:
    assert rates(make) == pytest.approx([BASE * law(t) for t in range(STEPS)], rel=1e-9, abs=1e-12)


def test_restarts_get_longer() -> None:
    """Cycles of 3, 6 and 12: the rate is the base rate at 0, 3 and 9."""
    found = rates(lambda o: S.CosineAnnealingWarmRestarts(o, 3, T_mult=2), 21)
    assert [t for t, rate in enumerate(found) if rate == BASE] == [0, 3, 9]
    opt = optimizer()
    schedule = S.CosineAnnealingWarmRestarts(opt, 3, T_mult=2)
    for t in (1, 4, 8, 12):
        schedule.step(t)
        assert schedule.get_last_lr() == pytest.approx([found[t]])


@pytest.mark.parametrize("longer", [1, 2, 3])
def test_a_jump_to_any_epoch_is_as_if_every_step_had_been_taken(longer: int) -> None:
    found = rates(lambda o: S.CosineAnnealingWarmRestarts(o, 3, longer), 40)
    schedule = S.CosineAnnealingWarmRestarts(optimizer(), 3, longer)
    for t, rate in enumerate(found):
        schedule.step(t)
        assert schedule.get_last_lr() == pytest.approx([rate]), t
    assert schedule.last_epoch == 39


@pytest.mark.parametrize("name", ["SGD", "Adam"])
@pytest.mark.parametrize("anneal", ["cos", "linear"])
def test_one_cycle_goes_up_then_down_and_momentum_against_it(name: str, anneal: str) -> None:
    options: dict[str, Any] = {"momentum": 0.9} if name == "SGD" else {}
    opt = getattr(dp.optim, name)([dp.ones(1, requires_grad=True)], **options)
    schedule = S.OneCycleLR(opt, max_lr=1.0, total_steps=20, pct_start=0.25, anneal_strategy=anneal)
    group = opt.param_groups[0]
    seen = []
    for t in range(20):
        if t:
            opt.step()
            schedule.step()
        seen.append((group["lr"], group["momentum"] if name == "SGD" else group["betas"][0]))
    lr, momentum = zip(*seen, strict=True)
    assert (lr[0], max(lr), lr[-1]) == pytest.approx((0.04, 1.0, 4e-6))
    assert lr.index(max(lr)) == momentum.index(min(momentum)) == 4
    assert (momentum[0], min(momentum), momentum[-1]) == pytest.approx((0.95, 0.85, 0.95))
    assert list(lr[:5]) == sorted(lr[:5])
    assert list(lr[4:]) == sorted(lr[4:], reverse=True)
    opt.step()
    schedule.step()
    with pytest.raises(ValueError, match="Tried to step 21 times"):
        schedule.step()


def test_one_cycle_in_three_phases_comes_down_as_it_went_up() -> None:
    opt = optimizer(momentum=0.9)
    found = rates(
        lambda o: S.OneCycleLR(
            o, 1.0, epochs=5, steps_per_epoch=4, pct_start=0.4, three_phase=True
        ),
        20,
        opt,
    )
    assert found[:8] == pytest.approx(found[14:6:-1])
    assert found[-1] == pytest.approx(0.04 / 1e4)


@pytest.mark.parametrize(
    ("mode", "heights"),
    [("triangular", [1, 1]), ("triangular2", [1, 0.5]), ("exp_range", [0.81, 0.9**6])],
)
def test_cyclic(mode: str, heights: list[float]) -> None:
    found = rates(
        lambda o: S.CyclicLR(o, 0.1, 1.1, 2, mode=mode, gamma=0.9, cycle_momentum=False), 9
    )
    peaks = [0.1 + h for h in heights]
    assert [found[2], found[6]] == pytest.approx(peaks)
    assert [found[0], found[4], found[8]] == pytest.approx([0.1] * 3)


class TestPlateau:
    def run(self, metrics: list[float], **options: Any) -> list[float]:
        opt = optimizer(1.0)
        schedule = S.ReduceLROnPlateau(opt, factor=0.5, **options)
        out = []
        for m in metrics:
            schedule.step(m)
            out.append(opt.param_groups[0]["lr"])
        return out

    def test_waits_for_its_patience(self) -> None:
        assert self.run([3, 2, 2, 2, 2, 2, 2], patience=2) == [1, 1, 1, 1, 0.5, 0.5, 0.5]

    def test_max(self) -> None:
        assert self.run([1, 2, 3, 3, 3], patience=0, mode="max") == [1, 1, 1, 0.5, 0.25]

    def test_threshold(self) -> None:
        falling = [1.0, 0.95, 0.9]
        assert self.run(falling, patience=0, threshold=0.2) == [1, 0.5, 0.25]
        assert self.run(falling, patience=0, threshold=0.04, threshold_mode="abs") == [1, 1, 1]

    def test_cooldown_and_least_rate(self) -> None:
        assert self.run([1] * 5, patience=0, cooldown=1) == [1, 0.5, 0.5, 0.25, 0.25]
        assert self.run([1] * 4, patience=0, min_lr=0.4) == [1, 0.5, 0.4, 0.4]

    def test_nan_is_no_improvement(self) -> None:
        assert self.run([1, math.nan, math.nan], patience=1) == [1, 1, 0.5]


SAVED = [*[x[:2] for x in LAWS if "lambda" not in x[0]]]


@pytest.mark.parametrize("make", [x[1] for x in SAVED], ids=[x[0] for x in SAVED])
def test_saved_as_json_and_loaded_half_way(make: Any) -> None:
    whole = rates(make)
    opt = optimizer()
    schedule = make(opt)
    for _ in range(11):
        opt.step()
        schedule.step()
    saved = json.loads(json.dumps([schedule.state_dict(), opt.state_dict()["param_groups"]]))
    other = optimizer()
    again = make(other)
    again.load_state_dict(saved[0])
    other.load_state_dict({"state": {}, "param_groups": saved[1]})
    found = []
    for _ in range(11, STEPS):
        found.append(other.param_groups[0]["lr"])
        other.step()
        again.step()
    assert found == whole[11:]


def test_plateau_is_saved_before_its_first_metric() -> None:
    schedule = S.ReduceLROnPlateau(optimizer(), patience=0)
    saved = json.loads(json.dumps(schedule.state_dict()))
    again = S.ReduceLROnPlateau(optimizer())
    again.load_state_dict(saved)
    assert (again.best, again.patience) == (math.inf, 0)


def test_loading_the_state_of_another_schedule() -> None:
    step, cosine = S.StepLR(optimizer(), 3), S.CosineAnnealingLR(optimizer(), 3)
    with pytest.raises(ValueError, match=r"not the state of a StepLR: it has T_max, eta_min"):
        step.load_state_dict(cosine.state_dict())


def test_a_rate_that_is_a_tensor_is_written_to() -> None:
    rate = dp.tensor(0.5)
    opt = dp.optim.SGD([dp.ones(1, requires_grad=True)], lr=rate)
    schedule = S.ExponentialLR(opt, 0.5)
    opt.step()
    schedule.step()
    assert rate.item() == 0.25
    assert opt.param_groups[0]["lr"] is rate


def test_groups_keep_their_ratio() -> None:
    a, b = dp.ones(1, requires_grad=True), dp.ones(1, requires_grad=True)
    opt = dp.optim.SGD([{"params": [a]}, {"params": [b], "lr": 4.0}], lr=1.0)
    schedule = S.LambdaLR(opt, [lambda t: 0.5**t, lambda t: 0.25**t])
    opt.step()
    schedule.step()
    assert schedule.get_last_lr() == [0.5, 1.0]


def test_a_step_before_the_optimizers_warns() -> None:
    schedule = S.StepLR(optimizer(), 3)
    with pytest.warns(UserWarning, match="before `optimizer.step\\(\\)`"):
        schedule.step()


def test_get_lr_and_epoch_warn() -> None:
    opt = optimizer()
    schedule = S.StepLR(opt, 3)
    opt.step()
    with pytest.warns(UserWarning, match="get_last_lr"):
        schedule.get_lr()
    with pytest.warns(UserWarning, match="deprecated"):
        schedule.step(6)
    assert schedule.get_last_lr() == [pytest.approx(BASE * 0.01)]


BAD: list[tuple[Callable[[Any], Any], type[Exception], str]] = [
    (lambda o: S.StepLR(None, 3), TypeError, "NoneType is not an Optimizer"),
    (lambda o: S.StepLR(o, 0), ValueError, "step_size must be 1 epoch or more, not 0"),
    (lambda o: S.StepLR(o, 3, last_epoch=4), KeyError, "'initial_lr' is not specified"),
    (lambda o: S.LambdaLR(o, [abs, abs]), ValueError, "Expected 1 lr_lambdas, but got 2"),
    (lambda o: S.LambdaLR(o, 0.5), TypeError, "lr_lambda should be a function, but got float"),
    (lambda o: S.ConstantLR(o, 2.0), ValueError, "expected to be between 0 and 1, not 2.0"),
    (lambda o: S.LinearLR(o, 0.0), ValueError, "Starting multiplicative factor.*not 0.0"),
    (lambda o: S.LinearLR(o, 0.5, 2.0), ValueError, "Ending multiplicative factor.*not 2.0"),
    (lambda o: S.CosineAnnealingLR(o, 0), ValueError, "T_max must be 1 epoch or more, not 0"),
    (lambda o: S.CosineAnnealingWarmRestarts(o, 0), ValueError, "positive integer T_0, but got 0"),
    (lambda o: S.OneCycleLR(o, 1.0), ValueError, "total_steps OR"),
    (lambda o: S.OneCycleLR(o, 1.0, 0), ValueError, "positive integer total_steps, but got 0"),
    (lambda o: S.OneCycleLR(o, 1.0, 9, pct_start=2.0), ValueError, "pct_start, but got 2.0"),
    (lambda o: S.OneCycleLR(o, 1.0, 9, anneal_strategy="up"), ValueError, "instead got up"),
    (
        lambda o: S.OneCycleLR(o, [1.0, 2.0], 9),
        ValueError,
        "max_lr has 2 values, param_groups has 1",
    ),
    (lambda o: S.CyclicLR(o, 0.1, 1.0, mode="saw"), ValueError, "mode is 'saw', it must be"),
    (lambda o: S.ReduceLROnPlateau(o, factor=1.0), ValueError, "Factor should be < 1.0, not 1.0"),
    (lambda o: S.ReduceLROnPlateau(o, mode="low"), ValueError, "mode low is unknown!"),
    (lambda o: S.ReduceLROnPlateau(o, min_lr=[0, 0]), ValueError, "expected 1 min_lrs, got 2"),
    (lambda o: S.SequentialLR(o, [], []), ValueError, "at least one scheduler"),
    (lambda o: S.SequentialLR(o, [S.StepLR(o, 1)], [3]), ValueError, "one more than"),
    (lambda o: S.ChainedScheduler([S.ReduceLROnPlateau(o)]), ValueError, "does not support"),
    (
        lambda o: S.ChainedScheduler([S.StepLR(o, 1), S.StepLR(optimizer(), 1)]),
        ValueError,
        "StepLR at index 1, which belongs to another",
    ),
]


@pytest.mark.parametrize(("make", "error", "text"), BAD)
def test_bad_input(make: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        make(optimizer(momentum=0.9))


def test_momentum_cycles_only_where_there_is_one() -> None:
    opt = dp.optim.Adagrad([dp.ones(1, requires_grad=True)])
    with pytest.raises(ValueError, match="Adagrad has neither: pass cycle_momentum=False"):
        S.OneCycleLR(opt, 1.0, 9)
