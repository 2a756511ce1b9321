"""How a limited process ended, and the words for it."""

from __future__ import annotations

import errno
import linecache
import re
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from denpa.check.limits.bounds import Limits, sized
from denpa.words import translated

_OURS = Path(__file__).parent.parent.parent
_OUTERMOST = Path(__file__).with_name("worker.py")
_FRAME = re.compile(r'^  File "(.+)", line (\d+) in (.+)$', re.MULTILINE)

_WORDS = {
    "time": "it took more than {seconds:g} s of processor time (--timeout) and was stopped",
    "wall": (
        "it took longer than {wall:g} s on the clock (--timeout) and was stopped: it waits "
        "for something that does not come"
    ),
    "memory": "it needs more memory than {memory} (--memory)",
    "written": "it writes more than {written} into files or to the screen (--written)",
    "processes": "it started more than {processes} processes and was stopped",
    "stopped": "it stopped itself (SIGSTOP)",
    "exit": "it left with exit code {number} before anything was said (as os._exit does)",
    "signal": "it died of {name} before anything was said",
    "unguarded": "the process that watches it was ended, by the code or by the system",
}

_FRAMES = 6  # lines of a traceback: the innermost
_NO_MEMORY = re.compile("MemoryError|Unable to allocate")
LIMITS = ("time", "wall", "memory", "written", "processes")  # endings for which a limit was reached


@dataclass(frozen=True)
class Ended:
    """How it ended: "done" with an `answer`; "raised" with `error`, if the job itself raised; or
    one of the words of this file. `trace` has the user's lines that ran then."""

    how: str
    limits: Limits
    answer: dict[str, Any] = field(default_factory=dict)
    error: dict[str, Any] = field(default_factory=dict)  # type, text, trace
    number: int = 0  # exit code or signal
    said: str = ""  # the last that was printed
    trace: str = ""
    left: int = 0  # processes that it left behind, which were stopped
    seconds: float = 0.0


@dataclass(frozen=True)
class Failure:
    """Why nothing could be said: `limit` is the one that was reached, if any; a `whole` text has
    several lines."""

    text: str
    limit: str | None = None
    whole: bool = False
    bug: bool = False  # of Denpa's own
    outcome: str = "error"  # or "limit", "unwritten", "choose"
    offers: tuple[dict[str, Any], ...] = ()  # what could be checked


def failure(ended: Ended, what: str, language: str = "en") -> Failure:
    """The words for an ending without an answer, or with one that is an error."""
    if ended.how == "raised":
        raised = "{type}: {text}".format(**ended.error)
        words = translated(
            "this is a bug in Denpa ({raised}); run again with --debug and report what it prints",
            language,
            raised=raised,
        )
        return Failure(f"{what}: {words}", bug=True)
    if ended.how == "done":
        said = ended.answer
        limit = said["limit"]
        more = f"\n{reason(limit, ended.limits, 0, language)}" if limit else ""
        return Failure(
            said["error"] + more,
            limit,
            said["whole"] or bool(more),
            outcome="limit" if limit else said.get("outcome", "error"),
            offers=tuple(said.get("offers", ())),
        )
    text = f"{what}: {reason(ended.how, ended.limits, ended.number, language)}"
    lines = ended.trace.rstrip()
    if ended.how in ("exit", "signal") and not lines:
        lines = _last(ended.said)
    limit = ended.how if ended.how in LIMITS else None
    return Failure(
        f"{text}\n{lines}" if lines else text,
        limit,
        bool(lines),
        outcome="limit" if limit else "error",
    )


def _last(said: str) -> str:
    """The last lines that were printed, without what would steer a terminal."""
    rows = [r for r in said.splitlines() if r.strip()][-3:]
    return "\n".join("  " + "".join(c for c in r if c.isprintable())[:200] for r in rows)


def reason(how: str, limits: Limits, number: int = 0, language: str = "en") -> str:
    """How it ended, in words.

    >>> reason("memory", Limits(memory=2**30))
    'it needs more memory than 1G (--memory)'
    """
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = f"signal {number}"
    return translated(
        _WORDS[how],
        language,
        seconds=limits.seconds,
        wall=limits.wall,
        memory=sized(limits.memory),
        name=name,
        written=sized(limits.written),
        processes=limits.processes,
        number=number,
    )


def reason_of(error: BaseException) -> str | None:
    """The limit that an exception comes from: "memory", "written", or None."""
    seen: set[int] = set()
    queue: list[BaseException | None] = [error]
    while queue:
        e = queue.pop()
        if e is None or id(e) in seen:
            continue
        seen.add(id(e))
        if isinstance(e, MemoryError):
            return "memory"
        if isinstance(e, OSError) and e.errno == errno.EFBIG:
            return "written"
        if isinstance(e, ValueError) and _NO_MEMORY.search(str(e)):  # told in a text
            return "memory"
        queue += [e.__cause__, e.__context__]
    return None


def lines_of(dump: str) -> str:
    """The user's lines out of what faulthandler wrote, as a traceback shows them."""
    frames = []
    first = dump.split("most recent call first", 1)
    for file, number, function in _FRAME.findall(first[-1].split("\n\n")[0]):
        if file == str(_OUTERMOST):
            break
        if file.startswith("<") or _OURS in Path(file).parents:
            continue
        text = linecache.getline(file, int(number)).strip()
        frames.append(f'  File "{file}", line {number}, in {function}\n    {text}\n')
    return "".join(reversed(frames[:_FRAMES]))
