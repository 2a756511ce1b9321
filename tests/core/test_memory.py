"""The C library's allocator is told to keep what is freed, unless the user has said otherwise."""

from __future__ import annotations

import platform

import pytest

from denpa.core.memory import keep_freed_memory


def test_the_users_own_setting_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MALLOC_TRIM_THRESHOLD_", raising=False)
    assert keep_freed_memory() == (platform.libc_ver()[0] == "glibc")
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "131072")
    assert not keep_freed_memory()
