"""What a class has handed in: a file for each student, or a folder."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path

from denpa.check.marking.words import words
from denpa.check.opening.notebook import cells_of
from denpa.core.errors import ArgumentError
from denpa.words import say

_KINDS = (".py", ".ipynb")
_PLAIN = ("numpy", "math", "typing", "random", "collections", "matplotlib.pyplot")  # of these, none


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
        raise ArgumentError(
            f"--class {folder}: "
            + (
                say("this is a file; give the folder that it is in")
                if folder.exists()
                else say("there is no such folder")
            )
        )
    shared = {p.name: p for p in beside}
    for path in beside:
        if not path.exists():
            raise ArgumentError(f"--beside {path}: " + say("there is no such file"))
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
        there = [p.name for p in sorted(folder.iterdir())][:5]
        listed = ", ".join(there)
        has = say("; it has {listed}", listed=listed) if there else say("; it is empty")
        raise ArgumentError(
            f"--class {folder}: "
            + say(
                "neither a .py nor an .ipynb file nor a folder{has}. Give the folder that has a "
                "file, or a folder, for each student",
                has=has,
            )
        )
    if all(s.file is None and s.problem == words(language)["no.code"] for s in found):
        raise ArgumentError(
            f"--class {folder}: "
            + say(
                "none of its {count} folders has a .py or an .ipynb file. Give the folder that has "
                "a file, or a folder with one, for each student",
                count=len(found),
            )
        )
    twice = Counter(s.student for s in found)
    return [
        replace(s, student=f"{s.student} ({'/' if s.file is None else s.file.suffix[1:]})")
        if twice[s.student] > 1
        else s
        for s in found
    ]


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
    if not able:
        return None, text["no.code"]
    if len(able) == 1:
        return able[0], ""
    having = [p for p in able if set(names) <= defined(p)]
    if len(having) == 1:
        return having[0], ""
    listed = ", ".join(p.name for p in having or able)
    key = "which" if having or not names else "which.none"
    first = (having or able)[0].name
    return None, text[key].format(files=listed, names=", ".join(names), first=first)


# -- which names there are -------------------------------------------------------------------------


def _trees(path: Path) -> Iterator[ast.Module]:
    try:
        cells = cells_of(path)
    except (OSError, ArgumentError):
        return
    for cell in cells:
        with suppress(ValueError, SyntaxError, RecursionError):
            yield ast.parse(cell.text)


def defined(path: Path) -> set[str]:
    """What a file defines at its top level."""
    found: set[str] = set()
    for tree in _trees(path):
        for node in tree.body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                found.add(node.name)
            elif isinstance(node, ast.Assign):
                found |= {t.id for t in node.targets if isinstance(t, ast.Name)}
    return found


def _may_have(path: Path, name: str) -> bool:
    """Whether a file may have a name: by a definition anywhere, an import, or a text; a file that
    is no Python, or takes all names of an unknown module, may."""
    trees = list(_trees(path))
    if not trees:
        text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        return re.search(rf"\b{re.escape(name)}\b", text) is not None
    for node in (n for tree in trees for n in ast.walk(tree)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            held = {node.name}
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            held = {a.asname or a.name for a in node.names}
            if "*" in held and isinstance(node, ast.ImportFrom) and node.module not in _PLAIN:
                return True
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            held = {node.id}
        else:
            held = {str(node.value)} if isinstance(node, ast.Constant) else set()
        if name in held:
            return True
    return False


def nobody(found: Sequence[Submission], names: Sequence[str], beside: Sequence[Path] = ()) -> str:
    """What to say of a name that no submission has, with the nearest of those that they have; ""
    if each name may be somewhere."""
    files = [s.file for s in found if s.file is not None]
    for name in names:
        whole = [p for s in found for p in s.place.values() if isinstance(p, Path)]
        code = {p for p in (*files, *whole, *beside) if p.suffix in _KINDS and p.is_file()}
        folders = [p for p in (*whole, *beside) if p.is_dir()]
        code |= {p for f in folders for p in f.rglob("*") if p.suffix in _KINDS and p.is_file()}
        if not files or any(_may_have(p, name) for p in code):
            continue
        held = Counter(n for p in files for n in sorted(defined(p)) if not n.startswith("_"))
        near = get_close_matches(name, held, 3, 0.6) or get_close_matches(
            name.lower(), [n for n in held if n.lower() == name.lower()], 1, 0.0
        )
        best = max(near, key=lambda n: held[n], default="")
        count = len(files)
        usual = ", ".join(
            say("{n} (in {k} of {count})", n=n, k=k, count=count) for n, k in held.most_common(4)
        )
        if best:
            hint = say(
                "Did you mean {best} (in {held} of {count} files)?",
                best=best,
                held=held[best],
                count=count,
            )
        elif usual:
            hint = say("They have {usual}.", usual=usual)
        else:
            hint = say("They define nothing.")
        return f"--name {name}: " + say(
            "none of the {count} files has it. {hint}", count=count, hint=hint
        )
    return ""
