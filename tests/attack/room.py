"""Small runs in processes that are forked from this one, faults for them, and what is left."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from denpa import runs
from denpa.core.errors import ArgumentError
from denpa.runs import saver
from denpa.runs.folder import RunFolder

_EPOCHS = 4
_CALLS = ("write", "replace", "fsync", "unlink", "ftruncate", "mkdir", "rmdir", "open")
_FILES = ["checkpoint.safetensors", "history.csv", "model.safetensors", "report.html", "run.json"]
_MOST = 60.0  # seconds that a case may take before it is given up


def _table(folder: Path) -> Path:
    lines = [f"{k % 7},{k % 5},{'yes' if k % 7 > k % 5 else 'no'}" for k in range(30)]
    path = folder / "table.csv"
    path.write_text("\n".join(["a,b,kind", *lines]) + "\n")
    return path


def train(folder: Path, seed: int = 1, **options: Any) -> None:
    runs.train(
        str(folder / "table.csv"), target="kind", out=folder / "run", hidden=(3,), epochs=_EPOCHS,
        batch_size=8, seed=seed, backend="eager", progress=False, **options,
    )  # fmt: skip


def resume(folder: Path) -> None:
    runs.resume(folder / "run", progress=False)


def _in_step(self: saver.Saver) -> None:
    """Save as a Saver does, and wait for it, so that the calls come in the same order each time."""
    _SAVE(self)
    self._wait()


_SAVE = saver.Saver._save


def forked(do: Callable[[], None], in_step: bool = True) -> int:
    """Do something in a process of its own, which is returned: it ends with 0, or with 3 after an
    error that a user would be told, or with 4 after another."""
    with (
        warnings.catch_warnings()
    ):  # of Python: this process may have threads, which are not needed
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid:
        return pid
    code = 4
    try:
        saver.PERIOD = 0.0  # a checkpoint after each epoch, as there is after a second
        if in_step:
            saver.Saver._save = _in_step  # type: ignore[method-assign]
        warnings.simplefilter("ignore")
        do()
        code = 0
    except ArgumentError as error:
        Path(os.environ["DENPA_ATTACK"]).write_text(str(error))
        code = 3
    except BaseException:
        Path(os.environ["DENPA_ATTACK"]).write_text(traceback.format_exc())
    finally:
        os._exit(code)


def ended(pid: int) -> int:
    """How a process ended: its code, or minus the signal."""
    limit = time.monotonic() + _MOST
    while time.monotonic() < limit:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    raise TimeoutError(f"it did not end within {_MOST:.0f} s")


def done(do: Callable[[], None]) -> str | None:
    """Do something in a process of its own; what went wrong, or None."""
    code = ended(forked(do))
    said = Path(os.environ["DENPA_ATTACK"])
    return None if code == 0 else f"ended with {code}: {said.read_text() if code > 0 else ''}"


class Room:
    """A folder for one case, with a table, and a file for what a process had to say."""

    def __enter__(self) -> Path:
        self.path = Path(tempfile.mkdtemp(prefix="denpa-attack-"))
        os.environ["DENPA_ATTACK"] = str(self.path / "said.txt")
        _table(self.path)
        return self.path

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


def _facts(folder: Path) -> tuple[str, list[dict[str, float]]]:
    """The digest of a run's weights, and its history without the seconds."""
    run = runs.load(folder)
    rows = [{k: v for k, v in r.items() if k != "seconds"} for r in run.history.rows]
    return hashlib.sha256(
        RunFolder(folder).find("model.safetensors").read_bytes()
    ).hexdigest(), rows


@cache
def _reference(seed: int = 1) -> tuple[str, list[dict[str, float]]]:
    """What a run that nobody disturbs comes to."""
    with Room() as room:
        problem = done(lambda: train(room, seed))
        assert problem is None, problem
        return _facts(room / "run")


def whole(room: Path, seed: int = 1) -> str | None:
    """What is wrong with the run in a room, which should be complete."""
    names = sorted(os.listdir(room / "run"))
    if names != _FILES:
        return f"the folder holds {names}"
    if _facts(room / "run") != _reference(seed):
        return "other weights or another history"
    return None


def brought_to_its_end(room: Path, old: bool) -> str | None:
    """Go on with a run that was broken off, as its user would."""
    folder = room / "run"
    if old:  # the run that was to be replaced, or the one that replaced it, is there all the time
        try:
            facts = _facts(folder)
        except Exception as error:
            return f"neither the old run nor the new one can be read: {error}"
        if facts not in (_reference(2), _reference(1)):
            return "neither the old run nor the new one"
    begun = folder / ".next/run.json" if old else folder / "run.json"
    replaced = old and _facts(folder) == _reference(1)
    if begun.is_file() or replaced:
        problem = done(lambda: resume(room))
    else:
        problem = done(lambda: train(room, overwrite=old))
    return problem or whole(room)


def hooked(hook: Callable[[str, Callable[..., Any], tuple[Any, ...]], Any]) -> None:
    """Have `hook(name, call, arguments)` in place of the calls that change the disk."""

    def instead(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def changed(*given: Any, **named: Any) -> Any:
            if name == "open" and not given[1] & (os.O_WRONLY | os.O_RDWR):
                return call(*given, **named)
            return hook(name, lambda *new: call(*(new or given), **named), given)

        return changed

    for name in _CALLS:
        setattr(os, name, instead(name, getattr(os, name)))


def kill_at(point: int, how: str) -> Callable[..., Any]:
    """Kill this process at the call of this number: before it, after it, or in the middle."""
    count = 0

    def hook(name: str, call: Callable[..., Any], given: tuple[Any, ...]) -> Any:
        nonlocal count
        count += 1
        if count != point:
            return call()
        if how == "after":
            call()
        elif how == "within" and name == "write":
            call(given[0], given[1][: len(given[1]) // 2])
        os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(60)  # the signal may meet another thread first
        return None

    return hook


def fail_at(point: int, number: int, once: bool) -> Callable[..., Any]:
    """Fail at the call of this number, or from there on."""
    count = 0

    def hook(name: str, call: Callable[..., Any], given: tuple[Any, ...]) -> Any:
        nonlocal count
        count += 1
        wants = name in ("write", "fsync", "open", "mkdir", "replace", "ftruncate")
        if wants and (count == point or (count > point and not once)):
            raise OSError(number, os.strerror(number))
        return call()

    return hook


@cache
def points(old: bool) -> int:
    """How many calls change the disk in a run that nobody disturbs."""
    with Room() as room:
        if old:
            assert done(lambda: train(room, 2)) is None
        count = room / "count"

        def counted() -> None:
            seen = []

            def hook(name: str, call: Callable[..., Any], given: tuple[Any, ...]) -> Any:
                seen.append(name)
                return call()

            hooked(hook)
            train(room, overwrite=old)
            text = str(len(seen))
            count.write_text(text)

        problem = done(counted)
        assert problem is None, problem
        return int(count.read_text())
