"""Runs that were stopped, moved or replaced, and what going on with them does and says."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

import denpa as dp
from denpa.cli.main import main
from denpa.core.errors import ArgumentError
from denpa.runs import saver
from denpa.runs.folder import RunFolder
from denpa.train.events import BatchEnded, EpochEnded
from tests.runs.small import FILES, Heard, names, stop_in, train, weights


def press(monkeypatch: pytest.MonkeyPatch, when: Any) -> None:
    """Ctrl-C in the next training, at the first event for which `when` is true."""
    pressed: list[Any] = []

    def fit(*given: Any, callbacks: Any, **named: Any) -> Any:
        def ctrl_c(event: Any, training: Any) -> None:
            if not pressed and when(event):
                pressed.append(event)
                signal.raise_signal(signal.SIGINT)

        return dp.train.fit(*given, callbacks=[ctrl_c, *callbacks], **named)

    monkeypatch.setattr("denpa.runs.training.fit", fit)


@pytest.mark.parametrize("share", [float("inf"), 1e-9])
@pytest.mark.parametrize("kind", [BatchEnded, EpochEnded])
def test_a_run_goes_on_where_ctrl_c_stopped_it(
    table: Path, monkeypatch: pytest.MonkeyPatch, kind: type, share: float
) -> None:
    """Also where epochs are so short that not each of them is kept."""
    monkeypatch.setattr(saver, "SHARE", share)
    with monkeypatch.context() as patch:
        press(patch, lambda e: isinstance(e, kind) and e.epoch == 4)
        stopped = train(table, epochs=9)
    assert stopped.interrupted
    done = len(stopped.history.rows)
    assert done in (3, 4)
    _, tree = saver.load_checkpoint(stopped.path / "checkpoint.safetensors")
    assert len(tree["history"]["rows"]) == done
    heard = Heard()
    more = dp.runs.resume(stopped.path, voice=heard)
    assert (len(more.history.rows), heard.warnings) == (9, [])
    assert weights(more) == weights(train(table, epochs=9, out=table.parent / "whole"))


def test_a_run_that_is_stopped_replaces_nothing_until_it_has_ended(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = train(table)
    before = {p.name: p.read_bytes() for p in old.path.iterdir()}
    heard = Heard()
    with monkeypatch.context() as patch:
        press(patch, lambda e: isinstance(e, EpochEnded) and e.epoch == 2)
        stopped = train(table, seed=2, overwrite=True, voice=heard)
    assert any("still holds the run that was there" in line for line in heard.lines)
    assert {n: (old.path / n).read_bytes() for n in FILES} == before
    assert len(dp.runs.load(stopped.path).history.rows) == 2
    heard = Heard()
    dp.runs.resume(old.path, voice=heard)
    assert f"remove {old.path / '.next'}" in " ".join(heard.lines)
    assert dp.runs.load(old.path).settings.seed == 2
    assert names(old.path) == FILES


def test_a_run_that_cannot_go_on_stays_as_it_is(table: Path) -> None:
    run = train(table)
    (run.path / "checkpoint.safetensors").unlink()
    before = {p.name: p.read_bytes() for p in run.path.iterdir()}
    with pytest.raises(ArgumentError, match="there is nothing to go on from"):
        dp.runs.resume(run.path, epochs=9, progress=False)
    assert {p.name: p.read_bytes() for p in run.path.iterdir()} == before


def test_data_may_move_if_they_stay_the_same(table: Path) -> None:
    run = train(table)
    moved = table.with_name("moved.csv")
    table.rename(moved)
    more = dp.runs.resume(run.path, source=moved, epochs=5, progress=False)
    assert more.record["epochs"] == 5
    assert more.evaluate().figures == dp.runs.load(run.path).evaluate().figures
    moved.write_text(moved.read_text() + "1,1,no\n")
    with pytest.raises(ArgumentError, match="is not as it was when the run was started"):
        dp.runs.resume(run.path, source=moved, epochs=6, progress=False)


def test_fewer_epochs_than_a_killed_run_has_are_refused(
    table: Path, monkeypatch: pytest.MonkeyPatch, each_epoch: None
) -> None:
    with monkeypatch.context() as patch:
        stop_in(patch, 4)
        with pytest.raises(Exception, match=r"^$"):
            train(table, epochs=9)
    with pytest.raises(ArgumentError, match="the run has 3 epochs; epochs is 2"):
        dp.runs.resume(table.parent / "run", epochs=2, progress=False)


def test_what_is_left_to_train_is_told(table: Path) -> None:
    run, heard = train(table), Heard()
    dp.runs.resume(run.path, voice=heard)
    said = "nothing is left to train: this run has its 4 epochs; epochs=8 goes on with it"
    assert said in heard.lines
    run, heard = train(table, out=table.parent / "early", lr=1e-9, patience=1, epochs=30), Heard()
    dp.runs.resume(run.path, voice=heard)
    assert any("patience=1 ended this run after 2 epochs" in line for line in heard.lines)


def test_a_second_training_is_told_who_writes(table: Path) -> None:
    run = train(table)
    folder = RunFolder(run.path)
    folder.go_on()
    with pytest.raises(ArgumentError, match="is being written by process"):
        train(table)
    folder.release()
    with pytest.raises(ArgumentError, match="holds a run already"):
        train(table)


def test_what_a_variable_holds_may_be_out_of_date_but_is_not_damaged(table: Path) -> None:
    run = train(table)
    more = dp.runs.resume(run.path, epochs=6, progress=False)
    with pytest.raises(ArgumentError, match="load it again"):
        _ = run.history
    assert not run.predict(table).save(table.parent / "old.csv")  # with the network of before
    assert more.predict(table).save(table.parent / "new.csv")
    listed = dp.runs.load(run.path).record["predictions"]
    assert [Path(p["file"]).name for p in listed] == ["new.csv"]
    assert listed[0]["inputs"] == [str(table), str(table)]
    again = dp.runs.resume(run.path, epochs=7, progress=False)
    assert again.record["predictions"] == listed


def test_the_folder_itself_may_be_named_by_a_dot(
    table: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = train(table)
    monkeypatch.chdir(run.path)
    assert main(["train", "--resume", ".", "--epochs", "5", "--quiet"]) == 0
    shutil.copytree(run.path, table.parent / "copy")
    assert main(["evaluate", "run.json"]) == 2
    assert "run.json is a file; give the folder of a run" in capsys.readouterr().err
