"""What is written while a run trains: its history, line by line, and its checkpoints."""

from __future__ import annotations

import csv
import hashlib
import io
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

from denpa.core.errors import ArgumentError
from denpa.core.files import append, write_atomically
from denpa.core.lock import Held
from denpa.core.run_files import HISTORY, RUN
from denpa.core.wording import Wording
from denpa.runs.fields import open_regular
from denpa.runs.files import first_line, identity, run_text
from denpa.runs.folder import RunFolder, remedy
from denpa.runs.voice import Voice
from denpa.train.checkpoint import Snapshot, load_checkpoint
from denpa.train.events import EpochEnded, Event, TrainEnded, TrainStarted
from denpa.train.history import History
from denpa.train.training import Training

# Seconds between two checkpoints. 150 rows, 200 epochs of 3 ms: written after each epoch, a
# checkpoint took 15 times as long as what it was to keep.
PERIOD = 1.0
_LONG = 1 << 26  # bytes of a history that are looked at for the rows of a network
SHARE = 0.05  # of the time, at most, that training may spend on copies of its state


class HistoryFile:
    """history.csv as text that grows, and how much of it is in the file.

    With several networks the first column says which.
    """

    def __init__(self, members: int) -> None:
        self.members = members
        self.text = bytearray()
        self.written: int | None = None  # bytes in the file; None: not known to be ours
        self._hash = hashlib.sha256()

    def add(self, member: int, rows: Sequence[Mapping[str, float]]) -> None:
        """Add rows of one network."""
        named = [{"member": member, **row} if self.members > 1 else row for row in rows]
        if not named:
            return
        lines = History([dict(row) for row in named]).to_csv()
        more = (lines.split("\n", 1)[1] if self.text else lines).encode()
        self.text += more
        self._hash.update(more)

    def mark(self) -> dict[str, Any]:
        """How long the file is, and its digest, for the checkpoint that belongs to it."""
        return {"bytes": len(self.text), "sha256": self._hash.hexdigest()}

    def write(self, path: Path, size: int) -> None:
        """Have the first `size` bytes in the file, as lines that are added where that is so."""
        if self.written is None:
            write_atomically(path, bytes(self.text[:size]))
        else:
            append(path, bytes(self.text[self.written : size]), self.written)
        self.written = size


class Saver:
    """Saves a run at most once a second and after the last epoch, beside the training.

    A thread of its own writes, so training does not wait for the disk. A crash loses the epochs of
    the last second, which are trained again to the same bits. What cannot be written is told once,
    and tried again; if the folder has gone, it is made again.
    """

    per_batch = "never"

    def __init__(
        self,
        folder: RunFolder,
        voice: Voice,
        record: Mapping[str, Any],
        members: int,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.folder, self.voice = folder, voice
        self.record, self.run = run_text(record), identity(record)
        self.history = HistoryFile(members)
        self.member, self.epochs = 1, 0
        self.epoch = self._ended = 0  # the last that is kept; the last that has ended
        self.replace = False  # the checkpoint, which is damaged: it must not become the previous
        self.mark: dict[str, Any] | None = None  # of the history of the one that is gone on from
        self._now, self._last, self._copied, self._cost = now, now(), -inf, 0.0
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="denpa-saver")
        self._writing: Future[None] | None = None
        self._state: tuple[Snapshot, dict[str, Any]] | None = None  # not written yet
        self._told: set[str] = set()
        self._remade = False

    def __enter__(self) -> Saver:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True)

    def __call__(self, event: Event, training: Training) -> None:
        """Save when it is time."""
        if isinstance(event, TrainStarted):
            self.epochs = event.epochs
            self.epoch = self._ended = event.first_epoch - 1
            self.history.add(self.member, training.history.rows)
            self._compare()
        elif isinstance(event, EpochEnded):
            self.history.add(self.member, [event.row])
            last = event.epoch >= self.epochs or training._stop is not None
            self._ended = event.epoch
            self._copy(training, last)
            if last or (not self._busy() and self._now() - self._last >= PERIOD):
                self._save()
        elif isinstance(event, TrainEnded):
            self._save()  # where training was interrupted in the middle of an epoch
            self._wait()

    def _compare(self) -> None:
        """Tell when the history in the folder is not the one that the checkpoint belongs to."""
        mark, self.mark = self.mark, None
        if mark is None:
            return
        path = self.folder / HISTORY
        size = mark["bytes"]
        raw = _begin(path, size)  # nothing, where it was killed before the first line
        same = hashlib.sha256(raw[:size]).hexdigest() == mark["sha256"]
        # It may be behind the checkpoint, which is written before it.
        if not (same if len(raw) >= size else bytes(self.history.text).startswith(raw)):
            self.voice.warn(
                f"{path} is not the one that the checkpoint belongs to; it is written anew"
            )

    def _busy(self) -> bool:
        return self._writing is not None and not self._writing.done()

    def ready(self) -> bool:
        """Whether the epoch that ended last is kept, so that training may stop in the next."""
        return self.epoch == self._ended

    def _copy(self, training: Training, last: bool) -> None:
        """Keep the state as this epoch left it, unless copying takes too much of the time."""
        start = self._now()
        if last or start - self._copied >= self._cost / SHARE:
            state = training.state_dict()
            if state["stop"] == "interrupted":
                state["stop"] = None  # that is no end of the run
            self._state = Snapshot.of(state), self.history.mark()
            self.epoch = self._ended
            self._copied = self._now()
            self._cost = self._copied - start

    def _save(self) -> None:
        """Have the last copy written, if it is not."""
        self._wait()
        if self._state is not None:
            (state, mark), self._state = self._state, None
            self._last = self._now()
            path = self.folder.checkpoint(self.member)
            data = {"history": mark, "run": self.run, "member": self.member}
            self._writing = self._pool.submit(self._write, path, state, data)

    def _write(self, path: Path, state: Snapshot, header: dict[str, Any]) -> None:
        if not self.folder.stands():
            self._remade, self.history.written = True, None
            write_atomically(self.folder / RUN, self.record.encode())
        # The checkpoint first: then there is none only where no epoch was saved.
        keep = None if self.replace else previous(path)
        write_atomically(path, state.pack(**header), keep=keep)
        self.replace = False
        self.history.write(self.folder / HISTORY, header["history"]["bytes"])

    def _wait(self) -> None:
        """Wait for what is being written, and tell what went wrong."""
        writing, self._writing = self._writing, None
        if writing is None:
            return
        try:
            writing.result()
        except Held as held:
            raise ArgumentError(
                f"{self.folder.path} was removed, and is being written by {held} now; training "
                "ends here"
            ) from None
        except OSError as error:
            self._tell(error)
        else:
            if self._told:
                self._told.clear()
                self.voice.warn(f"{self.folder.path}: checkpoints are written again")
        if self._remade:
            self._remade = False
            self.voice.warn(
                f"{self.folder.path} was removed or renamed; it was made again, and the run goes "
                "on in it"
            )

    def _tell(self, error: OSError) -> None:
        why = error.strerror or str(error)
        if why in self._told:
            return
        self._told.add(why)
        help_ = remedy(error)
        self.voice.warn(
            f"{self.folder.checkpoint(self.member)}: the checkpoint could not be written ({why}); "
            f"training goes on, and it is tried again{': ' + help_ if help_ else ''}"
        )


