"""What the loss did at the end of training: still falling, settled, or learnt by heart."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from denpa.report.record import Convergence
from denpa.train.history import History
from denpa.train.worth import convergence

LENGTHS = [8, 12, 20, 30, 40, 60, 120, 240, 400]
Curve = Callable[[np.ndarray], np.ndarray]


def seen_of(values: Sequence[float], **columns: Sequence[float]) -> Convergence:
    rows = [{"train_loss": 1.0, "val_loss": float(v)} for v in values]
    for name, column in columns.items():
        for row, value in zip(rows, column, strict=True):
            row[name] = float(value)
    found = convergence(rows)
    assert found is not None
    return found


def share(state: str, curve: Curve, n: int, noise: float) -> float:
    """How often curves of that shape, each point off by `noise` of its own, are in `state`."""
    rng = np.random.default_rng(n)
    t = np.arange(n) / n
    curves = curve(t) * (1 + noise * rng.standard_normal((400, n)))
    return float(np.mean([seen_of(c).state == state for c in curves]))


def exponential(rate: float, floor: float, n: int) -> list[float]:
    return [floor + math.exp(-rate * t) for t in range(n)]


@pytest.mark.parametrize(
    ("values", "improving"),
    [
        (exponential(0.05, 0.1, 40), True),
        (exponential(0.5, 0.1, 40), False),
        (exponential(0.05, 0.1, 40)[::-1], False),  # it rises
        ([1.0, 0.9], True),
        ([1.0, 0.995], False),
        ([0.9, 1.0], False),
        ([1.0, 0.5, 0.499, 0.498, 0.497], False),
        ([1.0], None),
        ([2 * v for v in exponential(0.05, 0.1, 40)], True),  # the unit does not matter
        ([1e-6 * v for v in exponential(0.05, 0.1, 40)], True),
        ([v - 5 for v in exponential(0.5, 0.1, 40)], False),  # nor does the sign
        ([0.0] * 10, False),
        ([-(1.1**t) for t in range(20)], True),  # a log-likelihood may be below zero
        # 2.4 % in the last seven epochs, though the last two are 0.7 % below the two before.
        ([*np.geomspace(2, 0.91, 20), 0.9044, 0.9010, 0.8970, 0.8905, 0.8866, 0.8814, 0.8809,
          0.8769, 0.8767, 0.8687], True),
    ],
)  # fmt: skip
def test_still_improving(values: list[float], improving: bool | None) -> None:
    found = seen_of(values)
    assert found.improving is improving
    assert (found.column, found.epochs) == ("val_loss", len(values))


@pytest.mark.parametrize("n", LENGTHS)
@pytest.mark.parametrize("noise", [0.001, 0.01, 0.1])
def test_noise_around_a_level_is_called_a_change_in_fewer_than_one_of_20(
    n: int, noise: float
) -> None:
    def flat(t: np.ndarray) -> np.ndarray:
        return np.ones_like(t)

    def once(t: np.ndarray) -> np.ndarray:  # all of it before the last quarter and five epochs
        return 1 + 2 * np.maximum(1 - 4 * t, 0)

    for curve in (flat, once) if n >= 12 else (flat,):
        assert share("settled", curve, n, noise) > 0.95


@pytest.mark.parametrize("n", LENGTHS)
@pytest.mark.parametrize(
    "curve",
    [
        lambda t: np.exp(-3 * t),
        lambda t: 0.2 + np.exp(-2 * t),
        lambda t: 0.05 + np.exp(-1.5 * t),
        lambda t: 1 / (0.05 + t),
        lambda t: 2 - t,
    ],
)
def test_a_loss_that_goes_on_falling_is_never_called_settled(curve: Curve, n: int) -> None:
    assert share("improving", curve, n, 0.002) > 0.98
    if n >= 60:
        assert share("improving", curve, n, 0.02) > 0.9


@pytest.mark.parametrize(("n", "noise"), [(30, 0.03), (60, 0.05), (120, 0.05), (240, 0.05)])
def test_the_same_training_is_still_falling_wherever_it_is_cut(n: int, noise: float) -> None:
    # 0.101, 0.068, 0.043, 0.024 after 30, 60, 120, 240 epochs, as a few validation rows show it.
    at, losses = np.log([1, 30, 60, 120, 240]), np.log([1.5, 0.101, 0.068, 0.043, 0.024])
    rng = np.random.default_rng(0)
    curve = np.exp(np.interp(np.log(np.arange(1, 241)), at, losses))
    curves = curve * (1 + noise * rng.standard_normal((200, 240)))
    assert np.mean([seen_of(c[:n]).state == "improving" for c in curves]) > 0.85


@pytest.mark.parametrize("n", LENGTHS[1:])
def test_a_fall_below_one_per_cent_of_the_quarter_has_settled(n: int) -> None:
    assert share("settled", lambda t: 1 + np.exp(-25 * t), n, 0.0) == 1
    assert share("settled", lambda t: 1 - 0.02 * t, n, 0.0) == 1  # half a per cent in a quarter
    assert share("improving", lambda t: 1 - 0.06 * t, n, 0.0) == 1


@pytest.mark.parametrize("n", [60, 120, 240])
def test_steps_of_a_staircase(n: int) -> None:
    # The rate falls at a half: a step, then level; or many steps, as with a plateau schedule.
    assert share("improving", lambda t: 1.0 + (t < 0.5), n, 0.01) < 0.07
    assert share("improving", lambda t: 2.0 - np.floor(20 * t) / 20, n, 0.002) > 0.95


@pytest.mark.parametrize(
    ("n", "rise"),
    [*((n, "on") for n in (20, 40, 120, 400, 1200)), *((n, "level") for n in (40, 120, 400, 1200))],
)
@pytest.mark.parametrize("best", [0.1, 0.25])
def test_a_network_that_memorises(n: int, best: float, rise: str) -> None:
    rng = np.random.default_rng(n)
    t = np.arange(n) / n
    late = (t - best) if rise == "on" else np.minimum(t - best, 0.25)
    shape = 0.25 + np.where(t < best, 10 * (best - t), 0.2 * late)
    said = []
    for _ in range(50):
        val = shape * (1 + 0.01 * rng.standard_normal(n))
        found = seen_of(val, train_loss=np.exp(-5 * t))
        said.append(found.state)
        at = int(val.argmin())
        if found.state == "rising":
            assert (found.start, found.first) == (at + 1, val[at])
            assert (found.end, found.last) == (n, val[-1])
    assert np.mean([state == "rising" for state in said]) > 0.95
    found = seen_of(shape, train_loss=np.full(n, 0.3))
    assert found.state == "climbing"  # the training loss does not fall: nothing is learnt by heart


@pytest.mark.parametrize(("fallen", "state"), [(5, "settled"), (4, "rising")])
def test_the_lowest_value_does_not_count_among_those_that_rise(fallen: int, state: str) -> None:
    # Ten epochs after it, the first of them falling: 10 or 6 pairs of 45, a balance of 25 or 33.
    # Of 11.2 standard deviations 2.326, and 1 for whole numbers, are 27; its own pairs are 10 more.
    after = [1.4 - 0.1 * t for t in range(fallen)] + [1.5 + 0.1 * t for t in range(10 - fallen)]
    found = seen_of([0.5, *after], train_loss=np.linspace(1, 0, 11).tolist())
    assert found.state == state


def test_a_loss_of_training_that_rises_is_no_learning_by_heart() -> None:
    rows = [{"train_loss": v} for v in (0.9, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1)]
    found = convergence(rows)
    assert found is not None
    assert found.state == "climbing"


def accurate(val: Sequence[float], train: Sequence[float], baseline: float | None = 0.6) -> str:
    n = len(val)
    rows = [{"train_loss": 0.9**t, "val_loss": 0.9**t, "val_accuracy": v, "train_accuracy": a}
            for t, v, a in zip(range(n), val, train, strict=True)]  # fmt: skip
    found = convergence(rows, baseline)
    assert found is not None
    assert found.state in ("improving", "surer")
    if found.state == "surer":
        assert found.accuracies is not None
        assert found.accuracies[1] <= found.accuracies[0]
    return found.state


def test_longer_training_is_not_advised_where_the_answers_no_longer_change() -> None:
    n = 40
    assert accurate([1.0] * n, [0.98] * n) == "surer"
    assert accurate([0.972] * n, [0.996] * n) == "surer"
    assert accurate([0.972, 0.969] * (n // 2), [0.996] * n) == "surer"
    assert accurate([0.972] * n, [1.0] * n, baseline=None) == "surer"
    # There is something to gain: rows of training that are wrong, or an accuracy that rises.
    assert accurate([0.8] * n, [0.9] * n) == "improving"
    assert accurate(np.linspace(0.8, 0.97, n).tolist(), [0.996] * n) == "improving"
    assert accurate([0.9, 0.9, 1.0, 1.0], [0.98] * 4) == "improving"
    assert accurate([0.97] * (n - 4) + [0.973] * 4, [0.996] * n) == "improving"
    # 99.7 % right is no more than "no fraud" to everything: nothing has been learnt yet.
    assert accurate([0.997] * n, [0.997] * n, baseline=0.997) == "improving"
    assert accurate([1.0] * n, [0.997] * n, baseline=1.0) == "improving"
    assert accurate([0.997] * n, [0.997] * n, baseline=None) == "improving"


def test_a_history_knows_the_accuracy_of_a_constant() -> None:
    rows = [{"epoch": t + 1, "train_loss": 0.9**t, "train_accuracy": 0.995, "val_loss": 0.9**t,
             "val_accuracy": 0.99} for t in range(20)]  # fmt: skip
    for constant, state in ((0.99, "improving"), (0.5, "surer")):
        found = History(rows, baseline={"val_accuracy": constant}).convergence
        assert found is not None
        assert found.state == state


@given(st.lists(st.floats(0.001, 1e3), min_size=2, max_size=60))
def test_the_losses_that_are_shown_show_what_is_said(values: list[float]) -> None:
    found = seen_of(values)
    assert found.first == values[found.start - 1]
    assert found.last == values[found.end - 1]
    if found.state == "improving":
        assert found.last < found.first
        assert found.last == min(values)
        assert found.end > len(values) - max(5, len(values) // 4)
    else:
        assert found.first == min(values)
        assert found.end == len(values)


@given(st.lists(st.floats(0.001, 1e3), min_size=2, max_size=60))
def test_a_curve_and_its_mirror_never_both_improve(values: list[float]) -> None:
    # The pairs that fall in one rise in the other.
    top = 2 * max(values)
    assert not (seen_of(values).improving and seen_of([top - v for v in values]).improving)


def test_many_epochs_need_little_memory() -> None:
    # A pair for each two of 25,000 would be gigabytes.
    assert seen_of(2 - np.arange(100_000) / 100_000).state == "improving"


def test_a_training_that_diverged_has_no_convergence() -> None:
    assert convergence([]) is None
    assert convergence([{"train_loss": 1.0}, {"train_loss": math.nan}]) is None
