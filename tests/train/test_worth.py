"""What a result is worth: a constant answer, the classes one by one, and the end of the curve."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import denpa as dp
from denpa.data import digits, read
from denpa.train.closing import joined_worth
from denpa.train.history import History
from denpa.train.judge import Verdict
from denpa.train.worth import (
    _signs,
    baseline_of,
    convergence,
    held_out_baseline,
    worth_of,
)
from denpa.views.record import ClassFigures, Convergence, Worth
from denpa.views.words import words
from denpa.views.worth import sentences


def scores(answers: list[int], classes: int = 2) -> np.ndarray:
    return np.eye(classes, dtype=np.float32)[answers]


def test_a_share_of_right_answers_that_a_constant_has_too_is_no_success() -> None:
    y = np.array([0] * 992 + [1] * 8)
    found = worth_of("test", "ok", scores([0] * 1000), y, ["ok", "fraud"])
    assert (found.score, found.baseline_score) == (0.992, 0.992)
    assert found.verdict == "equal"
    assert found.never_found == ["fraud"]
    assert found.failed
    assert found.unequal
    assert found.classes[1] == ClassFigures("fraud", 8, 0, 0)
    assert (found.classes[1].recall, found.classes[1].precision) == (0.0, None)
    assert found.to_dict()["classes"][0] == {
        "name": "ok", "rows": 992, "found": 992, "answered": 1000, "recall": 1.0,
        "precision": 0.992,
    }  # fmt: skip
    said = sentences(found)
    assert [s.good for s in said] == [False, False]
    assert "99.2% of 1,000 rows (992); always answering “ok”" in said[0].text
    assert said[1].head == "never found: fraud"
    assert "fraud: 0 of 8 found, never the answer" in said[1].text


def test_all_rare_ones_found_at_the_price_of_alarms() -> None:
    # 8 of 8 frauds, and 20 good ones called fraud: fewer right answers than "ok" to everything.
    y = np.array([0] * 992 + [1] * 8)
    found = worth_of("test", "ok", scores([0] * 972 + [1] * 28), y, ["ok", "fraud"])
    assert found.verdict == "worse"
    assert found.never_found == []
    assert found.classes[1] == ClassFigures("fraud", 8, 8, 28)
    assert "fraud: 8 of 8 found, 8 of 28 such answers right" in sentences(found)[1].text


def test_the_baseline_answers_what_training_suggests_not_what_these_rows_would() -> None:
    y = np.array([0, 1, 1, 1])
    found = worth_of("test", "a", scores([1, 1, 1, 0]), y, ["a", "b"])
    assert (found.baseline_score, found.score) == (0.25, 0.5)
    assert found.verdict == "unclear"  # alone right: the network in two rows, "a" in one
    far = worth_of("test", 10.0, np.array([[3.0], [5.0]]), np.array([[2.0], [4.0]]), ())
    assert far.baseline_score == pytest.approx(math.sqrt((64 + 36) / 2))
    assert far.score == 1.0


@pytest.mark.parametrize(
    ("ours", "theirs", "verdict"),
    [
        (5, 0, "better"),  # 1/32 = 3.1 % by the throw of a coin
        (4, 0, "unclear"),  # 1/16
        (9, 2, "better"),  # (1 + 11 + 55) / 2048 = 3.3 %
        (8, 2, "unclear"),  # (1 + 10 + 45) / 1024 = 5.5 %
        (1, 1, "equal"),
        (0, 0, "equal"),
        (2, 9, "worse"),
        (530, 470, "better"),  # z = 59 / √1000 = 1.87
        (520, 480, "unclear"),  # z = 39 / √1000 = 1.23
        (531, 471, "better"),  # z = 59 / √1002, by the normal law
        (521, 481, "unclear"),
        (5200, 4800, "better"),
        (5050, 4950, "unclear"),
    ],
)
def test_more_than_chance(ours: int, theirs: int, verdict: str) -> None:
    assert _signs(ours, theirs) == verdict


def test_a_network_that_answers_like_the_constant_is_better_by_chance_only_in_one_of_20() -> None:
    rng = np.random.default_rng(0)
    ours = rng.binomial(40, 0.5, 4000)
    share = np.mean([_signs(int(k), 40 - int(k)) == "better" for k in ours])
    assert 0.01 < share < 0.05


@pytest.mark.parametrize(
    ("output", "verdict"),
    [
        ([1, 2, 3, 4], "better"),
        ([2.5, 2.5, 2.5, 2.5], "equal"),
        ([4, 3, 2, 1], "worse"),
        ([math.nan, 2, 3, 4], "worse"),
        ([1, 2.5, 2.5, 2.5], "unclear"),  # better in one row of four: gain 0.56, error 0.56
        ([1, 2, 2.5, 2.5], "unclear"),  # gains 2.25, 0.25, 0, 0: mean 0.625, error 0.545
        ([1, 2, 3, 3.5], "better"),  # gains 2.25, 0.25, 0.25, 2: mean 1.19, error 0.54
    ],
)
def test_numbers_beside_the_mean(output: list[float], verdict: str) -> None:
    y = np.array([[1.0], [2.0], [3.0], [4.0]], np.float32)
    found = worth_of("test", 2.5, np.array(output, np.float32)[:, None], y, ())
    assert found.verdict == verdict
    assert found.baseline_score == pytest.approx(math.sqrt(1.25))
    assert found.failed is (verdict in ("equal", "worse"))


def test_one_row_proves_nothing() -> None:
    found = worth_of("test", 0.0, np.array([[3.0]]), np.array([[3.0]]), ())
    assert found.verdict == "unclear"
    found = worth_of("test", "a", scores([1]), np.array([1]), ["a", "b"])
    assert found.verdict == "unclear"


def test_the_baseline_is_the_training_part_s() -> None:
    data = read((np.arange(10.0)[:, None], np.array([0, 1, 1, 1, 0, 0, 0, 0, 0, 0])))
    assert baseline_of(data.take([0, 1, 2, 3])) == "1"  # 3 of 4 there, 3 of 10 in all
    assert baseline_of(data) == "0"
    # The mean of timestamps in float32 would be off by a minute and more.
    times = replace(data, task="regression", y=np.full((10, 1), 1.7e9, np.float32), classes=())
    assert baseline_of(times) == float(np.float32(1.7e9))


def exponential(rate: float, floor: float, n: int) -> list[float]:
    return [floor + math.exp(-rate * t) for t in range(n)]


@pytest.mark.parametrize(
    ("values", "improving"),
    [
        (exponential(0.05, 0.1, 40), True),
        (exponential(0.5, 0.1, 40), False),
        (exponential(0.05, 0.1, 40)[::-1], False),  # it rises: learnt by heart
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
    ],
)
def test_still_improving(values: list[float], improving: bool | None) -> None:
    found = convergence([{"train_loss": 1.0, "val_loss": v} for v in values])
    assert found is not None
    assert found.improving is improving
    assert (found.column, found.epochs) == ("val_loss", len(values))


def test_noise_around_a_level_is_no_improvement() -> None:
    rng = np.random.default_rng(1)
    curves = 1 + 0.1 * rng.standard_normal((500, 40))
    seen = [convergence([{"val_loss": float(v)} for v in c]) for c in curves]
    assert np.mean([c is not None and bool(c.improving) for c in seen]) < 0.02


@given(st.lists(st.floats(0.001, 1e3), min_size=2, max_size=60))
def test_a_curve_and_its_mirror_never_both_improve(values: list[float]) -> None:
    # The pairs that fall in one rise in the other.
    top = 2 * max(values)
    both = [convergence([{"train_loss": v} for v in curve])
            for curve in (values, [top - v for v in values])]  # fmt: skip
    assert not all(c is not None and c.improving for c in both)


def test_of_several_networks_one_that_improves_is_enough() -> None:
    y = np.array([0, 1])
    verdict = Verdict(digits(), scores([0, 1]), {}, worth_of("test", "a", scores([0, 1]), y, "ab"))
    falling, flat = (History([{"train_loss": v} for v in c]) for c in ([1.0, 0.5], [1.0, 1.0]))
    for histories, improving in [([flat, falling], True), ([falling, flat], True), ([flat], False)]:
        found = joined_worth(verdict, histories).convergence
        assert found is not None
        assert found.improving is improving
    assert joined_worth(verdict, []).convergence is None


def test_a_training_that_diverged_has_no_convergence() -> None:
    assert convergence([]) is None
    assert convergence([{"train_loss": 1.0}, {"train_loss": math.nan}]) is None


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_sentence_in_both_languages(lang: str) -> None:
    text = words(lang)
    classes = [ClassFigures(f"c{i}", 10 + 30 * i, i, 5 * i) for i in range(9)]
    for part in ("test", "val", "train"):
        for verdict in ("better", "unclear", "equal", "worse"):
            for column, improving in [("val_loss", True), ("train_loss", True), ("val_loss", False),
                                      ("train_loss", None)]:  # fmt: skip
                ends = Convergence(column, 30, improving, 0.25, 3)
                worth = Worth(part, 100, "accuracy", "c1", 0.5, 0.6, verdict, classes, ends)
                said = sentences(worth, lang=lang)
                assert [s.key for s in said] == ["baseline", "classes", "convergence"]
                assert said[0].head == text[f"worth.{verdict}"]
                assert (text.get(f"worth.on_{part}", "–") in said[0].text) is (part != "test")
                assert ("--epochs 60" in said[2].text) is (improving is not False)
                assert ("25%" in said[2].text) is bool(improving)
                assert not any("{" in s.text + s.head for s in said)
                assert "c0" in said[1].head
                assert "c8" not in said[1].text  # the sixth worst is the last that is named
    rmse = Worth("test", 9, "rmse", 1.5, 2.0, 1.0, "better")
    (said,) = sentences(rmse, lang=lang)
    assert "1.5" in said.text
    assert "2" in said.text


def test_fit_says_in_its_repr_that_it_was_still_improving() -> None:
    dp.manual_seed(0)
    net = dp.nn.Linear(1, 1)
    x = np.linspace(-1, 1, 32, dtype=np.float32)[:, None]

    def fit(lr: float, epochs: int) -> History:
        return dp.train.fit(
            net, dp.nn.MSELoss(), (x, 3 * x + 1), validation=(x, 3 * x + 1), epochs=epochs,
            optimizer=dp.optim.SGD(net.parameters(), lr=lr), progress=False, backend="eager",
        )  # fmt: skip

    early = fit(0.05, 4)
    assert "val_loss still falling at the end: train longer (larger epochs=)" in repr(early)
    assert "finished after 4 epochs" in repr(early)
    assert "train longer" not in repr(fit(0.0, 4))
    # The mean of y is 1; that of (3x)² over 32 points from −1 to 1 is 9 (1 + 2/31) / 3.
    assert early.baseline == {"val_loss": pytest.approx(3 * (1 + 2 / 31), rel=1e-6)}
    assert "val_loss" in repr(early)
    assert "(baseline 3.194)" in repr(early)
    assert repr(History()) == "History(running, no epoch)"


def test_fit_shows_the_baseline_beside_the_accuracy() -> None:
    y = np.array([0] * 95 + [1] * 5)
    net = dp.nn.Linear(1, 2)
    history = dp.train.fit(
        net, dp.nn.CrossEntropyLoss(), (np.zeros((100, 1)), y),
        validation=(np.zeros((4, 1)), np.array([1, 1, 1, 0])), epochs=3, progress=False,
        optimizer=dp.optim.SGD(net.parameters(), lr=0.5), backend="eager",
    )  # fmt: skip
    assert history.baseline == {"val_accuracy": 0.25}  # always 0, as in training
    assert "val_accuracy 0.25 (baseline 0.25)" in repr(history)
    learnt, held = np.array([[1.0], [3.0]]), np.array([[2.0], [4.0]])
    assert held_out_baseline(dp.nn.MSELoss(), learnt, held) == {"val_loss": 2.0}  # (0² + 2²) / 2
    assert held_out_baseline(dp.nn.L1Loss(), learnt, held) == {"val_loss": 1.0}


def test_a_loss_of_the_user_s_is_not_called_for_the_baseline() -> None:
    def loss(output: dp.Tensor, y: dp.Tensor) -> dp.Tensor:
        raise AssertionError

    assert held_out_baseline(loss, np.ones((3, 1)), np.ones((3, 1))) == {}
    ignored = np.array([-100, 0, 1])
    assert held_out_baseline(dp.nn.CrossEntropyLoss(), ignored, ignored) == {}


def test_digits_are_about_equal_and_named_only_where_one_is_lost() -> None:
    y = digits().y
    assert y is not None
    names = [str(k) for k in range(10)]
    assert not worth_of("test", "1", scores(y.tolist(), 10), y, names).unequal
    blind = np.where(y == 8, 1, y)
    found = worth_of("test", "1", scores(blind.tolist(), 10), y, names)
    assert found.verdict == "better"
    assert found.failed  # one digit is never found
    assert sentences(found)[1].head == "never found: 8"
