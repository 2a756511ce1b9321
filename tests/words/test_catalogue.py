"""What the catalogues hold, and what the code says."""

from __future__ import annotations

import re
import shutil
import string
from pathlib import Path

import polib
import pytest

from denpa import words
from denpa.core.errors import ArgumentError
from denpa.words import catalogue, reason, say, speaking, table, translated
from tests.words import catalogue as tool

JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
OTHERS = words.LANGUAGES[1:]


def fields(text: str) -> set[str]:
    """The names in the braces of a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated_and_every_translation_is_said(language: str) -> None:
    assert not tool.missing(language), "make words, and translate what it lists"
    assert not tool.unused(language), "make words"


@pytest.mark.parametrize("language", OTHERS)
def test_the_file_is_what_is_written_from_the_code(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = tool.FOLDER / f"{language}.po"
    shutil.copy(now, tmp_path)
    monkeypatch.setattr(tool, "FOLDER", tmp_path)
    tool.update(language)
    assert (tmp_path / now.name).read_text("utf-8") == now.read_text("utf-8"), "make words"


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_fills_in_what_its_english_has(language: str) -> None:
    """Some leave out what is said otherwise, such as a plural; none has more."""
    filled = {text for _, text in tool.said() if fields_or_none(text)}
    for (_, text), other in catalogue(language).items():
        if text in filled:
            assert fields(other) <= fields(text), text


def fields_or_none(text: str) -> set[str] | None:
    try:
        return fields(text)
    except ValueError:  # a brace of code
        return None


def test_japanese_is_japanese() -> None:
    for (_, text), other in catalogue("ja").items():
        assert JAPANESE.search(other) or not tool.in_words(other), text


@pytest.mark.parametrize("path", sorted(tool.FOLDER.glob("*.po")), ids=lambda p: p.name)
def test_no_text_stands_twice(path: Path) -> None:
    entries = polib.pofile(str(path))
    keys = [(e.msgctxt, e.msgid) for e in entries]
    assert len(keys) == len(set(keys))
    assert all(e.msgstr for e in entries)
    assert not entries.fuzzy_entries()


def test_texts_in_code_are_found() -> None:
    """Also both of a choice; a text that is put together at run time is not one."""
    import ast

    code = "say('a'); translated('b' if x else 'c', lang); Said('d', n=1); said('e'); say(f'{x} f')"
    assert list(tool.in_code(ast.parse(code))) == ["a", "b", "c", "d"]


def test_nothing_is_said_that_is_put_together_before() -> None:
    """It would be looked up as it is, with what was filled in."""
    import ast

    for path in tool.SOURCE.rglob("*.py"):
        if "compiler" in path.parts:  # `say` writes a line of code there
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in tool.SAYING:
                assert not isinstance(node.args[0], (ast.JoinedStr, ast.BinOp)), (
                    f"{path}:{node.lineno}"
                )


def test_what_is_filled_in_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    other = {("", "{n} of {m}"): "{m} 個中 {n} 個", ("t.k", "right"): "正解", ("", "right"): "右"}
    monkeypatch.setattr(words, "catalogue", lambda language: other)
    with speaking("ja"):
        assert say("{n} of {m}", n="{n}", m=10) == "10 個中 {n} 個"
        assert say("{n} of nothing") == "{n} of nothing"
    assert say("{n} of {m}", n=1, m=2) == "1 of 2"
    assert translated("never heard of {x}", "ja", x=1) == "never heard of 1"
    assert table({"k": "right", "j": "right"}, "ja", "t") == {"k": "正解", "j": "右"}
    assert table({"k": "right"}, "en", "t") == {"k": "right"}


def test_unknown_languages_are_refused() -> None:
    with pytest.raises(ArgumentError, match="'en' or 'ja', not 'fr'"), speaking("fr"):
        pass
    with pytest.raises(ArgumentError, match="'en' or 'ja', not 'fr'"):
        table({}, "fr")


def test_what_the_system_says() -> None:
    unusual = OSError(71, "Protocol error")
    assert reason(unusual) == "Protocol error"
    with speaking("ja"):
        assert reason(unusual) == "システムのエラー (Protocol error)"
        assert JAPANESE.search(reason(FileNotFoundError(2, "No such file or directory", "a.py")))
