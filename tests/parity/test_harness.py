"""The harness itself: each sort of planted fault must be seen, and honest absence must be told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from . import harness
from .harness import Case, check, check_refused, check_seen, normal, torch

Fault = Callable[[Any], Any]


class Faulty:
    """PyTorch with another ``exp``."""

    def __init__(self, exp: Fault) -> None:
        self.exp = exp

    def __getattr__(self, name: str) -> Any:
        return getattr(torch, name)


def wrong_gradient(x: Any) -> Any:
    return torch.exp(x).detach() + (x - x.detach()) * torch.exp(x.detach()) * 1.001


def wrong_second(x: Any) -> Any:
    return torch.exp(x).detach() + (x - x.detach()) * torch.exp(x.detach())


def wrong_when_strided(x: Any) -> Any:
    return torch.exp(x) * (1.0 if x.is_contiguous() else 1.001)


def warns(x: Any) -> Any:
    return torch.exp(torch.as_tensor(x.detach().numpy() + 0 * np.log(np.zeros(1))))


FAULTS: dict[str, Fault] = {
    "value": lambda x: torch.exp(x) * 1.00001,
    "one value": lambda x: torch.exp(x) + torch.eye(3, 4) * 1e-3,
    "gradient": wrong_gradient,
    "second order": wrong_second,
    "no gradient": lambda x: torch.exp(x).detach(),
    "lost precision": lambda x: torch.exp(x).to(torch.float16).float(),
    "dtype": lambda x: torch.exp(x).float(),
    "shape": lambda x: torch.exp(x)[None],
    "structure": lambda x: (torch.exp(x),),
    "nan": lambda x: torch.where(x > 1, float("nan"), torch.exp(x)),
    "infinity": lambda x: torch.where(x > 1, float("inf"), torch.exp(x)),
    "strided": wrong_when_strided,
}
CASE = Case("exp", lambda m, x: m.exp(x), (normal(3, 4),), second=True, strided=True)


@pytest.mark.parametrize("fault", [pytest.param(f, id=n) for n, f in FAULTS.items()])
def test_a_planted_fault_is_seen(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    check(CASE, "float64")
    monkeypatch.setattr(harness, "subject", Faulty(fault))
    with pytest.raises(pytest.fail.Exception, match="PyTorch"):
        check(CASE, "float64")


def test_a_warning_that_pytorch_does_not_give_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harness, "subject", Faulty(warns))
    with pytest.raises(RuntimeWarning):
        check(CASE, "float64")


def test_absence_is_honest_only_where_it_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(x: Any) -> Any:
        raise NotImplementedError("exp is not offered")

    monkeypatch.setattr(harness, "subject", Faulty(absent))
    with pytest.raises(NotImplementedError):
        check(CASE, "float64")
    with pytest.raises(pytest.skip.Exception, match="not offered"):
        check_seen(lambda m: m.exp(torch.ones(1)), optional=True)


REFUSALS = [
    TypeError("a wrong class, said at length"),
    RuntimeError("short"),
    NotImplementedError("this is not offered at all"),
    RuntimeError("one line\ntwo lines\nand a third"),
    None,
]


@pytest.mark.parametrize("error", REFUSALS, ids=str)
def test_a_wrong_refusal_is_seen(error: Exception | None, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(x: Any) -> Any:
        if error is not None:
            raise error

    monkeypatch.setattr(harness, "subject", Faulty(refuse))
    monkeypatch.setattr(harness, "SELF", False)

    def call(m: Any) -> Any:
        m.exp(torch.ones(1))
        if m is torch:
            torch.ones(2) + torch.ones(3)

    with pytest.raises((AssertionError, pytest.fail.Exception)):
        check_refused(call)


def test_tolerances_are_relative_to_the_largest_value() -> None:
    want = np.array([1e6, 1.0])
    assert harness.unlike("x", want + np.array([1e-5, 0.0]), want) is None
    assert harness.unlike("x", want + np.array([1e-3, 0.0]), want) is not None
    assert harness.unlike("x", np.array([np.inf]), np.array([-np.inf])) is not None
    assert harness.unlike("x", np.array([np.nan]), np.array([np.nan])) is None
    assert harness.unlike("x", np.array([1.0]), np.array([np.nan])) is not None
    assert harness.unlike("x", np.array([1e-300]), np.array([0.0])) is not None
