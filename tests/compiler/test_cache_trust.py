"""Compiled programs that somebody else may have written are not run, and nothing is written to what
is not the cache's."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from denpa.compiler.run import cache as module
from denpa.compiler.run.cache import Cache
from denpa.core import folders
from tests.compiler.test_cache import CODE, META, file_of, files


@pytest.fixture(autouse=True)
def _nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_told", set())


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    made = Cache(tmp_path / "deep" / "folder")
    made.put("a", META, CODE)
    return made


POSIX = pytest.mark.skipif(os.name == "nt", reason="modes of POSIX")


@POSIX
@pytest.mark.parametrize("mode", [0o770, 0o707, 0o1777, 0o720])
def test_a_folder_that_others_may_write_is_neither_read_nor_written(
    cache: Cache, mode: int
) -> None:
    assert cache.folder is not None
    cache.folder.chmod(mode)
    with pytest.warns(RuntimeWarning, match=rf"may be written by others \(its mode is {mode:o}\)"):
        assert cache.get("a") is None
    cache.put("b", META, CODE)  # told once: a second warning would be an error here
    assert Cache(cache.folder).get("a") is None
    assert files(cache) == ["a.denpa"]
    cache.folder.chmod(0o755)  # read by all, written by its owner
    assert cache.get("a") == (META, CODE)


@POSIX
@pytest.mark.parametrize("mode", [0o660, 0o606, 0o622])
def test_an_entry_that_others_may_write_is_not_run_and_made_anew(cache: Cache, mode: int) -> None:
    file_of(cache).chmod(mode)
    with pytest.warns(RuntimeWarning, match=rf"a\.denpa may be written by others .*{mode:o}"):
        assert cache.get("a") is None
    cache.put("a", META, CODE)
    assert file_of(cache).stat().st_mode & 0o777 == 0o600
    assert cache.get("a") == (META, CODE)


@POSIX
def test_entries_are_their_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        cache = Cache(tmp_path / "new")
        cache.put("a", META, CODE)
    finally:
        os.umask(before)
    assert file_of(cache).stat().st_mode & 0o7777 == 0o600
    assert (tmp_path / "new").stat().st_mode & 0o7777 == 0o700


@POSIX
def test_a_link_in_the_place_of_an_entry_is_not_followed(cache: Cache, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    whole = file_of(cache).read_bytes()
    victim.write_bytes(whole)
    os.utime(victim, (1e9, 1e9))
    file_of(cache).unlink()
    file_of(cache).symlink_to(victim)
    assert cache.get("a") is None  # though what it points at is whole
    cache.put("a", META, CODE)
    assert not file_of(cache).is_symlink()
    assert victim.read_bytes() == whole
    assert victim.stat().st_mtime == 1e9


@POSIX
def test_a_planted_name_is_not_written_through(
    cache: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The temporary name is not known before; even if it were, a link there is not followed."""
    assert cache.folder is not None
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    monkeypatch.setattr(folders.secrets, "token_hex", lambda n: "00")
    (cache.folder / ".b.denpa.00.tmp").symlink_to(victim)
    with pytest.warns(RuntimeWarning, match="File exists"):
        cache.put("b", META, CODE)
    assert victim.read_bytes() == b"precious"


@POSIX
def test_a_pipe_in_the_place_of_an_entry_is_not_waited_for(cache: Cache) -> None:
    os.mkfifo(file_of(cache, "p"))
    with pytest.warns(RuntimeWarning, match="is no plain file"):
        assert cache.get("p") is None


@POSIX
def test_a_folder_that_is_swapped_while_open_is_not_written(tmp_path: Path) -> None:
    """What was checked is what is written: the folder is held, not its name."""
    path = tmp_path / "cache"
    with folders.PrivateFolder(path, make=True) as folder:
        path.rename(tmp_path / "old")
        (tmp_path / "other").mkdir(0o700)
        path.symlink_to(tmp_path / "other")
        folder.write("a", b"1")
        assert folder.read("a", 9) == b"1"
    assert os.listdir(tmp_path / "other") == []
    assert os.listdir(tmp_path / "old") == ["a"]


@POSIX
def test_a_link_to_the_folder_is_followed_if_it_is_ones_own(
    cache: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cache.folder is not None
    link = tmp_path / "link"
    link.symlink_to(cache.folder)
    assert Cache(link).get("a") == (META, CODE)
    mine = link.lstat()
    real = os.lstat

    def planted(path: Any, **options: Any) -> os.stat_result:
        found = real(path, **options)
        return os.stat_result([*found[:4], 12345, *found[5:10]]) if found == mine else found

    monkeypatch.setattr(os, "lstat", planted)  # as in /tmp, where anybody may put one
    with pytest.warns(RuntimeWarning, match="link belongs to another user"):
        assert Cache(link).get("a") is None
    Cache(link).put("b", META, CODE)
    assert files(cache) == ["a.denpa"]


@pytest.mark.parametrize("home", ["", "relative"])
def test_a_home_that_is_no_absolute_path_is_no_home(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: str
) -> None:
    import platformdirs

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DENPA_CACHE", raising=False)
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda *a, **k: Path(home) / "denpa")
    with pytest.warns(RuntimeWarning, match="the home directory is not known"):
        cache = Cache()
    cache.put("a", META, CODE)
    assert os.listdir(tmp_path) == []
