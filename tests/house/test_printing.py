"""Everything that Denpa prints goes through one place: no other file calls print or writes to a
standard stream. Examples in docstrings aside."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import denpa as dp

SOURCE = Path(dp.__file__).parent
PLACE = "report/printing.py"
READ_ALONE = "lab/course/"  # chapters: what a reader would type; `denpa lab` takes what they print
# Files that print elsewhere, and why.
OTHERS = {
    "check/limits/guard.py": "in the process of somebody's code, into the pipe of its guard, whose "
    "end the console tells",
}
STREAMS = ("stdout", "stderr", "__stdout__", "__stderr__")


def printed(tree: ast.AST) -> Iterator[int]:
    """The lines that print, by whatever name: print, a stream's write, a traceback."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        match node.func:
            case ast.Name(id="print" | "print_exc" | "print_exception" | "pprint"):
                yield node.lineno
            case ast.Attribute(attr="print_exc" | "print_exception" | "print_stack" | "pprint"):
                yield node.lineno
            case ast.Attribute(
                attr="write" | "writelines" | "reconfigure", value=ast.Attribute(attr=stream)
            ) if stream in STREAMS:
                yield node.lineno
            case ast.Attribute(
                value=ast.Attribute(attr="buffer", value=ast.Attribute(attr=stream))
            ) if stream in STREAMS:
                yield node.lineno


def test_one_place_prints() -> None:
    found = {
        path.relative_to(SOURCE).as_posix(): lines
        for path in sorted(SOURCE.rglob("*.py"))
        if (lines := list(printed(ast.parse(path.read_text("utf-8")))))
    }
    assert len(found.pop(PLACE)) == 1
    strangers = {f: n for f, n in found.items() if f not in OTHERS and READ_ALONE not in f}
    assert strangers == {}
    assert OTHERS.keys() <= found.keys()  # no exception that is none


def test_what_prints_is_found() -> None:
    for line in ("print(1)", "sys.stdout.write('')", "sys.stderr.buffer.write(b'')",
                 "traceback.print_exc()", "sys.__stdout__.write('')"):  # fmt: skip
        assert list(printed(ast.parse(line))) == [1], line
    assert list(printed(ast.parse("file.write('')\nsys.stdout.flush()"))) == []
