"""Attacks on the cache of compiled programs: entries that are foreign, damaged or open to others,
links in the place of entries, temporary files and the folder, and two who write at once."""

from __future__ import annotations

import os
import random
import shutil
import stat
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

from denpa.compiler.run import cache as module
from denpa.compiler.run.cache import Cache, _encode
from denpa.core import folders
from tests.attack.record import Attack, Outcome

_META, _CODE, _EVIL = {"names": ["step"]}, bytes(range(256)) * 8, b"evil" * 99
_STRANGER = 54321


class _Scene:
    """A cache with an entry, and files of a victim beside it that nobody may touch."""

    def __init__(self, place: Path) -> None:
        self.place, self.folder, self.victim = place, place / "cache", place / "victim"
        self.cache = Cache(self.folder)
        self.cache.put("a", _META, _CODE)
        self.entry = self.folder / "a.denpa"
        self.victim.mkdir(mode=0o700)
        for name in ("precious", "old.tmp", "b.denpa"):
            (self.victim / name).write_bytes(b"precious")
            os.utime(self.victim / name, (1e9, 1e9))
        self.kept = self._state()
        self.owners: dict[int, int] = {}  # of files, by inode: as if somebody else had made them
        self.safe = True  # whether what the cache holds may be answered at all

    def _state(self) -> dict[str, tuple[int, float, bytes]]:
        """What the victim has."""
        found = {}
        for path in sorted(self.victim.iterdir()):
            seen = path.stat()
            found[path.name] = (seen.st_mode, seen.st_mtime, path.read_bytes())
        return found

    def by_stranger(self, path: Path) -> None:
        """From now on this file or link belongs to somebody else."""
        self.owners[os.lstat(path).st_ino] = _STRANGER

    def problem(self) -> str | None:
        """What the cache does now: nothing foreign is answered, nothing of the victim is touched,
        and, where the folder is to be trusted, the next writing serves again."""
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            found = self.cache.get("a")
            if found is not None and found != (_META, _CODE):
                return f"answered {found!r:.60}"
            if found is not None and not self.safe:
                return "answered from what others may write"
            self.cache.put("a", _META, _CODE)
            again = self.cache.get("a")
            other = self.cache.get("b")
        if other is not None:
            return "answered an entry that was never put"
        if self._state() != self.kept:
            return f"the victim's files changed: {sorted(self._state())}"
        if any(len(str(t.message).splitlines()) > 1 for t in told) or len(told) > 2:
            return f"{len(told)} warnings: {[str(t.message) for t in told]}"
        if again is None:
            return None if told else "nothing is kept, and nobody was told"
        if not self.safe and os.path.samefile(self.folder, self.victim):
            return "the victim's folder is written"
        entry = os.lstat(self.entry)
        if not stat.S_ISREG(entry.st_mode) or (os.name != "nt" and entry.st_mode & 0o077):
            return f"the new entry has the mode {entry.st_mode:o}"
        litter = [n for n in os.listdir(self.folder) if n.endswith(".tmp") and "planted" not in n]
        return f"left behind: {litter}" if litter else None


def _damaged(rng: random.Random, scene: _Scene) -> None:
    data = bytearray(scene.entry.read_bytes())
    match rng.randrange(4):
        case 0:
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        case 1:
            del data[rng.randrange(len(data)) :]
        case 2:
            data += rng.randbytes(rng.randint(1, 9))
        case _:
            at = rng.randrange(len(data))
            data[at : at + 9] = rng.randbytes(9)
            if data == scene.entry.read_bytes():
                data[0] ^= 1
    scene.entry.write_bytes(data)


def _renamed(rng: random.Random, scene: _Scene) -> None:
    """An entry that is right, under the key of another."""
    scene.entry.write_bytes(_encode(rng.choice(("c", "A", "a.denpa")), _META, _EVIL))


def _foreign(rng: random.Random, scene: _Scene) -> None:
    starts = (b"\x7fELF", b"denpa\r\n\0", b"#!/bin/sh\n", b"", b"\x80\x04")
    scene.entry.write_bytes(rng.choice(starts) + rng.randbytes(rng.randint(0, 200)))


def _signed_by_stranger(rng: random.Random, scene: _Scene) -> None:
    """Evil code with a digest that is right: only its owner or its mode tells it."""
    scene.entry.write_bytes(_encode("a", _META, _EVIL))
    if rng.random() < 0.5:
        scene.by_stranger(scene.entry)
    else:
        scene.entry.chmod(rng.choice((0o622, 0o660, 0o606, 0o666, 0o777, 0o620)))


def _open_folder(rng: random.Random, scene: _Scene) -> None:
    scene.entry.write_bytes(_encode("a", _META, _EVIL))
    scene.folder.chmod(rng.choice((0o777, 0o770, 0o1777, 0o707, 0o730, 0o3777)))
    scene.safe = False


