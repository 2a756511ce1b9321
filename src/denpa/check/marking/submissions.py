"""What a class has handed in: a file for each student, or a folder."""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from denpa.check.marking.notebook import code_of
from denpa.check.marking.words import words
from denpa.core.errors import ArgumentError

_KINDS = (".py", ".ipynb")


@dataclass(frozen=True)
class Submission:
    """What one student has handed in. Without a `file` there is nothing to check, and `problem`
    says why. `place` are the files that the code needs beside it, by their names."""

    student: str
    file: Path | None
    place: Mapping[str, Path | str] = field(default_factory=dict)
    problem: str = ""


def submissions(
    folder: Path,
    names: Sequence[str],
    file: str | None = None,
    beside: Sequence[Path] = (),
    usual: str | None = None,
    language: str = "en",
) -> list[Submission]:
    """The submissions in a folder, in the order of their names.

    In a student's own folder it is the file called `file`; without that the one called `usual`, or
    the only one, or the only one that has all `names`. `beside` are files that every student's code
    is given.

    Errors: ArgumentError if there are none.
    """
    if not folder.is_dir():
        raise ArgumentError(f"--class {folder}: there is no such folder")
    shared = {p.name: p for p in beside}
    for path in beside:
        if not path.exists():
            raise ArgumentError(f"--beside {path}: there is no such file")
    found = []
    for path in sorted(folder.iterdir(), key=lambda p: unicodedata.normalize("NFC", p.name)):
        if path.name.startswith((".", "__")):
            continue
        if path.is_dir():
            own, problem = _chosen(path, names, file, usual, words(language))
            inside = {p.name: p for p in path.iterdir() if _belongs(p)}
            found.append(Submission(_name(path.name), own, {**inside, **shared}, problem))
        elif path.suffix in _KINDS:
            found.append(Submission(_name(path.stem), path, {path.name: path, **shared}))
    if not found:
        raise ArgumentError(f"--class {folder}: neither a .py nor an .ipynb file nor a folder")
    return found


def _belongs(path: Path) -> bool:
    """Whether what lies in a student's folder is the student's: a link may lead anywhere."""
    return not path.name.startswith((".", "__py")) and not path.is_symlink()


def bytes_of(place: Mapping[str, Path | str]) -> int:
    """How much is to be copied."""
    total = 0
    for source in place.values():
        if isinstance(source, str):
            continue
        inside = [source] if source.is_file() else source.rglob("*")
        total += sum(p.lstat().st_size for p in inside if not p.is_dir())
    return total


def _name(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _chosen(
    folder: Path,
    names: Sequence[str],
    file: str | None,
    usual: str | None,
    text: Mapping[str, str],
) -> tuple[Path | None, str]:
    if file is not None:
        own = folder / file
        return (own, "") if own.is_file() else (None, text["no.file"].format(file=file))
    if usual is not None and (folder / usual).is_file():
        return folder / usual, ""
    able = sorted(p for p in folder.iterdir() if p.suffix in _KINDS and _belongs(p) and p.is_file())
    if len(able) > 1:
        able = [p for p in able if set(names) <= defined(p)] or able
    if not able:
        return None, text["no.code"]
    if len(able) > 1:
        listed = ", ".join(p.name for p in able)
        return None, text["which"].format(files=listed)
    return able[0], ""


def defined(path: Path) -> set[str]:
    """What a file defines at its top level."""
    found: set[str] = set()
    try:
        tree = ast.parse(code_of(path))
    except (OSError, ValueError, SyntaxError, RecursionError):
        return found
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {t.id for t in node.targets if isinstance(t, ast.Name)}
    return found
