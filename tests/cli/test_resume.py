"""Runs that are stopped, resumed, or have nowhere to write."""

from __future__ import annotations

import errno
import json

import pytest

from denpa.core.files import write_atomically
from denpa.runs import folder as run_folder
from denpa.runs.folder import RunFolder
from tests.cli.conftest import table_of, write_flowers

QUICK = ("--hidden", "16", "--epochs", "2")


def resumed(denpa, tmp_path, *options):
    """Six epochs at once, and three and then three more."""
    base = ("train", "digits", "--hidden", "12", "--validation", "0.3", "--quiet", *options)
    assert denpa(*base, "--epochs", "6", "--out", "whole").code == 0
    assert denpa(*base, "--epochs", "3", "--out", "parts").code == 0
    done = denpa("train", "--resume", "parts", "--epochs", "6", "--quiet")
    assert done.code == 0, done.err
    return tmp_path / "whole", tmp_path / "parts"


def without_seconds(path):
    rows = table_of(path)
    assert all(float(r.pop("seconds")) > 0 for r in rows)
    return rows


@pytest.mark.parametrize(
    "options",
    [
        ("--dropout", "0.3", "--batch-norm", "--augment", "noise=0.1"),
        ("--optimizer", "momentum", "--schedule", "plateau", "--patience", "9", "--warmup", "0"),
    ],
)
def test_a_resumed_run_is_bit_for_bit_as_if_never_stopped(denpa, tmp_path, options):
    whole, parts = resumed(denpa, tmp_path, *options)
    assert (whole / "model.safetensors").read_bytes() == (parts / "model.safetensors").read_bytes()
    assert without_seconds(whole / "history.csv") == without_seconds(parts / "history.csv")
    assert len(without_seconds(parts / "history.csv")) == 6


def test_resuming_a_finished_run_changes_nothing(denpa, tmp_path):
    denpa("train", "digits", *QUICK, "--out", "run", "--patience", "1", "--lr", "1.0")
    before = [(tmp_path / "run" / f).read_bytes() for f in ("model.safetensors", "history.csv")]
    done = denpa("train", "digits", "--out", "run", "--resume")
    assert done.code == 0, done.err
    after = [(tmp_path / "run" / f).read_bytes() for f in ("model.safetensors", "history.csv")]
    assert before == after


def test_early_stopping_is_not_undone_by_resuming(denpa, tmp_path):
    denpa("train", "digits", "--hidden", "8", "--epochs", "30", "--lr", "0.5", "--patience", "1",
          "--out", "run")  # fmt: skip
    record = json.loads((tmp_path / "run/run.json").read_text())
    assert record["reason"] == "stopped"
    assert record["epochs"] < 30
    assert record["best_epoch"] == record["epochs"] - 1
    again = denpa("train", "--resume", "run", "--json").json
    assert (again["epochs"], again["reason"]) == (record["epochs"], "stopped")


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (("--lr", "0.5"), "run: the run was started with --lr 0.001, not 0.5; leave --lr out to "
         "resume it, or start a new run"),
        (("--hidden", "3,4"), "run: the run was started with --hidden 16, not 3,4; leave"),
        (("mnist",), "run: the run was started with the data digits, not mnist; leave the data"),
        (("--epochs", "1"), "run: the run has 2 epochs; --epochs is 1"),
        (("--out", "other"), "--resume run writes into that folder; leave --out other out"),
        (("--overwrite",), "--resume goes on with a run and --overwrite replaces it; give one"),
    ],
)  # fmt: skip
def test_other_settings_cannot_be_resumed_with(denpa, given, text):
    denpa("train", "digits", *QUICK, "--out", "run")
    done = denpa("train", "--resume", "run", *given)
    assert done.code == 2
    assert done.err.startswith(f"denpa: error: {text}")


def test_other_errors_of_resuming(denpa, tmp_path):
    assert "--resume needs the folder of the run" in denpa("train", "digits", "--resume").err
    assert "nowhere: no such folder" in denpa("train", "--resume", "nowhere").err
    table = write_flowers(tmp_path / "flowers.csv")
    base = ("--target", "kind", *QUICK, "--out", "run")
    denpa("train", table, *base, "--schedule", "cosine")
    done = denpa("train", "--resume", "run", "--epochs", "9")
    assert "--epochs cannot change from 2 with --schedule cosine" in done.err
    write_flowers(table, n=70)
    done = denpa("train", "--resume", "run")
    assert done.code == 2
    assert "is not as it was when the run was started (its SHA-256 differs)" in done.err


