"""What a result is worth: a constant answer, the classes one by one, and the end of the curve."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

import denpa as dp
from denpa.data import digits, read
from denpa.report.record import ClassFigures, Convergence, Worth
from denpa.report.words import words
from denpa.report.worth import sentences
from denpa.runs.evaluation import Evaluation
from denpa.runs.outcome import joined_worth
from denpa.runs.predictions import Predictions
from denpa.runs.settings import options
from denpa.train.history import History
from denpa.train.worth import (
    _signs,
    baseline_of,
    held_out_baseline,
    worth_of,
)


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
    assert [s.key for s in said] == ["baseline", "classes", "remedy"]
    assert [s.good for s in said] == [False, False, None]
    assert "right in 992 of 1,000 rows (99.2%); always answering “ok”" in said[0].text
    assert said[1].head == "never found: “fraud”"
    assert said[1].text == (
        "Of 8 rows of “fraud”, none found; the network never gave this answer. "
        "Of 992 rows of “ok”, 992 found; right in 992 of 1,000 such answers."
    )
    assert "p(fraud)" in said[2].text


def test_all_rare_ones_found_at_the_price_of_alarms() -> None:
    # 8 of 8 frauds, and 20 good ones called fraud: fewer right answers than "ok" to everything.
    y = np.array([0] * 992 + [1] * 8)
    found = worth_of("test", "ok", scores([0] * 972 + [1] * 28), y, ["ok", "fraud"])
    assert found.verdict == "worse"
    assert found.never_found == []
    assert found.classes[1] == ClassFigures("fraud", 8, 8, 28)
    said = sentences(found)
    assert said[1].head == "class by class"
    assert "Of 8 rows of “fraud”, 8 found; right in 8 of 28 such answers." in said[1].text
    assert said[2].key == "remedy"


@pytest.mark.parametrize(("rows", "few"), [(1, "1 row"), (2, "2 rows"), (3, None), (9, None)])
@pytest.mark.parametrize("verdict", ["better", "equal"])
def test_a_class_never_found_is_the_headline_however_few_its_rows(rows, few, verdict) -> None:
    classes = [ClassFigures("0", 598, 598, 598 + rows), ClassFigures("1", rows, 0, 0)]
    found = Worth("test", 598 + rows, "accuracy", "0", 0.9, 0.9, verdict, classes)
    assert found.never_found == ["1"]
    # One or two rows may be missed by bad luck: no alarm of their own.
    assert found.failed is (few is None or verdict == "equal")
    said = next(s for s in sentences(found) if s.key == "classes")
    assert said.head == "never found: “1”" + (f" (none of only {few})" if few else "")
    assert said.good is (None if few else False)
    told = next(s for s in sentences(found, lang="ja") if s.key == "classes")
    assert "一度も見つからなかったクラス: 「1」" in told.head


def test_a_class_without_rows_is_not_missed() -> None:
    classes = [ClassFigures("a", 5, 5, 5), ClassFigures("b", 5, 5, 5), ClassFigures("c", 0, 0, 0)]
    found = Worth("test", 10, "accuracy", "a", 0.5, 1.0, "better", classes)
    assert found.never_found == []
    assert [s.key for s in sentences(found)] == ["baseline"]


def test_what_is_advised_for_rare_classes_exists() -> None:
    weighted = dp.nn.CrossEntropyLoss(weight=dp.tensor([1.0, 9.0]))
    scores_ = dp.tensor([[0.0, 0.0], [0.0, 0.0]])
    assert float(weighted(scores_, dp.tensor([0, 1]))) == pytest.approx(math.log(2))
    assert not [name for name in options() if "weight" in name and "class" in name]
    columns = Predictions([0], ["ok"], np.array([[0.9, 0.1]]), ("ok", "fraud")).columns()
    assert columns["p(fraud)"] == [0.1]


@pytest.mark.parametrize(("rows", "en", "ja"), [(1, "on 1 row is", "1 例で"),
                                               (2, "on 2 rows is", "2 例で")])  # fmt: skip
def test_one_row_is_one_row(rows: int, en: str, ja: str) -> None:
    found = worth_of("test", 0.0, np.ones((rows, 1)), np.ones((rows, 1)), ())
    assert en in sentences(found)[0].text
    assert ja in sentences(found, lang="ja")[0].text
    found = worth_of("test", "a", scores([1] * rows), np.ones(rows, int), ["a", "b"])
    assert f"right in {rows} of {en[3:-3]} (100%); always" in sentences(found)[0].text


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_unit_of_a_loss_is_said_where_it_is_not_the_target_s(lang: str) -> None:
    y = np.array([[1.0], [2.0]])
    (_, said) = sentences(worth_of("test", 0.0, y, y, (), 65.46), lang=lang)
    assert said.key == "losses"
    assert "65.46" in said.text
    assert len(sentences(worth_of("test", 0.0, y, y, ()), lang=lang)) == 1


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
        (3, 4, "equal"),  # no better, and that it is worse may be chance
        (0, 1, "equal"),
        (400, 700, "worse"),
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
        ([2.5, 2.5, 2.5, 6], "equal"),  # worse in one row of four: −0.44, error 0.44
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


def test_of_several_networks_one_that_improves_is_enough() -> None:
    y = np.array([0, 1])
    verdict = Evaluation(
        digits(), scores([0, 1]), {}, worth_of("test", "a", scores([0, 1]), y, "ab")
    )
    falling, flat = (History([{"train_loss": v} for v in c]) for c in ([1.0, 0.5], [1.0, 1.0]))
    for histories, improving in [([flat, falling], True), ([falling, flat], True), ([flat], False)]:
        found = joined_worth(verdict, histories).convergence
        assert found is not None
        assert found.improving is improving
    assert joined_worth(verdict, []).convergence is None


STATES = [
    ("val_loss", "improving"), ("val_loss", "surer"), ("val_loss", "settled"),
    ("val_loss", "rising"), ("val_loss", "climbing"), ("val_loss", "unknown"),
    ("train_loss", "improving"), ("train_loss", "surer"), ("train_loss", "settled"),
    ("train_loss", "climbing"), ("train_loss", "unknown"),
]  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_sentence_in_both_languages(lang: str) -> None:
    text = words(lang)
    classes = [ClassFigures(f"c{i}", 10 + 30 * i, i, 5 * i) for i in range(9)]
    for part in ("test", "val", "train"):
        for verdict in ("better", "unclear", "equal", "worse"):
            for column, state in STATES:
                pair = (0.875, 0.75) if state == "surer" else None
                ends = Convergence(column, 30, state, 23, 27, 0.1234567, 0.0987654, pair)
                worth = Worth(part, 100, "accuracy", "c1", 0.5, 0.6, verdict, classes, ends)
                said = sentences(worth, lang=lang)
                assert [s.key for s in said] == ["baseline", "classes", "remedy", "convergence"]
                assert said[0].head == text[f"worth.{verdict}"]
                assert (text.get(f"worth.on_{part}", "–") in said[0].text) is (part != "test")
                assert ("--epochs 60" in said[3].text) is (ends.improving is not False)
                assert ("--patience" in said[3].text) is (state == "rising")
                if state != "unknown":  # the losses, with the digits of the console
                    assert [x in said[3].text for x in ("23", "0.1235", "0.09877")] == [True] * 3
                assert ("87.5%" in said[3].text) is (state == "surer")
                assert not any("{" in s.text + s.head for s in said)
                assert "c0" in said[1].head
                assert "c8" not in said[1].text  # the sixth worst is the last that is named
                assert "p(" not in said[2].text  # a threshold is for two classes
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
    assert sentences(found)[1].head == "never found: “8”"
