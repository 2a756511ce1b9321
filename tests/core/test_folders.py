"""Where what can be made again is kept, on each platform: one folder for all of it."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import platformdirs.windows
import pytest
from platformdirs.macos import MacOS
from platformdirs.unix import Unix
from platformdirs.windows import Windows

from denpa.compiler.run.cache import default_folder
from denpa.core.folders import cache_folder
from denpa.data import cache_dir


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        (Unix, {}, "home/.cache/denpa"),
        (Unix, {"XDG_CACHE_HOME": "xdg"}, "xdg/denpa"),
        (Unix, {"XDG_CACHE_HOME": ""}, "home/.cache/denpa"),
        (MacOS, {}, "home/Library/Caches/denpa"),
        (Windows, {}, "home/AppData/Local/denpa/Cache"),
    ],
)
def test_one_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, platform: type, variables: dict[str, str],
    expected: str,
) -> None:  # fmt: skip
    for name in ("DENPA_CACHE", "DENPA_DATA", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    local = tmp_path / "home" / "AppData" / "Local"
    monkeypatch.setattr(platformdirs.windows, "get_win_folder", lambda kind: str(local))
    for name, value in variables.items():
        monkeypatch.setenv(name, value and str(tmp_path / value))
    monkeypatch.setattr(platformdirs, "PlatformDirs", platform)
    assert cache_folder() == tmp_path / expected
    assert default_folder() == tmp_path / expected
    assert cache_dir() == tmp_path / expected
    assert not (tmp_path / "home").exists()  # asking makes nothing


def test_a_relative_folder_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # No valid value, says the XDG Base Directory Specification.
    monkeypatch.setattr(platformdirs, "PlatformDirs", Unix)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache_folder() == tmp_path / ".cache" / "denpa"
    assert cache_dir() == tmp_path / ".cache" / "denpa"
