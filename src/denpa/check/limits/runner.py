"""From the caller's side: start a job in a process of its own, wait for it, stop it."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from denpa.check.limits.bounds import Limits
from denpa.check.limits.ending import Ended
from denpa.check.limits.guard import ENDED, Guard
from denpa.check.limits.worker import ANSWER

_LOUD = ("torch", "jax")  # they start threads, which a fork would leave without their owner
_MOST = 2**28  # bytes of an answer


def way() -> str:
    """How a guard is started here: "fork", which takes no time; "spawn", a fresh Python; or
    "alone", without a guard, where the system has no fork."""
    if not hasattr(os, "fork"):
        return "alone"
    quiet = not any(name in sys.modules for name in _LOUD)
    return "fork" if sys.platform == "linux" and quiet else "spawn"


class Running:
    """A job that runs: `job` is "module:function", called with `payload` (what JSON can hold) in a
    process of its own; it returns what JSON can hold.

    It has a `folder` of its own, which `close` removes. With `place`, it runs in the folder `work`
    there, which has copies of these files and folders by their names, and files with these texts.
    """

    def __init__(
        self,
        job: str,
        payload: dict[str, Any],
        limits: Limits,
        how: str | None = None,
        place: Mapping[str, Path | str] | None = None,
    ) -> None:
        self.limits = limits
        self._kept = tempfile.TemporaryDirectory(
            prefix=f"denpa-{os.getpid()}-", ignore_cleanup_errors=True
        )
        self.folder = Path(self._kept.name)
        self._process: subprocess.Popen[bytes] | None = None
        self.pid, self._alive = 0, -1
        self._began = time.monotonic()
        self.work = None if place is None else self.folder / "work"
        try:
            if place is not None:
                _copy(place, self.folder / "work")
        except BaseException:
            self.close()
            raise
        how = how or way()
        if how == "fork":
            self._fork(job, payload)
        else:
            self._spawn(job, payload, how)

    def _fork(self, job: str, payload: dict[str, Any]) -> None:
        self._alive, end = os.pipe()
        parent = os.getpid()
        for stream in (sys.stdout, sys.stderr):
            with suppress(Exception):
                stream.flush()
        with warnings.catch_warnings():
            # Python warns of threads; the guard and its child use none of theirs.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.pid = os.fork()
        if self.pid:
            os.close(end)
            return
        try:
            os.setsid()
            null = os.open(os.devnull, os.O_RDWR)
            for fd in (0, 1, 2):
                os.dup2(null, fd)
            os.close(self._alive)
            if self.work is not None:
                os.chdir(self.work)
            Guard(self.limits, self.folder, parent, end).run(job, payload)
        finally:
            os._exit(0)

    def _spawn(self, job: str, payload: dict[str, Any], how: str) -> None:
        end = -1
        passed: dict[str, Any] = {}
        if how == "spawn":
            self._alive, end = os.pipe()
            passed = {"pass_fds": (end,), "start_new_session": True}
        given = {
            "job": job,
            "payload": payload,
            "limits": asdict(self.limits),
            "how": how,
            "parent": os.getpid(),
            "alive": end,
        }
        (self.folder / "job.json").write_text(json.dumps(given), encoding="utf-8")
        path = os.pathsep.join(p for p in sys.path if p)
        # -P: a file of the user's here must not take the place of a module.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "denpa.check.limits", str(self.folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
            cwd=self.work,
            **passed,
        )
        self.pid = self._process.pid
        if end >= 0:
            os.close(end)

    def fileno(self) -> int:
        """What can be read once the job has ended, for `select`."""
        return self._alive

    def wait(self) -> Ended:
        """How it ended. An interruption stops it."""
        try:
            if self._alive < 0:
                return self._wait_alone()
            select.select([self._alive], [], [])
            self._reap()
        except BaseException:
            self.stop()
            raise
        return self._ended()

    def stop(self) -> None:
        """End it and everything that it started."""
        if self._alive < 0:
            self._end_alone()
            return
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        self._reap()

    def close(self) -> None:
        """Remove what it has written into its folder."""
        if self._alive >= 0:
            os.close(self._alive)
            self._alive = -1
        self._kept.cleanup()

    def _reap(self) -> None:
        if self._process is not None:
            self._process.wait()
            return
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)

    def _ended(self) -> Ended:
        try:
            found = json.loads((self.folder / ENDED).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return Ended("unguarded", self.limits)
        known = {k: found[k] for k in ("how", "number", "said", "trace", "left", "seconds")}
        if known["how"] != "done":
            return Ended(limits=self.limits, **known)
        return self._answered(known)

    def _answered(self, known: dict[str, Any]) -> Ended:
        file = self.folder / ANSWER
        try:
            if file.stat().st_size > _MOST:
                raise ValueError("too long")
            said = json.loads(file.read_text(encoding="utf-8"))
            if "error" in said:
                return Ended(limits=self.limits, error=said["error"], **{**known, "how": "raised"})
            return Ended(limits=self.limits, answer=said["answer"], **known)
        except (OSError, ValueError, KeyError, TypeError):
            return Ended(limits=self.limits, **{**known, "how": "exit"})

    # Without a guard there is a limit of time on the process alone.

    def _wait_alone(self) -> Ended:
        assert self._process is not None
        try:
            code = self._process.wait(self.limits.wall)
        except subprocess.TimeoutExpired:
            self._end_alone()
            return Ended("wall", self.limits, seconds=self.limits.wall)
        known: dict[str, Any] = {"how": "done", "seconds": time.monotonic() - self._began}
        if (self.folder / ANSWER).is_file():
            return self._answered(known)
        return Ended("exit" if code >= 0 else "signal", self.limits, number=abs(code))

    def _end_alone(self) -> None:
        assert self._process is not None
        if sys.platform == "win32":
            subprocess.run(
                ["taskkill", "/T", "/F", "/PID", str(self.pid)], check=False, capture_output=True
            )
        self._process.kill()
        self._process.wait()


def _copy(place: Mapping[str, Path | str], to: Path) -> None:
    to.mkdir()
    for name, source in place.items():
        if isinstance(source, str):
            (to / name).write_text(source, encoding="utf-8")
        elif source.is_dir():
            shutil.copytree(source, to / name, symlinks=True, dirs_exist_ok=True)
        else:
            shutil.copy(source, to / name)


def run(
    job: str, payload: dict[str, Any], limits: Limits | None = None, how: str | None = None
) -> Ended:
    """Run a job in a process of its own and wait for it.

    >>> run("json:dumps", {"x": 1}, Limits(seconds=5)).answer
    '{"x": 1}'
    """
    running = Running(job, payload, limits or Limits(), how)
    try:
        return running.wait()
    finally:
        running.close()
