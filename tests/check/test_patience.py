"""How long searches go on: counted in runs of the code, not on the clock of the machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from denpa.check import file
from denpa.check.patience import Patience, running, spend

STRANGERS = Path(__file__).parents[2] / "benchmarks" / "strangers"
# Right only for some inputs, or wrong so that many changes of the code are tried.
SEARCHED = (
    "wrong3/x19.py:mf_gradients", "wrong3/x23.py:policy_loss_and_grad", "wrong4/y14.py:svm_loss",
    "styles4/i010.py:cox_partial_likelihood", "styles4/i020.py:CausalMultiHeadAttention",
)  # fmt: skip

Told = list[tuple[str, str, int]]


def told(spec: str) -> Told:
    return [(f.name, f.mistake, f.location.line if f.location else 0)
            for f in file(f"{STRANGERS / spec}").findings]  # fmt: skip


def slower(monkeypatch: pytest.MonkeyPatch, factor: float) -> None:
    """The same machine, whose processor takes so many times as long for everything."""
    for clock in ("thread_time", "process_time"):
        real: Callable[[], float] = getattr(time, clock)
        monkeypatch.setattr(time, clock, lambda real=real: factor * real())


@pytest.mark.parametrize("spec", SEARCHED)
def test_a_machine_three_times_as_slow_says_the_same(
    spec: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = told(spec)
    slower(monkeypatch, 3.0)
    assert told(spec) == here


def test_patience_is_work_that_is_counted() -> None:
    patience = Patience(1.0)
    spend(0.75)
    assert not patience.over
    assert patience.left == pytest.approx(0.25, abs=0.01)
    spend(0.5)
    assert patience.over
    assert patience.left == 0.0


def test_a_run_that_takes_long_counts_as_long() -> None:
    patience = Patience(1.0)
    with running():
        until = time.thread_time() + 0.1
        while time.thread_time() < until:
            pass
    assert 0.09 < patience.used < 0.2
    with pytest.raises(ZeroDivisionError), running():
        _: Any = 1 / 0
    assert patience.used > 0.09


def test_what_nobody_counts_ends_all_the_same() -> None:
    """The processor's time is the bound, a few times as large."""
    patience = Patience(0.01)
    until = time.thread_time() + 0.1
    while time.thread_time() < until:
        pass
    assert patience.over


def test_a_part_of_patience_ends_before_the_whole() -> None:
    whole = Patience(1.0)
    part = whole.shortened(0.1)
    spend(0.2)
    assert part.over
    assert not whole.over
    assert whole.shortened(5.0).seconds == pytest.approx(whole.left, abs=0.01)
