"""Code that hangs, leaves, crashes, floods or multiplies costs its own check and nothing else."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from denpa.check.limits import Limits, Running, failure, run
from denpa.check.limits.runner import way
from denpa.cli.main import main

linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux alone has all the limits")

BODY = """
import ctypes, os, signal, sys, threading, time
import numpy as np

def note(pid):
    with open("HERE/pids", "a") as f:
        f.write(f"{pid}\\n")

def act():
    ACT

class L:
    def forward(self, x):
        note(os.getpid())
        act()
        return 2 * x
    def backward(self, d):
        return 2 * d
"""
FORKED = """
pid = os.fork()
if pid == 0:
    os.setsid()
    inner = os.fork()
    if inner == 0:
        time.sleep(60)
        os._exit(0)
    note(inner)
    os._exit(0)
os.waitpid(pid, 0)
"""
BOMB = """
for _ in range(7):  # 128 processes at most
    os.fork()
note(os.getpid())
time.sleep(60)
"""
ZOMBIES = """
for _ in range(150):
    if os.fork() == 0:
        os._exit(0)
time.sleep(60)
"""
# Large stacks: at the edge of the memory a thread with a small one is made and cannot begin, and
# Python waits for it.
THREADS = """
threading.stack_size(2**27)
for _ in range(150):
    threading.Thread(target=time.sleep, args=(60,)).start()
"""
TIMER = """
signal.setitimer(signal.ITIMER_REAL, 0)
for n in (signal.SIGALRM, signal.SIGTERM, signal.SIGXCPU, signal.SIGINT):
    signal.signal(n, signal.SIG_IGN)
while True:
    try:
        while True: pass
    except BaseException: pass
