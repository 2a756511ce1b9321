"""Attacks on a run folder: kills at any moment and at every call of the system, disks that fail,
two writers.

Each case trains a small network on a table in a process that was forked from this one, ends or
disturbs it, and looks at what is left.
"""

from __future__ import annotations

import errno
import io
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from denpa.core.errors import ArgumentError
from denpa.runs import saver
from tests.attack.record import Attack, Outcome
from tests.attack.room import (
    Room,
    brought_to_its_end,
    done,
    ended,
    fail_at,
    forked,
    hooked,
    kill_at,
    points,
    resume,
    train,
    whole,
)


def kills_at_random(count: int, seed: int) -> Outcome:
    """Kill a run after a time that is drawn, sometimes again while it goes on."""
    draw = random.Random(seed)

    def cases() -> Iterator[tuple[str, Callable[[], str | None]]]:
        for k in range(count):
            after, again = draw.uniform(0, 0.25), draw.random() < 0.3
            old = draw.random() < 0.4

            def case(after: float = after, again: bool = again, old: bool = old) -> str | None:
                with Room() as room:
                    if old and (problem := done(lambda: train(room, 2))):
                        return problem
                    pid = forked(lambda: train(room, overwrite=old), in_step=False)
                    _killed_after(pid, after)
                    if again and (room / "run/run.json").is_file() and not old:
                        _killed_after(forked(lambda: resume(room), in_step=False), after)
                    return brought_to_its_end(room, old)

            yield f"case {k} of seed {seed}: after {after:.3f} s, again {again}, old {old}", case

    return Outcome().judge(cases())


def _killed_after(pid: int, seconds: float) -> None:
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    ended(pid)


def kills_at_every_call(count: int, seed: int) -> Outcome:
    """Kill a run before, in and after each call that changes the disk."""
    every = [
        (point, how, old)
        for old in (False, True)
        for point in range(1, points(old) + 1)
        for how in ("before", "within", "after")
    ]
    some = every if count >= len(every) else random.Random(seed).sample(every, count)

    def cases() -> Iterator[tuple[str, Callable[[], str | None]]]:
        for point, how, old in some:

            def case(point: int = point, how: str = how, old: bool = old) -> str | None:
                def disturbed() -> None:
                    hooked(kill_at(point, how))
                    train(room, overwrite=old)

                with Room() as room:
                    if old and (problem := done(lambda: train(room, 2))):
                        return problem
                    code = ended(forked(disturbed))
                    if code not in (0, -signal.SIGKILL):
                        return f"ended with {code}"
                    return brought_to_its_end(room, old)

            yield f"{how} call {point}, old {old}", case

    return Outcome().judge(cases())


def failing_disks(count: int, seed: int) -> Outcome:
    """Have calls fail, once or from some moment on, with the errors that disks have."""
    draw = random.Random(seed)
    numbers = (errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT, errno.EACCES)

    def cases() -> Iterator[tuple[str, Callable[[], str | None]]]:
        for k in range(count):
            old = draw.random() < 0.4
            point = draw.randint(1, points(old)) if k >= points(old) else k + 1
            number, once = draw.choice(numbers), draw.random() < 0.5

            def case(
                point: int = point, number: int = number, once: bool = once, old: bool = old
            ) -> str | None:
                def disturbed() -> None:
                    hooked(fail_at(point, number, once))
                    try:
                        train(room, overwrite=old)
                    except ArgumentError as error:
                        _say(str(error))
                        os._exit(3)

                with Room() as room:
                    if old and (problem := done(lambda: train(room, 2))):
                        return problem
                    code = ended(forked(disturbed))
                    said = (room / "said.txt").read_text() if (room / "said.txt").exists() else ""
                    if code not in (0, 3):
                        return f"ended with {code}: {said}"
                    if code == 3 and "run" not in said:
                        return f"an error that names no file: {said!r}"
                    full = number in (errno.ENOSPC, errno.EDQUOT)
                    if "free some space" in said and not full:
                        return f"it asks for space: {said!r}"
                    if code == 0 and (problem := whole(room)) is None:
                        return None
                    return brought_to_its_end(room, old)

            what = f"{errno.errorcode[number]} at call {point}{'' if once else ' and after'}"
            yield f"{what}, old {old}", case

    return Outcome().judge(cases())


def _say(text: str) -> None:
    """Leave a text for the process that waits, past the calls that fail here."""
    with io.FileIO(os.environ["DENPA_ATTACK"], "w") as file:
        file.write(text.encode())


