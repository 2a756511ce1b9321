"""The language in which messages are made: that of the command or call that runs."""

from __future__ import annotations

import errno
import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import ParamSpec, TypeVar

from denpa.core.errors import ArgumentError

_P = ParamSpec("_P")
_R = TypeVar("_R")
_language: ContextVar[str] = ContextVar("language", default="en")


def say(en: str, ja: str) -> str:
    """One of two texts that say the same, in English and in Japanese.

    >>> say("right", "正解")
    'right'
    >>> with speaking("ja"):
    ...     say("right", "正解")
    '正解'
    """
    return ja if _language.get() == "ja" else en


def in_its_language(run: Callable[_P, _R]) -> Callable[_P, _R]:
    """The same function, whose errors are in the `language` that it is given by name."""

    @functools.wraps(run)
    def spoken(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        with speaking(str(kwargs.get("language", _language.get()))):
            return run(*args, **kwargs)

    return spoken


_SYSTEM = {
    errno.ENOENT: "そのようなファイルやフォルダはありません",
    errno.EACCES: "許可がありません",
    errno.EPERM: "許可がありません",
    errno.EISDIR: "フォルダです",
    errno.ENOTDIR: "フォルダではありません",
    errno.EEXIST: "すでにあります",
    errno.ENOSPC: "空き容量がありません",
    errno.EROFS: "書き込めない場所です",
}


def reason(error: OSError) -> str:
    """What the system says of a file, without its name.

    >>> with speaking("ja"):
    ...     reason(FileNotFoundError(2, "No such file or directory", "a.py"))
    'そのようなファイルやフォルダはありません'
    """
    english = error.strerror or str(error)
    return say(english, _SYSTEM.get(error.errno or 0) or f"システムのエラー ({english})")


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Make messages in this language, "en" or "ja", within.

    Errors: ArgumentError for another one.
    """
    if language not in ("en", "ja"):
        raise ArgumentError(f"language is 'en' or 'ja', not {language!r}")
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)
