"""`denpa.runs`, the library behind the command: the same folder, the same words, its own errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.cli.main import main
from denpa.core.errors import ArgumentError
from denpa.data import DataError

pd = pytest.importorskip("pandas")
QUICK = {"hidden": (8,), "epochs": 3, "seed": 4, "progress": False}


def houses(n: int = 90, seed: int = 0) -> Any:
    rng = np.random.default_rng(seed)
    area, rooms = rng.uniform(30, 150, n), rng.integers(1, 6, n)
    town = rng.choice(["north", "south"], n)
    price = 2 * area + 30 * rooms + 50 * (town == "north") + rng.normal(0, 3, n)
    return pd.DataFrame({"area": area, "rooms": rooms, "town": town, "price": price})


@pytest.fixture
def run(tmp_path: Path) -> dp.runs.Run:
    houses().to_csv(tmp_path / "houses.csv", index=False)
    return dp.runs.train(tmp_path / "houses.csv", target="price", out=tmp_path / "run", **QUICK)


def test_a_run_is_its_folder(run: dp.runs.Run, tmp_path: Path) -> None:
    again = dp.runs.load(run.path)
    assert again.metrics == run.metrics
    assert next(iter(run.metrics)) == "test_rmse"
    written = json.loads((run.path / "run.json").read_text("utf-8"))
    assert {**again.record, "sha256": written["sha256"]} == written
    assert again.history.rows == run.history.rows
    assert [row["epoch"] for row in run.history.rows] == [1, 2, 3]
    assert run.history.reason == "finished"
    assert run.history.best["epoch"] == run.record["best_epoch"]
    assert again.worth == run.worth
    assert run.report.read_text("utf-8").startswith("<!doctype html>")
    assert not run.interrupted
    assert again.settings == run.settings
    assert run.settings.hidden == (8,)
    assert repr(run).startswith("Run('run', 3 epochs, test_rmse ")


def test_the_command_and_the_library_train_the_same(run: dp.runs.Run, tmp_path: Path) -> None:
    options = ["--target", "price", "--hidden", "8", "--epochs", "3", "--seed", "4"]
    asked = ["train", tmp_path / "houses.csv", *options, "--out", tmp_path / "other"]
    assert main(list(map(str, asked))) == 0
    other = dp.runs.load(tmp_path / "other")
    for a, b in zip(run.net.state_dict().values(), other.net.state_dict().values(), strict=True):
        assert np.array_equal(a.numpy(), b.numpy())
    assert other.metrics == run.metrics


def test_new_data_come_from_a_file_a_frame_or_arrays(run: dp.runs.Run, tmp_path: Path) -> None:
    new = houses(20, seed=5)
    new.to_csv(tmp_path / "new.csv", index=False)
    of_file = run.predict(tmp_path / "new.csv")
    of_frame = run.predict(new.drop(columns="price"))
    assert of_file.values == of_frame.values
    found = run.evaluate(new)
    errors = np.asarray(of_frame.values) - new["price"].to_numpy()
    assert found.figures["rmse"] == pytest.approx(np.sqrt(np.mean(errors**2)), rel=1e-5)
    assert (found.part, found.trained_on) == ("data", 0)


def test_without_data_the_own_test_part_is_judged(run: dp.runs.Run) -> None:
    found = run.evaluate()
    assert found.part == "test"
    assert found.figures["rmse"] == pytest.approx(run.metrics["test_rmse"], rel=1e-6)


def test_a_frame_is_trained_on_and_cannot_be_read_again(tmp_path: Path) -> None:
    frame = houses()
    run = dp.runs.train(frame, target="price", out=tmp_path / "run", **QUICK)
    assert run.record["data"]["path"] is None
    assert run.evaluate(frame).trained_on == run.record["data"]["parts"]["train"]
    with pytest.raises(ArgumentError, match=r"in memory \(DataFrame\); give the data"):
        run.evaluate()
    with pytest.raises(DataError, match=r"in memory \(DataFrame\); give them again"):
        dp.runs.resume(run.path, progress=False)
    longer = dp.runs.resume(run.path, source=frame, epochs=5, progress=False)
    whole = dp.runs.train(frame, target="price", out=tmp_path / "whole", **(QUICK | {"epochs": 5}))
    assert len(longer.history) == 5
    for a, b in zip(longer.net.state_dict().values(), whole.net.state_dict().values(), strict=True):
        assert np.array_equal(a.numpy(), b.numpy())
    frame.loc[0, "area"] += 1
    with pytest.raises(ArgumentError, match="is not as it was when the run was started"):
        dp.runs.resume(run.path, source=frame, epochs=6, progress=False)


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"lr": -1}, "lr must be a number above 0, not -1"),
        ({"epochs": 0}, "epochs must be a whole number 1 or more, not 0"),
        ({"channels": (4,)}, "channels goes with model='cnn', not mlp"),
        ({"loss": "cross-entropy"}, "loss='cross-entropy' does not go with a regression"),
        ({"target": "prise"}, "no column 'prise' (target). Did you mean 'price'?"),
        ({"drop": ["price"]}, "'price' is both the target and in drop."),
        ({"optimizer": "adm"}, "optimizer must be one of sgd, momentum"),
        ({"validation": 0.6, "test": 0.5}, "validation=0.6 and test=0.5 leave nothing to train on"),
    ],
)
def test_errors_are_in_words_of_python(tmp_path: Path, settings: dict[str, Any], text: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        dp.runs.train(houses(), out=tmp_path / "run", **{"target": "price", **QUICK, **settings})
    assert text in str(caught.value)
    assert "--" not in str(caught.value)
    assert not (tmp_path / "run").exists()


def test_an_unknown_setting_is_a_type_error(run: dp.runs.Run) -> None:
    with pytest.raises(TypeError, match=r"unexpected setting 'epoch'\. Did you mean 'epochs'"):
        dp.runs.train("digits", epoch=3)
    with pytest.raises(TypeError, match="unexpected setting 'hiden'"):
        dp.runs.resume(run.path, hiden=(4,))


def test_a_folder_that_is_taken_and_one_that_is_none(run: dp.runs.Run, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError) as caught:
        dp.runs.train("digits", out=run.path, progress=False)
    assert str(caught.value) == (
        f"{run.path} holds a run already; give another out, continue that run with "
        f"denpa.runs.resume({str(run.path)!r}), or replace it with overwrite=True"
    )
    with pytest.raises(ArgumentError, match=r"one that denpa\.runs\.train has written"):
        dp.runs.load(tmp_path)


def test_what_a_run_was_started_with_stays(run: dp.runs.Run) -> None:
    with pytest.raises(ArgumentError) as caught:
        dp.runs.resume(run.path, hidden=(9,), progress=False)
    assert "started with hidden 8, not 9; leave hidden out to resume it" in str(caught.value)
    with pytest.raises(ArgumentError, match=r"epochs cannot change|has 3 epochs; epochs is 2"):
        dp.runs.resume(run.path, epochs=2, progress=False)


def test_progress_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dp.runs.train(houses(), target="price", out=tmp_path / "a", **(QUICK | {"progress": True}))
    out = capsys.readouterr().out
    assert "network: mlp" in out
    assert "epoch 3/3" in out
    dp.runs.train(houses(), target="price", out=tmp_path / "b", **QUICK)
    assert capsys.readouterr().out == ""


def test_an_unknown_language_is_told_before_anything_is_trained(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="lang is 'en' or 'ja', not 'fr'"):
        dp.runs.train(houses(), target="price", out=tmp_path / "run", lang="fr", **QUICK)
    assert not (tmp_path / "run" / "run.json").exists()
