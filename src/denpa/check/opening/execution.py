"""Somebody's code, run: what it prints is not shown, what it raises is told by its own lines."""

from __future__ import annotations

import io
import os
import re
import signal
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout, suppress
from typing import Any

from denpa.check.opening.context import missing
from denpa.check.opening.ownership import is_theirs
from denpa.check.opening.unwritten import refused_by
from denpa.core.errors import ArgumentError
from denpa.words import say

ABSENT = "__absent__"  # what a file holds under this name: why other names are not there


class UserError(ArgumentError):
    """The user's code raised: the message is the traceback of their own lines, told whole."""

    whole = True


class Stopped(BaseException):
    """Code that hangs was stopped; no `except Exception` on the way holds it up."""


def run_theirs(call: Callable[[], Any], what: str, doing: str, seconds: float = 0.0) -> Any:
    """Run somebody's code. After `seconds` it is stopped; what it prints is not shown, as it runs
    hundreds of times.

    Errors: UserError where it raises, with their own lines of the traceback.
    """
    try:
        with limit(seconds), quiet():
            return call()
    except (KeyboardInterrupt, ArgumentError):
        raise
    except BaseException as error:
        raise refused_by(what, error) or UserError(f"{what}: {told(error, doing)}") from None


def told(error: BaseException, doing: str) -> str:
    """What code raised while `doing`, with the lines of its own that led there.

    >>> print(told(EOFError("EOF when reading a line"), "making it"))
    making it failed, and not in a line of this code
    EOFError: EOF when reading a line
    nobody answers input() here; write the value into the code
    """
    lines = trace(error)
    hint = _hint(error)
    text = f"\n{hint}" if hint else ""
    kind = type(error).__name__
    if not lines and _no_call(error):
        head = say("{doing} is not possible with these arguments", doing=_doing(doing))
    elif not lines and not isinstance(error, (Stopped, SystemExit)):
        head = say("{doing} failed, and not in a line of this code", doing=_doing(doing))
    else:
        head = say("{doing} raised", doing=_doing(doing))
    return f"{head}\n{lines}{kind}: {error}{text}"


def _doing(doing: str) -> str:
    """What was done with the code, in words; a method by its name.

    >>> _doing("calling it")
    'calling it'
    """
    return say(doing) if doing in _DOING else say("{doing}", doing=doing)


def _no_call(error: BaseException) -> bool:
    """Whether Python refused to call a function with what it was given."""
    words = r"(un)?expected .*argument|positional argument|multiple values for|takes no arguments"
    return isinstance(error, TypeError) and re.search(words, str(error)) is not None


def _hint(error: BaseException) -> str:
    """What to do about it, where that is known."""
    if isinstance(error, EOFError):
        return say("nobody answers input() here; write the value into the code")
    if isinstance(error, ImportError):
        return missing(error)
    if isinstance(error, NameError):  # of a file that did not run whole
        frames = [f for f, _ in traceback.walk_tb(error.__traceback__)]
        absent = frames[-1].f_globals.get(ABSENT, {}) if frames else {}
        return str(absent.get(error.name, ""))
    return ""


_DOING = (
    "importing it",
    "making it",
    "making it with --init",
    "calling it",
    "checking it",
    "running it",
    "it",
)
_FRAMES = 12  # of a traceback; an endless recursion has a thousand


def trace(error: BaseException) -> str:
    """The user's own lines of a traceback, as Python prints them."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if is_theirs(f.filename)]
    if len(frames) > _FRAMES:
        half = _FRAMES // 2
        shown = traceback.format_list(frames[:half])
        more = len(frames) - 2 * half
        shown.append(say("  … {more} more calls …\n", more=more))
        shown += traceback.format_list(frames[-half:])
    else:
        shown = traceback.format_list(frames)
    if isinstance(error, SyntaxError) and error.text:
        shown.append(f'  File "{error.filename}", line {error.lineno}\n    {error.text.strip()}\n')
    return "".join(shown)


# -- what it may do to the terminal ----------------------------------------------------------------


class _Nowhere(io.RawIOBase):
    """A stream that takes everything and keeps nothing."""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return len(data)


def _sink() -> io.TextIOWrapper:
    """A text stream with all that sys.stdout has, such as a buffer for bytes."""
    return io.TextIOWrapper(
        io.BufferedWriter(_Nowhere()), encoding="utf-8", errors="replace", write_through=True
    )


def _unshown(*_: Any, **__: Any) -> None:
    """In place of warnings.showwarning: a warning that is recorded would be told later."""


_silent = threading.Lock()  # held by the outermost of nested runs


@contextmanager
def quiet() -> Iterator[None]:
    """Nothing that is printed is seen, be it by print, a warning, os.write or a library in C;
    input() raises at once, as its question would not be seen; figures are not shown."""
    if not _silent.acquire(blocking=False):
        yield
        return
    stdin = sys.stdin
    try:
        with ExitStack() as stack:
            for number, stream in ((1, sys.stdout), (2, sys.stderr)):
                stack.enter_context(_redirected(number, stream))
            stack.enter_context(redirect_stdout(_sink()))
            stack.enter_context(redirect_stderr(_sink()))
            stack.enter_context(_without_windows())
            stack.enter_context(warnings.catch_warnings())
            warnings.showwarning = _unshown
            sys.stdin = io.StringIO()
            yield
    finally:
        sys.stdin = stdin
        _silent.release()


@contextmanager
def _redirected(number: int, stream: Any) -> Iterator[None]:
    """A file descriptor that leads nowhere."""
    with suppress(AttributeError, OSError, ValueError):
        stream.flush()  # what was written before is seen
    try:
        kept = os.dup(number)
    except OSError:  # there is none: a service, or a window without a terminal
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)
    try:
        yield
    finally:
        with suppress(OSError):  # the code has closed it
            os.dup2(kept, number)
            os.close(kept)


@contextmanager
def _without_windows() -> Iterator[None]:
    """Matplotlib, if the code imports it, draws into memory: show() waits for nobody."""
    kept = os.environ.get("MPLBACKEND")
    os.environ["MPLBACKEND"] = "Agg"
    try:
        yield
    finally:
        if kept is None:
            os.environ.pop("MPLBACKEND", None)
        else:
            os.environ["MPLBACKEND"] = kept


# -- and how long ----------------------------------------------------------------------------------


@contextmanager
def limit(seconds: float, processor: bool = False) -> Iterator[None]:
    """Raise Stopped in whatever runs after that time, or that time of the processor, where the
    system has such an alarm. 0 is no limit; one within another leaves the other as it was."""
    able = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not able or seconds <= 0:
        yield
        return
    clock, sign = signal.ITIMER_REAL, signal.SIGALRM
    if processor:
        clock, sign = signal.ITIMER_PROF, signal.SIGPROF

    def stop(*_: Any) -> None:
        if processor:
            raise Stopped(
                say("it took longer than {seconds:g} s of the processor", seconds=seconds)
            )
        raise Stopped(say("it took longer than {seconds:g} s (--timeout)", seconds=seconds))

    started = time.monotonic()
    left = signal.getitimer(clock)[0]
    if 0 < left <= seconds:  # the one around it comes first
        yield
        return
    before = signal.signal(sign, stop)
    signal.setitimer(clock, seconds)
    try:
        yield
    finally:
        signal.setitimer(clock, 0)
        signal.signal(sign, before)
        if left > 0:
            signal.setitimer(clock, max(left - (time.monotonic() - started), 1e-3))
