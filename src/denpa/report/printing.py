"""The one way onto a screen: everything that Denpa prints goes through an `Output`.

Any text, into any stream:

* What would steer a terminal or cannot be seen (control characters, marks of direction, spaces of
  no width, parts of file names that are no text) is shown as an escape: `visible`.
* What the stream's encoding lacks is shown in its letters (`fitted`): a sign of Denpa's own by its
  usual spelling, a letter of somebody's name as an escape and not as "?", so that two names that
  differ look different and can be read back.
* A stream that cannot be written to any more never ends the work: it is told once.

The escapes are those of Python's text. A backslash that was there before is not doubled, so that
paths of Windows stay as they are typed.
"""

from __future__ import annotations

import errno
import io
import os
import re
import sys
import unicodedata
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TextIO, cast

if TYPE_CHECKING:
    from rich.console import Console

# Controls; what Unicode calls a format character; line separators; halves of pairs; letters
# without a shape. Variation selectors stay, which Japanese names have, and visible signs of Arabic.
_HIDDEN = (
    "\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff9-\ufffb"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff"
)
HIDDEN = re.compile(f"[{_HIDDEN}]")  # all but the end of a line

_SIGNS = {
    **dict.fromkeys("·•–—−‐‑─━╌", "-"),
    **dict.fromkeys("“”„«»″", '"'),
    **dict.fromkeys("‘’‚′", "'"),
    **dict.fromkeys("µμ", "u"),
    **dict(zip("▁▂▃▄▅▆▇█", "12345678", strict=True)),
    **{"×": "x", "÷": "/", "±": "+-", "→": "->", "←": "<-", "⇒": "=>", "≤": "<=", "≥": ">="},
    **{"≠": "!=", "≈": "~", "∂": "d", "√": "sqrt", "∞": "inf", "⊙": "*", "‖": "||", "│": "|"},
    **{"⌈": "ceil(", "⌊": "floor(", "⌉": ")", "⌋": ")", "⋮": ":", "°": "deg", "⁄": "/"},
    **{"✓": "ok", "✗": "not ok", "λ": "lambda"},
}
_GREEK = re.compile(r"GREEK (SMALL|CAPITAL) LETTER (\w+)")
_USUAL = 80  # columns of a terminal that says it has none
_GONE = (errno.EPIPE, errno.EIO)  # nobody reads: at the other end of a pipe, at a terminal


def visible(text: str) -> str:
    r"""The text with what would steer a terminal, or cannot be seen, as escapes; ends of lines
    stay.

    >>> print(visible("a\x1b[2Jb \u202ecat\nb\udcff"))
    a\x1b[2Jb \u202ecat
    b\xff
    """
    return HIDDEN.sub(lambda found: _escape(found[0]), text)


def _escape(letter: str) -> str:
    if "\udc80" <= letter <= "\udcff":  # a byte of a file's name that is not UTF-8
        return f"\\x{ord(letter) - 0xDC00:02x}"
    return letter.encode("unicode_escape", "surrogatepass").decode("ascii")


def fitted(text: str, encoding: str | None) -> str:
    r"""The text in letters that the encoding has; all of them if there is none.

    >>> print(fitted("val loss 3·10⁻⁴ → “é”", "ascii"))
    val loss 3-10^-4 -> "\xe9"
    """
    if encoding is None or _has(encoding, text):
        return text
    said, before = [], ""
    for letter in text:
        place = ""
        if _has(encoding, letter):
            said.append(letter)
        else:
            place = unicodedata.decomposition(letter).partition(" ")[0]
            raised = {"<super>": "^", "<sub>": "_"}.get(place, "")
            said.append(raised * (place != before) + _instead(letter, place, encoding))
        before = place
    return "".join(said)