def two_writers(count: int, seed: int) -> Outcome:
    """Two processes that want the same folder at once."""
    draw = random.Random(seed)
    acts: dict[str, Callable[[Path], None]] = {
        "train": lambda room: train(room),
        "overwrite": lambda room: train(room, overwrite=True),
        "resume": resume,
    }
    refused = (
        "is being written by process",
        "holds a run already",
        "no such folder",
        "no run.json",
    )

    def cases() -> Iterator[tuple[str, Callable[[], str | None]]]:
        for k in range(count):
            names = (draw.choice(list(acts)), draw.choice(list(acts)))
            pause = draw.choice((0.0, 0.0, 0.01, 0.05))
            old = "resume" in names or draw.random() < 0.3

            def case(
                names: tuple[str, str] = names, pause: float = pause, old: bool = old
            ) -> str | None:
                with Room() as room:
                    if old and (problem := done(lambda: train(room))):
                        return problem
                    pids, said = [], []
                    for j, name in enumerate(names):
                        os.environ["DENPA_ATTACK"] = str(room / f"said-{j}.txt")
                        pids.append(forked(lambda name=name: acts[name](room)))  # type: ignore[misc]
                        time.sleep(pause)
                    codes = [ended(pid) for pid in pids]
                    for j, code in enumerate(codes):
                        text = room / f"said-{j}.txt"
                        said.append(text.read_text() if text.exists() else "")
                        if code not in (0, 3):
                            return f"{names[j]} ended with {code}: {said[j]}"
                        if code == 3 and not any(r in said[j] for r in refused):
                            return f"{names[j]} was refused for another reason: {said[j]}"
                    if 0 not in codes and not old:
                        return f"none succeeded: {said}"
                    return whole(room)

            yield f"case {k} of seed {seed}: {' and '.join(names)}, old {old}", case

    return Outcome().judge(cases())


def _flip(path: Path, draw: random.Random) -> None:
    raw = bytearray(path.read_bytes())
    raw[draw.randrange(len(raw))] ^= 1 << draw.randrange(8)
    path.write_bytes(raw)


def flipped_checkpoints(count: int, seed: int) -> Outcome:
    """Flip a bit in a checkpoint of a run that was killed, or in both, and go on."""
    draw = random.Random(seed)

    def cases() -> Iterator[tuple[str, Callable[[], str | None]]]:
        for k in range(count):
            both = draw.random() < 0.2

            def case(both: bool = both) -> str | None:
                with Room() as room:
                    ended(forked(lambda: _killed_in_epoch(room, 4)))
                    newest = room / "run/checkpoint.safetensors"
                    _flip(newest, draw)
                    if both:
                        _flip(saver.previous(newest), draw)
                    problem = done(lambda: resume(room))
                    if both:
                        told = "there is nothing to go on from" in (problem or "")
                        return None if told else f"two damaged checkpoints: {problem}"
                    return problem or whole(room)

            yield f"case {k} of seed {seed}: both {both}", case

    return Outcome().judge(cases())


def _killed_in_epoch(room: Path, epoch: int) -> None:
    """Train, and be killed once the checkpoint of the epoch before this one is there."""
    write = saver.Saver._write

    def then_killed(self: Any, path: Path, state: Any, mark: Any) -> None:
        write(self, path, state, mark)
        if len(state.plain["__pairs__"]) and self.history.text.count(b"\n") >= epoch:
            os.kill(os.getpid(), signal.SIGKILL)

    saver.Saver._write = then_killed  # type: ignore[method-assign]
    train(room)


ATTACKS = (
    Attack(
        "kills-at-random",
        "goes on to the same bits, and leaves nothing else",
        kills_at_random,
        few=2,
        many=500,
    ),
    Attack(
        "kills-at-every-call",
        "the same, before, in and after every write, rename, fsync and unlink",
        kills_at_every_call,
        few=4,
        many=2000,
    ),
    Attack(
        "failing-disks",
        "a line that names the file, or the whole run; afterwards it goes on to the same bits",
        failing_disks,
        few=4,
        many=400,
    ),
    Attack("two-writers", "one writes, the other is told who does", two_writers, few=1, many=50),
    Attack(
        "flipped-checkpoints",
        "the flip is told, and training goes on from the checkpoint before",
        flipped_checkpoints,
        few=2,
        many=200,
    ),
)