"""
FILES = """
with open("big", "wb") as f:
    while True:
        f.write(bytes(2**16))
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder; nothing that noted its number there is alive afterwards."""
    monkeypatch.chdir(tmp_path)
    kept = set(_scratch())
    yield tmp_path
    pids = tmp_path / "pids"
    noted = [int(n) for n in pids.read_text().split()] if pids.exists() else []
    until = time.monotonic() + 5
    alive = [n for n in noted if _alive(n)]
    while alive and time.monotonic() < until:
        time.sleep(0.02)
        alive = [n for n in alive if _alive(n)]
    for n in alive:
        os.kill(n, signal.SIGKILL)
    assert not alive
    assert set(_scratch()) <= kept


def _scratch() -> Iterator[Path]:
    import tempfile

    return Path(tempfile.gettempdir()).glob(f"denpa-{os.getpid()}-*")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def _write(folder: Path, act: str) -> None:
    body = textwrap.indent(act.strip(), "    ").strip()
    text = BODY.replace("ACT", body).replace("HERE", str(folder))
    (folder / "theirs.py").write_text(text)


def check(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main(["check", "theirs.py:L", *options])
    said = capsys.readouterr()
    return code, said.out, said.err


@linux
@pytest.mark.parametrize(
    ("act", "limit", "said", "line"),
    [
        ("sum(range(10**12))", "time", "more than 4 s of processor time", "sum(range(10**12))"),
        (TIMER, "time", "more than 4 s of processor time", "while True: pass"),
        ("time.sleep(60)", "wall", "longer than 12 s on the clock", "time.sleep(60)"),
        ("np.ones(10 * 2**27)", "memory", "more memory than 2G (--memory)", "theirs.py:10"),
        (BOMB, "processes", "more than 64 processes", ""),
        (ZOMBIES, "processes", "more than 64 processes", "in act"),
        (THREADS, None, "can't start new thread", ""),
        (FILES, "written", "writes more than 3M", ""),
        ("while True: os.write(1, bytes(2**16))", "written", "writes more than 3M", "os.write"),
        ("os._exit(0)", None, "exit code 0 before anything was said", ""),
        ("print('mine', flush=True); os.write(2, b'mine'); os._exit(3)", None, "code 3", "_exit"),
        ("sys.exit(0)", None, "SystemExit: 0", "sys.exit(0)"),
        ("raise KeyboardInterrupt", None, "KeyboardInterrupt", ""),
        ("input('?')", None, "nobody answers input() here", "input('?')"),
        ("os.read(0, 1)[0]", None, "IndexError", "theirs.py:10"),
        ("ctypes.string_at(0)", None, "died of SIGSEGV", "ctypes.string_at(0)"),
        ("os.kill(os.getpid(), signal.SIGSTOP)", None, "SIGSTOP", "signal.SIGSTOP"),
        ("os.kill(os.getpid(), signal.SIGKILL)", None, "died of SIGKILL", ""),
        (
            "os.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(60)",
            None,
            "process that watches it was ended",
            "",
        ),
    ],
)
def test_what_escapes_an_alarm_costs_its_own_check(
    act: str, limit: str | None, said: str, line: str, folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    _write(folder, act)
    options = ("--timeout", "4", "--memory", "2G", "--written", "3M", "--json")
    code, out, err = check(capsys, *options)
    assert code == 2
    assert said in err
    assert line in err
    assert "bug in Denpa" not in err
    assert "  mine" not in err  # of code that runs hundreds of times nothing printed is shown
    told = json.loads(out)
    assert told["ok"] is None
    assert told["limit"] == limit
    assert said in told["error"]
    big = folder / "big"
    assert not big.exists() or big.stat().st_size <= 3 * 2**20


@linux
@pytest.mark.parametrize(
    "act",
    [
        "threading.Thread(target=time.sleep, args=(60,)).start()",
        "sys.stdout = sys.stderr = None",
        "os.closerange(0, 500)",
        "os.chdir('/')",
        "print('x' * 10**6)",
    ],
)
def test_code_that_leaves_something_behind_gets_its_report(
    act: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _write(folder, act)
    code, out, _ = check(capsys, "--json")
    assert code == 0
    assert json.loads(out)["ok"] is True


@linux
def test_children_that_outlive_it_are_ended_and_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _write(folder, f"if os.path.exists('once'): return\nopen('once', 'w').close()\n{FORKED}")
    code, out, err = check(capsys)
    assert code == 0, err
    assert "✓ dx" in out
    assert "processes that the code had left running were stopped: 1" in err
    assert len((folder / "pids").read_text().split()) > 1


@linux
def test_an_interruption_ends_all_of_it(folder: Path) -> None:
    _write(folder, f"{FORKED.strip()}\ntime.sleep(60)")
    start = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
    code = f"{start} from denpa.cli.main import main; raise SystemExit(main())"
    with subprocess.Popen(
        [sys.executable, "-c", code, "check", "theirs.py:L"], stderr=subprocess.PIPE, text=True
    ) as process:
        _until(lambda: len((folder / "pids").read_text().split()) >= 2)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted" in err


@linux
def test_nothing_goes_on_when_the_command_is_killed(folder: Path) -> None:
    _write(folder, "time.sleep(60)")
    code = "from denpa.cli.main import main; raise SystemExit(main())"
    with subprocess.Popen([sys.executable, "-c", code, "check", "theirs.py:L"]) as process:
        _until(lambda: (folder / "pids").read_text())
        process.kill()
        scratch = f"denpa-{process.pid}-*"
    import tempfile

    _until(lambda: not [*Path(tempfile.gettempdir()).glob(scratch)])


def _until(true: Any) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            if true():
                return
        except OSError:
            pass
        time.sleep(0.02)
    raise AssertionError("it did not come")


# -- the runner ------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["fork", "spawn", "alone"])
def test_a_job_answers_however_it_is_started(how: str, folder: Path) -> None:
    ended = run("tests.check.test_limits:doubled", {"x": [1, 2]}, Limits(seconds=20), how)
    assert (ended.how, ended.answer, ended.left) == ("done", {"x": [1, 2, 1, 2]}, 0)
    assert ended.seconds > 0
    ended = run("tests.check.test_limits:doubled", {"y": 1}, Limits(seconds=20), how)
    assert (ended.how, ended.error["type"], ended.error["text"]) == ("raised", "KeyError", "'x'")
    assert "in doubled" in ended.error["trace"]
    assert failure(ended, "it").bug
    ended = run("tests.check.test_limits:leaves", {}, Limits(seconds=20), how)
    assert (ended.how, ended.number) == ("exit", 0)
    ended = run("tests.check.test_limits:odd", {}, Limits(seconds=20), how)
    assert (ended.how, ended.error["type"]) == ("raised", "ValueError")


@pytest.mark.parametrize("how", ["spawn", "alone"])
def test_sleeping_code_ends_however_it_is_started(how: str, folder: Path) -> None:
    began = time.monotonic()
    ended = run("tests.check.test_limits:sleeps", {}, Limits(seconds=0.5), how)
    assert ended.how == "wall"
    assert time.monotonic() - began < 30


@linux
@pytest.mark.parametrize("how", ["fork", "spawn", "alone"])
def test_a_thread_that_is_left_does_not_hold_it_up(how: str, folder: Path) -> None:
    ended = run("tests.check.test_limits:leaves_a_thread", {}, Limits(seconds=7), how)
    assert (ended.how, ended.answer) == ("done", {})
    assert ended.seconds < 15


@linux
def test_a_caller_that_is_interrupted_ends_what_it_waits_for(folder: Path) -> None:
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    running = Running("tests.check.test_limits:notes_and_sleeps", {"file": str(folder / "pids")},
                      Limits(seconds=20))  # fmt: skip
    _until(lambda: (folder / "pids").read_text())
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(KeyboardInterrupt):
            running.wait()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert not _alive(int((folder / "pids").read_text()))
    running.close()


def test_two_jobs_run_at_a_time_and_can_be_stopped(folder: Path) -> None:
    first, second = (
        Running("tests.check.test_limits:sleeps", {}, Limits(seconds=20)) for _ in range(2)
    )
    began = time.monotonic()
    for running in (first, second):
        assert running.folder.is_dir()
        running.stop()
        running.close()
        assert not running.folder.exists()
    assert time.monotonic() - began < 10


def test_a_framework_that_starts_threads_is_not_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform == "linux":
        monkeypatch.delitem(sys.modules, "jax", raising=False)
        monkeypatch.delitem(sys.modules, "torch", raising=False)
        assert way() == "fork"
        monkeypatch.setitem(sys.modules, "torch", None)  # type: ignore[arg-type]
    assert way() in ("spawn", "alone")


def doubled(given: dict[str, Any]) -> dict[str, Any]:
    return {"x": given["x"] * 2}


def leaves(_: dict[str, Any]) -> None:
    os._exit(0)


def leaves_a_thread(_: dict[str, Any]) -> dict[str, Any]:
    threading.Thread(target=time.sleep, args=(60,)).start()
    return {}


def notes_and_sleeps(given: dict[str, Any]) -> None:
    with open(given["file"], "w") as file:
        file.write(str(os.getpid()))
    time.sleep(60)


def odd(_: dict[str, Any]) -> float:
    return float("nan")


def sleeps(_: dict[str, Any]) -> None:
    time.sleep(60)


@linux
def test_a_search_keeps_no_arrays_of_what_it_has_tried(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The errors of thousands of tries hold their frames, and these the inputs."""
    _write(folder, "os.read(0, 1)[0]")
    _, out, err = check(capsys, "--memory", "800M")
    assert "IndexError" in out + err
    assert "more memory" not in out + err