def _has(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeError:
        return False
    except LookupError:  # a name that Python does not know
        return text.isascii()
    return True


def _instead(letter: str, kind: str, encoding: str) -> str:
    """What stands in place of a letter; `kind` is how Unicode puts it together."""
    if letter in _SIGNS:
        return _SIGNS[letter]
    if found := _GREEK.fullmatch(unicodedata.name(letter, "")):
        name = found[2].lower()
        return name if found[1] == "SMALL" else name.capitalize()
    if kind.startswith("<"):  # another form of other letters: …, ², ½, a space that does not break
        return fitted(unicodedata.normalize("NFKC", letter), encoding)
    return _escape(letter)


def document(text: str, encoding: str | None) -> str:
    r"""A JSON document that holds the same, with nothing that `visible` would change and in letters
    that the encoding has.

    >>> print(document('{"name": "\u202e電波"}', "ascii"))
    {"name": "\u202e\u96fb\u6ce2"}
    """
    whole = encoding is None or _has(encoding, HIDDEN.sub("", text))
    return re.sub(f"[{_HIDDEN}]" if whole else r"[^\n\x20-\x7e]", _unit, text)


def _unit(found: re.Match[str]) -> str:
    data = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{data[k]:02x}{data[k + 1]:02x}" for k in range(0, len(data), 2))


def gone(error: Exception) -> bool:
    """Whether a stream is not written to because nobody reads it any more, which is no fault."""
    return isinstance(error, OSError) and error.errno in _GONE


def _warned(error: Exception) -> None:
    if sys.stdout is None:  # a window without a terminal: print is silent there, too
        return
    warnings.warn(
        f"standard output cannot be written to ({error}); nothing more is shown there, and the "
        "work goes on",
        RuntimeWarning,
        stacklevel=2,
    )


def _print(text: str, file: TextIO) -> None:
    print(text, end="", file=file, flush=True)


class Output:
    """A stream that takes any text and never raises for what becomes of it.

    `file` is where it goes; None for the standard stream of this `name`, looked up when something
    is said, so that it can be captured. `lost` is called once, with the error, when nothing can be
    written any more (a warning by default); from then on nothing is tried.

    >>> import io
    >>> out = io.TextIOWrapper(io.BytesIO(), "cp1252", newline="")
    >>> Output(file=out).say("✓ 電波 · 5 µs")
    >>> out.buffer.getvalue().decode("cp1252")
    'ok \\\\u96fb\\\\u6ce2 · 5 µs\\n'
    """

    def __init__(
        self,
        name: Literal["stdout", "stderr"] = "stdout",
        file: TextIO | None = None,
        lost: Callable[[Exception], None] = _warned,
    ) -> None:
        self.name = name
        self.file = file
        self.error: Exception | None = None
        self._lost = lost

    @property
    def stream(self) -> TextIO | None:
        """Where it goes now; None where the process has no such stream."""
        found: TextIO | None = getattr(sys, self.name) if self.file is None else self.file
        return found

    @property
    def encoding(self) -> str | None:
        """The stream's; None for one that takes any letter."""
        return getattr(self.stream, "encoding", None)

    @property
    def terminal(self) -> bool:
        """Whether it is a screen."""
        try:
            return self.stream is not None and self.stream.isatty()
        except (AttributeError, ValueError):  # no such method; a closed file
            return False

    def say(self, text: str, end: str = "\n") -> None:
        """Print lines of text; tabs become the spaces that they stand for."""
        self.put(visible(text.expandtabs()) + end)

    def put(self, text: str, stream: TextIO | None = None) -> None:
        """Print what is known to be harmless, into `stream` if one is given."""
        file = self.stream if stream is None else stream
        if self.error is not None:
            return
        try:
            if file is None:
                raise OSError(errno.EBADF, os.strerror(errno.EBADF))
            try:
                _print(fitted(text, getattr(file, "encoding", None)), file)
            except UnicodeError:  # it has said nothing of its encoding, or what is not so
                _print(fitted(text, "ascii"), file)
        except (OSError, ValueError) as error:  # ValueError: a closed file
            self.error = error
            self._lost(error)

    def canvas(self, **options: Any) -> Console:
        """Where rich draws on the stream that there is now."""
        from rich.console import Console

        console = Console(
            file=cast(TextIO, _Canvas(self)), highlight=False, markup=False, emoji=False, **options
        )
        if console.width < 1:  # rich believes COLUMNS=0
            console.width = _USUAL
        return console


class _Canvas(io.TextIOBase):
    """A file for rich: what it draws goes out as it is, but for letters that the encoding lacks."""

    def __init__(self, output: Output) -> None:
        self._output, self._stream = output, output.stream

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The stream's."""
        return getattr(self._stream, "encoding", None) or "utf-8"

    def isatty(self) -> bool:
        """Whether it is a screen."""
        return self._output.terminal

    def fileno(self) -> int:
        """The stream's, which has the size of the screen."""
        if self._stream is None:
            raise io.UnsupportedOperation("fileno")
        return self._stream.fileno()

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, text: Any) -> int:
        """Print it at once."""
        self._output.put(text, self._stream)
        return len(text)
