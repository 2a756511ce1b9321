"""The run folder: who writes into it, where its files stand, and how a new run takes the place of
an old one.

`model.safetensors` (weights, and in its header all that prediction needs), `run.json` (settings,
versions, data, figures), `history.csv`, `report.html`, `checkpoint.safetensors` and the one before
it (to go on from). One process writes, which holds `.lock`; a run that is to replace another is
written into `.next`, and its files are moved when it is complete.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from denpa.core.errors import ArgumentError
from denpa.core.files import remove_litter, sync_folder, temporary_name, write_all, write_atomically
from denpa.core.lock import Held, Lock
from denpa.core.run_files import MODEL, RUN, own_name
from denpa.core.wording import either, option
from denpa.train.checkpoint import load_tree

_LOCK, _NEXT = ".lock", ".next"
# A complete new run: first what only the old one has goes, then its files take their places.
_DONE, _MOVING = ".done", ".moving"
_SPARE = 4 << 20  # bytes beside the weights: report, history


def resuming(path: Path) -> str:
    """How a run is gone on with."""
    return either(f"denpa.runs.resume({str(path)!r})", f"denpa train --resume {path}")


class Taken(ArgumentError):
    """Another process writes into the folder."""


class RunFolder:
    """Paths of a run folder and the writing into it.

    `path` is the folder that the user knows; `place` is where this run is written: the same, or
    `.next` in it while the run that it is to replace stands.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = self.place = Path(path)
        self.written: list[str] = []
        self._lock = Lock(self.path / _LOCK)
        self.replaces = False  # a run that is gone on with, another one in its folder
        self._new = False  # the run
        self._known_as = (os.stat_result(range(10)), "")  # the folder that was taken
        self._made: list[Path] = []  # folders that were not there before

    def __truediv__(self, name: str) -> Path:
        return self.place / name

    def find(self, name: str) -> Path:
        """Where a reader finds a file of the run, also while a new one takes its place."""
        for room in (self.path / _DONE, self.path / _MOVING):
            if os.path.isfile(room / RUN) and os.path.isfile(room / name):
                return room / name
        return self.path / name

    def checkpoint(self, member: int = 1) -> Path:
        """The checkpoint of the run, or of one network of an ensemble."""
        name = "checkpoint.safetensors" if member == 1 else f"checkpoint-{member}.safetensors"
        return self.place / name

    def check_free(self, overwrite: bool) -> None:
        """Raise when another run, or somebody's files, are there already."""
        if os.path.exists(self.path) and not self.path.is_dir():
            raise ArgumentError(f"{self.path} is a file; {option('out')} needs a folder")
        if overwrite or not os.path.isdir(self.path):
            return
        if self.find(RUN).is_file():
            self._check_alone()
            raise ArgumentError(
                f"{self.path} holds a run already; give another {option('out')}, continue that "
                f"run with {resuming(self.path)}, or replace it with {option('overwrite', True)}"
            )
        if any(not _passing(p) for p in self.path.iterdir()):
            raise ArgumentError(
                f"{self.path} is a folder with other files in it; give another {option('out')}, or "
                f"write into it all the same with {option('overwrite', True)}"
            )

    def _check_alone(self) -> None:
        """Raise where another process is writing."""
        if not os.path.isfile(self._lock.path):
            return
        try:
            self._lock.acquire()
            self._lock.release()
        except Held as held:
            raise self._taken(held) from None
        except OSError:
            return

    def _taken(self, held: Held) -> Taken:
        return Taken(
            f"{self.path} is being written by {held}; wait until it has ended, or give another "
            f"{option('out')}"
        )

    def check_apart(self, source: str | os.PathLike[str] | None) -> None:
        """Raise where the run would write over its own data, or into a folder that is read."""
        out = Path(os.path.realpath(self.path))
        if {_NEXT, _DONE, _MOVING} & set(out.parts):
            raise ArgumentError(f"{self.path}: a run keeps that name for itself; give another")
        if source is None or not os.path.exists(Path(source).expanduser()):
            return
        data = Path(os.path.realpath(Path(source).expanduser()))
        if any(data.is_relative_to(out / room) for room in (_NEXT, _DONE, _MOVING)):
            raise ArgumentError(f"{source} is where a run keeps its own files; move the data away")
        if data.is_dir() and out.is_relative_to(data):
            raise ArgumentError(
                f"{self.path} is in {source}, from which the data are read; give another "
                f"{option('out')}"
            )
        if data.parent == out and own_name(data.name):
            raise ArgumentError(
                f"{source} are the data, and the run would write a file of that name; give another "
                f"{option('out')}"
            )

    def begin(self, overwrite: bool) -> None:
        """Take the folder for a new run."""
        self._new = True
        with self._claimed():
            self.check_free(overwrite)
            self._remove_next()
            if any(own_name(p.name) for p in self.path.iterdir()):
                self.place = self.path / _NEXT
                self.place.mkdir()

    def go_on(self) -> None:
        """Take the folder to go on with its run: with a new one that was to replace the old and was
        stopped, if there is such."""
        if not os.path.isdir(self.path):
            return  # reading it says what is wrong
        with self._claimed():
            if (self.path / _NEXT / RUN).is_file():
                self.place = self.path / _NEXT
                self.replaces = True
                remove_litter(self.place)
            else:
                self._remove_next()

    def reserve(self, need: int) -> None:
        """Write `need` bytes for a trial, so that a full disk is known before training."""
        with self.known():
            need += _SPARE
            free = shutil.disk_usage(self.place).free
            if free < need:
                raise ArgumentError(
                    f"{self.path}: the disk has {free / 2**20:,.0f} MiB left, this run may need "
                    f"{need / 2**20:,.0f}; free some or give another {option('out')}. Nothing was "
                    "trained"
                )
            handle, name = tempfile.mkstemp(".tmp", ".denpa-trial-", self.place)
            try:
                for _ in range(-(-need // 2**20)):
                    write_all(handle, bytes(2**20))
            finally:
                os.close(handle)
                os.unlink(name)

    @contextmanager
    def _claimed(self) -> Iterator[None]:
        """Make the folder and lock it, and set right what a killed writer left."""
        with self.known():
            self._make()
            for entry in self.path.iterdir():
                if own_name(entry.name) and entry.is_dir():
                    raise ArgumentError(
                        f"{entry} is a folder, and a run has a file of that name; move it away"
                    )
            self._settle()
            remove_litter(self.path)
            yield

    @contextmanager
    def known(self) -> Iterator[None]:
        """What keeps a run from beginning, told; nothing is left of it then."""
        try:
            yield
        except Held as held:
            raise self._taken(held) from None
        except OSError as error:
            remedy_ = f"give another {option('out')}" if self._new else "make that possible"
            self.abandon()
            raise ArgumentError(
                f"{self.path}: cannot be written to ({error.strerror or error}); {remedy_}. "
                "Nothing was trained"
            ) from error
        except BaseException:
            self.abandon()
            raise

    def _make(self) -> None:
        self._made = [p for p in (self.path, *self.path.parents) if not p.exists()]
        self.path.mkdir(parents=True, exist_ok=True)
        self._lock.acquire()
        self._known_as = os.stat(self.path), os.path.abspath(self.path)

    def stands(self) -> bool:
        """Whether the folder is where it was; if not, it is made again, and False says that all
        that was written has gone.

        Errors: Held where another process has made it and writes there; OSError where it cannot be.
        """
        found, path = self._known_as
        if path != os.path.abspath(self.path):  # the program has gone to another folder
            self.place = Path(path) / self.place.relative_to(self.path)
            self.path = Path(path)
        if self._lock.held() and self.place.is_dir():
            return True
        self._lock.release()
        self._lock = Lock(self.path / _LOCK)
        if os.path.lexists(self.path):
            same = self.place.is_dir() and os.path.samestat(os.stat(self.path), found)
            if same:  # only the lock's file has gone
                self._lock.acquire()
                return True
            if not self.path.is_dir() or any(not temporary_name(n) for n in os.listdir(self.path)):
                raise FileExistsError(errno.EEXIST, "something else stands there now")
        self._make()
        self.place.mkdir(exist_ok=True)
        return False

    def abandon(self) -> None:
        """Leave nothing of a new run that has nothing to show, and all that was there before."""
        with suppress(OSError):
            if self._new and self.place != self.path:
                shutil.rmtree(self.place)
            elif self._new and self._lock.held() and not (self / MODEL).is_file():
                for file in self._own(self.path):
                    file.unlink()
        self.release()
        with suppress(OSError):  # such as for somebody's files in it
            for folder in self._made:
                folder.rmdir()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep others from writing for a moment; Held where one does, OSError where nobody can."""
        self._lock.acquire()
        try:
            yield
        finally:
            self._lock.release()

    def release(self) -> None:
        """Let others write; safe to call twice."""
        self._lock.release()

    def complete(self) -> None:
        """The run is complete: if it stands in for another one, it takes its place now."""
        if self.place == self.path:
            return
        os.replace(self.place, self.path / _DONE)
        sync_folder(self.path)
        self.place = self.path
        self._settle()

    def _settle(self) -> None:
        """Bring the replacing of a run to its end, wherever it was broken off."""
        done, moving = self.path / _DONE, self.path / _MOVING
        for room in (done, moving):
            if os.path.lexists(room) and not self._whole(room):
                raise ArgumentError(
                    f"{room} is not a whole run, as a copy that was broken off is not; move it away"
                )
        if done.is_dir():
            new = {p.name for p in done.iterdir()}
            for old in self._own(self.path):
                if old.name not in new:
                    old.unlink()
            sync_folder(self.path)
            os.replace(done, moving)
        if moving.is_dir():
            # run.json is the last: until then readers find it where it is complete.
            for file in sorted(moving.iterdir(), key=lambda p: p.name == RUN):
                os.replace(file, self.path / file.name)
            sync_folder(self.path)
            moving.rmdir()

    def _whole(self, room: Path) -> bool:
        """Whether a run that is to take another one's place is complete: its model is here or has
        been moved already."""
        if not os.path.isfile(room / RUN):  # it is the last that is moved
            return room.name == _MOVING and not os.listdir(room)
        model = next((p for p in (room / MODEL, self.path / MODEL) if os.path.isfile(p)), None)
        try:
            digest = json.loads((room / RUN).read_bytes())["files"][MODEL]
            return model is not None and hashlib.sha256(model.read_bytes()).hexdigest() == digest
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            return False

    def _remove_next(self) -> None:
        """Remove a new run that was stopped, if that is what stands in its place."""
        room = self.path / _NEXT
        if not os.path.lexists(room):
            return
        others = [room] if room.is_symlink() or not room.is_dir() else list(room.iterdir())
        others = [p for p in others if not own_name(p.name) and not temporary_name(p.name)]
        if others:
            raise ArgumentError(f"{others[0]} is no file of a run; move it away")
        shutil.rmtree(room)

    def _own(self, folder: Path) -> list[Path]:
        return [p for p in folder.iterdir() if p.name == p.name.lower() and own_name(p.name)]

    def write(self, name: str, content: str | bytes) -> None:
        """Write one file, whole or not at all."""
        data = content.encode("utf-8") if isinstance(content, str) else content
        write_atomically(self / name, data)
        self.written.append(name)


def _passing(path: Path) -> bool:
    """Whether a file is one of those that a running or a killed writer has in the folder."""
    return path.name in (_LOCK, _NEXT, _DONE, _MOVING) or temporary_name(path.name)


def remedy(error: OSError) -> str:
    """What helps against an error of writing, where that is known."""
    full = error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
    return "free some space" if full else ""


@contextmanager
def keep_account(
    folder: RunFolder, files: tuple[str, ...], packed: bytes, epochs: int
) -> Iterator[None]:
    """When writing fails, say what was written and what was not, and keep the weights, if the
    checkpoint is not of the last of the epochs."""
    folder.written = []
    try:
        if not folder.stands():
            raise FileNotFoundError(errno.ENOENT, "the folder was removed")
        yield
    except (OSError, Held) as error:
        why = error.strerror if isinstance(error, OSError) else f"{error} writes there now"
        done = folder.written
        missing = [f for f in files if f not in done]
        help_ = remedy(error) if isinstance(error, OSError) else ""
        help_ = f"{help_} and " if help_ else ""
        lost = isinstance(error, (Held, FileExistsError))  # the folder is another one's by now
        epoch = 0 if lost else _saved_epoch(folder.checkpoint())
        if epoch == epochs:
            kept = (
                f" The weights of the last epoch are in {folder.checkpoint().name}: {help_}go on "
                f"with {resuming(folder.path)}"
            )
        else:
            kept = _rescued(folder, packed)
        raise ArgumentError(
            f"{folder.path}: writing failed ({why or error}); written: "
            f"{', '.join(done) or 'nothing'}; not written: {', '.join(missing)}.{kept}"
        ) from error


def _saved_epoch(path: Path) -> int:
    """The epoch of a checkpoint; 0 where there is none that is whole."""
    try:
        return len(load_tree(path)["history"]["rows"])
    except (OSError, ArgumentError, LookupError, TypeError):
        return 0


def _rescued(folder: RunFolder, packed: bytes) -> str:
    """The weights, somewhere else: the folder cannot have them."""
    try:
        path = Path(tempfile.mkdtemp(prefix="denpa-")) / MODEL
        write_atomically(path, packed)
    except OSError as error:
        return f" The weights could not be kept elsewhere either ({error.strerror or error})"
    return f" The weights are in {path}"