def test_a_run_is_not_written_over(denpa, tmp_path):
    denpa("train", "digits", *QUICK, "--out", "run")
    before = (tmp_path / "run/model.safetensors").read_bytes()
    done = denpa("train", "digits", *QUICK, "--out", "run")
    assert done.code == 2
    assert done.err == (
        "denpa: error: run holds a run already; give another --out, continue that run with "
        "denpa train --resume run, or replace it with --overwrite\n"
    )
    assert (tmp_path / "run/model.safetensors").read_bytes() == before
    assert denpa("train", "digits", *QUICK, "--out", "run", "--overwrite", "--seed", "9").code == 0
    assert (tmp_path / "run/model.safetensors").read_bytes() != before
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("precious")
    done = denpa("train", "digits", *QUICK, "--out", "mine")
    assert "mine is a folder with other files in it" in done.err
    denpa("train", "digits", *QUICK, "--out", "mine", "--overwrite")
    assert (tmp_path / "mine/thesis.txt").read_text() == "precious"


def test_a_folder_that_cannot_be_written_is_known_before_training(denpa, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    done = denpa("train", "digits", "--out", "file/run")
    assert done.code == 2
    assert done.err == (
        "denpa: error: file/run: cannot be written to (Not a directory); give another --out. "
        "Nothing was trained\n"
    )
    assert "epoch 1" not in done.out
    assert denpa("train", "digits", "--out", "file").err == (
        "denpa: error: file is a file; --out needs a folder\n"
    )

    def read_only(*_, **__):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(run_folder.tempfile, "mkstemp", read_only)
    done = denpa("train", "digits", "--out", "run")
    assert done.code == 2
    assert "run: cannot be written to (Read-only file system); give another --out" in done.err
    assert "epoch 1" not in done.out


def test_a_full_disk_is_known_before_training(denpa, monkeypatch):
    class Usage:
        free = 2**20

    monkeypatch.setattr(run_folder.shutil, "disk_usage", lambda path: Usage)
    done = denpa("train", "digits", "--out", "run")
    assert done.code == 2
    assert "run: the disk has 1 MiB left, this run may need 5; free some" in done.err
    assert "epoch 1" not in done.out


def test_a_disk_that_is_full_at_the_end_loses_nothing(denpa, tmp_path, monkeypatch):
    write = RunFolder.write
    full = OSError(errno.ENOSPC, "No space left on device")

    def fails_on_history(self, name, content):
        if name == "history.csv":
            raise full
        write(self, name, content)

    monkeypatch.setattr(RunFolder, "write", fails_on_history)
    done = denpa("train", "digits", *QUICK, "--out", "run")
    assert done.code == 2
    assert done.err == (
        "denpa: error: run: writing failed (No space left on device); written: model.safetensors; "
        "not written: history.csv, report.html, run.json. The weights of the last epoch are in "
        "checkpoint.safetensors: free some space and go on with denpa train --resume run\n"
    )
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    assert denpa("train", "--resume", "run").code == 0
    assert denpa("evaluate", "run").code == 0


def test_a_checkpoint_that_cannot_be_written_is_said_once_and_training_goes_on(denpa, monkeypatch):
    def full(path, data, **options):
        if "checkpoint" in str(path):
            raise OSError(errno.ENOSPC, "No space left on device")
        write_atomically(path, data, **options)

    monkeypatch.setattr("denpa.runs.saver.write_atomically", full)
    monkeypatch.setattr("denpa.runs.saver.PERIOD", 0.0)
    done = denpa("train", "digits", *QUICK, "--epochs", "5", "--out", "run", "--quiet")
    assert done.code == 0
    assert done.err == (
        "denpa: warning: run/checkpoint.safetensors: the checkpoint could not be written (No space "
        "left on device); training goes on, and it is tried again: free some space\n"
    )
