"""Outputs beside targets: what counts as right, and targets that are broadcast."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.train import metrics

RNG = np.random.default_rng(0)
X = RNG.standard_normal((50, 3)).astype(np.float32)
LABELS = (X[:, 0] > 0).astype(np.int64) + (X[:, 1] > 1)
ONE_HOT = np.eye(3, dtype=np.float32)[LABELS]


def test_labels_of_all_forms_count_the_same() -> None:
    scores = np.array([[2.0, 1, 0], [0, 3, 1], [1, 2, 0], [0, 1, 5]], np.float32)
    labels = np.array([0, 1, 0, 1])
    hot = np.eye(3)[labels]
    assert metrics.correct(scores, labels) == 2
    for target in (hot, hot.astype(np.int64), hot.astype(np.float16), hot * 0.9 + 0.1 / 3):
        assert metrics.correct(scores, target) == 2


@pytest.mark.parametrize("row", [[2.0, 0.0], [1.5, -0.5], [0.0, 0.0], [np.nan, 1.0]])
def test_numbers_that_are_no_labels_are_not_counted(row: list[float]) -> None:
    target = np.array([[0.0, 1.0], row])
    assert metrics.correct(np.zeros((2, 2)), target) is None
    assert metrics.correct(np.zeros((2, 2)), np.zeros((2, 3))) is None


def trained(target: np.ndarray, loss: Any, backend: str) -> dict[str, float]:
    dp.manual_seed(0)
    net = dp.nn.Linear(3, 3)
    history = dp.train.fit(
        net, loss, (X, target), epochs=2, batch_size=20, progress=False, backend=backend,
        validation=(X[:30], target[:30]),
    )  # fmt: skip
    figures = dp.train.evaluate(net, loss, (X, target), backend=backend)
    return {**history.rows[-1], **{f"evaluate_{k}": v for k, v in figures.items()}}


@pytest.mark.parametrize("backend", ["native", "eager"])
def test_accuracy_of_one_hot_labels_is_that_of_indices(backend: str) -> None:
    loss = dp.nn.CrossEntropyLoss()
    hot, index = trained(ONE_HOT, loss, backend), trained(LABELS, loss, backend)
    for name in ("train_accuracy", "val_accuracy", "evaluate_accuracy"):
        assert hot[name] == index[name], name


@pytest.mark.parametrize("backend", ["native", "eager"])
def test_a_regression_on_several_numbers_has_no_accuracy(backend: str) -> None:
    numbers = RNG.standard_normal((50, 3)).astype(np.float32)
    assert not [k for k in trained(numbers, dp.nn.MSELoss(), backend) if "accuracy" in k]


Y = X[:, 0] * 2


def heard(loss: Any, backend: str, target: np.ndarray = Y) -> list[str]:
    """What a training says of its target."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        dp.train.fit(
            dp.nn.Linear(3, 1), loss, (X[:40], target[:40]), epochs=1, batch_size=40,
            progress=False, backend=backend,
        )  # fmt: skip
    return [str(w.message) for w in seen]


STRETCHED: dict[str, Callable[..., Any]] = {
    "square": lambda p, t: ((p - t) ** 2).mean(),
    "reversed": lambda p, t: (t - p).abs().sum(),
    "doubled": lambda p, t: (p.sigmoid() - t * 2).square().mean(),
}
MEANT: dict[str, Callable[..., Any]] = {
    "column": lambda p, t: ((p - t[:, None]) ** 2).mean(),
    "row": lambda p, t: ((p.squeeze(1) - t) ** 2).mean(),
    "pairs": lambda p, t: (dp.relu(p - p.squeeze(1)) * (t[:, None] > t)).mean(),
}


@pytest.mark.parametrize("backend", ["native", "eager"])
@pytest.mark.parametrize("name", STRETCHED)
def test_a_stretched_target_is_told(name: str, backend: str) -> None:
    (said,) = heard(STRETCHED[name], backend)
    assert "target f32[40] has another shape than the output f32[40, 1] and is broadcast" in said
    assert "test_pairs.py" in said


@pytest.mark.parametrize("backend", ["native", "eager"])
@pytest.mark.parametrize("name", MEANT)
def test_what_is_meant_is_not_told(name: str, backend: str) -> None:
    assert heard(MEANT[name], backend) == []


@pytest.mark.parametrize("backend", ["native", "eager"])
def test_denpas_losses_tell_it_once(backend: str) -> None:
    for loss in (dp.nn.MSELoss(), lambda p, t: dp.nn.functional.huber_loss(p, t)):
        (said,) = heard(loss, backend)
        assert "_loss: the target f32[40] has another shape" in said
