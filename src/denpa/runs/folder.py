"""The run folder: who writes into it, where its files stand, and how a new run takes the place of
an old one.

`model.safetensors` (weights, and in its header all that prediction needs), `run.json` (settings,
versions, data, figures), `history.csv`, `report.html`, `checkpoint.safetensors` and the one before
it (to go on from). One process writes, which holds `.lock`; a run that is to replace another is
written into `.next`, and its files are moved when it is complete.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from denpa.core.errors import ArgumentError
from denpa.core.files import remove_litter, sync_folder, temporary_name, write_all, write_atomically
from denpa.core.lock import Held, Lock
from denpa.core.run_files import MODEL, RUN, own_name
from denpa.core.wording import either, option

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
        self._new = False  # the run
        self._made: list[Path] = []  # folders that were not there before

    def __truediv__(self, name: str) -> Path:
        return self.place / name

    def find(self, name: str) -> Path:
        """Where a reader finds a file of the run, also while a new one takes its place."""
        places = [self.path / room / name for room in (_DONE, _MOVING)]
        return next((p for p in places if os.path.isfile(p)), self.path / name)

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
            raise ArgumentError(
                f"{self.path} holds a run already; give another {option('out')}, continue that "
                f"run with {resuming(self.path)}, or replace it with {option('overwrite', True)}"
            )
        if any(not _passing(p) for p in self.path.iterdir()):
            raise ArgumentError(
                f"{self.path} is a folder with other files in it; give another {option('out')}, or "
                f"write into it all the same with {option('overwrite', True)}"
            )

    def check_apart(self, sources: Iterable[str | os.PathLike[str] | None]) -> None:
        """Raise where the run would write over its own data, or into a folder that is read."""
        out = self.path.resolve()
        for source in sources:
            data = Path(source).expanduser().resolve() if source else None
            if data is None or not os.path.exists(data):
                continue
            if data.is_dir() and out.is_relative_to(data):
                raise ArgumentError(
                    f"{self.path} is in {source}, from which the data are read; give another "
                    f"{option('out')}"
                )
            if data.parent == out and own_name(data.name):
                raise ArgumentError(
                    f"{source} are the data, and the run would write a file of that name; give "
                    f"another {option('out')}"
                )

    def begin(self, overwrite: bool) -> None:
        """Take the folder for a new run."""
        self._new = True
        with self._claimed():
            self.check_free(overwrite)
            _remove(self.path / _NEXT)
            if (self.path / RUN).is_file():
                self.place = self.path / _NEXT
                self.place.mkdir()
            else:
                self._clear()

    def go_on(self) -> None:
        """Take the folder to go on with its run: with a new one that was to replace the old and was
        stopped, if there is such."""
        if not os.path.isdir(self.path):
            return  # reading it says what is wrong
        with self._claimed():
            if (self.path / _NEXT / RUN).is_file():
                self.place = self.path / _NEXT
                remove_litter(self.place)
            else:
                _remove(self.path / _NEXT)

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
            self._settle()
            remove_litter(self.path)
            yield

    @contextmanager
    def known(self) -> Iterator[None]:
        """What keeps a run from beginning, told; nothing is left of it then."""
        try:
            yield
        except Held as held:
            raise Taken(
                f"{self.path} is being written by {held}; wait until it has ended, or give another "
                f"{option('out')}"
            ) from None
        except OSError as error:
            self.abandon()
            raise ArgumentError(
                f"{self.path}: cannot be written to ({error.strerror or error}); give another "
                f"{option('out')}. Nothing was trained"
            ) from error
        except BaseException:
            self.abandon()
            raise

    def _make(self) -> None:
        self._made = [p for p in (self.path, *self.path.parents) if not p.exists()]
        self.path.mkdir(parents=True, exist_ok=True)
        self._lock.acquire()

    def stands(self) -> bool:
        """Whether the folder is where it was; if not, it is made again, and False says that all
        that was written has gone.

        Errors: Held where another process has made it and writes there; OSError where it cannot be.
        """
        if self._lock.held() and self.place.is_dir():
            return True
        self._lock.release()
        self._lock = Lock(self.path / _LOCK)
        self._make()
        self.place.mkdir(exist_ok=True)
        return False

    def abandon(self) -> None:
        """Leave nothing of a new run that has nothing to show, and all that was there before."""
        with suppress(OSError):
            if self._new and self.place != self.path:
                _remove(self.place)
            elif self._new and self._lock.held() and not (self / MODEL).is_file():
                self._clear()
        self.release()
        with suppress(OSError):  # such as for somebody's files in it
            for folder in self._made:
                folder.rmdir()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep others from writing for a moment; Held where one does, OSError where nobody can."""
        self._lock.acquire()
        try:
            self._settle()
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

    def _own(self, folder: Path) -> list[Path]:
        return [p for p in folder.iterdir() if own_name(p.name) and not p.is_dir()]

    def _clear(self) -> None:
        """Remove the files of an earlier run, and only those."""
        for file in self._own(self.path):
            file.unlink()

    def write(self, name: str, content: str | bytes) -> None:
        """Write one file, whole or not at all."""
        data = content.encode("utf-8") if isinstance(content, str) else content
        write_atomically(self / name, data)
        self.written.append(name)


def _passing(path: Path) -> bool:
    """Whether a file is one of those that a running or a killed writer has in the folder."""
    return path.name in (_LOCK, _NEXT, _DONE, _MOVING) or temporary_name(path.name)


def _remove(folder: Path) -> None:
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder)


def remedy(error: OSError) -> str:
    """What helps against an error of writing, where that is known."""
    full = error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
    return "free some space" if full else ""


@contextmanager
def keep_account(folder: RunFolder, files: tuple[str, ...], packed: bytes) -> Iterator[None]:
    """When writing fails, say what was written and what was not, and keep the weights."""
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
        if folder.checkpoint().is_file() and not isinstance(error, Held):
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


def _rescued(folder: RunFolder, packed: bytes) -> str:
    """The weights, somewhere else: the folder cannot have them."""
    try:
        path = Path(tempfile.mkdtemp(prefix="denpa-")) / MODEL
        write_atomically(path, packed)
    except OSError as error:
        return f" The weights could not be kept elsewhere either ({error.strerror or error})"
    return f" The weights are in {path}"
