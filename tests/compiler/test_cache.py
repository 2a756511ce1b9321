"""Compiled programs on disk: found again, never wrong, never in the way."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import tempfile
import textwrap
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.compiler.emit import llvm
from denpa.compiler.run import cache as module
from denpa.compiler.run.cache import Cache, default_folder, key
from denpa.core import folders
from denpa.core.errors import ArgumentError
from denpa.core.folders import cache_folder

META = {"names": ["step"], "shapes": [[2, 3]], "Größe": 1.5}
CODE = bytes(range(256)) * 4
HERE = llvm.Target("x86_64-unknown-linux-gnu", "haswell", "+avx2", 8)


@pytest.fixture(autouse=True)
def _nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_told", set())


def file_of(cache: Cache, name: str = "a") -> Path:
    assert cache.folder is not None
    return cache.folder / f"{name}.denpa"


def files(cache: Cache) -> list[str]:
    assert cache.folder is not None
    return sorted(os.listdir(cache.folder))


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    made = Cache(tmp_path / "deep" / "folder")
    made.put("a", META, CODE)
    return made


def test_what_was_put_comes_back(cache: Cache) -> None:
    assert cache.get("a") == (META, CODE)
    assert Cache(cache.folder).get("a") == (META, CODE)
    assert cache.get("b") is None
    assert files(cache) == ["a.denpa"]  # and no temporary file


def test_the_folder_is_the_users_alone(cache: Cache) -> None:
    assert cache.folder is not None
    assert os.name == "nt" or cache.folder.stat().st_mode & 0o077 == 0


def test_put_replaces(cache: Cache) -> None:
    cache.put("a", {}, b"")
    assert cache.get("a") == ({}, b"")


def test_one_bit_anywhere_is_found_and_the_entry_removed(cache: Cache) -> None:
    path = file_of(cache)
    whole = path.read_bytes()
    for at in [*range(len(whole) - len(CODE) + 20), len(whole) // 2, len(whole) - 1]:
        for bit in (1, 128):
            bad = bytearray(whole)
            bad[at] ^= bit
            path.write_bytes(bad)
            assert cache.get("a") is None, f"byte {at}, bit {bit}"
            assert not path.exists(), f"byte {at}, bit {bit}"
    cache.put("a", META, CODE)
    assert cache.get("a") == (META, CODE)


def test_cut_off_or_continued_is_found(cache: Cache) -> None:
    path = file_of(cache)
    whole = path.read_bytes()
    for bad in [*(whole[:n] for n in range(0, len(whole), 7)), whole[:-1], whole + b"\0"]:
        path.write_bytes(bad)
        assert cache.get("a") is None
        assert not path.exists()


def test_an_entry_of_another_key_is_none_of_ours(cache: Cache) -> None:
    os.replace(file_of(cache), file_of(cache, "b"))
    assert cache.get("b") is None
    assert files(cache) == []


def test_an_entry_of_another_format_is_made_anew(
    cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_FORMAT", 2)
    assert cache.get("a") is None  # signed and whole, but of format 1
    assert files(cache) == []


@pytest.mark.parametrize(
    "bad", [b"", b"\x7fELF", b"x" * 5000, struct.pack("<8sII", b"denpa", 1, 0)]
)
def test_foreign_files(cache: Cache, bad: bytes) -> None:
    file_of(cache).write_bytes(bad)
    assert cache.get("a") is None
    assert files(cache) == []


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="users of POSIX")
def test_code_of_another_user_is_not_run(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = file_of(cache).stat().st_uid
    if owner == 0:  # root's is taken by everybody: pretend that it is not
        monkeypatch.setattr(folders, "ours", lambda stat: stat.st_uid == os.getuid())
    monkeypatch.setattr(os, "getuid", lambda: owner + 1)
    with pytest.warns(RuntimeWarning, match="belongs to another user: no compiled program there"):
        assert cache.get("a") is None
    assert cache.get("a") is None  # and is told once
    cache.put("b", META, CODE)
    assert files(cache) == ["a.denpa"]  # not ours to remove


def test_owners() -> None:
    if not hasattr(os, "getuid"):
        pytest.skip("users of POSIX")
    stat = list(os.stat(__file__))
    for owner, ours in [(os.getuid(), True), (0, True), (os.getuid() + 1, False)]:
        stat[4] = owner
        assert folders.ours(os.stat_result(stat)) is ours


def test_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DENPA_CACHE", "OFF")
    cache = Cache()
    cache.put("a", META, CODE)
    assert cache.folder is None
    assert cache.get("a") is None


def test_denpa_cache_names_the_folder_of_programs_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DENPA_CACHE", str(tmp_path / "mine"))
    assert default_folder() == tmp_path / "mine"
    assert cache_folder() != tmp_path / "mine"
    monkeypatch.delenv("DENPA_CACHE")
    assert default_folder() == cache_folder()


def test_no_home_costs_one_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    import platformdirs

    def nowhere(*args: Any, **options: Any) -> Path:
        raise RuntimeError("could not determine the home directory")

    monkeypatch.delenv("DENPA_CACHE", raising=False)
    monkeypatch.setattr(platformdirs, "user_cache_path", nowhere)
    with pytest.warns(RuntimeWarning, match="home directory"):
        cache = Cache()
    cache.put("a", META, CODE)
    assert cache.get("a") is None


def test_a_folder_that_cannot_be_made_costs_one_warning(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = Cache(tmp_path / "file" / "cache")
    with pytest.warns(RuntimeWarning, match=r"not kept in .*cache .*set DENPA_CACHE"):
        cache.put("a", META, CODE)
    cache.put("b", META, CODE)  # a second warning would be an error here
    assert cache.get("a") is None


def test_a_folder_that_is_read_only_still_serves(
    cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Permissions do not bind root, who may run this: the calls themselves refuse.
    def refuse(*args: Any, **options: Any) -> None:
        raise PermissionError(13, "read-only file system")

    file_of(cache, "damaged").write_bytes(b"damaged")
    for name in ("utime", "replace", "unlink"):
        monkeypatch.setattr(os, name, refuse)
    monkeypatch.setattr(Path, "unlink", refuse)
    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    assert cache.get("a") == (META, CODE)
    assert cache.get("damaged") is None
    with pytest.warns(RuntimeWarning, match="read-only file system"):
        cache.put("b", META, CODE)
    cache.put("b", META, CODE)
    assert cache.get("b") is None


def test_a_full_disk_leaves_nothing_behind(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    class Half(io.FileIO):
        def write(self, data: Any) -> int:
            super().write(bytes(data)[:10])
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdopen", lambda handle, mode: Half(handle, mode))
    with pytest.warns(RuntimeWarning, match="No space left"):
        cache.put("b", META, CODE)
    assert files(cache) == ["a.denpa"]


def test_above_the_limit_the_least_recently_used_go(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    size = 0
    for age, name in enumerate("abcd"):
        cache.put(name, {}, bytes(1000))
        size = file_of(cache, name).stat().st_size
        os.utime(file_of(cache, name), (1e9 + age, 1e9 + age))
    assert cache.get("a") is not None  # used: now b is the oldest
    (tmp_path / "other.txt").write_bytes(bytes(100_000))  # not ours, not counted, not touched
    cache.limit = 3 * size
    cache.put("e", {}, bytes(1000))
    assert files(cache) == ["a.denpa", "d.denpa", "e.denpa", "other.txt"]
    cache.put("big", {}, bytes(4000))  # more than all the room there is
    assert files(cache) == ["a.denpa", "d.denpa", "e.denpa", "other.txt"]


def test_the_entry_just_written_is_the_last_to_go(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("future", {}, bytes(100))
    os.utime(file_of(cache, "future"), (4e9, 4e9))  # a clock that was wrong
    cache.limit = file_of(cache, "future").stat().st_size
    cache.put("n", {}, bytes(100))
    assert files(cache) == ["n.denpa"]


def test_temporary_files_of_the_dead_are_swept(cache: Cache) -> None:
    assert cache.folder is not None
    old, new, other = ".x.denpa.a1.tmp", ".y.denpa.b2.tmp", "notes.tmp"
    for name, age in ((old, 1e9), (new, None), (other, 1e9)):
        (cache.folder / name).write_bytes(b"half")
        if age:
            os.utime(cache.folder / name, (age, age))
    cache.put("b", {}, b"")
    assert files(cache) == [new, "a.denpa", "b.denpa", other]  # the last is somebody's


def test_two_processes_write_and_read_the_same_entry(tmp_path: Path) -> None:
    program = f"""
        import sys
        from denpa.compiler.run.cache import Cache
        cache, mine = Cache({str(tmp_path)!r}), sys.argv[1].encode()
        print("ready", flush=True)
        sys.stdin.readline()
        seen = set()
        for i in range(150):
            cache.put("same", {{"who": sys.argv[1]}}, mine * 400_000)
            entry = cache.get("same")
            assert entry is not None, "gone"
            meta, code = entry
            assert code == meta["who"].encode() * 400_000, "mixed"
            seen.add(meta["who"])
        print(*sorted(seen))
    """
    both = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", textwrap.dedent(program), who],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for who in "ab"
    ]  # fmt: skip
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
    for process in both:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    seen = []
    for process in both:
        out, err = process.communicate(timeout=600)
        assert process.returncode == 0, err
        seen.append(out.strip())
    assert "a b" in seen  # they did meet
    assert os.listdir(tmp_path) == ["same.denpa"]


def test_threads_of_one_process_do_not_share_a_temporary_file(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    failures: list[str] = []

    def work(who: int) -> None:
        for _ in range(30):
            cache.put("same", {"who": who}, bytes([who]) * 200_000)
            entry = cache.get("same")
            if entry is None or entry[1] != bytes([entry[0]["who"]]) * 200_000:
                failures.append(f"{who}")

    threads = [threading.Thread(target=work, args=(who,)) for who in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert files(cache) == ["same.denpa"]


@pytest.mark.parametrize("name", ["", "../up", "a/b", "a b", "x" * 200])
def test_a_key_that_is_no_file_name(cache: Cache, name: str) -> None:
    with pytest.raises(ArgumentError, match=r"cannot name a file.*make one with"):
        cache.get(name)
    with pytest.raises(ArgumentError, match="cannot name a file"):
        cache.put(name, {}, b"")


@pytest.fixture
def _version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llvm, "version", lambda: "llvmlite 1")


@pytest.mark.usefixtures("_version")
def test_a_key_changes_with_all_that_decides_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    first = key("graph", "float32", target=HERE)
    assert first == key("graph", "float32", target=HERE)
    assert len(first) == 64
    others = [
        key("graph", "float64", target=HERE),
        key("graphfloat32", target=HERE),
        key("graphf", "loat32", target=HERE),
        key("graph", "float32", "", target=HERE),
        key("graph", "float32", target=llvm.Target(HERE.triple, "znver4", HERE.features, 8)),
        key("graph", "float32", target=llvm.Target(HERE.triple, HERE.cpu, "-avx2", 4)),
        key("graph", "float32", target=llvm.Target("aarch64", HERE.cpu, HERE.features, 8)),
    ]
    monkeypatch.setattr(llvm, "version", lambda: "llvmlite 2")
    others.append(key("graph", "float32", target=HERE))
    monkeypatch.setattr(np, "__version__", "another NumPy")
    others.append(key("graph", "float32", target=HERE))
    monkeypatch.setattr(module, "_sources", lambda: "another compiler")
    others.append(key("graph", "float32", target=HERE))
    assert len({first, *others}) == 1 + len(others)


def test_a_key_is_of_the_source_of_the_compiler(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Of every file in the four folders of this very installation: in a copy each is changed."""
    package = Path(dp.__file__).parent
    copy = tmp_path / "denpa"
    files = []
    for folder in ("core", "ops", "autodiff", "compiler"):
        for file in (package / folder).rglob("*.py"):
            target = copy / file.relative_to(package)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
            files.append(target)
    assert copy / "compiler" / "emit" / "pointwise.py" in files
    whole = module._sources.__wrapped__()
    monkeypatch.setattr(module, "ROOT", f"{copy}/")
    seen = {module._sources.__wrapped__()}
    assert seen == {whole}
    for file in files:
        file.write_bytes(file.read_bytes() + b"#")
        seen.add(module._sources.__wrapped__())
    files[-1].rename(files[-1].with_name("other_name.py"))
    seen.add(module._sources.__wrapped__())
    assert len(seen) == len(files) + 2


@pytest.mark.skipif(not llvm.available(), reason="needs llvmlite")
def test_the_key_of_this_machine() -> None:
    assert key("graph") == key("graph", target=llvm.host())
