"""What is asked for reaches the place where it acts: options, figures, random numbers, files."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest

import denpa as dp
from denpa.data import read, split
from denpa.optim.lr_scheduler import ReduceLROnPlateau
from denpa.runs.folder import RunFolder
from denpa.runs.parts import divide
from denpa.runs.saver import previous
from denpa.runs.settings import Settings
from denpa.train.gradcheck import check_gradients
from denpa.train.loop import fit
from denpa.train.models import ACTIVATIONS, cnn, mlp

nn = dp.nn
RNG = np.random.default_rng(3)


def table(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, 3)).astype(np.float32)
    return x, (x.sum(1, keepdims=True) + rng.standard_normal((n, 1))).astype(np.float32)


class Listening(ReduceLROnPlateau):
    """Writes down what it is told."""

    def __init__(self, optimizer: Any) -> None:
        super().__init__(optimizer)
        self.told: list[float] = []

    def step(self, metrics: Any, epoch: int | None = None) -> None:  # type: ignore[override]
        self.told.append(float(metrics))
        super().step(metrics, epoch)


@pytest.mark.parametrize("backend", ["native", "eager"])
@pytest.mark.parametrize(
    ("monitor", "held"),
    [(None, False), (None, True), ("val_loss", True), ("train_loss", True), ("train_loss", False)],
)
def test_a_plateau_is_that_of_the_column_that_is_watched(
    backend: str, monitor: str | None, held: bool
) -> None:
    dp.manual_seed(0)
    net = nn.Linear(3, 1)
    optimizer = dp.optim.SGD(net.parameters(), lr=0.01)
    schedule = Listening(optimizer)
    history = fit(
        net, nn.MSELoss(), table(40), optimizer=optimizer, epochs=3, batch_size=16, progress=False,
        validation=table(10, 1) if held else None, schedule=schedule, monitor=monitor,
        backend=backend,
    )  # fmt: skip
    watched = monitor or ("val_loss" if held else "train_loss")
    assert schedule.told == history[watched]


@pytest.mark.parametrize("backend", ["native", "eager"])
@pytest.mark.parametrize("n", [1, 1023, 1024, 1025, 2100])
def test_every_row_of_the_validation_weighs_the_same(backend: str, n: int) -> None:
    dp.manual_seed(0)
    net = nn.Linear(3, 2)
    x, noise = table(n, 2)
    y = (x[:, 0] + noise[:, 0] > 0).astype(np.int64)
    x[1000:] += 3.0  # so that the last batch has another mean
    history = fit(
        net, nn.CrossEntropyLoss(), (x[:50], y[:50]), epochs=1, batch_size=50, progress=False,
        validation=(x, y), backend=backend,
    )  # fmt: skip
    scores = x.astype(np.float64) @ net.weight.detach().numpy().T + net.bias.detach().numpy()
    losses = np.log(np.exp(scores).sum(1)) - scores[np.arange(n), y]
    assert history["val_loss"][0] == pytest.approx(losses.mean(), rel=1e-5)
    assert history["val_accuracy"][0] == pytest.approx((scores.argmax(1) == y).mean(), rel=1e-12)


@pytest.mark.parametrize("backend", ["native", "eager"])
def test_no_two_batches_are_changed_in_the_same_way(backend: str) -> None:
    def draws(seed: int) -> list[float]:
        found: list[float] = []

        def change(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
            found.append(float(rng.random()))
            return x

        fit(
            nn.Linear(3, 1), nn.MSELoss(), table(32), epochs=5, batch_size=8, progress=False,
            transform=change, seed=seed, backend=backend,
        )  # fmt: skip
        return found

    first = draws(0)
    assert len(set(first)) == len(first) == 20
    assert draws(0) == first
    assert not set(draws(1)) & set(first)


def test_the_check_leaves_the_random_numbers_as_they_were() -> None:
    dp.manual_seed(5)
    dp.rand(3)
    net = mlp(inputs=5, outputs=3, hidden=[7], dropout=0.5)
    before = dp.get_rng_state().tolist()
    x, y = RNG.standard_normal((6, 5)).astype(np.float32), np.array([0, 1, 2, 0, 1, 2])
    assert check_gradients(net, nn.CrossEntropyLoss(), x, y).ok
    assert dp.get_rng_state().tolist() == before


def test_missing_values_are_filled_from_the_training_part_alone() -> None:
    settings = Settings.from_values({"validation": 0.2, "test": 0.2, "missing": "mean", "seed": 3})
    a = RNG.standard_normal(60)
    a[::4] = np.nan
    y = np.arange(60) % 2
    train, validation, test = split(y, "classification", (0.2, 0.2), 3)
    assert np.isnan(a[train]).any()
    expected = np.where(np.isnan(a[train]), np.nanmean(a[train]), a[train])
    for far in (0.0, 1e6):
        moved = a.copy()
        moved[[*validation, *test]] += far
        data = read(pd.DataFrame({"a": moved, "b": np.arange(60.0), "y": y}), target="y",
                    missing="mean")  # fmt: skip
        found = divide(settings, data, None)
        np.testing.assert_allclose(found.train.x[:, 0], expected, rtol=1e-5)
        for part, rows in ((found.validation, validation), (found.test, test)):
            assert part is not None
            gaps = np.isnan(a[rows])
            assert gaps.any()
            np.testing.assert_allclose(part.x[gaps, 0], np.nanmean(a[train]), rtol=1e-5)


@pytest.mark.parametrize("scale", ["training", "prediction"])
@pytest.mark.parametrize("make", [mlp, cnn])
def test_dropout_is_made_up_for_where_it_was_asked(make: Any, scale: str) -> None:
    shape: dict[str, Any] = {"inputs": 4} if make is mlp else {"image": (1, 8, 8)}
    net = make(outputs=2, hidden=[5, 6], dropout=0.3, dropout_scale=scale, **shape)
    found = [m for m in net.modules() if isinstance(m, nn.Dropout)]
    assert [(m.p, m.scale) for m in found] == [(0.3, scale)] * 2


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_spread_of_initial_values_goes_with_the_activation(activation: str) -> None:
    dp.manual_seed(0)
    sizes = [300, 500, 200]
    net = mlp(inputs=sizes[0], outputs=400, hidden=sizes[1:], activation=activation)
    glorot = activation in ("sigmoid", "tanh")
    for k, (before, after) in enumerate(pairwise(sizes), 1):
        # Glorot, Bengio (2010): 2/(in + out); He et al. (2015): 2/in.
        variance = 2 / (before + after) if glorot else 2 / before
        weight = net.get_parameter(f"linear{k}.weight").detach().numpy()
        assert weight.std() == pytest.approx(np.sqrt(variance), rel=0.02)
    last = net.get_parameter("output.weight").detach().numpy()  # nothing rectifies the outputs
    assert last.std() == pytest.approx(np.sqrt(2 / (200 + 400)), rel=0.02)


def test_a_new_run_takes_nothing_away_before_it_is_complete(tmp_path: Any) -> None:
    folder = RunFolder(tmp_path)
    ours = ["model.safetensors", "history.csv", "report.html"]  # without run.json
    ours += [folder.checkpoint(k).name for k in (1, 2, 10)]
    ours += [previous(folder.checkpoint(k)).name for k in (1, 2, 10)]
    for name in (*ours, "notes.txt", "model.txt"):
        (tmp_path / name).write_text("x")
    folder.begin(overwrite=True)
    folder.abandon()
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([*ours, "model.txt", "notes.txt"])
