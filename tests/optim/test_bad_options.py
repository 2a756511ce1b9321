"""No optimizer takes a number that its formula has no sense for, whatever the option is called."""

from __future__ import annotations

from typing import Any

import pytest

import denpa as dp

NAMES = ("SGD", "Adagrad", "RMSprop", "Adam", "AdamW")


def numbers(name: str) -> list[str]:
    found = getattr(dp.optim, name)([dp.ones(1, requires_grad=True)]).defaults
    return [k for k, x in found.items() if type(x) in (int, float) and k != "dampening"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("bad", [-1, -1e-9, float("nan"), -float("inf")])
def test_less_than_nothing(name: str, bad: float) -> None:
    options = numbers(name)
    assert {"lr", "weight_decay"} <= set(options)
    for option in options:
        for given, more in (
            ([dp.ones(1, requires_grad=True)], {option: bad}),
            ([{"params": [dp.ones(1, requires_grad=True)], option: bad}], {}),
        ):
            with pytest.raises(ValueError, match=r"Invalid .*; it must be 0 or more"):
                getattr(dp.optim, name)(given, **more)


@pytest.mark.parametrize("name", ["Adam", "AdamW"])
@pytest.mark.parametrize("bad", [1.0, 1.5, -0.1, float("nan")])
def test_betas_are_from_0_to_below_1(name: str, bad: float) -> None:
    for betas in ((bad, 0.5), (0.5, bad)):
        with pytest.raises(ValueError, match="it must be from 0 to below 1"):
            getattr(dp.optim, name)([dp.ones(1, requires_grad=True)], betas=betas)


@pytest.mark.parametrize(
    "options",
    [
        {"nesterov": True},
        {"nesterov": True, "momentum": 0.9, "dampening": 0.5},
        {"nesterov": True, "momentum": 0.9, "dampening": -0.5},
    ],
)
def test_nesterovs_momentum_has_momentum_and_no_dampening(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="requires a momentum and zero dampening"):
        dp.optim.SGD([dp.ones(1, requires_grad=True)], **options)
