"""All optimizers under each of their options: climbing, saved and loaded, eps, compiled."""

from __future__ import annotations

import copy
import itertools
import math
from typing import Any

import numpy as np
import pytest

import denpa as dp

S = dp.optim.lr_scheduler
START = [0.7, -1.3, 0.2, 2.0]
CURVE = [1.0, 100.0, 0.5, 3.0]

# Each option that changes an update; every pair of values is tried.
SWITCHES: dict[str, dict[str, tuple[Any, ...]]] = {
    "SGD": {"momentum": (0.0, 0.9), "dampening": (0.0, 0.4), "weight_decay": (0.0, 0.1),
            "nesterov": (False, True)},
    "Adagrad": {"lr_decay": (0.0, 0.3), "weight_decay": (0.0, 0.1),
                "initial_accumulator_value": (0.0, 0.5)},
    "RMSprop": {"momentum": (0.0, 0.9), "centered": (False, True), "weight_decay": (0.0, 0.1)},
    "Adam": {"amsgrad": (False, True), "weight_decay": (0.0, 0.1), "eps_inside_sqrt": (False, True),
             "decoupled_weight_decay": (False, True)},
    "AdamW": {"amsgrad": (False, True), "weight_decay": (0.0, 0.1)},
    "Adadelta": {"rho": (0.9, 0.5), "weight_decay": (0.0, 0.1)},
}  # fmt: skip
RATES = {
    "SGD": 1e-3, "Adagrad": 0.1, "RMSprop": 0.01, "Adam": 0.05, "AdamW": 0.05, "Adadelta": 1.0,
}  # fmt: skip


def combinations() -> list[Any]:
    found = []
    for name, switches in SWITCHES.items():
        for values in itertools.product(*switches.values()):
            options = dict(zip(switches, values, strict=True))
            if options.get("nesterov") and (not options["momentum"] or options["dampening"]):
                continue
            label = " ".join(f"{k}={v}" for k, v in options.items() if v)
            found.append(pytest.param(name, options, id=f"{name} {label}"))
    return found


def test_every_optimizer_stands_here() -> None:
    public = {
        name
        for name, kind in vars(dp.optim).items()
        if isinstance(kind, type) and issubclass(kind, dp.optim.Optimizer)
    }
    assert public - {"Optimizer", "LBFGS"} == set(SWITCHES)


def begin(name: str, start: Any = START, **options: Any) -> tuple[Any, Any]:
    p = dp.tensor(np.array(start, np.float32), requires_grad=True)
    return p, getattr(dp.optim, name)([p], **{"lr": RATES[name], **options})


def descend(p: Any, opt: Any, steps: int, sign: float = 1.0) -> None:
    curve = dp.tensor(np.array(CURVE, np.float32)) * sign
    for _ in range(steps):
        opt.zero_grad()
        (curve * p * p).sum().backward()
        opt.step()


def bits(p: Any) -> bytes:
    found: bytes = p.detach().numpy().tobytes()
    return found


@pytest.mark.parametrize(("name", "options"), combinations())
def test_climbing_f_is_descending_minus_f(name: str, options: dict[str, Any]) -> None:
    climb(name, options, "eager")


@pytest.mark.parametrize("place", [0, -1])
@pytest.mark.parametrize("name", list(SWITCHES))
def test_so_it_is_compiled(name: str, place: int) -> None:
    same = [c.values[1] for c in combinations() if c.values[0] == name]
    climb(name, same[place], "native")


def climb(name: str, options: dict[str, Any], mode: str) -> None:
    """Bit for bit; the decay of weights pulls towards 0 either way."""
    found = []
    for maximize, sign in ((True, -1.0), (False, 1.0)):
        p, opt = begin(name, maximize=maximize, **options)

        def step(p: Any = p, opt: Any = opt, sign: float = sign) -> None:
            descend(p, opt, 1, sign)

        run = step if mode == "eager" else dp.compile(step)
        for _ in range(6):
            run()
        found.append(bits(p))
    assert found[0] == found[1] != np.array(START, np.float32).tobytes()
    p, opt = begin(name, maximize=False, **options)
    descend(p, opt, 6, -1.0)
    assert bits(p) != found[0]  # so the switch is looked at


@pytest.mark.parametrize("maximize", [False, True])
@pytest.mark.parametrize("cut", [0, 1, 4])
@pytest.mark.parametrize(("name", "options"), combinations())
def test_loaded_it_goes_on_bit_for_bit(
    name: str, options: dict[str, Any], cut: int, maximize: bool
) -> None:
    """Into an optimizer that was made with other options and has steps of its own behind it."""
    sign = -1.0 if maximize else 1.0
    p, opt = begin(name, maximize=maximize, **options)
    descend(p, opt, cut, sign)
    saved, where = copy.deepcopy(opt.state_dict()), p.detach().numpy().copy()
    descend(p, opt, 5, sign)
    others = {k: values[-1] for k, values in SWITCHES[name].items() if k != "nesterov"}
    q, other = begin(name, where, **{**others, "lr": 0.5, "maximize": not maximize})
    descend(q, other, 2)
    with dp.no_grad():
        q.copy_(dp.tensor(where))
    other.load_state_dict(saved)
    descend(q, other, 5, sign)
    assert bits(q) == bits(p)
    assert other.state_dict()["param_groups"] == opt.state_dict()["param_groups"]


