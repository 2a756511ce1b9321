"""What Denpa says, in the language of the command or call that runs.

In: a text in English, as it stands in the code, with named braces. Out: the same in the language
that `speaking` has set, filled in. What a text is in another language stands in one catalogue for
all of Denpa beside this file, in gettext's format (`ja.po`), which any tool for translators opens.
A text without an entry stays English.

A text that means two things has entries with a context (`msgctxt`). Tables of texts are looked up
as a whole (`table`), each text with the name of the table and its key as context first. What the
code and the catalogue must agree on is held by tests/words; `python -m denpa.words` brings the
catalogue up to date.
"""

from __future__ import annotations

import errno
import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.resources import files
from typing import ParamSpec, TypeVar

from denpa.core.errors import ArgumentError

LANGUAGES = ("en", "ja")

_P = ParamSpec("_P")
_R = TypeVar("_R")
_language: ContextVar[str] = ContextVar("language", default="en")


def say(text: str, /, **fill: object) -> str:
    """A text in the language that is spoken, with what stands in its braces.

    >>> say("not looked at")
    'not looked at'
    >>> with speaking("ja"):
    ...     say("cell {cell}, line {line}", cell=2, line=7)
    'セル 2 の 7 行目'
    """
    return translated(text, _language.get(), **fill)


def translated(text: str, language: str, /, **fill: object) -> str:
    """A text in a language, with what stands in its braces.

    >>> translated("not looked at", "ja")
    '調べていないもの'
    """
    known = text if language == "en" else catalogue(language).get(("", text), text)
    return known.format(**fill) if fill else known


@functools.cache
def catalogue(language: str, of: str = "") -> Mapping[tuple[str, str], str]:
    """What texts are in another language, by their context ("" for none) and English; `of` "lab":
    those of labs."""
    import polib  # for those who ask for another language

    name = f"{of}.{language}.po" if of else f"{language}.po"
    entries = polib.pofile(files(__name__).joinpath(name).read_text("utf-8"))
    return {(e.msgctxt or "", e.msgid): e.msgstr for e in entries}


def table(english: Mapping[str, str], language: str, name: str = "") -> Mapping[str, str]:
    """A table of texts in a language, by the same keys.

    >>> table({"again": "again"}, "ja")
    {'again': 'もう一度'}

    Errors: ArgumentError for an unknown language.
    """
    known(language)
    if language == "en":
        return english
    theirs = catalogue(language)
    return {k: theirs.get((f"{name}.{k}", t)) or theirs.get(("", t), t) for k, t in english.items()}


def spoken() -> str:
    """The language that is spoken now.

    >>> spoken()
    'en'
    """
    return _language.get()


def known(language: str) -> None:
    """Refuse a language that Denpa does not speak.

    Errors: ArgumentError.
    """
    if language not in LANGUAGES:
        raise ArgumentError(f"language is 'en' or 'ja', not {language!r}")


def in_its_language(run: Callable[_P, _R]) -> Callable[_P, _R]:
    """The same function, whose errors are in the `language` that it is given by name."""

    @functools.wraps(run)
    def spoken(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        with speaking(str(kwargs.get("language", _language.get()))):
            return run(*args, **kwargs)

    return spoken


SYSTEM = {
    errno.ENOENT: "No such file or directory",
    errno.EACCES: "Permission denied",
    errno.EPERM: "Operation not permitted",
    errno.EISDIR: "Is a directory",
    errno.ENOTDIR: "Not a directory",
    errno.EEXIST: "File exists",
    errno.ENOSPC: "No space left on device",
    errno.EROFS: "Read-only file system",
}


def reason(error: OSError) -> str:
    """What the system says of a file, without its name.

    >>> with speaking("ja"):
    ...     reason(FileNotFoundError(2, "No such file or directory", "a.py"))
    'そのようなファイルやフォルダはありません'
    """
    english = error.strerror or str(error)
    if _language.get() == "en":
        return english
    usual = SYSTEM.get(error.errno or 0)
    return say("the system says: {error}", error=english) if usual is None else say(usual)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Make messages in this language, "en" or "ja", within.

    Errors: ArgumentError for another one.
    """
    known(language)
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)
