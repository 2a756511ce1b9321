"""Somebody's code in a process of its own, with limits that hold whatever it does.

A guard watches the process and all that it starts from outside: a loop in C, a handler that
swallows every exception, a timer that was switched off, a fork bomb do not escape it. That is a
limit, not a sandbox: the code has the rights of the person who runs it.

Read `runner` first: the caller's side. `guard` watches, `worker` runs the code, `bounds` says how
much it may use, `tree` what it has left behind, `ending` how it ended.
"""

from __future__ import annotations

from denpa.check.limits.bounds import Limits, size, sized
from denpa.check.limits.ending import Ended, Failure, failure, reason, reason_of
from denpa.check.limits.runner import Running, run

__all__ = [
    "Ended",
    "Failure",
    "Limits",
    "Running",
    "failure",
    "reason",
    "reason_of",
    "run",
    "size",
    "sized",
]