@pytest.mark.parametrize("name", list(SWITCHES))
def test_a_compiled_step_goes_on_from_what_was_loaded(name: str) -> None:
    p, opt = begin(name)
    step = dp.compile(lambda: descend(p, opt, 1))
    for _ in range(3):
        step()
    saved, where = copy.deepcopy(opt.state_dict()), p.detach().numpy().copy()
    runs = []
    for _ in range(2):
        for _ in range(4):
            step()
        runs.append(bits(p))
        opt.load_state_dict(copy.deepcopy(saved))
        with dp.no_grad():
            p.copy_(dp.tensor(where))
    assert runs[0] == runs[1]


def test_lbfgs_goes_on_bit_for_bit() -> None:
    def make(start: Any, max_iter: int = 2) -> tuple[Any, Any]:
        p = dp.tensor(np.array(start, np.float64), requires_grad=True)
        options = {"lr": 0.3, "max_iter": max_iter, "max_eval": 100, "history_size": 3}
        return p, dp.optim.LBFGS([p], **options)

    def run(p: Any, opt: Any, steps: int) -> None:
        def closure() -> Any:
            opt.zero_grad()
            loss = ((p**4) * dp.tensor(np.array(CURVE))).sum()
            loss.backward()
            return loss

        for _ in range(steps):
            opt.step(closure)

    p, opt = make(START)
    run(p, opt, 3)
    q, other = make(p.detach().numpy().copy())
    other.load_state_dict(copy.deepcopy(opt.state_dict()))
    run(p, opt, 3)
    run(q, other, 3)
    assert bits(p) == bits(q)
    r, long = make(START, max_iter=12)  # six steps of two iterations are one of twelve
    run(r, long, 1)
    assert bits(r) == bits(p)


@pytest.mark.parametrize(
    ("name", "options", "root"),
    [
        ("Adagrad", {}, lambda g, e: abs(g) + e),
        ("RMSprop", {"alpha": 0.75}, lambda g, e: 0.5 * abs(g) + e),
        ("RMSprop", {"alpha": 0.75, "centered": True}, lambda g, e: math.sqrt(3) / 4 * abs(g) + e),
        ("Adam", {}, lambda g, e: abs(g) + e),
        ("Adam", {"amsgrad": True}, lambda g, e: abs(g) + e),
        ("Adam", {"eps_inside_sqrt": True}, lambda g, e: math.sqrt(g * g + e)),
        ("AdamW", {"weight_decay": 0.0}, lambda g, e: abs(g) + e),
        (  # the numerator is √ε: without it no step
            "Adadelta",
            {"rho": 0.75},
            lambda g, e: math.sqrt(g * g / 4 + e) / math.sqrt(e) if e else math.inf,
        ),
    ],
)
@pytest.mark.parametrize("eps", [1e-3, 10.0, 0.0])
def test_eps_in_a_first_step(name: str, options: dict[str, Any], root: Any, eps: float) -> None:
    """θ − γ g/(√v + ε), where v is g², or (1 − α) g², or less the square of (1 − α) g."""
    g = np.array([0.02, -5.0])
    p = dp.tensor(np.ones(2), requires_grad=True)
    opt = getattr(dp.optim, name)([p], lr=0.1, eps=eps, **options)
    p.grad = dp.tensor(g)
    opt.step()
    want = [1 - 0.1 * x / root(x, eps) for x in g]
    np.testing.assert_allclose(p.detach().numpy(), want, rtol=1e-12)


@pytest.mark.parametrize(
    ("start", "factor", "least", "eps", "want"),
    [
        (1.0, 0.5, 0.0, 0.4, 0.5),  # a change of 0.5 is more than 0.4
        (1.0, 0.5, 0.0, 0.5, 1.0),  # not more than 0.5: left out
        (1.0, 0.5, 0.0, 0.6, 1.0),
        (1.0, 0.5, 0.9, 0.2, 1.0),  # min_lr makes the change 0.1
        (1.0, 0.5, 0.9, 0.05, 0.9),
        (2e-8, 0.5, 0.0, 1e-8, 2e-8),
        (4e-8, 0.5, 0.0, 1e-8, 2e-8),
        (1e-30, 0.5, 0.0, 0.0, 5e-31),
    ],
)
def test_a_plateau_leaves_changes_of_eps_and_less_out(
    start: float, factor: float, least: float, eps: float, want: float
) -> None:
    opt = dp.optim.SGD([dp.zeros(1, requires_grad=True)], lr=start)
    schedule = S.ReduceLROnPlateau(opt, factor=factor, patience=0, min_lr=least, eps=eps)
    for _ in range(2):
        schedule.step(1.0)
    assert schedule.get_last_lr() == [want] == [opt.param_groups[0]["lr"]]


def test_the_eps_of_a_plateau_is_saved() -> None:
    def make(eps: float) -> Any:
        opt = dp.optim.SGD([dp.zeros(1, requires_grad=True)], lr=1.0)
        return S.ReduceLROnPlateau(opt, factor=0.5, patience=0, eps=eps)

    careful, other = make(0.7), make(1e-8)
    other.load_state_dict(careful.state_dict())
    for _ in range(3):
        other.step(1.0)
    assert other.get_last_lr() == [1.0]


def test_a_plateau_of_each_group() -> None:
    """eps and min_lr are asked of each rate, not of the first."""
    a, b = (dp.zeros(1, requires_grad=True) for _ in range(2))
    opt = dp.optim.SGD([{"params": [a], "lr": 1.0}, {"params": [b], "lr": 0.8}])
    schedule = S.ReduceLROnPlateau(opt, factor=0.5, patience=0, min_lr=[0.3, 0.0], eps=0.06)
    for _ in range(7):  # 0.1 to 0.05 would be less than eps
        schedule.step(1.0)
    assert schedule.get_last_lr() == [0.3, 0.1]
