"""The process that watches the one in which somebody's code runs, and ends it in time.

It adopts what that code leaves behind, so that nothing escapes by becoming an orphan or the leader
of a session. It is told by the end of a pipe that nobody needs it any more.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from denpa.check.limits.bounds import Limits
from denpa.check.limits.ending import lines_of
from denpa.check.limits.tree import adopts, descendants, dies_with_parent, end_all, own_memory, used
from denpa.check.limits.worker import settle, work

ENDED = "ended.json"
_EVERY = 0.025  # seconds between two looks at what is used
_ANSWERS = 2.0  # seconds within which it says where it is
_KEPT = 2**16  # bytes of what was printed last


class Guard:
    """Watches one job."""

    def __init__(self, limits: Limits, folder: Path, parent: int, alive: int) -> None:
        self.limits, self.folder, self.parent, self.alive = limits, folder, parent, alive
        self.said = b""
        self.closed = False  # what it prints into
        self.child = 0
        self.status: int | None = None  # of the child, once it has ended or stopped
        self.told = False  # to end

    def run(self, job: str, payload: dict[str, Any]) -> None:
        """Start the child, watch it, write down how it ended."""
        self._wake, end = os.pipe()
        os.set_blocking(end, False)
        os.set_blocking(self._wake, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, self._tell)
        signal.set_wakeup_fd(end, warn_on_full_buffer=False)
        adopts()
        dies_with_parent(signal.SIGTERM, self.parent)
        self._out, out = os.pipe()
        os.set_blocking(self._out, False)
        guard = os.getpid()
        self.child = os.fork()
        if not self.child:
            self._become(job, payload, out, end, guard)
        os.close(out)
        began = time.monotonic()
        how = self._watch(began)
        if self.told:
            end_all(self.child)
            if os.getppid() != self.parent:  # nobody else is left to tidy up
                shutil.rmtree(self.folder, ignore_errors=True)
            return
        seconds = time.monotonic() - began
        if self.status is None or os.WIFSTOPPED(self.status):
            self._ask()
        self._drain()
        left = 0 if how else sum(1 for _ in descendants())
        end_all(self.child)
        self._write(how, seconds, left)

    def _tell(self, *_: Any) -> None:
        self.told = True

    def _become(self, job: str, payload: dict[str, Any], out: int, end: int, guard: int) -> None:
        """The child: from here on there is no way back into the code that called."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGCHLD, signal.SIGTERM):
                signal.signal(number, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            os.setsid()
            dies_with_parent(signal.SIGKILL, guard)
            for fd in (self.alive, self._wake, end, self._out):
                os.close(fd)
            settle(out)
            work(job, payload, self.limits, self.folder)
            code = 0
        except BaseException as error:
            with suppress(BaseException):
                print(f"{type(error).__name__}: {error}", file=sys.stderr)
        finally:
            with suppress(BaseException):
                sys.stdout.flush()
            os._exit(code)

    def _watch(self, began: float) -> str:
        """Until it has ended, which is "", or a limit is reached, which is its name."""
        looked = 0.0
        while not self.told:
            select.select([self._wake, *([] if self.closed else [self._out])], [], [], _EVERY)
            self._drain()
            self._reap()
            if self.status is not None:
                return "stopped" if os.WIFSTOPPED(self.status) else ""
            now = time.monotonic()
            if now - began > self.limits.wall:
                return "wall"
            if now - looked >= _EVERY:
                looked = now
                if over := self._over():
                    return over
        return ""

    def _over(self) -> str:
        now, most = used(), self.limits
        if now.processes > most.processes:
            return "processes"
        if now.seconds > most.seconds:
            return "time"
        if now.resident > most.memory and own_memory() > most.memory:
            return "memory"
        return "written" if now.written > most.written else ""

    def _reap(self) -> None:
        with suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG | os.WUNTRACED)
                if not pid:
                    return
                if pid == self.child:
                    self.status = status

    def _drain(self) -> None:
        """Keep the end of what was printed; at most some pieces at a time, so that a flood does
        not keep the guard busy."""
        for fd in (self._wake, self._out):
            with suppress(BlockingIOError):
                for _ in range(64):
                    piece = os.read(fd, 65536)
                    if not piece:
                        self.closed = True
                        break
                    if fd == self._out:
                        self.said = (self.said + piece)[-_KEPT:]

    def _ask(self) -> None:
        """Let the child say which line runs, also inside a loop in C."""
        self.said += b"\n"
        os.kill(self.child, signal.SIGABRT)
        os.kill(self.child, signal.SIGCONT)
        until = time.monotonic() + _ANSWERS
        while time.monotonic() < until:
            self._drain()
            pid, _ = os.waitpid(self.child, os.WNOHANG)
            if pid:
                return
            time.sleep(0.005)

    def _write(self, how: str, seconds: float, left: int) -> None:
        number = 0
        if not how:
            assert self.status is not None
            code = os.waitstatus_to_exitcode(self.status)
            how, number = ("signal", -code) if code < 0 else ("exit", code)
            if not code:
                how = "done"  # if it left an answer, which the parent looks for
            if -code == getattr(signal, "SIGXCPU", 0):
                how = "time"
        said = self.said.decode("utf-8", "replace")
        found = {
            "how": how,
            "number": number,
            "left": left,
            "seconds": seconds,
            "said": said,
            "trace": lines_of(said) if how != "done" else "",
        }
        (self.folder / ENDED).write_text(json.dumps(found), encoding="utf-8")
