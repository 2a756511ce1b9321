"""What comes out of any text on any stream."""

from __future__ import annotations

import codecs
import errno
import io
import json
import os
import sys
import unicodedata
import warnings
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from denpa.report.printing import Output, document, fitted, gone, visible

ENCODINGS = ("ascii", "latin-1", "cp1252", "cp932", "euc_jp", "gb18030", "iso2022_jp", "utf-16",
             "koi8-r", "utf-8", "cp437", "shift_jis_2004", "no such encoding")  # fmt: skip
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=30)
SHAPELESS = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"  # letters and marks without a shape
SEEN = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"


def test_what_unicode_calls_a_control_is_an_escape_and_nothing_else() -> None:
    for code in range(sys.maxunicode + 1):
        letter = chr(code)
        kind = unicodedata.category(letter)
        if kind == "Cn":
            continue
        steers = kind in ("Cc", "Cf", "Cs", "Zl", "Zp") and letter not in "\n" + SEEN
        assert (visible(letter) != letter) == (steers or letter in SHAPELESS), hex(code)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\tb\rc\x00\x7f\x9b\x85", r"a\tb\rc\x00\x7f\x9b\x85"),
        ("\u202egnp.exe\u2066", r"\u202egnp.exe\u2066"),
        ("line\u2028s\ufeff", r"line\u2028s\ufeff"),
        (os.fsdecode(b"\xff.csv"), r"\xff.csv"),
        ("\ud800", r"\ud800"),
        ("\U000e0041", r"\U000e0041"),
        ("電波 🐈 café\nか\u3099 \u845b\U000e0100", "電波 🐈 café\nか\u3099 \u845b\U000e0100"),
    ],
)
def test_escapes(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert visible(shown) == shown


@pytest.mark.parametrize(
    ("text", "encoding", "shown"),
    [
        ("epoch 1/2 · loss", "ascii", "epoch 1/2 - loss"),
        ("“cat” × 3 µs – 1\xa0%", "ascii", '"cat" x 3 us - 1 %'),
        ("10⁻¹² x² xᵢ ½ …", "ascii", "10^-12 x^2 x_i 1/2 ..."),
        ("✓ η = 0.1, ∂L/∂W → Σ", "ascii", "ok eta = 0.1, dL/dW -> Sigma"),
        ("▁█ ━", "cp1252", "18 -"),
        ("電波 café", "ascii", r"\u96fb\u6ce2 caf\xe9"),
        ("電波 × café ✓", "cp932", r"電波 × caf\xe9 ok"),
        ("🐈", "euc_jp", r"\U0001f408"),
        ("“電波” ·", "utf-8", "“電波” ·"),
        ("· é", None, "· é"),
        ("· é", "no such encoding", r"- \xe9"),
    ],
)
def test_what_an_encoding_lacks(text: str, encoding: str | None, shown: str) -> None:
    assert fitted(text, encoding) == shown


def test_every_letter_of_japanese_gets_through_where_the_encoding_has_it() -> None:
    text = "学習率は 0.1 です。「猫」と『犬』、ヶ～①"
    for name in ("cp932", "utf-8", "gb18030"):
        assert fitted(text, name).encode(name).decode(name) == text


@given(ANY_TEXT)
def test_any_text_goes_into_any_stream(text: str) -> None:
    for encoding in ENCODINGS[:-1]:
        for errors in ("strict", "surrogateescape"):
            stream = io.TextIOWrapper(io.BytesIO(), encoding, errors, newline="")
            Output(file=stream).say(text)
            said = stream.buffer.getvalue().decode(encoding)  # type: ignore[attr-defined]
            assert said.endswith("\n")
            assert visible(said) == said


@given(ANY_TEXT)
def test_a_document_says_the_same_in_any_encoding(text: str) -> None:
    whole = json.dumps({"name": text, text: 1}, ensure_ascii=False, indent=1)
    for encoding in (*ENCODINGS, None):
        shown = document(whole, encoding)
        assert json.loads(shown) == {"name": text, text: 1} | (
            {"name": 1} if text == "name" else {}
        )
        assert visible(shown) == shown
        if encoding not in (None, "no such encoding"):
            shown.encode(encoding)


def test_letters_that_json_can_hold_stay() -> None:
    assert document('{"a": "電波 é 🐈"}', "utf-8") == '{"a": "電波 é 🐈"}'
    assert document('{"🐈": 1}', "cp932") == '{"\\ud83d\\udc08": 1}'


class Broken(io.StringIO):
    """A stream that fails so."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.raised, self.tries = error, 0

    def write(self, text: str) -> int:
        self.tries += 1
        raise self.raised


@pytest.mark.parametrize(
    ("error", "reader_left"),
    [
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), True),
        (OSError(errno.EIO, "Input/output error"), True),
        (OSError(errno.ENOSPC, "No space left on device"), False),
        (OSError(errno.EBADF, "Bad file descriptor"), False),
        (ValueError("I/O operation on closed file"), False),
    ],
)
def test_a_stream_that_fails_is_told_once_and_left_alone(
    error: Exception, reader_left: bool
) -> None:
    told: list[Exception] = []
    stream = Broken(error)
    output = Output(file=stream, lost=told.append)
    for _ in range(3):
        output.say("a")
    assert (told, stream.tries, gone(error)) == ([error], 1, reader_left)


def test_an_interruption_and_a_mistake_of_ours_are_not_held_back() -> None:
    for error in (KeyboardInterrupt(), AttributeError("write")):
        with pytest.raises(type(error)):
            Output(file=Broken(error)).say("a")  # type: ignore[arg-type]


def test_a_library_warns_of_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    output = Output(file=Broken(OSError(errno.ENOSPC, "No space left on device")))
    with pytest.warns(RuntimeWarning, match="No space left on device.*the work goes on"):
        output.say("a")
    monkeypatch.setattr(sys, "stdout", None)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Output().say("a")  # as print does where there is no stream


def test_a_stream_that_does_not_say_its_encoding() -> None:
    raw = io.BytesIO()
    stream: Any = codecs.getwriter("ascii")(raw)
    Output(file=stream).say("· 電")
    assert raw.getvalue() == b"- \\u96fb\n"


def test_tabs_of_a_layout_are_spaces() -> None:
    stream = io.StringIO()
    Output(file=stream).say("a\tb\n\tc")
    assert stream.getvalue() == "a       b\n        c\n"


def test_a_canvas_is_the_stream_to_rich() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), "cp1252", newline="")
    console = Output(file=stream).canvas(width=40)
    console.print("✓ [bold]“電”")
    assert stream.buffer.getvalue().decode("cp1252") == "ok [bold]“\\u96fb”\n"  # type: ignore[attr-defined]
    assert console.encoding == "cp1252"
    assert not console.is_terminal
