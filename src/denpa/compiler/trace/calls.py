"""Hearing, while a function is traced, which Python code runs and which functions written in C it
calls (`sys.setprofile`): before they do, so that what has an effect can be refused without it.
"""

from __future__ import annotations

import gc
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

from denpa.compiler.trace import purity
from denpa.compiler.trace.bytecode import reads
from denpa.compiler.trace.reach import Reach, Refused
from denpa.core.source import Source, where

_BY_NAME = frozenset({"getattr", "hasattr", "setattr", "delattr"})
_FORMATS = frozenset({"format", "format_map"})
_ALL_NAMES = frozenset({"vars", "dir", "__reduce_ex__", "__reduce__"})


class Listener:
    """Who hears, and what was heard so far."""

    def __init__(self, reach: Reach) -> None:
        self.reach = reach
        self.refused: Refused | None = None  # kept, since code may catch whatever is raised
        self._sealed: dict[int, CodeType] = {}
        self._open: dict[int, CodeType] = {}

    def heard(self) -> Any:
        """The function for `sys.setprofile`; it is short, since it is called for all calls of
        Denpa's own, too."""
        sealed, open_, first, called = self._sealed, self._open, self._first, self._called

        def heard(frame: FrameType, event: str, f: Any) -> None:
            if event == "c_call":
                if id(frame.f_code) in open_:
                    called(frame, f)
            elif event == "call":
                n = id(frame.f_code)
                if n not in sealed and n not in open_:
                    first(frame)

        return heard

    def _first(self, frame: FrameType) -> None:
        """Code runs that was not met before."""
        code = frame.f_code
        if purity.outside(code):
            self._keep(self._reads_outside, frame)
        if purity.sealed(code, frame.f_globals):
            self._sealed[id(code)] = code
        elif not self._by_sealed(frame):
            self._open[id(code)] = code
            try:
                self._keep(self.reach.entered, code, frame.f_globals)
            except Refused as error:
                if purity.of_python(code):  # not the library's line
                    error.place = _line(frame)
                raise

    @staticmethod
    def _by_sealed(frame: FrameType | None) -> bool:
        """Whether Python's own library runs for Denpa or NumPy, and not for the user."""
        if frame is None or not purity.of_python(frame.f_code):
            return False
        while frame is not None and purity.of_python(frame.f_code):
            frame = frame.f_back
        return frame is not None and purity.sealed(frame.f_code, frame.f_globals)

    def _keep(self, check: Any, *args: Any) -> None:
        try:
            check(*args)
        except Refused as error:
            self.refused = error
            raise
        except Exception as error:  # of an object that does not let itself be looked at
            self.refused = Refused(f"cannot be followed ({type(error).__name__}: {error})")
            raise self.refused from error

    def _reads_outside(self, frame: FrameType) -> None:
        """A function of NumPy's that reads or writes files, or sets how it behaves."""
        user: FrameType | None = frame
        while user is not None and purity.sealed(user.f_code, user.f_globals):
            user = user.f_back
        if user is not None and id(user.f_code) in self._open:
            raise Refused(_once(f"numpy.{frame.f_code.co_name}"), _line(user))

    def _called(self, frame: FrameType, f: Any) -> None:
        self._keep(self._judge, frame, f)

    def _judge(self, frame: FrameType, f: Any) -> None:
        name = f.__name__
        if name in _ALL_NAMES or (name in _BY_NAME and not reads(frame.f_code).constant):
            self.reach.computed()
        if name in _FORMATS and isinstance(f.__self__, str) and "." in f.__self__:
            self.reach.more_names(re.findall(r"\w+", f.__self__))  # "{0.scale}".format(net)
            self.reach.go()
        if not purity.pure(f) and not self._by_sealed(frame):
            raise Refused(_once(_called_name(f)), _line(frame))


def _once(name: str) -> str:
    return (
        f"calls {name}, which would be done once, when it is traced, and not at every call; do "
        "that outside, and pass what it gives as an argument"
    )


def _line(frame: FrameType | None) -> str:
    """The line of the user's that runs, or that called what runs of Python's library."""
    while frame is not None and purity.of_python(frame.f_code):
        frame = frame.f_back
    return "" if frame is None else where(Source(frame.f_code, frame.f_lasti), "")


def _called_name(f: Any) -> str:
    module = f.__module__ or ""
    name = str(getattr(f, "__qualname__", f.__name__))
    return name if module in ("", "builtins") else f"{module.lstrip('_')}.{name}"


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Hear what this thread runs; nothing is collected meanwhile, since finalizers of objects that
    the function has nothing to do with would be heard."""
    before = sys.getprofile()
    collecting = gc.isenabled()
    gc.disable()
    sys.setprofile(listener.heard())
    try:
        yield
    finally:
        if collecting:
            gc.enable()
        if before is None or callable(before):
            sys.setprofile(before)
        else:  # a profiler written in C, such as cProfile
            sys.setprofile(None)
            before.enable()
