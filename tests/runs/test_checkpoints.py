"""Checkpoints and history of a run: when they are written, and damage that is told."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

import denpa as dp
from denpa.core.errors import ArgumentError
from denpa.runs import saver
from denpa.train.events import EpochEnded
from tests.runs.small import Heard, Stop, flip, killed, stop_in, train, weights


@pytest.mark.usefixtures("each_epoch")
def test_a_damaged_checkpoint_is_told_and_the_one_before_it_serves(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = weights(train(table, out=table.parent / "whole"))
    out = killed(table, monkeypatch)
    flip(out / "checkpoint.safetensors")
    heard = Heard()
    assert weights(dp.runs.resume(out, voice=heard)) == whole
    assert heard.warnings == [
        f"{out}/checkpoint.safetensors is not a checkpoint, or is damaged: its SHA-256 is not the "
        "one that it was written with; going on from epoch 2 (checkpoint.previous.safetensors)"
    ]
    shutil.rmtree(out)
    out, heard = killed(table, monkeypatch), Heard()
    (out / "checkpoint.safetensors").unlink()
    assert weights(dp.runs.resume(out, voice=heard)) == whole
    assert heard.warnings == [
        f"{out}/checkpoint.safetensors is missing; going on from epoch 2 "
        "(checkpoint.previous.safetensors)"
    ]


@pytest.mark.usefixtures("each_epoch")
def test_without_a_checkpoint_nothing_begins_anew_in_silence(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = killed(table, monkeypatch)
    for name in ("checkpoint.safetensors", "checkpoint.previous.safetensors"):
        (out / name).unlink()
    with pytest.raises(ArgumentError, match="there is nothing to go on from") as caught:
        dp.runs.resume(out, progress=False)
    assert str(caught.value).count("is missing") == 2
    (out / "history.csv").unlink()  # as where it was killed before anything was saved
    heard = Heard()
    dp.runs.resume(out, voice=heard)
    assert "no epoch had been saved when the run ended: it starts with the first" in heard.lines


@pytest.mark.usefixtures("each_epoch")
def test_a_history_that_does_not_belong_to_the_checkpoint_is_told(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, heard = killed(table, monkeypatch), Heard()
    text = (out / "history.csv").read_text()
    assert text.count("\n") == 4
    (out / "history.csv").write_text(text.replace("\n2,", "\n7,") + "4,0.1,")  # half a line, too
    run = dp.runs.resume(out, voice=heard)
    assert heard.warnings == [
        f"{out}/history.csv is not the one that the checkpoint belongs to; it is written anew"
    ]
    assert [r["epoch"] for r in run.history.rows] == [1, 2, 3, 4]
    flip(out / "history.csv", -3)
    with pytest.raises(ArgumentError, match="its SHA-256 is not the one in run"):
        _ = dp.runs.load(out).history


@pytest.mark.usefixtures("each_epoch")
def test_a_line_of_history_is_added_and_the_end_says_the_same(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bytes] = []

    def look(event: Any, training: Any) -> None:
        if isinstance(event, EpochEnded) and (table.parent / "run/history.csv").exists():
            seen.append((table.parent / "run/history.csv").read_bytes())

    def fit(*given: Any, callbacks: Any, **named: Any) -> Any:
        return dp.train.fit(*given, callbacks=[*callbacks, look], **named)

    monkeypatch.setattr("denpa.runs.training.fit", fit)
    run = train(table)
    assert [text.count(b"\n") for text in seen] == [2, 3, 4, 5]
    final = (run.path / "history.csv").read_bytes()
    assert all(final.startswith(text) for text in seen)
    assert run.record["files"]["history.csv"] == hashlib.sha256(final).hexdigest()


def test_checkpoints_are_written_at_most_once_a_second(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []
    write = saver.write_atomically

    def counted(path: Any, *given: Any, **named: Any) -> None:
        written.append(Path(path).name)
        write(path, *given, **named)

    class Slow(saver.Saver):
        """Each epoch takes a quarter of a second."""

        def __init__(self, *given: Any) -> None:
            self.seconds = 0.0
            super().__init__(*given, now=lambda: self.seconds)

        def __call__(self, event: Any, training: Any) -> None:
            self.seconds += 0.25 * isinstance(event, EpochEnded)
            super().__call__(event, training)
            self._wait()

    monkeypatch.setattr("denpa.runs.training.Saver", Slow)
    monkeypatch.setattr(saver, "write_atomically", counted)
    train(table, epochs=10)
    # After 1 s, after 2 s, and after the last epoch at 2.5 s.
    assert written.count("checkpoint.safetensors") == 3


def test_a_finished_run_that_goes_on_stays_one_until_it_has_ended(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = train(table)
    with monkeypatch.context() as patch:
        stop_in(patch, 5)
        with pytest.raises(Stop):
            dp.runs.resume(run.path, epochs=6, progress=False)
    again = dp.runs.load(run.path)
    assert (again.record, again.history.rows) == (run.record, run.history.rows)
    more = dp.runs.resume(run.path, progress=False)
    assert more.record["epochs"] == 6
    assert weights(more) == weights(train(table, epochs=6, out=table.parent / "six"))


def test_errors_of_a_full_disk_alone_ask_for_space(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, asks in ((errno.ENOSPC, True), (errno.EIO, False)):
        heard = Heard()

        def fails(path: Any, *_: Any, number: int = number, **__: Any) -> None:
            raise OSError(number, os.strerror(number))

        with monkeypatch.context() as patch:
            patch.setattr(saver, "write_atomically", fails)
            patch.setattr(saver, "PERIOD", 0.0)
            train(table, voice=heard, epochs=30, overwrite=True)
        assert len(heard.warnings) == 1
        assert ("free some space" in heard.warnings[0]) == asks
