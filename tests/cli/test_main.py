"""The command as a process: exit codes, one line of errors, Ctrl-C, kill -9, `denpa data`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from importlib.metadata import version

import pytest

from denpa.cli import main as command
from denpa.cli.arguments import Parser

DENPA = [sys.executable, "-m", "denpa.cli.main"]
SLOW = ["train", "digits", "--hidden", "8", "--batch-size", "1", "--out", "run",
        "--epochs", "1000000"]  # fmt: skip


def test_version(denpa):
    assert denpa("--version").out == f"denpa {version('denpa')}\n"
    assert denpa("--version", "--json").json == {"version": version("denpa")}


@pytest.mark.parametrize(
    ("argv", "text"),
    [
        ("", "name a command: train, evaluate, predict, explain, check, lab, data. "
         "See denpa --help"),
        ("trian digits", "unknown COMMAND 'trian'; choose from train, evaluate, predict, explain, "
         "check, lab, data. Did you mean 'train'?"),
        ("--verson", "unknown argument '--verson'. Did you mean '--version'? See denpa --help"),
        ("train digits -o x", "unknown argument '-o'. See denpa train --help"),
        ("data", "missing list|get. See denpa data --help"),
        ("data got digits", "unknown list|get 'got'; choose from list, get. Did you mean 'get'?"),
        ("data get digist", "the name of a data set must be one of 'digits', 'mnist', got "
         "'digist'. Did you mean 'digits'?"),
        ("evaluate", "missing RUN. See denpa evaluate --help"),
    ],
)  # fmt: skip
def test_mistakes_on_the_command_line(denpa, argv, text):
    done = denpa(*argv.split())
    assert (done.code, done.out, done.err) == (2, "", f"denpa: error: {text}\n")


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit) as ended:
        command.main(["--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    for name in command.COMMANDS:
        assert name in shown


def test_data_list_and_get(denpa):
    found = denpa("data", "list", "--json").json["data"]
    assert [(d["name"], d["n"]) for d in found] == [("digits", 1797), ("mnist", 70000)]
    assert "in the package" in denpa("data", "list").out
    assert denpa("data", "get", "digits", "--json").json["examples"] == 1797


def test_debug_shows_the_traceback(denpa):
    done = denpa("train", "no.csv", "--target", "x", "--debug")
    assert done.code == 2
    assert "Traceback" in done.err
    assert done.err.splitlines()[-1].startswith("denpa: error: no.csv: no such file or folder")
    assert "Traceback" not in denpa("train", "no.csv", "--target", "x").err


def test_our_own_mistakes_end_with_1(denpa, monkeypatch):
    def broken(*_):
        raise KeyError("oops")

    monkeypatch.setattr(Parser, "parse_args", broken)
    done = denpa("data", "list")
    assert done.code == 1
    assert done.err == (
        "denpa: error: this is a bug in Denpa (KeyError: 'oops'); run again with --debug and "
        "report what it prints\n"
    )
    done = denpa("data", "list", "--debug")
    assert (done.code, done.err.count("Traceback")) == (1, 1)


def start(tmp_path, *argv):
    # Into a file: nobody reads while it trains, and a pipe that is full would hold it up.
    with (tmp_path / "out.txt").open("w") as out:
        done = subprocess.Popen(
            [*DENPA, *argv], cwd=tmp_path, text=True, stdout=out, stderr=subprocess.PIPE
        )
    limit = time.monotonic() + 600
    while not (tmp_path / "run/checkpoint.safetensors").exists():
        assert done.poll() is None, done.communicate()
        assert time.monotonic() < limit
        time.sleep(0.02)
    time.sleep(0.1)  # into the middle of the next epoch
    return done


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_keeps_the_best_model_and_ends_with_130(denpa, tmp_path):
    running = start(tmp_path, *SLOW)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=600)
    out = (tmp_path / "out.txt").read_text()
    assert running.returncode == 130
    assert err == ""
    assert "stopping here, and writing what was reached; Ctrl-C again aborts" in out
    assert "interrupted after" in out
    record = json.loads((tmp_path / "run/run.json").read_text())
    assert record["reason"] == "interrupted"
    assert record["epochs"] >= 1
    for name in ("model.safetensors", "history.csv", "report.html"):
        assert (tmp_path / "run" / name).stat().st_size > 0
    again = denpa("evaluate", "run", "--json").json
    assert again["test_accuracy"] == record["metrics"]["test_accuracy"]


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_kill_in_the_middle_of_an_epoch_loses_nothing(denpa, tmp_path):
    base = ["train", "digits", "--hidden", "8", "--batch-size", "2", "--dropout", "0.1", "--quiet"]
    code = """
        import os, signal, sys, time
        from denpa.cli.main import main
        from denpa.train import BatchEnded
        from denpa.runs import saver, training as session

        saver.PERIOD = 0.0  # a checkpoint after each epoch, however short

        def kill(event, training):
            if isinstance(event, BatchEnded) and event.epoch == 3 and event.batch > 100:
                while not os.path.exists("run/checkpoint.safetensors"):
                    time.sleep(0.01)  # another thread writes it
                os.kill(os.getpid(), signal.SIGKILL)

        kill.per_batch = "latest"
        fit = session.fit
        session.fit = lambda *a, callbacks, **more: fit(*a, callbacks=[*callbacks, kill], **more)
        main(sys.argv[1:])
    """
    given = [sys.executable, "-c", textwrap.dedent(code), *base, "--epochs", "60", "--out", "run"]
    killed = subprocess.run(given, cwd=tmp_path, capture_output=True, timeout=600)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert (tmp_path / "run/checkpoint.safetensors").exists()
    assert not (tmp_path / "run/model.safetensors").exists()
    assert denpa("train", "--resume", "run", "--quiet").code == 0
    assert denpa(*base, "--epochs", "60", "--out", "whole").code == 0
    models = [(tmp_path / d / "model.safetensors").read_bytes() for d in ("run", "whole")]
    assert models[0] == models[1]


def test_the_module_and_the_exit_code_of_the_process(tmp_path):
    done = subprocess.run(
        [*DENPA, "train", "no-such-file.csv", "--target", "price"],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("denpa: error: no-such-file.csv: no such file or folder")
    assert len(done.stderr.splitlines()) == 1


def test_a_reader_that_goes_away_is_no_error(tmp_path):
    line = " ".join([*DENPA, "predict", "run", "digits", "|", "head", "-1"])
    train = [*DENPA, "train", "digits", "--epochs", "1", "--hidden", "4", "--out", "run", "--json"]
    subprocess.run(train, cwd=tmp_path, check=True, capture_output=True)
    done = subprocess.run(line, shell=True, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.startswith("row,prediction,p(0)")
    assert done.stderr == ""