def _folder_of_stranger(rng: random.Random, scene: _Scene) -> None:
    scene.entry.write_bytes(_encode("a", _META, _EVIL))
    scene.by_stranger(scene.folder)
    scene.safe = False


def _linked_entry(rng: random.Random, scene: _Scene) -> None:
    """A link to code that is right and evil, to a file of the victim, to nothing, to itself."""
    evil = scene.place / "evil"
    evil.write_bytes(_encode("a", _META, _EVIL))
    scene.entry.unlink()
    targets = (evil, scene.victim / "precious", scene.place / "nothing", scene.entry, "/dev/zero")
    scene.entry.symlink_to(rng.choice(targets))


def _linked_folder(rng: random.Random, scene: _Scene) -> None:
    """The folder is a link that somebody else put there, as in /tmp, to a folder of the victim."""
    shutil.rmtree(scene.folder)
    scene.folder.symlink_to(scene.victim)
    scene.by_stranger(scene.folder)
    scene.safe = False


def _planted_temporary(rng: random.Random, scene: _Scene) -> None:
    """Links of names that a temporary file may have, to a file of the victim."""
    names = ("a.denpa.tmp", ".a.denpa.tmp", f".a.denpa.{os.getpid()}.tmp", ".a.denpa.planted.tmp")
    for name in names:
        (scene.folder / f"planted{name}").symlink_to(scene.victim / "precious")
        if rng.random() < 0.5 and "planted" in name:
            (scene.folder / name).symlink_to(scene.victim / "precious")


def _no_file(rng: random.Random, scene: _Scene) -> None:
    scene.entry.unlink()
    match rng.randrange(2):
        case 0:
            os.mkfifo(scene.entry)
        case _:
            scene.entry.mkdir()


def _no_folder(rng: random.Random, scene: _Scene) -> None:
    """The folder is gone, a file, a pipe, or a link to nothing."""
    shutil.rmtree(scene.folder)
    match rng.randrange(4):
        case 0:
            scene.folder.write_bytes(b"")
        case 1:
            os.mkfifo(scene.folder)
        case 2:
            scene.folder.symlink_to(scene.place / "nothing")
        case _:
            pass


def _race(rng: random.Random, scene: _Scene) -> None:
    """A second writer of the same entry, and one who removes and damages it meanwhile."""

    def write() -> None:
        other = Cache(scene.folder)
        for _ in range(6):
            other.put("a", _META, _CODE)

    def spoil() -> None:
        for _ in range(6):
            try:
                (scene.folder / "a.denpa.new").write_bytes(_EVIL)
                os.replace(scene.folder / "a.denpa.new", scene.entry)
            except OSError:
                pass

    threads = [threading.Thread(target=work) for work in rng.choice(((write,), (write, spoil)))]
    for thread in threads:
        thread.start()
    for _ in range(6):
        found = scene.cache.get("a")
        assert found in (None, (_META, _CODE)), "answered half of an entry"
        scene.cache.put("a", _META, _CODE)
    for thread in threads:
        thread.join()


_POSIX = (
    *(_signed_by_stranger, _open_folder, _folder_of_stranger, _linked_entry, _linked_folder),
    *(_planted_temporary, _no_file, _no_folder),
)
_ANYWHERE = (_damaged, _damaged, _renamed, _foreign, _race)
_SCENES = _ANYWHERE if os.name == "nt" else (*_POSIX, *_ANYWHERE)


def _try(rng: random.Random, prepare: Callable[[random.Random, _Scene], None]) -> str | None:
    with tempfile.TemporaryDirectory() as place, mock.patch.object(module, "_told", set()):
        scene = _Scene(Path(place))
        prepare(rng, scene)

        def ours(found: os.stat_result) -> bool:
            return found.st_ino not in scene.owners

        with mock.patch.object(folders, "ours", ours):
            return scene.problem()


def compile_cache(count: int, seed: int) -> Outcome:
    """Folders of compiled programs that a stranger or bad luck has been at."""

    def cases() -> Iterator[tuple[str, Callable[[], str | None]]]:
        for k in range(count):
            prepare = _SCENES[k % len(_SCENES)]

            def case(k: int = k, prepare: Callable[..., None] = prepare) -> str | None:
                return _try(random.Random(f"{seed} {k}"), prepare)

            yield f"seed {seed}, case {k} ({prepare.__name__[1:]})", case

    return Outcome().judge(cases())


ATTACKS = (
    Attack(
        "compile-cache",
        "nothing foreign runs, nothing outside is written; told in one line, compiled anew",
        compile_cache,
        39,
        600,
    ),
)
