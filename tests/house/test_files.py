"""Every file of the repository: no path of somebody's machine, no pickle, no file too long."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.repository import ROOT, files

# Written so that this line does not match itself.
MACHINE = re.compile(rb"(?<![\w.~)-])/(?:work|farm|tmp|root|home/\w+|Users/\w+)/|\b[A-Z]:\\Users\\")
PYTHON = [path for path in files() if path.suffix == ".py"]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_no_path_of_a_machine() -> None:
    found = [
        f"{name(path)}:{number}: {line.decode('utf-8', 'replace').strip()}"
        for path in files()
        if b"\0" not in (data := path.read_bytes())
        for number, line in enumerate(data.splitlines(), 1)
        if MACHINE.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    "path", ["/" + "work/main", '"/' + 'tmp/x"', "/" + "home/me/x", "C:" + r"\Users\me"]
)
def test_the_search_for_paths_finds_them(path: str) -> None:
    assert MACHINE.search(f"see {path}/y".encode())


FOLDERS = ("work", "tmp")


@pytest.mark.parametrize(
    "path",
    [
        f"{start}/{folder}/x"
        for start in ("https://example.org", "..", "a", "~")
        for folder in FOLDERS
    ],
)
def test_the_search_for_paths_leaves_others_alone(path: str) -> None:
    assert not MACHINE.search(path.encode())


def test_no_pickle_is_written_or_read() -> None:
    pickle = re.compile(
        r"^\s*(?:import|from)\s+(?:pickle|dill|joblib|marshal|shelve)\b|allow_pickle\s*=\s*True",
        re.M,
    )
    package = [path for path in PYTHON if name(path).startswith("src/")]
    assert package
    assert [name(path) for path in package if pickle.search(path.read_text("utf-8"))] == []


def test_no_file_is_too_long_to_read() -> None:
    lengths = {name(path): len(path.read_bytes().splitlines()) for path in PYTHON}
    assert {path: n for path, n in lengths.items() if n > 400} == {}
