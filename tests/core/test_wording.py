"""Texts for two readers: each gets its own words, and nobody the marks between them."""

from __future__ import annotations

import ast
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

import denpa as dp
from denpa.core.errors import ArgumentError, DenpaError
from denpa.core.wording import Wording, arguments, command_line, option

PIECES = {"option", "either", "arguments", "resuming"}
MARKS = "\ue000\ue001\ue002"


def test_an_error_has_python_words_and_those_of_the_command() -> None:
    error = ArgumentError(f"{option('batch_size')} is 0; give {option('anomaly', True)}")
    assert str(error) == "batch_size is 0; give anomaly=True"
    assert error.command_line == "--batch-size is 0; give --anomaly"
    error.where = "line 3"
    assert str(error).endswith("\n    line 3")
    assert error.command_line.endswith("\n    line 3")


def test_a_text_without_pieces_is_the_same_for_both() -> None:
    assert command_line("plain") == command_line(Wording("plain")) == "plain"
    assert DenpaError().command_line == ""
    assert DenpaError(3).command_line == "3"


@pytest.mark.parametrize("name", ["age", "x, y", 'a "b"', "it's", "$HOME"])
def test_names_are_typed_as_a_shell_reads_them(name: str) -> None:
    flag, value = shlex.split(command_line(Wording(arguments("drop", [name]))))
    assert flag == "--drop"
    assert dp.runs.Settings.from_values({"drop": value}).drop == (name,)
    assert str(Wording(arguments("drop", [name]))) == f"drop={[name]!r}"


SAID = {"append", "line", "warn", "print", "extend"}


def _loose(tree: ast.AST) -> Iterator[int]:
    """Lines of texts with pieces that are returned or said, and are neither an error's nor a
    Wording."""
    parents = {c: p for p in ast.walk(tree) for c in ast.iter_child_nodes(p)}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") in PIECES):
            continue
        up: ast.AST | None = parents.get(node)
        whole, called = True, ""
        while up is not None and not isinstance(up, ast.stmt):
            whole &= not isinstance(up, ast.JoinedStr)
            if isinstance(up, ast.Call):
                called = getattr(up.func, "id", getattr(up.func, "attr", ""))
                break
            up = parents.get(up)
        if called in SAID or (isinstance(up, ast.Return) and not whole):
            yield node.lineno


def test_no_piece_is_left_without_a_reader() -> None:
    root = Path(dp.__file__).parent
    loose = [
        f"{path.relative_to(root)}:{line}"
        for folder in ("data", "runs", "train", "nn")
        for path in sorted((root / folder).rglob("*.py"))
        for line in _loose(ast.parse(path.read_text("utf-8")))
    ]
    assert loose == []


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("raise DataError(f'no {option(x)}')", []),
        ("notes.append(f'no {option(x)}')", [1]),
        ("notes.append(Wording(f'no {option(x)}'))", []),
        ("def f():\n    return f'no {option(x)}'", [2]),
        ("def f():\n    return either(a, b)", []),
    ],
)
def test_what_counts_as_left(code: str, lines: list[int]) -> None:
    assert list(_loose(ast.parse(code))) == lines


def test_notes_and_reasons_have_no_marks() -> None:
    table = {"a": [1.0, 2, 3, 4] * 10, "y": [0, 1] * 20, "code": [f"{i:03}" for i in range(40)]}
    pd = pytest.importorskip("pandas")
    for task in (None, "regression", "classification"):
        data = dp.data.read(pd.DataFrame(table), target="y", task=task)
        for text in (data.why_task, *data.notes):
            assert not set(text) & set(MARKS)
