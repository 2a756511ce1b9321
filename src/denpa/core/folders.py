"""Where Denpa keeps what can be made or fetched again."""

from __future__ import annotations

from pathlib import Path


def cache_folder() -> Path:
    r"""The one folder of this user for compiled programs and downloaded data sets.

    The platform's own place: `~/.cache/denpa` or `$XDG_CACHE_HOME/denpa` on Linux,
    `~/Library/Caches/denpa` on macOS, `%LOCALAPPDATA%\denpa\Cache` on Windows. It is not made here.

    Errors: a RuntimeError where no home directory is known.

    >>> cache_folder().is_absolute()
    True
    """
    from platformdirs import user_cache_path

    return user_cache_path("denpa", appauthor=False)
