"""What is there stays until its successor is complete, and one process writes."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import denpa as dp
from denpa.core.errors import ArgumentError
from denpa.core.files import write_atomically
from denpa.runs.folder import RunFolder
from tests.runs.small import FILES, Heard, Stop, names, stop_in, train, weights


@pytest.mark.usefixtures("each_epoch")
def test_an_old_run_stands_until_the_new_one_is_complete(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = train(table)
    before = {p.name: p.read_bytes() for p in old.path.iterdir()}
    with monkeypatch.context() as patch:
        stop_in(patch, 3)
        with pytest.raises(Stop):
            train(table, seed=2, overwrite=True)
    assert {n: (old.path / n).read_bytes() for n in FILES} == before
    assert dp.runs.load(old.path).record == old.record
    going_on = dp.runs.resume(old.path, progress=False)
    alone = train(table, seed=2, out=table.parent / "alone")
    assert weights(going_on) == weights(alone)
    assert names(old.path) == FILES
    assert dp.runs.load(old.path).settings.seed == 2


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid")
def test_a_run_that_comes_to_nothing_leaves_what_was_there(table: Path) -> None:
    lost = {"overwrite": True, "lr": 1e30, "optimizer": "sgd"}
    with pytest.raises(ArgumentError, match="no epoch was good") as caught:
        train(table, **lost)
    assert "resume" not in str(caught.value)
    assert names(table.parent) == ["table.csv"]  # nothing was there
    old = train(table)
    before = {p.name: p.read_bytes() for p in old.path.iterdir()}
    with pytest.raises(ArgumentError, match="no epoch was good"):
        train(table, **lost)
    assert {p.name: p.read_bytes() for p in old.path.iterdir()} == before


def test_a_run_that_is_stopped_in_its_first_epoch_replaces_nothing(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = train(table)
    before = {p.name: p.read_bytes() for p in old.path.iterdir()}
    stop_in(monkeypatch, 1, lambda: signal.raise_signal(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt) as caught:
        train(table, overwrite=True)
    assert caught.value.args == (signal.SIGINT,)
    assert {p.name: p.read_bytes() for p in old.path.iterdir()} == before


def test_one_process_writes_and_another_is_told_who(table: Path) -> None:
    run = train(table)
    folder = RunFolder(run.path)
    folder.go_on()
    who = f"is being written by process {os.getpid()} on {socket.gethostname()}"
    for act in (
        lambda: train(table, overwrite=True),
        lambda: dp.runs.resume(run.path, progress=False),
    ):
        with pytest.raises(ArgumentError, match=who):
            act()
    assert dp.runs.load(run.path).metrics == run.metrics  # who reads is not kept waiting
    folder.release()
    assert names(run.path) == FILES
    train(table, overwrite=True)


def test_what_killed_writers_left_is_no_hindrance_and_goes(table: Path) -> None:
    out = table.parent / "run"
    out.mkdir()
    (out / ".lock").write_text("process 1 on nowhere")
    (out / ".denpa-trial-x.tmp").write_bytes(b"0")
    (out / ".denpa-0123456789ab-x.tmp").write_bytes(b"0")
    (out / ".next").mkdir()
    (out / ".next/run.json").write_text("{")
    train(table)
    assert names(out) == FILES
    (out / ".denpa-0123456789ab-x.tmp").write_bytes(b"0")
    dp.runs.resume(out, progress=False)
    assert names(out) == FILES


def test_a_temporary_file_of_a_living_writer_stays(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a", b"1")
    code = """
        import sys, time
        from pathlib import Path
        from denpa.core import files
        handle, name = files._temporary(Path(sys.argv[1]))
        print(name, flush=True)
        time.sleep(60)
    """
    living = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), str(tmp_path / "a")],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert living.stdout is not None
    other = Path(living.stdout.readline().strip())
    write_atomically(tmp_path / "a", b"2")
    assert other.exists()
    living.kill()
    living.communicate()
    write_atomically(tmp_path / "a", b"3")
    assert names(tmp_path) == ["a"]


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize(
    ("number", "ignored", "code"),
    [
        (signal.SIGTERM, False, 143),
        (signal.SIGHUP, False, 129),
        (signal.SIGINT, False, 130),
        (signal.SIGHUP, True, 0),
    ],
)
def test_a_signal_ends_training_with_what_was_reached(
    table: Path, number: signal.Signals, ignored: bool, code: int
) -> None:
    program = """
        import os, signal, sys
        from denpa.cli.main import main
        from denpa.runs import training
        from denpa.train import EpochEnded, fit

        number = int(sys.argv.pop(1))
        if sys.argv.pop(1) == "True":
            signal.signal(number, signal.SIG_IGN)  # as nohup does

        def end(event, training):
            if isinstance(event, EpochEnded) and event.epoch == 3:
                os.kill(os.getpid(), number)

        training.fit = lambda *a, callbacks, **more: fit(*a, callbacks=[end, *callbacks], **more)
        sys.exit(main(sys.argv[1:]))
    """
    given = ["train", table.name, "--target", "kind", "--hidden", "3", "--epochs", "5", "--out",
             "run", "--backend", "eager"]  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), str(int(number)), str(ignored), *given],
        cwd=table.parent, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    run = dp.runs.load(table.parent / "run")
    assert run.interrupted == (code != 0)
    assert run.record["signal"] == (int(number) if code else None)
    assert len(run.history.rows) == (3 if code else 5)
    assert names(run.path) == FILES
    more = dp.runs.resume(run.path, progress=False)
    assert weights(more) == weights(train(table, out=table.parent / "whole", epochs=5, seed=0,
                                          batch_size=more.settings.batch_size))  # fmt: skip


@pytest.mark.usefixtures("each_epoch")
@pytest.mark.parametrize("how", ["removed", "renamed"])
def test_a_folder_that_goes_away_is_made_again(
    table: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    out, heard = table.parent / "run", Heard()
    act = (lambda: shutil.rmtree(out)) if how == "removed" else (lambda: out.rename(f"{out}-away"))
    with monkeypatch.context() as patch:
        stop_in(patch, 3, act)
        run = train(table, voice=heard)
    assert [w for w in heard.warnings if "was removed or renamed" in w] == [
        f"{out} was removed or renamed; it was made again, and the run goes on in it"
    ]
    assert names(out) == FILES
    assert weights(run) == weights(train(table, out=table.parent / "whole"))
    assert [r["epoch"] for r in dp.runs.load(out).history.rows] == [1, 2, 3, 4]


@pytest.mark.usefixtures("each_epoch")
def test_a_folder_that_cannot_be_made_again_costs_no_weights(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, heard = table.parent / "run", Heard()

    def in_its_place() -> None:
        shutil.rmtree(out)
        out.write_text("a file")

    stop_in(monkeypatch, 3, in_its_place)
    with pytest.raises(ArgumentError, match="The weights are in ") as caught:
        train(table, voice=heard)
    path = Path(str(caught.value).rpartition("The weights are in ")[2])
    monkeypatch.undo()
    whole = train(table, out=table.parent / "whole")
    assert path.read_bytes() == weights(whole)
    shutil.rmtree(path.parent)
    assert len([w for w in heard.warnings if "could not be written" in w]) == 1
    assert "free some space" not in " ".join([*heard.warnings, str(caught.value)])


@pytest.mark.parametrize("room", [".done", ".moving"])
def test_half_a_run_takes_no_place(table: Path, room: str) -> None:
    """Such as in a copy of a folder that was broken off."""
    run = train(table)
    before = {p.name: p.read_bytes() for p in run.path.iterdir()}
    (run.path / room).mkdir()
    found = dp.runs.load(run.path).predict(table)
    for content in (None, "checkpoint.safetensors", "run.json"):
        if content is not None:
            (run.path / room / content).write_bytes(before[content])
            if content == "run.json":
                (run.path / room / "model.safetensors").write_bytes(b"half")
        assert found.save(table.parent / "out.csv", overwrite=True)
        if room == ".moving" and content is None:
            continue  # all has been moved
        for act in (
            lambda: dp.runs.resume(run.path, progress=False),
            lambda: train(table, overwrite=True),
        ):
            with pytest.raises(ArgumentError, match="is not a whole run"):
                act()
    kept = {p.name: p.read_bytes() for p in run.path.iterdir() if p.is_file()}
    assert {n: kept[n] for n in FILES if n != "run.json"} == {
        n: before[n] for n in FILES if n != "run.json"
    }


@pytest.mark.parametrize("name", ["report.html", "model.safetensors", "history.csv"])
@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid")
def test_files_of_somebody_with_names_of_a_run_stay_until_it_is_complete(
    table: Path, name: str
) -> None:
    out = table.parent / "run"
    out.mkdir()
    (out / name).write_text("thesis")
    with pytest.raises(ArgumentError, match="no epoch was good"):
        train(table, overwrite=True, lr=1e30, optimizer="sgd")
    assert (names(out), (out / name).read_text()) == ([name], "thesis")
    train(table, overwrite=True)
    assert names(out) == FILES
    (out / name).unlink()
    (out / name).mkdir()
    with pytest.raises(ArgumentError, match=f"{name} is a folder, and a run has a file of that"):
        train(table, overwrite=True)


def test_what_a_run_keeps_for_itself_is_nobody_elses(table: Path) -> None:
    out = table.parent / "run"
    (out / ".next").mkdir(parents=True)
    (out / ".next/thesis.txt").write_text("precious")
    with pytest.raises(ArgumentError, match=r"thesis\.txt is no file of a run"):
        train(table)
    moved = out / ".next/data.csv"
    (out / ".next/thesis.txt").rename(out / "thesis.txt")
    shutil.copy(table, moved)
    with pytest.raises(ArgumentError, match="a run keeps its own files"):
        train(moved, out=out, overwrite=True)
    with pytest.raises(ArgumentError, match="keeps that name for itself"):
        train(table, out=out / ".next")
    moved.unlink()
    (out / ".lock").write_text("my list of locks")
    with pytest.raises(ArgumentError, match="is no lock of Denpa's"):
        train(table, overwrite=True)
    assert (out / ".lock").read_text() == "my list of locks"
    assert (out / "thesis.txt").read_text() == "precious"


@pytest.mark.usefixtures("each_epoch")
def test_what_stands_there_by_now_is_not_written_over(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, heard = table.parent / "run", Heard()
    other = train(table, seed=7, out=table.parent / "other")

    def another() -> None:
        out.rename(f"{out}-away")
        shutil.copytree(other.path, out)

    with monkeypatch.context() as patch:
        stop_in(patch, 3, another)
        with pytest.raises(ArgumentError, match="something else stands there now") as caught:
            train(table, voice=heard)
    assert weights(dp.runs.load(out)) == weights(other)
    path = Path(str(caught.value).rpartition("The weights are in ")[2])
    assert path.read_bytes() == weights(train(table, out=table.parent / "whole"))
    shutil.rmtree(path.parent)


@pytest.mark.usefixtures("each_epoch")
def test_a_program_may_go_to_another_folder(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(table.parent)
    elsewhere = table.parent / "elsewhere"
    other = train(table, seed=7, out=elsewhere / "run")
    with monkeypatch.context() as patch:
        stop_in(patch, 3, lambda: os.chdir(elsewhere))
        run = train(table, out="run")
    assert weights(dp.runs.load(elsewhere / "run")) == weights(other)
    monkeypatch.chdir(table.parent)
    assert names(Path("run")) == FILES
    assert weights(dp.runs.load("run")) == weights(train(table, out="whole"))
    assert run.path.is_absolute()


@pytest.mark.usefixtures("each_epoch")
def test_data_that_are_gone_at_the_end_cost_no_run(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_in(monkeypatch, 3, table.unlink)
    run = train(table)
    assert names(run.path) == FILES


def test_a_full_disk_leaves_no_lock(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("denpa.core.lock.os.write", full)
        with pytest.raises(ArgumentError, match="No space left"):
            train(table)
    assert names(table.parent) == ["table.csv"]
    train(table)


def test_links_in_a_circle_are_told(table: Path) -> None:
    circle = table.parent / "circle.csv"
    circle.symlink_to(circle)
    found = train(table).predict(table)
    for act in (
        lambda: train(circle, out=table.parent / "other"),
        lambda: train(table, out=circle),
        lambda: train(table, out=circle / "x"),
        lambda: found.save(circle),
    ):
        with pytest.raises(ValueError, match=r"circle\.csv"):
            act()
