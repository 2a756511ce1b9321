"""Somebody's code, run: what is seen of it, and what is told of its errors."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import textwrap
import time
import warnings
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denpa
from denpa.check.opening.execution import is_theirs, limit
from denpa.check.opening.load import Stopped, UserError, load, run_theirs

NOISE = """
    import logging, os, sys, warnings
    import numpy as np

    def noisy():
        print("seen")
        print("seen", file=sys.stderr)
        sys.stdout.write("seen")
        sys.stdout.flush()
        sys.stderr.write("seen")
        sys.__stderr__.write("seen")
        sys.stdout.buffer.write(b"seen")
        os.write(1, b"seen")
        os.write(2, b"seen")
        os.system("echo seen; echo seen >&2")
        warnings.warn("seen")
        logging.warning("seen")
        np.zeros(1) / np.zeros(1)
        print("重み ✓")

    noisy()

    class Square:
        def __init__(self): noisy()
        def forward(self, x):
            noisy()
            self.x = x
            return x**2
        def backward(self, dout):
            noisy()
            return 2 * self.x * dout
"""


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_nothing_of_what_it_prints_is_seen(tmp_path: Path, options: list[str]) -> None:
    (tmp_path / "a.py").write_text(textwrap.dedent(NOISE))
    command = [sys.executable, "-m", "denpa", "check", str(tmp_path / "a.py:Square"), *options]
    environment = {**os.environ, "PYTHONWARNINGS": "always"}
    run = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert run.returncode == 0, run.stderr
    assert "seen" not in run.stdout + run.stderr
    assert run.stderr == ""
    assert run.stdout.startswith("{" if options else "✓ dx")


def test_what_was_said_before_and_after_is_seen(capfd: pytest.CaptureFixture[str]) -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.write("before ")
    kept = sys.stdin, sys.stdout, sys.stderr
    handler = logging.getLogger("of theirs")

    def noisy() -> None:
        handler.addHandler(logging.StreamHandler())
        handler.warning("seen")
        run_theirs(lambda: os.write(1, b"seen"), "it", "running")
        os.write(2, b"seen")

    run_theirs(noisy, "it", "running")
    run_theirs(lambda: handler.warning("seen"), "it", "running")
    assert (sys.stdin, sys.stdout, sys.stderr) == kept
    os.write(1, b"after")
    os.write(2, b"after")
    assert capfd.readouterr() == ("before after", "before after")
    handler.handlers.clear()


def test_what_waits_in_a_buffer_is_seen() -> None:
    code = (
        "import sys; from denpa.check.opening.load import run_theirs; print('before');"
        "run_theirs(sys.__stdout__.flush, 'it', 'running'); print('after')"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONUNBUFFERED": ""},
    )  # fmt: skip
    assert run.stdout == "before\nafter\n"


def test_figures_wait_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLBACKEND", "TkAgg")
    assert run_theirs(lambda: os.environ["MPLBACKEND"], "it", "running") == "Agg"
    assert os.environ["MPLBACKEND"] == "TkAgg"
    monkeypatch.delenv("MPLBACKEND")
    run_theirs(lambda: None, "it", "running")
    assert "MPLBACKEND" not in os.environ


# -- errors ----------------------------------------------------------------------------------------

RAISES = """
    import json
    import numpy as np
    from importlib import import_module

    def numpys(): return np.loadtxt("no_such_file.csv")
    def pythons(): return json.loads("{")
    def shapes(): return np.broadcast_shapes((2,), (3,)) + np.einsum("ij,jk", np.ones(2))
    def frozen(): return import_module("zzz_nobody")
    def endless(): return endless()
    def ping(): return pong()
    def pong(): return ping()
    def chained():
        try:
            numpys()
        except OSError as error:
            raise RuntimeError("mine") from error
    def compiled(): return compile("x = (", "<theirs>", "exec")
    def syntax(): return eval("1 +")
"""


@pytest.mark.parametrize(
    "name",
    ["numpys", "pythons", "shapes", "frozen", "endless", "ping", "chained", "compiled", "syntax"],
)
def test_only_their_own_lines_are_shown(tmp_path: Path, name: str) -> None:
    (tmp_path / "raises.py").write_text(textwrap.dedent(RAISES))
    f, _ = load(f"{tmp_path / 'raises.py'}:{name}")
    with pytest.raises(UserError) as error:
        run_theirs(f, name, "calling it")
    lines = str(error.value).splitlines()
    files = [line.split('"')[1] for line in lines if line.startswith("  File ")]
    own = {str(tmp_path / "raises.py"), *(["<theirs>"] if name == "compiled" else [])}
    assert files
    assert set(files) <= own | ({"<string>"} if name == "syntax" else set())
    assert len(lines) < 50
    assert lines[0] == f"{name}: calling it raised"
    if name in ("endless", "ping"):
        assert any("more calls" in line or "repeated" in line for line in lines)


@pytest.mark.parametrize(
    ("file", "theirs"),
    [
        ("/course/layers.py", True),
        ("/course/homework.ipynb, cell 3", True),
        ("/course/.local/lib/python3.12/site-packages/numpy/a.py", False),
        ("/usr/lib/python3/dist-packages/numpy/a.py", False),
        (json.__file__, False),
        (denpa.__file__, False),
        ("<frozen importlib._bootstrap>", False),
    ],
)
def test_whose_a_line_is(file: str, theirs: bool) -> None:
    assert is_theirs(file) is theirs


def one(x: object) -> object:
    return x


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            partial(np.asarray, [[1.0], [1.0, 2.0]], float),
            "it: checking it failed, and not in a line",
        ),
        (partial(one), "it: checking it is not possible with these arguments\nTypeError: one"),
        (partial(one, y=3), "it: checking it is not possible with these arguments\nTypeError: one"),
    ],
)
def test_what_no_line_of_theirs_raised_is_not_told_as_theirs(call: Any, said: str) -> None:
    with pytest.raises(UserError, match=said):
        run_theirs(call, "it", "checking it")


# -- time ------------------------------------------------------------------------------------------


def spin(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def test_a_limit_within_another_leaves_it_running() -> None:
    def within() -> None:
        with limit(0.4):
            for _ in range(20):
                with limit(10):
                    spin(0.01)
                with pytest.raises(Stopped, match=r"longer than 0\.1 s"), limit(0.1):
                    spin(5)

    started = time.monotonic()
    with pytest.raises(BaseException) as error:  # noqa: PT011
        within()
    assert "longer than 0.4 s" in str(error.value)
    assert time.monotonic() - started < 3
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_limit_of_the_processor_does_not_count_sleep() -> None:
    with limit(0.2, processor=True):
        time.sleep(0.5)
    with pytest.raises(Stopped, match="s of the processor"), limit(0.2, processor=True):
        spin(30)
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_warnings_that_are_errors_are_theirs() -> None:
    def warn() -> None:
        warnings.warn("mine", stacklevel=1)

    with pytest.raises(UserError, match="UserWarning: mine"):
        run_theirs(warn, "it", "calling it")
