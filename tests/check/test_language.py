"""No message of `denpa check` is in English only.

A message is a text of some words. In every file of the checker and of its command such a text is
one that the catalogues translate. The rest of this file runs the command into every kind of mistake
and looks at what it prints.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denpa
from denpa.check.explain.entries import ENTRIES
from denpa.core.errors import ArgumentError
from denpa.words import catalogue

SOURCES = Path(denpa.__file__).parent
JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
SENTENCE = re.compile(r"[A-Za-z',]{2,} [a-z',]+ [a-z',]{2,}")
PHRASE = re.compile("[a-z]{2,} [a-z]{2,}")  # enough in an error
# Titles of papers, and examples of code.
NO_MESSAGES = ("optimizers/definitions.py", "optimizers/table.py", "gallery")
CODE = ("formula", "wrong", "right")  # of an entry that explains a mistake
# Calls of which no text is shown by the check: help, which tells of the options; Python's own words
# that are looked for; errors that are caught where they are raised.
UNSHOWN = re.compile(
    r"(.*\.)?(put|add_parser|add_argument|add_argument_group|ArgumentParser|Parser|ClassStyle|compile|"
    r"startswith|removeprefix|split)|self\.no"
)


def files() -> Iterator[Path]:
    yield from (SOURCES / "check").rglob("*.py")
    yield from (SOURCES / "cli").glob("check*.py")
    yield from (SOURCES / "cli" / n for n in ("arguments.py", "main.py"))


def english_only(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The texts of some words that no catalogue has, nor are handed to a call of UNSHOWN."""
    around = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    translated = {text for _, text in catalogue("ja")}
    translated |= {getattr(entry, part) for entry in ENTRIES.values() for part in CODE}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if isinstance(around[node], ast.Expr) or not PHRASE.search(node.value):
            continue
        if node.value in translated:
            continue
        error = False
        at: ast.AST = node
        while isinstance(at, (ast.expr, ast.keyword, ast.comprehension)):
            if isinstance(at, ast.Call) and UNSHOWN.fullmatch(ast.unparse(at.func)):
                break
            if isinstance(at, ast.Compare):  # looked for in what Python says
                break
            error |= isinstance(at, ast.Call) and ast.unparse(at.func).endswith("Error")
            at = around[at]
        else:
            if error or SENTENCE.search(node.value):
                yield node.lineno, node.value


# Texts that are no messages: the page of --help, code, style sheets, what Python itself says.
KNOWN = (
    "check.py: 'what to check:",
    "exceptions/faults.py: 'import numpy as np'", "opening/execution.py: '(un)?expected .*argument",
    "exceptions/faults.py: '(?:into|output operand",
    "exceptions/frames.py: ' is not in its own source'", "exceptions/judge.py: 'forward is another",
    "limits/runner.py: 'too long'",  # all of these caught where they are raised
    "optimizers/holders.py: \"'Parameter' object has no attribute",
    "opening/repairs.py: ",  # what NumPy says, looked for
    "mistakes/factors.py: 'the batch has", "mistakes/factors.py: 'the output has",  # SIZES
    "optimizers/words.py: 'Count the steps in",  # a part of one
    "subjects/written.py: 'not finite'",  # caught where it is raised
    "__init__.py: \"module 'denpa.check' has no",  # Python's own error
    "check.py: ': denpa check explain '",  # the command
)  # fmt: skip


def test_no_message_is_in_english_only() -> None:
    trees = {
        str(file.relative_to(SOURCES / "check" if (SOURCES / "check") in file.parents
                             else SOURCES / "cli")):
        ast.parse(file.read_text(encoding="utf-8")) for file in files()
    }  # fmt: skip
    found = [
        f"{name}: {text!r}"
        for name, tree in trees.items()
        if not name.startswith(NO_MESSAGES)
        for _, text in english_only(tree)
    ]
    assert not [line for line in found if not line.startswith(KNOWN)]
    assert not [line for line in KNOWN if not any(f.startswith(line) for f in found)]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("raise ArgumentError(f'{name} has no such method')", 1),
        ("raise ArgumentError(say('no TOML ({error})', error=e))", 0),
        ("raise ArgumentError(say('it is not in the catalogue'))", 1),
        ("raise ArgumentError('none of it fits')", 1),
        ("W = ('nothing could be compared',)", 0),
        ("text = 'it is not there'", 1),
        ("put('--self', help='what it is for')", 0),
    ],
)
def test_the_search_finds_what_it_should(code: str, found: int) -> None:
    assert len(list(english_only(ast.parse(code)))) == found


@pytest.mark.parametrize(
    "call",
    [
        lambda c, **o: c.layer(object(), [1.0], **o),
        lambda c, **o: c.layer("text", [1.0], **o),
        lambda c, **o: c.layer(None, [1.0], **o),
        lambda c, **o: c.layer(np.ones(3), [1.0], **o),
        lambda c, **o: c.file(None, **o),
        lambda c, **o: c.model(3, None, [1.0], None, **o),
        lambda c, **o: c.function(3, [1.0], **o),
        lambda c, **o: c.update_rule(lambda p, g: p, "adamm", **o),
        lambda c, **o: c.file("none.py:A", **o),
    ],
)
def test_errors_of_the_functions_are_in_their_language(call: Any) -> None:
    for options, japanese in (({"language": "ja"}, True), ({}, False)):
        with pytest.raises(ArgumentError) as raised:
            call(denpa.check, **options)
        assert bool(JAPANESE.search(str(raised.value))) == japanese, raised.value
