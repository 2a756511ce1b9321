"""Every text that Denpa says, and the catalogues brought up to date with them.

`python -m tests.words.catalogue` (make words) writes src/denpa/words/LANGUAGE.po anew: in the order
of the code, each text with the files that say it; translations are kept, texts that are not there
any more go, new ones stand with an empty translation. What labs write is in a catalogue of its own
(lab.LANGUAGE.po): it is known only where they run, and `denpa lab run` lists what is missing.
"""

from __future__ import annotations

import ast
import dataclasses
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import polib

import denpa
from denpa import words

SOURCE = Path(denpa.__file__).parent
FOLDER = Path(words.__file__).parent
SAYING = ("say", "translated", "Said")
WORD = re.compile("[a-z]{2,}")  # what has none is a number, a sign, a name
FILLED = re.compile(r"\{[^{}]*\}")
# Texts that are said by a name: a table of the module, and the name that it is looked up with.
TABLES: tuple[tuple[str, str, str], ...] = (
    ("words", "SYSTEM", ""),
    ("check.remarks", "REMARKS", ""),
    ("check.record", "_LABELS", ""),
    ("check.mistakes.words", "WORDS", ""),
    ("check.mistakes.words", "PHRASES", ""),
    ("check.mistakes.words", "SIZES", ""),
    ("check.repair.words", "REPAIR_WORDS", ""),
    ("check.exceptions.words", "RAISE_WORDS", ""),
    ("check.exceptions.words", "FAULTS", ""),
    ("check.optimizers.words", "RULE_WORDS", ""),
    ("check.optimizers.words", "WHAT", ""),
    ("check.optimizers.notes", "NOTES", ""),
    ("check.optimizers.record", "_LABELS", ""),
    ("check.subjects.cuts", "_WORDS", ""),
    ("check.subjects.forms", "_DIVIDED", ""),
    ("check.opening.verdicts", "DOUBT", ""),
    ("check.opening.alternatives", "_ONLY", ""),
    ("check.opening.execution", "_DOING", ""),
    ("check.limits.ending", "_WORDS", ""),
    ("check.gallery.training", "_SENTENCES", ""),
    ("check.explain.book", "_HEAD", ""),
    ("check.explain.book", "HEADINGS", ""),
    ("check.pages.words", "_EN", "page"),
    ("report.explanation_words", "ENGLISH", "explanation"),
    ("explanation.spelling_words", "ENGLISH", "spelling"),
    ("check.marking.words", "_EN", "marks"),
    ("cli.arguments", "_TYPES", ""),
    ("cli.check_gallery", "_WORDS", "gallery"),
    ("cli.check_gallery", "_COLUMNS", ""),
    ("cli.check_gallery", "_PIECES", ""),
    ("cli.check_gallery", "_HINT", ""),
    ("cli.check_gallery", "_HINT_ONE", ""),
    ("report.words", "_EN", "report"),
    ("report.faces_words", "_EN", "faces"),
    ("runs.report", "_WORDS", "run"),
)
# The same of records, of which only some parts are said.
RECORDS: dict[str, Callable[[Any], Any]] = {
    "check.explain.entries": lambda m: [
        [title for title, _ in m.GROUPS],
        [getattr(e, part) for e in m.ENTRIES.values() for part in m.SAID],
    ],
    "lab.course": lambda m: [[s.words, [e.words for e in s.labs]] for s in m.COURSE],
}  # fmt: skip


def texts_of(held: Any) -> Iterator[str]:
    """The texts in a table."""
    if isinstance(held, str):
        yield held
    elif isinstance(held, Mapping):
        for x in held.values():
            yield from texts_of(x)
    elif isinstance(held, (tuple, list)):
        for x in held:
            yield from texts_of(x)
    elif dataclasses.is_dataclass(held):
        for f in dataclasses.fields(held):
            yield from texts_of(getattr(held, f.name))


def in_code(tree: ast.AST) -> Iterator[str]:
    """The texts that are handed to `say` and its like."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in SAYING:
            yield from choices(node.args[0])


def choices(node: ast.expr) -> Iterator[str]:
    """A text, or both of `a if … else b`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from choices(node.body)
        yield from choices(node.orelse)


def said() -> dict[tuple[str, str], set[str]]:
    """All texts: contexts with which they are looked up first, and the text; the files."""
    found: dict[tuple[str, str], set[str]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        file = str(path.relative_to(SOURCE))
        if not file.startswith(("compiler/", "lab/course/")):
            for text in in_code(ast.parse(path.read_text(encoding="utf-8"))):
                found.setdefault(("", text), set()).add(file)
    for module, name, context in TABLES:
        held = getattr(import_module(f"denpa.{module}"), name)
        if context:
            for key, text in held.items():
                found.setdefault((f"{context}.{key}", text), set()).add(module)
        else:
            for text in texts_of(held):
                found.setdefault(("", text), set()).add(module)
    for module, taken in RECORDS.items():
        for text in texts_of(taken(import_module(f"denpa.{module}"))):
            found.setdefault(("", text), set()).add(module)
    return found


def in_words(text: str) -> bool:
    """Whether there is something to translate."""
    return WORD.search(FILLED.sub("", text)) is not None


def missing(language: str) -> list[str]:
    """The texts of words that a catalogue has no translation of."""
    known = words.catalogue(language)
    return [
        text
        for context, text in said()
        if in_words(text) and not (known.get((context, text)) or known.get(("", text)))
    ]


def unused(language: str) -> list[tuple[str, str]]:
    """The entries that nothing says."""
    all_ = said()
    plain = {text for _, text in all_}
    return [
        (context, text)
        for context, text in words.catalogue(language)
        if (context, text) not in all_ and (context or text not in plain)
    ]


def update(language: str) -> None:
    """Write a catalogue anew."""
    path = FOLDER / f"{language}.po"
    known = dict(words.catalogue(language)) if path.exists() else {}
    new = polib.POFile(wrapwidth=98)
    new.metadata = {
        "Project-Id-Version": "Denpa", "Language": language, "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8", "Content-Transfer-Encoding": "8bit",
    }  # fmt: skip
    done: set[tuple[str, str]] = set()
    for (context, text), files in said().items():
        for key in ((context, text), ("", text)):
            wanted = key in known or (not key[0] and (context, text) not in known)
            if wanted and key not in done and (known.get(key) or in_words(text)):
                done.add(key)
                places = [(f, "") for f in sorted(files)]
                new.append(polib.POEntry(msgid=text, msgstr=known.get(key, ""), occurrences=places,
                                         msgctxt=key[0] or None))  # fmt: skip
    new.save(str(path))


if __name__ == "__main__":
    for other in words.LANGUAGES[1:]:
        update(other)
        words.catalogue.cache_clear()
        for text in missing(other):
            sys.stdout.write(f"{other}: no translation of {text!r}\n")