def previous(path: Path) -> Path:
    """The checkpoint before the one at `path`, which stays until the one after it is proven."""
    return path.with_name(f"{path.stem}.previous{path.suffix}")


def keep_last(folder: RunFolder, members: int) -> None:
    """A run has ended: of checkpoints that are proven to be whole, those before them are not needed
    any more."""
    for member in range(1, members + 1):
        path = folder.checkpoint(member)
        with suppress(OSError, ArgumentError):
            load_checkpoint(path)
            previous(path).unlink(missing_ok=True)


@dataclass(frozen=True)
class LastSaved:
    """A checkpoint to go on from, and the mark of its history."""

    path: Path
    mark: dict[str, Any]
    epoch: int


def found_checkpoint(
    folder: RunFolder, run: str, member: int, voice: Voice | None = None
) -> LastSaved | None:
    """The last checkpoint that is whole and of this run (its `identity`) and member, None where
    none was written yet. What is damaged or missing is told.

    Errors: ArgumentError (a ValueError) where there is nothing left to go on from.
    """
    path, problems = folder.checkpoint(member), []
    tell = (lambda text: None) if voice is None else voice.warn
    for one in (path, previous(path)):
        try:
            header, tree = load_checkpoint(one)
            epoch = len(tree["history"]["rows"])
            found = LastSaved(one, header["history"], epoch)
            if (header["run"], header["member"]) != (run, member):
                raise ArgumentError(f"{one} is of another run")
        except FileNotFoundError:
            problems.append(f"{one} is missing")
        except OSError as error:
            problems.append(f"{one} cannot be read ({error.strerror or error})")
        except (ArgumentError, LookupError, TypeError) as error:
            problems.append(first_line(error))
        else:
            for problem in problems:
                tell(Wording(f"{problem}; going on from epoch {epoch} ({one.name})"))
            return found
    if not any(p.exists() for p in (path, previous(path))) and not _trained(folder, member):
        return None
    raise ArgumentError(
        f"{folder.path}: there is nothing to go on from ({'; '.join(problems)}); copy the run "
        f"folder again, or train again"
    )


def _begin(path: Path, size: int) -> bytes:
    """The first bytes of a file of the run; none where it is not there."""
    try:
        with open_regular(path) as file:
            return file.read(size)
    except FileNotFoundError:
        return b""


def _trained(folder: RunFolder, member: int) -> bool:
    """Whether history.csv has epochs of this network."""
    try:
        text = _begin(folder / HISTORY, _LONG).decode()
        rows = list(csv.DictReader(io.StringIO(text)))
    except (ValueError, csv.Error):
        return False
    return any(row.get("member", "1") == str(member) for row in rows)
