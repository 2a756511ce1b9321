"""The pool of threads, and the choice of how many to use."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from denpa.compiler.emit import llvm
from denpa.compiler.run.threads import Pace

needs_llvm = pytest.mark.skipif(not llvm.available(), reason="llvmlite is not installed")


def test_llvmlite_is_there() -> None:
    """It is installed with Denpa. Without it most tests of this folder would be left out."""
    assert llvm.available()


def run(pace: Pace, calls: int, one: float, all_: float, waited: float) -> list[int]:
    """The numbers of threads that are used when steps take `one` or `all_` seconds."""
    chosen = []
    for _ in range(calls):
        threads = pace.choose(2)
        chosen.append(threads)
        pace.saw(threads, one if threads == 1 else all_, 0.0 if threads == 1 else waited)
    return chosen


def test_threads_that_do_not_wait_are_kept() -> None:
    assert run(Pace(), 20, one=2.0, all_=1.0, waited=0.1) == [2] * 20


def test_the_first_calls_do_not_count() -> None:
    """They start threads and fill caches."""
    pace = Pace()
    assert run(pace, 2, one=2.0, all_=9.0, waited=0.9) == [2, 2]
    assert run(pace, 20, one=2.0, all_=1.0, waited=0.1) == [2] * 20


def test_one_thread_is_used_where_it_is_faster() -> None:
    chosen = run(Pace(), 20, one=1.0, all_=3.0, waited=0.8)
    assert chosen[:3] == [2, 2, 2]
    assert chosen[-1] == 1


def test_one_thread_is_tried_and_left_where_it_is_slower() -> None:
    chosen = run(Pace(), 40, one=2.0, all_=1.9, waited=0.8)
    assert 1 in chosen
    assert chosen.count(2) > 20


def test_all_threads_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    pace = Pace()
    run(pace, 20, one=1.0, all_=3.0, waited=0.8)
    monkeypatch.setattr(Pace, "_AGAIN", 0.0)
    chosen = run(pace, 6, one=1.0, all_=0.5, waited=0.1)  # the other program has ended
    assert chosen[-1] == 2


_SCRIPT = """
import os, sys
import numpy as np
import denpa as dp
from denpa.compiler.emit import codegen
codegen._ALONE = 0
f = dp.compile(lambda x: (dp.tanh(x @ x) + 1).sum())
x = dp.ones(64, 64)
want = float(f(x))
assert f.programs()[0].native().plan.lanes > 1
if "fork" in sys.argv and os.fork() == 0:
    assert float(f(x)) == want  # the child has threads of its own
    os._exit(0)
if "fork" in sys.argv:
    assert os.wait()[1] == 0
for _ in range(200):
    assert float(f(x)) == want
print("done")
"""


@needs_llvm
@pytest.mark.parametrize("how", ["plain", "fork"])
def test_a_process_ends_while_workers_look_for_jobs(how: str) -> None:
    if how == "fork" and not hasattr(os, "fork"):
        pytest.skip("no fork here")
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", _SCRIPT, how]
    found = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert (found.returncode, found.stdout) == (0, "done\n"), found.stderr
